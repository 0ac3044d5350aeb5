-- Section 9 of the specification: users, revenue, recurring revenue and activity by day.

-- The days of the window; of a run over everything from the first on which anything happened.
CREATE TABLE local_user AS
SELECT user_id,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= u.created_at ORDER BY z.start_us DESC LIMIT 1) AS created,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= u.activated_at ORDER BY z.start_us DESC LIMIT 1) AS activated
FROM users AS u;
CREATE INDEX local_user_created ON local_user (created);
CREATE INDEX local_user_activated ON local_user (activated);

CREATE TABLE presence AS
SELECT day, person FROM (
  SELECT (SELECT z.day FROM zone_day AS z WHERE z.start_us <= s.clicked_at ORDER BY z.start_us DESC LIMIT 1) AS day,
    coalesce('user ' || user_id, 'visitor ' || visitor_id) AS person
  FROM seen AS s WHERE NOT is_bot
  UNION
  SELECT t.day, coalesce('user ' || t.buyer, 'visitor ' || t.visitor_id) FROM trade AS t WHERE t.is_sale)
WHERE person IS NOT NULL;
CREATE INDEX presence_day ON presence (day);

CREATE TABLE window_day AS
SELECT z.day, z.start_us, (SELECT n.start_us FROM zone_day AS n WHERE n.day = z.day + 1) AS end_us
FROM zone_day AS z, params AS p
WHERE z.day <= p.to_day AND z.day >= CASE WHEN p.from_day > 4 THEN p.from_day ELSE (
  SELECT min(day) FROM (
    SELECT min(day) AS day FROM trade
    UNION ALL SELECT min(day) FROM presence
    UNION ALL SELECT min(created) FROM local_user, params AS q WHERE created <= q.to_day
    UNION ALL SELECT min(activated) FROM local_user, params AS q WHERE activated <= q.to_day)) END;

-- Recurring revenue. A payment's cover: local day and time, plus calendar intervals, plus grace, back to an instant.
CREATE TABLE payment AS
SELECT t.transaction_id, t.occurred_at, t.value, x.amount, x.currency,
  coalesce('user ' || t.buyer, 'vendor ' || t.vendor_id) AS customer,
  coalesce('id ' || x.subscription_id, 'product ' || t.product_id, '-') AS subscription,
  coalesce(lower(x."interval"), 'month') AS "interval", coalesce(x.interval_count, 1) AS n,
  t.occurred_at + z.shift_us AS local_us
FROM trade AS t JOIN transactions AS x ON x.transaction_id = t.transaction_id
JOIN zone_shift AS z ON t.occurred_at >= z.start_us AND t.occurred_at < z.end_us
WHERE t.kind IN ('subscription', 'vendor_subscription') AND coalesce(t.buyer, t.vendor_id) IS NOT NULL;

CREATE TABLE due AS
SELECT p.*, CAST((CASE "interval" WHEN 'week' THEN local_day + 7 * n ELSE
    -- The last day of the month where the day is beyond it.
    min(julianday(first, '+' || months || ' months', '+' || (date_of - 1) || ' days'),
      julianday(first, '+' || (months + 1) || ' months', '-1 day')) - 2440587.5
  END + 3) * 86400000000 AS INTEGER) + time_us AS due_us
FROM (
  SELECT d.*, CASE "interval" WHEN 'year' THEN 12 * n ELSE n END AS months, date(local_day * 86400, 'unixepoch', 'start of month') AS first,
    CAST(strftime('%d', local_day * 86400, 'unixepoch') AS INTEGER) AS date_of
  FROM (SELECT *, local_us / 86400000000 AS local_day, local_us % 86400000000 AS time_us FROM payment) AS d) AS p;

CREATE TABLE covered AS
SELECT d.*, coalesce(
  (SELECT min(d.due_us - z.shift_us) FROM zone_shift AS z
   WHERE d.due_us - z.shift_us >= z.start_us AND d.due_us - z.shift_us < z.end_us),
  -- Skipped: when the clock first shows a later time.
  (SELECT min(z.start_us) FROM zone_shift AS z WHERE z.start_us + z.shift_us > d.due_us)) AS until_us
FROM due AS d;
CREATE INDEX covered_key ON covered (customer, subscription, occurred_at);

-- What was taken back of each payment, by time.
CREATE TABLE returned AS
SELECT original, occurred_at, transaction_id, taken FROM summed WHERE taken IS NOT NULL;
CREATE INDEX returned_original ON returned (original, occurred_at, transaction_id);

-- Days that are mrr_day for: the window's, and every month's last.
CREATE TABLE mrr_day AS
SELECT z.day, n.start_us AS end_us, z.day IN (SELECT day FROM window_day) AS in_window,
  strftime('%d', (z.day + 1) * 86400, 'unixepoch') = '01' AS is_last
FROM zone_day AS z JOIN zone_day AS n ON n.day = z.day + 1, params AS p
WHERE z.day <= p.to_day
  AND (z.day IN (SELECT day FROM window_day) OR strftime('%d', (z.day + 1) * 86400, 'unixepoch') = '01');

