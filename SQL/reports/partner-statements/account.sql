-- The month's account, a row per part; the balances are those of all lines and payouts up to a day.
SELECT a.place, a.part, a.amount, a.detail
FROM (
  SELECT 1 AS place, 'Opening balance' AS part, 'all before the month' AS detail,
    (SELECT COALESCE(SUM(amount), 0) FROM commissions
      WHERE partner_id = :partner_id AND "day" < :from AND status <> 'cancelled')
    - (SELECT COALESCE(SUM(CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END), 0)
      FROM payout_register
      WHERE partner_id = :partner_id AND status = 'completed' AND processed_at < :from_instant) AS amount
  UNION ALL
  SELECT 2, 'Earned', 'lines of the month',
    (SELECT COALESCE(SUM(amount), 0) FROM commissions
      WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND status <> 'cancelled'
        AND reversal_of IS NULL)
  UNION ALL
  SELECT 3, 'Taken back', 'refunds and chargebacks of the month',
    (SELECT COALESCE(SUM(amount), 0) FROM commissions
      WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND status <> 'cancelled'
        AND reversal_of IS NOT NULL)
  UNION ALL
  SELECT 4, 'Paid', 'payouts completed in the month',
    (SELECT -1 * COALESCE(SUM(CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END), 0)
      FROM payout_register
      WHERE partner_id = :partner_id AND status = 'completed'
        AND processed_at >= :from_instant AND processed_at < :until_instant)
) AS a
ORDER BY a.place
