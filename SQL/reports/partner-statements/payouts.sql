-- One row per payout that was completed in the month.
SELECT
  payout_id, processed_at, "method", currency, own_amount, amount, "lines", lines_amount, note,
  CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END AS counted
FROM payout_register
WHERE partner_id = :partner_id AND status = 'completed'
  AND processed_at >= :from_instant AND processed_at < :until_instant
ORDER BY processed_at, payout_id
