-- A row per decision and reason.
SELECT
  CASE WHEN decision = 'form' THEN 'form' ELSE reason END AS status,
  COUNT(*) AS recipients, SUM(payments) AS payouts, SUM(nonemployee_compensation) AS compensation,
  SUM(federal_tax_withheld) AS withheld
FROM form_1099_nec
WHERE tax_year = :year
GROUP BY CASE WHEN decision = 'form' THEN 'form' ELSE reason END
ORDER BY CASE WHEN MIN(decision) = 'form' THEN 0 ELSE 1 END, status
