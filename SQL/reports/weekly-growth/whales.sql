-- Customers who spend most and are active, as of the newest run.
SELECT
  user_id, total_spend, orders, average_order_value, first_purchase, last_purchase, last_activity, predicted_ltv,
  bgnbd_ltv, probability_alive, churn_risk, tier, as_of
FROM customer_ltv
WHERE segment = 'whale'
ORDER BY total_spend DESC, user_id
