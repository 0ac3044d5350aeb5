-- A row per recipient: those who get a form first, then the others by reason.
SELECT
  recipient_id, COALESCE(legal_name, partner_name) AS name, business_name, tin_type, tin,
  classification, form, nonemployee_compensation, federal_tax_withheld, decision, reason, exception,
  withholding_due, payments, last_paid_at, form_received_at, partner_ids, email,
  address_line1, address_line2, city, state, postal_code, country
FROM form_1099_nec
WHERE tax_year = :year
ORDER BY CASE WHEN decision = 'form' THEN 0 ELSE 1 END, reason NULLS FIRST, recipient_id
