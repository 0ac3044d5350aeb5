-- Everything that moved the balance, with the opening balance first: their sum is the closing balance.
SELECT s.place, s.part, s."type", s."day", s.paid_at, s.reference, s.of_sale, s.base_amount, s.rate, s.amount, s.id
FROM (
  SELECT 2 AS place, 'earned' AS part, "type", "day", NULL AS paid_at, transaction_id AS reference, NULL AS of_sale,
    base_amount, rate, amount, id
  FROM commissions
  WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND status <> 'cancelled'
    AND reversal_of IS NULL
  UNION ALL
  SELECT 4, 'paid', NULL, NULL, processed_at, payout_id, NULL, NULL, NULL,
    -1 * CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END, payout_id
  FROM payout_register
  WHERE partner_id = :partner_id AND status = 'completed'
    AND processed_at >= :from_instant AND processed_at < :until_instant
  UNION ALL
  SELECT 3, 'taken back', "type", "day", NULL, transaction_id, reversal_of, NULL, NULL, amount, id
  FROM commissions
  WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND status <> 'cancelled'
    AND reversal_of IS NOT NULL
  UNION ALL
  SELECT 1, 'opening balance', NULL, NULL, NULL, '', NULL, NULL, NULL,
    (SELECT COALESCE(SUM(amount), 0) FROM commissions
      WHERE partner_id = :partner_id AND "day" < :from AND status <> 'cancelled')
    - (SELECT COALESCE(SUM(CASE WHEN amount IS NULL OR note IN ('unknown_line', 'before_records') THEN lines_amount ELSE amount END), 0)
      FROM payout_register
      WHERE partner_id = :partner_id AND status = 'completed' AND processed_at < :from_instant), ''
) AS s
ORDER BY s.place, s."day", s.paid_at, s.reference, s.id
