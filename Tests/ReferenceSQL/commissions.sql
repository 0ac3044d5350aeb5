-- Sections 5 and 6 of the specification: commission lines and payouts.
-- The program is that of the tests (Job.program), in millionths and minor units.

CREATE TABLE tier (tier, signup_bonus, months, hold, minimum, counted, mode);
INSERT INTO tier VALUES
  ('tier1', 2000, NULL, 30, 5000, 'clients', 'multiply'),
  ('tier2', 0, 1, 7, 0, 'affiliates', 'points');
INSERT INTO tier SELECT DISTINCT tier, 0, NULL, 30, 0, 'clients', 'points' FROM partners
WHERE tier NOT IN ('tier1', 'tier2');

CREATE TABLE tier_rate (tier, kind, level, ppm);
INSERT INTO tier_rate VALUES
  ('tier1', 'subscription', 1, 100000), ('tier1', 'subscription', 2, 50000), ('tier1', 'subscription', 3, 12345),
  ('tier1', 'purchase', 1, 1000), ('tier1', 'booking', 1, 25000), ('tier1', 'booking', 2, 7000),
  ('tier2', 'vendor_subscription', 1, 333333), ('tier2', 'vendor_subscription', 2, 10000),
  ('tier2', 'purchase', 1, 125000), ('tier2', 'purchase', 2, 60000), ('tier2', 'purchase', 3, 30000),
  ('tier2', 'subscription', 1, 200000);

CREATE TABLE tier_step (tier, at, ppm);
INSERT INTO tier_step VALUES ('tier1', 1, 50000), ('tier1', 2, 100000), ('tier2', 1, 20000), ('tier2', 3, 70000);

-- Sales of owned customers, from the referral on.
CREATE TABLE owned AS
SELECT t.transaction_id, t.occurred_at, t.day, t.kind, t.buyer, t.value, x.amount, x.currency, r.partner_id AS owner,
  p.tier, p.commission_rate, strftime('%Y-%m', t.day * 86400, 'unixepoch') AS month,
  t.kind IN ('subscription', 'vendor_subscription') AS recurs
FROM trade AS t
JOIN transactions AS x USING (transaction_id)
JOIN referral AS r ON r.user_id = t.buyer AND r.reason IS NULL AND t.occurred_at >= r.created_at
JOIN partners AS p ON p.partner_id = r.partner_id
WHERE t.is_sale;
CREATE UNIQUE INDEX owned_id ON owned (transaction_id);

-- The day from which a customer's subscriptions earn no more: some calendar months after the first, clamped.
CREATE TABLE term AS
SELECT buyer, CASE WHEN months IS NULL THEN 9e9 ELSE
    min(julianday(month_start, '+' || months || ' months') + day_of_month - 1,
      julianday(month_start, '+' || (months + 1) || ' months') - 1) - julianday('1970-01-01') END AS ends
FROM (
  SELECT o.buyer, t.months, date(min(o.day) * 86400, 'unixepoch', 'start of month') AS month_start,
    CAST(strftime('%d', min(o.day) * 86400, 'unixepoch') AS INTEGER) AS day_of_month
  FROM owned AS o JOIN tier AS t USING (tier) WHERE o.recurs GROUP BY o.buyer);
CREATE UNIQUE INDEX term_buyer ON term (buyer);

-- The partners above an owner, up to its grandparent.
CREATE TABLE above AS
WITH RECURSIVE chain (owner, level, partner_id) AS (
  SELECT partner_id, 1, partner_id FROM partners
  UNION ALL
  SELECT c.owner, c.level + 1, u.partner_id
  FROM chain AS c JOIN partners AS p ON p.partner_id = c.partner_id
  JOIN partners AS u ON u.partner_id = p.parent_partner_id
  WHERE c.level < 3)
SELECT * FROM chain;

CREATE TABLE share AS
SELECT o.*, a.level, a.partner_id,
  CASE WHEN a.level = 1 AND o.recurs AND o.commission_rate IS NOT NULL THEN o.commission_rate / 10000
    ELSE (SELECT ppm FROM tier_rate AS q WHERE q.tier = o.tier AND q.kind = o.kind AND q.level = a.level)
  END AS ppm
FROM owned AS o
JOIN above AS a ON a.owner = o.owner
JOIN partners AS p ON p.partner_id = a.partner_id
LEFT JOIN term AS e ON e.buyer = o.buyer
WHERE (NOT o.recurs OR o.day < e.ends)
  AND (a.level = 1 OR lower(p.status) = 'active' OR p.status_since IS NOT NULL AND o.occurred_at < p.status_since);

