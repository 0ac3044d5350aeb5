-- One row per payout of the month, and per payout without a date that may still be made, beside what its lines come to. Of
-- those from before these records no line is known: there is nothing to compare.
SELECT r.payout_id, r.partner_id, d.company_name, r.status, r.processed_at, r."method", r.amount,
  r.currency, r.own_amount, r."lines",
  CASE WHEN r.note = 'before_records' THEN NULL ELSE r.lines_amount END AS lines_amount,
  CASE WHEN r.note = 'before_records' THEN NULL ELSE r.difference END AS difference,
  r.note
FROM payout_register AS r
LEFT JOIN partner_dimension AS d ON d.partner_id = r.partner_id
WHERE (r.processed_at IS NULL AND r.status IN ('pending', 'processing', 'completed'))
  OR (r.processed_at >= :from_instant AND r.processed_at < :until_instant)
ORDER BY r.processed_at NULLS FIRST, r.payout_id
