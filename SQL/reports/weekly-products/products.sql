-- One row per product with anything in the week: sums over its days, the trend of its last day, the week before.
SELECT
  w.product_id,
  COALESCE(d.name, w.product_id) AS name,
  d.category, d.supplier_id,
  w.views, w.viewer_days, w.add_to_carts, w.orders, w.units,
  w.revenue, w.refunds, w.net_revenue,
  t.trend,
  COALESCE(p.units, 0) AS previous_units,
  COALESCE(p.net_revenue, 0) AS previous_net_revenue,
  w.net_revenue - COALESCE(p.net_revenue, 0) AS net_revenue_change
FROM (
  SELECT
    product_id,
    MAX(metric_date) AS last_day,
    SUM(views) AS views,
    SUM(unique_viewers) AS viewer_days,
    SUM(add_to_carts) AS add_to_carts,
    SUM(orders) AS orders,
    SUM(units) AS units,
    SUM(revenue) AS revenue,
    SUM(refunds) AS refunds,
    SUM(net_revenue) AS net_revenue
  FROM product_analytics
  WHERE metric_date BETWEEN :from AND :to
  GROUP BY product_id
) AS w
JOIN product_analytics AS t ON t.product_id = w.product_id AND t.metric_date = w.last_day
LEFT JOIN (
  SELECT product_id, SUM(units) AS units, SUM(net_revenue) AS net_revenue
  FROM product_analytics
  WHERE metric_date BETWEEN :previous_from AND :previous_to
  GROUP BY product_id
) AS p ON p.product_id = w.product_id
LEFT JOIN product_dimension AS d ON d.product_id = w.product_id
ORDER BY w.net_revenue DESC, w.product_id