-- What a partner brought, by month: clients with a sale, and sub-partners whose own clients had one.
CREATE TABLE achieved AS
SELECT owner, month, 'clients' AS counted, count(DISTINCT buyer) AS n FROM owned GROUP BY 1, 2
UNION ALL SELECT c.parent_partner_id, o.month, 'affiliates', count(DISTINCT o.owner)
FROM owned AS o JOIN partners AS c ON c.partner_id = o.owner
WHERE c.parent_partner_id IS NOT NULL GROUP BY 1, 2;
CREATE UNIQUE INDEX achieved_month ON achieved (owner, counted, month);

-- A bonus is for the month before a sale's.
CREATE TABLE bonus AS
SELECT s.*, (
  SELECT max(q.ppm) FROM tier_step AS q WHERE q.tier = s.tier AND q.at <= a.n) AS step, t.mode
FROM share AS s JOIN tier AS t USING (tier) LEFT JOIN achieved AS a ON a.owner = s.owner AND a.counted = t.counted
  AND a.month = strftime('%Y-%m', s.day * 86400, 'unixepoch', 'start of month', '-1 day')
WHERE s.level = 1 AND s.ppm > 0;

CREATE TABLE earned AS
SELECT * FROM (
  SELECT 'signup' AS type, o.transaction_id, o.owner AS partner_id, 1 AS level, t.signup_bonus AS amount, o.day, o.owner
  FROM owned AS o JOIN first_sale AS f USING (transaction_id) JOIN tier AS t USING (tier)
  UNION ALL
  SELECT CASE WHEN recurs THEN 'recurring' ELSE 'transaction' END, transaction_id, partner_id, level,
    (2 * value * ppm + 1000000) / 2000000, day, owner FROM share WHERE ppm IS NOT NULL
  UNION ALL
  SELECT 'bonus', transaction_id, partner_id, 1, CASE mode
    WHEN 'points' THEN (2 * value * step + 1000000) / 2000000
    ELSE (2 * value * ppm * (step / 100) + 10000000000) / 20000000000 END, day, owner
  FROM bonus WHERE step IS NOT NULL)
WHERE amount <> 0;
CREATE INDEX earned_id ON earned (transaction_id);

-- Adjustments of owned sales in the sale's currency, with how much of the sale is taken by then.
CREATE TABLE cut AS
SELECT s.transaction_id AS adjustment, s.original, s.occurred_at,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= s.occurred_at ORDER BY z.start_us DESC LIMIT 1) AS day,
  min(o.amount, max(0, s.taken)) AS part, o.amount AS whole,
  row_number() OVER (PARTITION BY s.original ORDER BY s.occurred_at, s.transaction_id) AS place
FROM summed AS s JOIN owned AS o ON o.transaction_id = s.original
WHERE s.taken IS NOT NULL;

CREATE TABLE target AS
SELECT e.*, c.adjustment, c.day AS cut_day, c.place, c.part, c.whole, t.hold,
  CASE WHEN e.type <> 'signup' THEN (2 * e.amount * c.part + c.whole) / (2 * c.whole)
    -- The bonus is lost while the sale is fully refunded, if it came to be so within its hold.
    ELSE e.amount * coalesce((
      SELECT b.part = b.whole FROM cut AS b
      WHERE b.original = c.original AND b.place <= c.place AND NOT (b.part = b.whole AND b.day > e.day + t.hold)
      ORDER BY b.place DESC LIMIT 1), 0) END AS taken
FROM earned AS e JOIN cut AS c ON c.original = e.transaction_id
JOIN partners AS p ON p.partner_id = e.owner JOIN tier AS t USING (tier);

CREATE TABLE line AS
SELECT e.type, e.transaction_id, e.partner_id, e.level, e.amount, e.day, e.day + t.hold AS ready_on, NULL AS reversal_of,
  uuid_of(printf('nightmill:commission:%s:%s:%s:%d', e.type, e.transaction_id, e.partner_id, e.level)) AS id, NULL AS of_id
FROM earned AS e JOIN partners AS p ON p.partner_id = e.owner JOIN tier AS t USING (tier)
UNION ALL
SELECT type, adjustment, partner_id, level, earlier - taken, cut_day, max(cut_day, day + hold), transaction_id,
  uuid_of(printf('nightmill:commission:%s:%s:%s:%d', type, adjustment, partner_id, level)),
  uuid_of(printf('nightmill:commission:%s:%s:%s:%d', type, transaction_id, partner_id, level))
FROM (SELECT *, lag(taken, 1, 0) OVER (PARTITION BY type, transaction_id, partner_id, level ORDER BY place) AS earlier
  FROM target)
