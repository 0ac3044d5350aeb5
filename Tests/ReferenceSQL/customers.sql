-- Section 10 of the specification: customers as of the window's last day.

CREATE TABLE bought AS
SELECT buyer, count(*) AS orders, sum(value) AS sales, min(occurred_at) AS first_at, max(occurred_at) AS last_at,
  min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
FROM trade WHERE is_sale AND buyer IS NOT NULL GROUP BY buyer;
CREATE UNIQUE INDEX bought_buyer ON bought (buyer);

CREATE TABLE spent AS
SELECT buyer, sum(value) AS spend FROM (
  SELECT buyer, value FROM trade WHERE is_sale
  UNION ALL
  SELECT CASE WHEN a.original IS NULL THEN a.buyer ELSE o.buyer END,
    CASE a.kind WHEN 'dispute_won' THEN a.value ELSE -a.value END
  FROM trade AS a LEFT JOIN trade AS o ON o.transaction_id = a.original WHERE NOT a.is_sale)
WHERE buyer IS NOT NULL GROUP BY buyer;
CREATE UNIQUE INDEX spent_buyer ON spent (buyer);

CREATE TABLE last_event AS
SELECT s.user_id, max(s.clicked_at) AS at FROM seen AS s, params AS p
WHERE NOT s.is_bot AND s.user_id IS NOT NULL
  AND s.clicked_at >= (SELECT start_us FROM zone_day WHERE day = p.to_day - 89)
GROUP BY s.user_id;
CREATE UNIQUE INDEX last_event_user ON last_event (user_id);

CREATE TABLE customer AS
SELECT b.*, s.spend, p.to_day, p.unit, max(b.last_at, coalesce(e.at, b.last_at)) AS active_at,
  p.to_day - b.last_day AS since
FROM bought AS b JOIN spent AS s ON s.buyer = b.buyer LEFT JOIN last_event AS e ON e.user_id = b.buyer, params AS p;

-- With its estimates it is a row of `customer_ltv` (lifetimes.sql).
CREATE TABLE customer_row AS
SELECT buyer AS user_id, spend AS "total_spend:money", orders, (2 * sales + orders) / (2 * orders) AS "average_order_value:money",
  first_at AS "first_purchase:instant", last_at AS "last_purchase:instant", days AS days_active,
  (60000000 * orders + max(1, to_day - first_day)) / (2 * max(1, to_day - first_day)) AS "purchase_frequency:ratio",
  active_at AS "last_activity:instant", 3 * spend AS "predicted_ltv:money",
  CASE WHEN orders = 1 THEN min(10000, (20000 * since + 90) / 180)
    WHEN last_day = first_day THEN CASE WHEN since = 0 THEN 0 ELSE 10000 END
    ELSE min(10000, (20000 * since * (orders - 1) + 2 * (last_day - first_day)) / (4 * (last_day - first_day)))
  END AS "churn_risk:tenthousandths",
  CASE WHEN idle >= 90 THEN 'churned' WHEN idle >= 45 THEN 'at_risk' WHEN spend >= 1000 * unit THEN 'whale'
    WHEN spend >= 200 * unit THEN 'regular' ELSE 'casual' END AS segment,
  CASE WHEN spend >= 5000 * unit THEN 'platinum' WHEN spend >= 1000 * unit THEN 'gold'
    WHEN spend >= 200 * unit THEN 'silver' ELSE 'bronze' END AS tier
FROM (SELECT c.*, to_day -
    (SELECT z.day FROM zone_day AS z WHERE z.start_us <= c.active_at ORDER BY z.start_us DESC LIMIT 1) AS idle
  FROM customer AS c);
