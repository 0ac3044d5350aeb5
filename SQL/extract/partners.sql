-- A rate of 10.00 is the column's default: a program that means the tiers' rates says `partner_rate: tier`.
SELECT
  id AS partner_id, referral_code, partner_type, tier, status, created_at, user_id, email, company_name,
  commission_rate, parent_partner_id, settings ->> 'payment_method' AS payment_method,
  settings ->> 'country' AS country, status_since
FROM partners
