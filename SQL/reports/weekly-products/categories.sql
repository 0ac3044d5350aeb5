-- One row per category of products.
SELECT
  COALESCE(d.category, '(no category)') AS category,
  COUNT(DISTINCT a.product_id) AS products,
  SUM(a.views) AS views,
  SUM(a.add_to_carts) AS add_to_carts,
  SUM(a.orders) AS orders,
  SUM(a.units) AS units,
  SUM(a.revenue) AS revenue,
  SUM(a.refunds) AS refunds,
  SUM(a.net_revenue) AS net_revenue
FROM product_analytics AS a
LEFT JOIN product_dimension AS d ON d.product_id = a.product_id
WHERE a.metric_date BETWEEN :from AND :to
GROUP BY COALESCE(d.category, '(no category)')
ORDER BY net_revenue DESC, category
