-- The week's figures and the newest run's customers, from the tables alone.
SELECT
  g.days, g.new_users, g.orders, g.net_revenue, c.customers, c.whales, c.at_risk, c.total_spend
FROM (
  SELECT
    COUNT(*) AS days,
    COALESCE(SUM(new_users), 0) AS new_users,
    COALESCE(SUM(orders), 0) AS orders,
    COALESCE(SUM(net_revenue), 0) AS net_revenue
  FROM growth_metrics
  WHERE metric_date BETWEEN :from AND :to
) AS g
CROSS JOIN (
  SELECT
    COUNT(*) AS customers,
    COALESCE(SUM(CASE WHEN segment = 'whale' THEN 1 ELSE 0 END), 0) AS whales,
    COALESCE(SUM(CASE WHEN segment = 'at_risk' THEN 1 ELSE 0 END), 0) AS at_risk,
    COALESCE(SUM(total_spend), 0) AS total_spend
  FROM customer_ltv
) AS c
