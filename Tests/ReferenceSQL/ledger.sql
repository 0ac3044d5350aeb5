-- Transactions as the metrics see them, from the specification's common rules: nothing after the window, an amount of 0 counts for
-- nothing, adjustments linked to the sale that reference_id names if it came before, amounts in the reporting currency.

CREATE TABLE tx AS
SELECT x.*,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= x.occurred_at ORDER BY z.start_us DESC LIMIT 1) AS day,
  x.kind IN ('purchase', 'booking', 'subscription', 'vendor_subscription') AS is_sale
FROM transactions AS x, params AS p
WHERE x.occurred_at < p.end_us
  AND x.amount > 0;

CREATE UNIQUE INDEX tx_id ON tx (transaction_id);

-- `original` is NULL where there is none.
CREATE TABLE linked AS
SELECT a.*, s.transaction_id AS original, s.currency AS original_currency, s.day AS original_day,
  s.product_id AS original_product
FROM tx AS a
LEFT JOIN tx AS s
  ON NOT a.is_sale AND s.is_sale AND s.transaction_id = a.reference_id
  AND (s.occurred_at < a.occurred_at
    OR s.occurred_at = a.occurred_at AND s.transaction_id < a.transaction_id);

-- What has been taken from a sale, less what came back, up to and with each adjustment in the sale's own currency.
CREATE TABLE summed AS
SELECT l.*,
  CASE WHEN original IS NOT NULL AND currency = original_currency THEN
    sum(CASE kind WHEN 'dispute_won' THEN -amount ELSE amount END)
      OVER (PARTITION BY original, currency ORDER BY occurred_at, transaction_id
        ROWS UNBOUNDED PRECEDING)
  END AS taken
FROM linked AS l;

-- Each amount as one or two sums to convert (after and before), at the latest rate of a day or the 7 days before.
CREATE TABLE rated AS
SELECT s.*,
  coalesce(taken, amount) AS after_sum,
  CASE WHEN taken IS NULL THEN 0 ELSE taken - CASE kind WHEN 'dispute_won' THEN -amount ELSE amount END END
    AS before_sum,
  CASE WHEN s.currency = p.currency THEN 100000000 ELSE
    (SELECT r.rate FROM exchange_rates AS r
     WHERE r.currency = s.currency
       AND r.day BETWEEN CASE WHEN taken IS NULL THEN s.day ELSE s.original_day END - 7
         AND CASE WHEN taken IS NULL THEN s.day ELSE s.original_day END
     ORDER BY r.day DESC LIMIT 1)
  END * p.unit AS numerator,
  100000000 * c.unit AS denominator
FROM summed AS s, params AS p JOIN currency_unit AS c ON c.currency = s.currency;

-- Rounded half away from zero, in whole numbers: |n| plus half the denominator, cut off, with the sign again.
CREATE TABLE ledger AS
SELECT transaction_id, occurred_at, day, kind, is_sale, vendor_id, product_id, quantity, original, original_product,
  CASE WHEN taken IS NOT NULL AND kind = 'dispute_won' THEN -1 ELSE 1 END * (
    CASE WHEN after_sum < 0 THEN -1 ELSE 1 END
      * ((2 * abs(after_sum) * numerator + denominator) / (2 * denominator))
    - CASE WHEN before_sum < 0 THEN -1 ELSE 1 END
      * ((2 * abs(before_sum) * numerator + denominator) / (2 * denominator))
  ) AS value
FROM rated;

CREATE INDEX ledger_vendor ON ledger (vendor_id, day);
CREATE INDEX ledger_product ON ledger (product_id, day);
