-- One row: the balance from the month's first day to its last. Cancelled lines are not owed; a payout counts as what it
-- paid of the lines that are known, unless it is known to be of another sum.
SELECT
  o.amount - p.paid_before AS opening,
  l.earned, l.reversals, l.cancelled, p.paid,
  o.amount - p.paid_before + l.earned + l.reversals - p.paid AS closing,
  l.line_count, l.pending, p.payout_count
FROM (
  SELECT COALESCE(SUM(amount), 0) AS amount
  FROM commissions
  WHERE partner_id = :partner_id AND "day" < :from AND status <> 'cancelled'
) AS o
CROSS JOIN (
  SELECT
    COUNT(*) AS line_count,
    COALESCE(SUM(CASE WHEN status <> 'cancelled' AND reversal_of IS NULL THEN amount ELSE 0 END), 0) AS earned,
    COALESCE(SUM(CASE WHEN status <> 'cancelled' AND reversal_of IS NOT NULL THEN amount ELSE 0 END), 0) AS reversals,
    COALESCE(SUM(CASE WHEN status = 'cancelled' THEN amount ELSE 0 END), 0) AS cancelled,
    COALESCE(SUM(CASE WHEN status IN ('pending', 'disputed') THEN amount ELSE 0 END), 0) AS pending
  FROM commissions
  WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to
) AS l
CROSS JOIN (
  SELECT
    COALESCE(SUM(CASE WHEN r.processed_at >= :from_instant THEN r.counted ELSE 0 END), 0) AS paid,
    COALESCE(SUM(CASE WHEN r.processed_at < :from_instant THEN r.counted ELSE 0 END), 0) AS paid_before,
    COALESCE(SUM(CASE WHEN r.processed_at >= :from_instant THEN 1 ELSE 0 END), 0) AS payout_count
  FROM (
    SELECT processed_at,
      CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END AS counted
    FROM payout_register
    WHERE partner_id = :partner_id AND status = 'completed' AND processed_at < :until_instant
  ) AS r
) AS p
