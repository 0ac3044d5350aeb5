SELECT id AS vendor_id, name, category, phone, email, address, followup_sent_at, user_id
FROM vendors
