-- The window, if commissions came to 40 % of net revenue or more.
SELECT c.commissions, g.net_revenue
FROM (
  SELECT COALESCE(SUM(amount), 0) AS commissions FROM commissions WHERE "day" BETWEEN :from AND :to
) AS c
CROSS JOIN (
  SELECT COALESCE(SUM(net_revenue), 0) AS net_revenue
  FROM growth_metrics
  WHERE metric_date BETWEEN :from AND :to
) AS g
WHERE c.commissions > 0 AND 100 * c.commissions >= 40 * g.net_revenue
