-- Payouts of the window that list a line twice, lines that are not known or another partner's, or are not what their lines come to.
-- Those from before these records cannot be told.
SELECT payout_id, partner_id, status, note, amount, currency, lines_amount, difference
FROM payout_register
WHERE note IS NOT NULL AND note <> 'before_records'
  AND (processed_at IS NULL OR (processed_at >= :from_instant AND processed_at < :until_instant))
ORDER BY payout_id
