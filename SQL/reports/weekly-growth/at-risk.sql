-- Customers not seen for 45 to 89 days, as of the newest run, the dearest first.
SELECT
  user_id, total_spend, orders, average_order_value, first_purchase, last_purchase, last_activity, predicted_ltv,
  bgnbd_ltv, probability_alive, churn_risk, tier, as_of
FROM customer_ltv
WHERE segment = 'at_risk'
ORDER BY total_spend DESC, user_id
