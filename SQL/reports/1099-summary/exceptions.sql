-- A row per thing to settle or look at, the weightiest first.
SELECT severity, kind, partner_id, legal_name, tin, payout_id, amount, detail
FROM form_1099_exceptions
WHERE tax_year = :year
ORDER BY
  CASE severity WHEN 'settle' THEN 0 WHEN 'check' THEN 1 ELSE 2 END, kind, partner_id, payout_id
