-- A row per payout, whatever became of it. The amount of another currency is text: it adds up to nothing here.
SELECT
  payout_id, partner_id, recipient_id, processed_at,
  CASE WHEN own_amount IS NULL THEN amount END AS paid, currency, own_amount, withheld, status, method,
  reported_by, bucket, reason
FROM form_1099_payments
WHERE tax_year = :year
ORDER BY payout_id
