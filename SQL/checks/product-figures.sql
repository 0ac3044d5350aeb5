-- Products' days whose figures contradict each other.
SELECT
  product_id, metric_date, views, unique_viewers, add_to_carts, orders, units, revenue, refunds,
  net_revenue
FROM product_analytics
WHERE metric_date BETWEEN :from AND :to
  AND (net_revenue <> revenue - refunds
    OR unique_viewers > views
    OR units < orders
    OR (revenue > 0 AND orders = 0)
    OR views < 0 OR unique_viewers < 0 OR add_to_carts < 0 OR orders < 0 OR revenue < 0)
ORDER BY metric_date, product_id