-- In 720ths of a minor unit: n is at most 6, so every fraction is whole.
CREATE TABLE paying AS
SELECT day, customer, (2 * sum(part) + 720) / 1440 AS mrr FROM (
  SELECT a.day, c.customer, c.until_us >= a.end_us AS is_covered,
    CASE c."interval" WHEN 'week' THEN 3120 WHEN 'year' THEN 60 ELSE 720 END * c.value / c.n AS part,
    row_number() OVER (PARTITION BY a.day, c.customer, c.subscription ORDER BY c.occurred_at DESC, c.transaction_id DESC) AS place
  FROM mrr_day AS a JOIN covered AS c ON c.occurred_at < a.end_us
  WHERE coalesce((SELECT r.taken FROM returned AS r WHERE r.original = c.transaction_id AND r.occurred_at < a.end_us
    ORDER BY r.occurred_at DESC, r.transaction_id DESC LIMIT 1), 0) < c.amount)
WHERE place = 1 AND is_covered GROUP BY day, customer;
CREATE UNIQUE INDEX paying_day ON paying (day, customer);

CREATE TABLE money_day AS
SELECT day, sum(is_sale) AS orders, sum(CASE WHEN is_sale THEN value ELSE 0 END) AS revenue,
  sum(CASE WHEN is_sale OR kind = 'dispute_won' THEN value ELSE -value END) AS net
FROM trade GROUP BY day;
CREATE UNIQUE INDEX money_day_day ON money_day (day);

CREATE TABLE trailing AS
SELECT w.day,
  (SELECT total(net) FROM money_day AS m WHERE m.day BETWEEN w.day - 6 AND w.day) AS net_7,
  (SELECT total(net) FROM money_day AS m WHERE m.day BETWEEN w.day - 13 AND w.day - 7) AS net_7_before,
  (SELECT total(net) FROM money_day AS m WHERE m.day BETWEEN w.day - 29 AND w.day) AS net_30,
  (SELECT total(net) FROM money_day AS m WHERE m.day BETWEEN w.day - 59 AND w.day - 30) AS net_30_before,
  (SELECT count(*) FROM local_user WHERE created BETWEEN w.day - 6 AND w.day) AS users_7,
  (SELECT count(*) FROM local_user WHERE created BETWEEN w.day - 13 AND w.day - 7) AS users_7_before,
  (SELECT count(*) FROM local_user WHERE created BETWEEN w.day - 29 AND w.day) AS users_30,
  (SELECT count(*) FROM local_user WHERE created BETWEEN w.day - 59 AND w.day - 30) AS users_30_before
FROM window_day AS w;

CREATE TABLE growth AS
SELECT day, name, CASE WHEN before <> 0 THEN
  CASE WHEN (now - before < 0) <> (before < 0) THEN -1 ELSE 1 END
  * ((2 * abs(now - before) * 1000000 + abs(before)) / (2 * abs(before))) END AS rate
FROM (
  SELECT day, 'net_7' AS name, CAST(net_7 AS INTEGER) AS now, CAST(net_7_before AS INTEGER) AS before FROM trailing
  UNION ALL SELECT day, 'net_30', CAST(net_30 AS INTEGER), CAST(net_30_before AS INTEGER) FROM trailing
  UNION ALL SELECT day, 'users_7', users_7, users_7_before FROM trailing
  UNION ALL SELECT day, 'users_30', users_30, users_30_before FROM trailing);
CREATE UNIQUE INDEX growth_day ON growth (name, day);

-- Who was there in the trailing 1, 7 or 30 days: from each day on which someone is, until the span is over or the next such
-- day begins another. So a person counts once a day, and a day's number is what began less what ended up to it.
CREATE TABLE spell AS
SELECT 'person' AS what, n.n, day, min(day + n.n, coalesce(next, day + n.n)) AS ends
FROM (SELECT day, lead(day) OVER (PARTITION BY person ORDER BY day) AS next FROM presence),
  (SELECT 1 AS n UNION SELECT 7 UNION SELECT 30) AS n
UNION ALL SELECT 'supplier', 30, day, min(day + 30, coalesce(next, day + 30))
FROM (SELECT day, lead(day) OVER (PARTITION BY supplier_id ORDER BY day) AS next FROM (
  SELECT DISTINCT p.supplier_id, t.day FROM trade AS t JOIN products AS p ON p.product_id = t.product_id
  WHERE t.is_sale AND p.supplier_id IS NOT NULL));

CREATE TABLE active AS
SELECT what, n, day, sum(sum(change)) OVER (PARTITION BY what, n ORDER BY day) AS number FROM (
  SELECT what, n, day, 1 AS change FROM spell UNION ALL SELECT what, n, ends, -1 FROM spell)
GROUP BY what, n, day;
CREATE UNIQUE INDEX active_day ON active (what, n, day);

CREATE TABLE product_sold AS
SELECT day, count(DISTINCT product_id) AS products FROM trade WHERE is_sale GROUP BY day;
CREATE UNIQUE INDEX product_sold_day ON product_sold (day);

