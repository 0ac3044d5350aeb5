-- One row per product and day.
SELECT
  a.metric_date, a.product_id,
  COALESCE(d.name, a.product_id) AS name,
  d.category,
  a.views, a.unique_viewers, a.add_to_carts, a.orders, a.units,
  a.revenue, a.refunds, a.net_revenue,
  a.add_to_cart_rate, a.purchase_rate, a.conversion_rate, a.trend
FROM product_analytics AS a
LEFT JOIN product_dimension AS d ON d.product_id = a.product_id
WHERE a.metric_date BETWEEN :from AND :to
ORDER BY a.metric_date, a.product_id
