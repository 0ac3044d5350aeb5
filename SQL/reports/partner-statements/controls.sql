-- The closing balance from all lines and payouts up to the month's end, which what moved it must come to.
SELECT
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE partner_id = :partner_id AND "day" <= :to AND status <> 'cancelled')
  - (SELECT COALESCE(SUM(CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END), 0)
    FROM payout_register
    WHERE partner_id = :partner_id AND status = 'completed' AND processed_at < :until_instant) AS closing,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND status <> 'cancelled'
      AND reversal_of IS NULL) AS earned,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND status <> 'cancelled'
      AND reversal_of IS NOT NULL) AS reversals,
  (SELECT COALESCE(SUM(CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END), 0)
    FROM payout_register
    WHERE partner_id = :partner_id AND status = 'completed'
      AND processed_at >= :from_instant AND processed_at < :until_instant) AS paid
