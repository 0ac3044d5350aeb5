-- Recipients whose sums are not those of their payments, and payments whose recipient is not there.
SELECT
  COALESCE(r.tax_year, p.tax_year) AS tax_year, COALESCE(r.recipient_id, p.recipient_id) AS recipient_id,
  r.recorded, p.paid, r.recorded_withheld, p.withheld
FROM (
  SELECT
    tax_year, recipient_id, nonemployee_compensation AS recorded, federal_tax_withheld AS recorded_withheld,
    payments
  FROM form_1099_nec
) AS r
LEFT JOIN (
  SELECT
    tax_year, recipient_id, COUNT(*) AS payments, SUM(amount) AS paid,
    COALESCE(SUM(withheld), 0) AS withheld
  FROM form_1099_payments
  WHERE recipient_id IS NOT NULL
  GROUP BY tax_year, recipient_id
) AS p ON p.tax_year = r.tax_year AND p.recipient_id = r.recipient_id
WHERE p.payments IS NULL OR p.payments <> r.payments OR p.paid <> r.recorded
  OR p.withheld <> r.recorded_withheld

UNION ALL
SELECT o.tax_year, o.recipient_id, NULL, o.amount, NULL, o.withheld
FROM form_1099_payments AS o
WHERE o.recipient_id IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM form_1099_nec AS r
    WHERE r.tax_year = o.tax_year AND r.recipient_id = o.recipient_id)
ORDER BY tax_year, recipient_id
