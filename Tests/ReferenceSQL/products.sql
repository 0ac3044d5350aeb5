-- Section 8 of the specification: products by day.

CREATE TABLE bot (entry);
INSERT INTO bot VALUES ('bot'), ('crawl'), ('spider'), ('slurp'), ('preview'), ('headless'), ('curl/'), ('wget/'),
  ('python-requests'), ('httpclient'), ('facebookexternalhit');

-- Events of people on a product, each with its visitor key (NULL: none); a key says which column it came from.
CREATE TABLE event AS
SELECT k.product_id, lower(k.event) AS event,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= k.clicked_at ORDER BY z.start_us DESC LIMIT 1) AS day,
  CASE WHEN k.visitor_id IS NOT NULL THEN 'visitor ' || k.visitor_id
    WHEN k.user_id IS NOT NULL THEN 'user ' || k.user_id
    WHEN k.ip IS NOT NULL AND k.user_agent IS NOT NULL THEN 'address ' || k.ip || ' ' || k.user_agent
  END AS visitor
FROM clicks AS k
WHERE k.product_id IS NOT NULL AND k.user_agent IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM bot WHERE instr(lower(k.user_agent), entry) > 0);

CREATE TABLE viewed AS
SELECT product_id, day, sum(event = 'view') AS views,
  count(DISTINCT CASE WHEN event = 'view' THEN visitor END) AS unique_viewers,
  sum(event = 'add_to_cart') AS add_to_carts
FROM event GROUP BY product_id, day;

CREATE TABLE sold AS
SELECT product_id, day, count(*) AS orders, sum(coalesce(quantity, 1)) AS units, sum(value) AS revenue
FROM ledger WHERE is_sale AND product_id IS NOT NULL GROUP BY product_id, day;

CREATE INDEX sold_product ON sold (product_id, day);

CREATE TABLE refunded AS
SELECT product, day, sum(value) AS refunds FROM (
  SELECT CASE WHEN original IS NULL THEN product_id ELSE original_product END AS product, day,
    CASE kind WHEN 'dispute_won' THEN -value ELSE value END AS value
  FROM ledger WHERE NOT is_sale
) WHERE product IS NOT NULL GROUP BY product, day;

CREATE TABLE figures AS
SELECT d.product_id, d.day, coalesce(views, 0) AS views, coalesce(unique_viewers, 0) AS unique_viewers,
  coalesce(add_to_carts, 0) AS carts, coalesce(orders, 0) AS orders, coalesce(units, 0) AS units,
  coalesce(revenue, 0) AS revenue, coalesce(refunds, 0) AS refunds,
  (SELECT coalesce(sum(s.units), 0) FROM sold AS s
   WHERE s.product_id = d.product_id AND s.day BETWEEN d.day - 27 AND d.day) AS u,
  (SELECT coalesce(sum(s.units), 0) FROM sold AS s
   WHERE s.product_id = d.product_id AND s.day BETWEEN d.day - 55 AND d.day - 28) AS v
FROM (SELECT product_id, day FROM viewed UNION SELECT product_id, day FROM sold
  UNION SELECT product, day FROM refunded) AS d
LEFT JOIN viewed USING (product_id, day)
LEFT JOIN sold USING (product_id, day)
LEFT JOIN refunded AS r ON r.product = d.product_id AND r.day = d.day;

CREATE TABLE r_product_analytics AS
SELECT product_id, day AS "metric_date:day", views, unique_viewers, carts AS add_to_carts, orders, units,
  revenue AS "revenue:money", refunds AS "refunds:money", revenue - refunds AS "net_revenue:money",
  CASE WHEN views > 0 THEN (2000000 * carts + views) / (2 * views) END AS "add_to_cart_rate:ratio",
  CASE WHEN carts > 0 THEN (2000000 * orders + carts) / (2 * carts) END AS "purchase_rate:ratio",
  CASE WHEN views > 0 THEN (2000000 * orders + views) / (2 * views) END AS "conversion_rate:ratio",
  CASE WHEN u + v < 10 THEN 'new'
    WHEN 4 * u >= 5 * v AND 10000 * (u - v) * (u - v) >= 38416 * (u + v) THEN 'hot'
    WHEN 5 * u <= 4 * v AND 10000 * (u - v) * (u - v) >= 38416 * (u + v) THEN 'declining'
    ELSE 'steady' END AS trend
FROM figures, params AS p
WHERE day BETWEEN p.from_day AND p.to_day
  AND (views <> 0 OR unique_viewers <> 0 OR carts <> 0 OR orders <> 0 OR units <> 0 OR revenue <> 0
    OR refunds <> 0);