CREATE TABLE r_growth_metrics AS
SELECT w.day AS "metric_date:day",
  (SELECT count(*) FROM local_user WHERE created = w.day) AS new_users,
  (SELECT count(*) FROM local_user WHERE activated = w.day) AS activated_users,
  coalesce(m.revenue, 0) AS "revenue:money", coalesce(m.net, 0) AS "net_revenue:money", coalesce(m.orders, 0) AS orders,
  (SELECT coalesce(sum(mrr), 0) FROM paying AS y WHERE y.day = w.day) AS "mrr:money",
  (SELECT 12 * coalesce(sum(mrr), 0) FROM paying AS y WHERE y.day = w.day) AS "arr:money",
  (SELECT count(*) FROM paying AS y WHERE y.day = w.day AND mrr > 0) AS active_subscribers,
  (SELECT count(*) FROM products AS p WHERE coalesce(p.listed_at, w.end_us - 1) < w.end_us
    AND coalesce(p.delisted_at, w.end_us) >= w.end_us) AS products_listed,
  coalesce((SELECT products FROM product_sold AS s WHERE s.day = w.day), 0) AS products_sold,
  coalesce((SELECT number FROM active AS a WHERE a.what = 'supplier' AND a.n = 30 AND a.day <= w.day
    ORDER BY a.day DESC LIMIT 1), 0) AS active_suppliers,
  coalesce((SELECT number FROM active AS a WHERE a.what = 'person' AND a.n = 1 AND a.day <= w.day
    ORDER BY a.day DESC LIMIT 1), 0) AS dau,
  coalesce((SELECT number FROM active AS a WHERE a.what = 'person' AND a.n = 7 AND a.day <= w.day
    ORDER BY a.day DESC LIMIT 1), 0) AS wau,
  coalesce((SELECT number FROM active AS a WHERE a.what = 'person' AND a.n = 30 AND a.day <= w.day
    ORDER BY a.day DESC LIMIT 1), 0) AS mau,
  (SELECT rate FROM growth AS g WHERE g.name = 'net_7' AND g.day = w.day) AS "revenue_growth_7:ratio",
  (SELECT rate FROM growth AS g WHERE g.name = 'net_30' AND g.day = w.day) AS "revenue_growth_30:ratio",
  (SELECT rate FROM growth AS g WHERE g.name = 'users_7' AND g.day = w.day) AS "user_growth_7:ratio",
  (SELECT rate FROM growth AS g WHERE g.name = 'users_30' AND g.day = w.day) AS "user_growth_30:ratio"
FROM window_day AS w LEFT JOIN money_day AS m ON m.day = w.day;

-- Movements, from each month's end to the next; customers are compared whether they pay or not.
CREATE TABLE month_end AS
SELECT a.day, row_number() OVER (ORDER BY a.day) AS place, a.in_window FROM mrr_day AS a WHERE a.is_last;

-- Customers, and the first month at whose end they paid.
CREATE TABLE payer AS
SELECT q.customer, min(CASE WHEN q.mrr > 0 THEN f.place END) AS first_place
FROM paying AS q LEFT JOIN month_end AS f ON f.day = q.day GROUP BY q.customer;

CREATE TABLE moved AS
SELECT e.day, e.in_window, c.customer, coalesce(y.mrr, 0) AS after, coalesce(b.mrr, 0) AS before,
  coalesce(c.first_place < e.place, 0) AS was_there
FROM month_end AS e CROSS JOIN payer AS c
LEFT JOIN month_end AS d ON d.place = e.place - 1
LEFT JOIN paying AS y ON y.day = e.day AND y.customer = c.customer
LEFT JOIN paying AS b ON b.day = d.day AND b.customer = c.customer;

CREATE TABLE r_mrr_movements AS
SELECT CAST(strftime('%s', e.day * 86400, 'unixepoch', 'start of month') AS INTEGER) / 86400 AS "month:day",
  CAST(total(before) AS INTEGER) AS "opening:money",
  CAST(total(CASE WHEN before = 0 AND NOT was_there THEN after END) AS INTEGER) AS "new:money",
  count(CASE WHEN before = 0 AND after > 0 AND NOT was_there THEN 1 END) AS new_customers,
  CAST(total(CASE WHEN before = 0 AND was_there THEN after END) AS INTEGER) AS "reactivated:money",
  count(CASE WHEN before = 0 AND after > 0 AND was_there THEN 1 END) AS reactivated_customers,
  CAST(total(CASE WHEN before > 0 AND after > before THEN after - before END) AS INTEGER) AS "expansion:money",
  count(CASE WHEN before > 0 AND after > before THEN 1 END) AS expansion_customers,
  CAST(total(CASE WHEN after > 0 AND after < before THEN after - before END) AS INTEGER) AS "contraction:money",
  count(CASE WHEN after > 0 AND after < before THEN 1 END) AS contraction_customers,
  CAST(total(CASE WHEN before > 0 AND after = 0 THEN -before END) AS INTEGER) AS "churned:money",
  count(CASE WHEN before > 0 AND after = 0 THEN 1 END) AS churned_customers,
  CAST(total(after) AS INTEGER) AS "closing:money"
FROM month_end AS e LEFT JOIN moved AS m ON m.day = e.day WHERE e.in_window GROUP BY e.day;
