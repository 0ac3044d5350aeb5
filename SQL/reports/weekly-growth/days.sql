-- The week's days.
SELECT
  metric_date, new_users, activated_users, revenue, net_revenue, orders, mrr, arr, active_subscribers, products_listed,
  products_sold, active_suppliers, dau, wau, mau, revenue_growth_7, revenue_growth_30, user_growth_7, user_growth_30
FROM growth_metrics
WHERE metric_date BETWEEN :from AND :to
ORDER BY metric_date
