SELECT
  id AS transaction_id, occurred_at, kind, amount, currency, user_id, vendor_id, product_id, quantity,
  reference_id, visitor_id, billing_interval AS interval, interval_count, subscription_id
FROM transactions
WHERE occurred_at >= :from AND occurred_at < :to
