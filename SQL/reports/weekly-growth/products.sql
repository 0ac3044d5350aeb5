-- Products with a sale or refund in the week, the best first, with what the newest forecast expects of them.
SELECT
  w.product_id,
  COALESCE(d.name, w.product_id) AS name,
  d.category,
  w.orders, w.units, w.net_revenue,
  f.units AS expected_units,
  f.method
FROM (
  SELECT product_id, SUM(orders) AS orders, SUM(units) AS units, SUM(net_revenue) AS net_revenue
  FROM product_analytics
  WHERE metric_date BETWEEN :from AND :to
  GROUP BY product_id
  HAVING SUM(orders) > 0 OR SUM(refunds) <> 0
) AS w
LEFT JOIN product_dimension AS d ON d.product_id = w.product_id
LEFT JOIN (
  SELECT product_id, MAX(method) AS method, SUM(units) AS units FROM product_forecast GROUP BY product_id
) AS f ON f.product_id = w.product_id
ORDER BY w.net_revenue DESC, w.product_id