WHERE taken <> earlier;

-- The lines that payouts list, and whether one that was completed by the last day does.
CREATE TABLE listed AS
SELECT lower(j.value) AS id, max(lower(p.status) = 'completed') AS is_paid,
  min(CASE WHEN lower(p.status) = 'completed' THEN p.processed_at END) AS paid_at
FROM payouts AS p, params AS r, json_each('["' || replace(coalesce(p.commission_ids, ''), ' ', '","') || '"]') AS j
WHERE lower(p.status) IN ('pending', 'processing') OR lower(p.status) = 'completed' AND p.processed_at < r.end_us
GROUP BY 1;
CREATE UNIQUE INDEX listed_id ON listed (id);

-- What disputes do to lines, the greater where there are several: 1 lets it wait, 2 makes it void. Who names no line by its
-- ID names a transaction and partner.
CREATE TABLE dispute AS
SELECT lower(commission_id) AS id, length(coalesce(commission_id, '')) <> 36 AS is_pair, transaction_id, partner_id,
  CASE WHEN resolved_at < r.end_us AND lower(outcome) = 'upheld' THEN 2 ELSE 1 END AS effect
FROM disputes, params AS r
WHERE opened_at < r.end_us AND NOT coalesce(resolved_at < r.end_us AND lower(outcome) = 'dismissed', 0);

CREATE TABLE effect AS
SELECT l.id, max(d.effect) AS effect FROM dispute AS d JOIN line AS l
  ON d.id = l.id OR d.is_pair AND d.transaction_id = l.transaction_id AND d.partner_id = l.partner_id
GROUP BY l.id;
CREATE UNIQUE INDEX effect_id ON effect (id);

CREATE TABLE judged_alone AS
SELECT l.*, d.id IS NOT NULL AS is_listed, d.paid_at, CASE
  WHEN d.is_paid THEN 'paid'
  WHEN e.effect = 2 OR l.of_id IS NULL AND lower(p.status) = 'terminated'
    AND (p.status_since IS NULL OR p.status_since < r.end_us) THEN 'cancelled'
  WHEN e.effect = 1 THEN 'disputed'
  WHEN l.ready_on <= r.to_day THEN 'approved' ELSE 'pending' END AS status
FROM line AS l JOIN partners AS p USING (partner_id) LEFT JOIN listed AS d ON d.id = l.id
LEFT JOIN effect AS e ON e.id = l.id, params AS r;
CREATE UNIQUE INDEX judged_alone_id ON judged_alone (id);

-- A reversal stands or falls, and waits, with its line.
CREATE TABLE judged_line AS
SELECT j.type, j.transaction_id, j.partner_id, j.level, j.amount, j.day, j.reversal_of, j.id, j.ready_on, j.is_listed, j.paid_at, CASE
  WHEN j.status = 'paid' THEN 'paid'
  WHEN 'cancelled' IN (j.status, coalesce(o.status, '')) THEN 'cancelled'
  WHEN 'disputed' IN (j.status, coalesce(o.status, '')) THEN 'disputed' ELSE j.status END AS status
FROM judged_alone AS j LEFT JOIN judged_alone AS o ON o.id = j.of_id;

CREATE TABLE r_commissions AS
SELECT id, type, transaction_id, partner_id, level, amount AS "amount:money", day AS "day:day", status, reversal_of,
  paid_at AS "paid_at:instant", ready_on AS "approved_on:day"
FROM judged_line, params AS p WHERE day BETWEEN p.from_day AND p.to_day;

CREATE TABLE r_payouts AS
SELECT partner_id, amount AS "amount:money", CASE WHEN reason IS NULL THEN 'proposed' ELSE 'held' END AS decision, reason,
  lines
FROM (
  SELECT d.*, CASE WHEN amount < 0 THEN 'negative_balance'
    WHEN amount = 0 OR amount < t.minimum THEN 'below_minimum'
    WHEN lower(p.status) <> 'active' AND (p.status_since IS NULL OR p.status_since < r.end_us) THEN 'partner_suspended'
    WHEN p.payment_method IS NULL THEN 'no_payment_method'
    WHEN NOT EXISTS (SELECT 1 FROM tax_profiles AS x WHERE x.partner_id = d.partner_id AND x.form <> 'none')
      THEN 'tax_form_missing' END AS reason
  FROM (SELECT partner_id, sum(amount) AS amount, count(*) AS lines FROM judged_line WHERE status = 'approved' AND NOT is_listed
    GROUP BY partner_id) AS d
  JOIN partners AS p USING (partner_id) JOIN tier AS t USING (tier), params AS r);
