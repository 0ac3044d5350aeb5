-- The same total from four tables and groupings; every difference is 0.00 where all is well.
SELECT a.check_name, a.ledger, a.other, a.ledger - a.other AS difference
FROM (
  SELECT 1 AS place, 'lines = partners'' days (partner_analytics)' AS check_name,
    (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE "day" BETWEEN :from AND :to) AS ledger,
    (SELECT COALESCE(SUM(commission_earned), 0) FROM partner_analytics
      WHERE metric_date BETWEEN :from AND :to) AS other
  UNION ALL
  SELECT 2, 'lines = earned + reversals',
    (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE "day" BETWEEN :from AND :to),
    (SELECT COALESCE(SUM(amount), 0) FROM commissions
      WHERE "day" BETWEEN :from AND :to AND reversal_of IS NULL)
    + (SELECT COALESCE(SUM(amount), 0) FROM commissions
      WHERE "day" BETWEEN :from AND :to AND reversal_of IS NOT NULL)
  UNION ALL
  SELECT 3, 'lines = by status',
    (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE "day" BETWEEN :from AND :to),
    (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE "day" BETWEEN :from AND :to
      AND status IN ('pending', 'approved', 'disputed', 'paid', 'cancelled'))
) AS a
ORDER BY a.place
