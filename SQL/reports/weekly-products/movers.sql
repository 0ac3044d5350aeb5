-- Products that are hot or declining on their last day of the week, hot ones first.
SELECT
  t.trend,
  w.product_id,
  COALESCE(d.name, w.product_id) AS name,
  d.category,
  w.units,
  COALESCE(p.units, 0) AS previous_units,
  w.units - COALESCE(p.units, 0) AS units_change,
  w.net_revenue
FROM (
  SELECT
    product_id, MAX(metric_date) AS last_day, SUM(units) AS units, SUM(net_revenue) AS net_revenue
  FROM product_analytics
  WHERE metric_date BETWEEN :from AND :to
  GROUP BY product_id
) AS w
JOIN product_analytics AS t ON t.product_id = w.product_id AND t.metric_date = w.last_day
LEFT JOIN (
  SELECT product_id, SUM(units) AS units
  FROM product_analytics
  WHERE metric_date BETWEEN :previous_from AND :previous_to
  GROUP BY product_id
) AS p ON p.product_id = w.product_id
LEFT JOIN product_dimension AS d ON d.product_id = w.product_id
WHERE t.trend IN ('hot', 'declining')
ORDER BY CASE t.trend WHEN 'hot' THEN 0 ELSE 1 END, w.net_revenue DESC, w.product_id
