SELECT
  partner_id, form, form_received_at, legal_name, business_name, classification, tin_type, tin,
  address_line1, address_line2, city, state, postal_code, country, email, backup_withholding,
  second_tin_notice
FROM tax_profiles
