-- What the sheets must add up to: approved lines that no payout has taken are what is proposed or held.
SELECT
  (SELECT COALESCE(SUM(amount), 0) FROM payouts) AS due,
  (SELECT COUNT(*) FROM payouts) AS partner_count,
  (SELECT COALESCE(SUM(amount), 0) FROM payouts WHERE decision = 'proposed') AS proposed,
  (SELECT COALESCE(SUM(amount), 0) FROM payouts WHERE decision = 'held') AS held,
  (SELECT COUNT(*) FROM payout_register
    WHERE (processed_at IS NULL AND status IN ('pending', 'processing', 'completed'))
      OR (processed_at >= :from_instant AND processed_at < :until_instant)) AS payout_count,
  (SELECT COALESCE(SUM(amount), 0) FROM payout_register
    WHERE (processed_at IS NULL AND status IN ('pending', 'processing', 'completed'))
      OR (processed_at >= :from_instant AND processed_at < :until_instant)) AS amount,
  (SELECT COALESCE(SUM(CASE WHEN note = 'before_records' THEN 0 ELSE difference END), 0) FROM payout_register
    WHERE (processed_at IS NULL AND status IN ('pending', 'processing', 'completed'))
      OR (processed_at >= :from_instant AND processed_at < :until_instant)) AS difference
