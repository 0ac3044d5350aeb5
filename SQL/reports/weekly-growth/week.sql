-- The figures of a week, in one row. Sums are over its days; states are those of its last day that has figures.
SELECT
  w.days,
  CASE WHEN w.days = 7 THEN 'whole' ELSE 'partial' END AS extent,
  w.new_users, w.activated_users, w.orders, w.revenue, w.net_revenue, w.daily_persons,
  l.mrr, l.arr, l.active_subscribers, l.products_listed, l.active_suppliers, l.wau, l.mau,
  c.customers_won
FROM (
  SELECT
    COUNT(*) AS days,
    MAX(metric_date) AS last_day,
    COALESCE(SUM(new_users), 0) AS new_users,
    COALESCE(SUM(activated_users), 0) AS activated_users,
    COALESCE(SUM(orders), 0) AS orders,
    COALESCE(SUM(revenue), 0) AS revenue,
    COALESCE(SUM(net_revenue), 0) AS net_revenue,
    COALESCE(SUM(dau), 0) AS daily_persons
  FROM growth_metrics
  WHERE metric_date BETWEEN :from AND :to
) AS w
LEFT JOIN growth_metrics AS l ON l.metric_date = w.last_day
CROSS JOIN (
  SELECT COUNT(*) AS customers_won
  FROM customer_ltv
  WHERE first_purchase >= :from_instant AND first_purchase < :until_instant
) AS c
