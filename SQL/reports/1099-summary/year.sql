-- The figures of a tax year, in one row.
SELECT
  r.recipients, r.forms, r.compensation, r.withheld, p.payouts, p.ledger, e.to_settle, e.to_check
FROM (
  SELECT
    COUNT(*) AS recipients,
    COALESCE(SUM(CASE WHEN decision = 'form' THEN 1 ELSE 0 END), 0) AS forms,
    COALESCE(SUM(CASE WHEN decision = 'form' THEN nonemployee_compensation END), 0) AS compensation,
    COALESCE(SUM(CASE WHEN decision = 'form' THEN federal_tax_withheld END), 0) AS withheld
  FROM form_1099_nec
  WHERE tax_year = :year
) AS r
CROSS JOIN (
  SELECT COUNT(*) AS payouts, COALESCE(SUM(CASE WHEN own_amount IS NULL THEN amount END), 0) AS ledger
  FROM form_1099_payments
  WHERE tax_year = :year
) AS p
CROSS JOIN (
  SELECT
    COALESCE(SUM(CASE WHEN severity = 'settle' THEN 1 ELSE 0 END), 0) AS to_settle,
    COALESCE(SUM(CASE WHEN severity = 'check' THEN 1 ELSE 0 END), 0) AS to_check
  FROM form_1099_exceptions
  WHERE tax_year = :year
) AS e
