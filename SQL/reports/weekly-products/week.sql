-- The figures of a week, in one row.
SELECT
  COUNT(DISTINCT product_id) AS products,
  COALESCE(SUM(views), 0) AS views,
  COALESCE(SUM(add_to_carts), 0) AS add_to_carts,
  COALESCE(SUM(orders), 0) AS orders,
  COALESCE(SUM(units), 0) AS units,
  COALESCE(SUM(revenue), 0) AS revenue,
  COALESCE(SUM(refunds), 0) AS refunds,
  COALESCE(SUM(net_revenue), 0) AS net_revenue
FROM product_analytics
WHERE metric_date BETWEEN :from AND :to
