-- One row per segment of customers, as of the newest run.
SELECT
  segment,
  COUNT(*) AS customers,
  SUM(orders) AS orders,
  SUM(total_spend) AS total_spend,
  SUM(predicted_ltv) AS predicted_ltv,
  SUM(bgnbd_ltv) AS bgnbd_ltv
FROM customer_ltv
GROUP BY segment
ORDER BY
  CASE segment WHEN 'whale' THEN 1 WHEN 'regular' THEN 2 WHEN 'casual' THEN 3 WHEN 'at_risk' THEN 4 ELSE 5 END
