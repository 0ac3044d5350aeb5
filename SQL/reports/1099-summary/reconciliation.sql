-- The payout ledger against its parts, and the tax withheld. Other currencies are counted, not added.
SELECT part, line, payouts, amount, withheld
FROM (
  SELECT
    100 AS place, 'Ledger' AS part, 'every payout in the reporting currency' AS line,
    COUNT(*) AS payouts, COALESCE(SUM(amount), 0) AS amount, COALESCE(SUM(withheld), 0) AS withheld
  FROM form_1099_payments
  WHERE tax_year = :year AND own_amount IS NULL

  UNION ALL
  SELECT
    CASE WHEN bucket = 'form' THEN 200 ELSE 300 END,
    CASE WHEN bucket = 'form' THEN 'Included' ELSE 'Left out' END,
    bucket, COUNT(*), SUM(amount), COALESCE(SUM(withheld), 0)
  FROM form_1099_payments
  WHERE tax_year = :year AND own_amount IS NULL
  GROUP BY bucket

  -- The parts come from the recipients where there are any: two ways to the same sum.
  UNION ALL
  SELECT
    400, 'Difference', 'ledger less included and left out',
    (SELECT COUNT(*) FROM form_1099_payments WHERE tax_year = :year AND own_amount IS NULL)
      - (SELECT COALESCE(SUM(payments), 0) FROM form_1099_nec WHERE tax_year = :year)
      - (SELECT COUNT(*) FROM form_1099_payments
        WHERE tax_year = :year AND own_amount IS NULL AND recipient_id IS NULL),
    (SELECT COALESCE(SUM(amount), 0) FROM form_1099_payments
      WHERE tax_year = :year AND own_amount IS NULL)
      - (SELECT COALESCE(SUM(nonemployee_compensation), 0) FROM form_1099_nec WHERE tax_year = :year)
      - (SELECT COALESCE(SUM(amount), 0) FROM form_1099_payments
        WHERE tax_year = :year AND own_amount IS NULL AND recipient_id IS NULL),
    (SELECT COALESCE(SUM(withheld), 0) FROM form_1099_payments
      WHERE tax_year = :year AND own_amount IS NULL)
      - (SELECT COALESCE(SUM(federal_tax_withheld), 0) FROM form_1099_nec WHERE tax_year = :year)
      - (SELECT COALESCE(SUM(withheld), 0) FROM form_1099_payments
        WHERE tax_year = :year AND own_amount IS NULL AND recipient_id IS NULL)

  UNION ALL
  SELECT
    500, 'Other currency', currency, COUNT(*), NULL, NULL
  FROM form_1099_payments
  WHERE tax_year = :year AND own_amount IS NOT NULL
  GROUP BY currency

  UNION ALL
  SELECT
    600, 'Tax withheld', 'on forms: Form 945', COALESCE(SUM(payments), 0),
    COALESCE(SUM(nonemployee_compensation), 0), COALESCE(SUM(federal_tax_withheld), 0)
  FROM form_1099_nec
  WHERE tax_year = :year AND decision = 'form' AND federal_tax_withheld <> 0

  UNION ALL
  SELECT
    700, 'Tax withheld', 'from recipients with a form W-8: Forms 1042 and 1042-S, not here',
    COALESCE(SUM(payments), 0), COALESCE(SUM(nonemployee_compensation), 0),
    COALESCE(SUM(federal_tax_withheld), 0)
  FROM form_1099_nec
  WHERE tax_year = :year AND reason = 'foreign' AND federal_tax_withheld <> 0
) AS lines
ORDER BY place, line
