-- What the sheets must add up to, from the other table where there is one.
SELECT
  (SELECT COUNT(*) FROM form_1099_payments WHERE tax_year = :year) AS payouts,
  (SELECT COALESCE(SUM(CASE WHEN own_amount IS NULL THEN amount END), 0) FROM form_1099_payments
    WHERE tax_year = :year) AS ledger,
  (SELECT COALESCE(SUM(amount), 0) FROM form_1099_payments
    WHERE tax_year = :year AND recipient_id IS NOT NULL) AS recipients_paid,
  (SELECT COALESCE(SUM(withheld), 0) FROM form_1099_payments
    WHERE tax_year = :year AND recipient_id IS NOT NULL) AS recipients_withheld,
  (SELECT COUNT(*) FROM form_1099_exceptions WHERE tax_year = :year) AS exceptions,
  (SELECT COALESCE(SUM("used"), 0) FROM source_counts
    WHERE source = 'payouts' AND run_id = (
      SELECT run_id FROM runs WHERE stages LIKE '%tax_1099%'
      ORDER BY finished_at DESC, run_id DESC LIMIT 1)) AS rows_used
