-- The register's payouts by what can be said of them, and what statements take them for.
SELECT
  CASE r.place WHEN 1 THEN 'lines on record' WHEN 2 THEN 'in another currency' ELSE 'before these records' END AS part,
  r.status,
  COUNT(*) AS payout_count,
  SUM(r.amount) AS amount,
  SUM(r.lines_amount) AS lines_amount,
  SUM(r.difference) AS difference,
  SUM(r.counted) AS counted
FROM (
  SELECT
    CASE WHEN note = 'before_records' THEN 3 WHEN amount IS NULL THEN 2 ELSE 1 END AS place,
    status, amount,
    CASE WHEN note = 'before_records' THEN NULL ELSE lines_amount END AS lines_amount,
    CASE WHEN note = 'before_records' THEN NULL ELSE difference END AS difference,
    CASE WHEN status <> 'completed' THEN NULL
      WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount
      ELSE amount END AS counted
  FROM payout_register
  WHERE (processed_at IS NULL AND status IN ('pending', 'processing', 'completed'))
    OR (processed_at >= :from_instant AND processed_at < :until_instant)
) AS r
GROUP BY r.place, r.status
ORDER BY r.place, r.status
