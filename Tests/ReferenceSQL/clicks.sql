-- Section 2 of the specification: one verdict per click, and section 3's touches.

CREATE TABLE partner AS
SELECT partner_id, referral_code, lower(status) AS status, status_since, user_id, email FROM partners;

CREATE TABLE seen AS
SELECT k.*, lower(k.event) AS kind,
  k.user_agent IS NULL OR EXISTS (SELECT 1 FROM bot WHERE instr(lower(k.user_agent), entry) > 0) AS is_bot
FROM clicks AS k, params AS p
WHERE k.clicked_at < p.end_us;

CREATE TABLE click AS
SELECT k.click_id, k.clicked_at, k.visitor_id, k.user_id, k.ip, k.is_bot, p.partner_id,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= k.clicked_at ORDER BY z.start_us DESC LIMIT 1) AS day,
  p.status <> 'active' AND (p.status_since IS NULL OR k.clicked_at >= p.status_since) AS is_inactive,
  k.user_id IS NOT NULL AND k.user_id = p.user_id AS is_own,
  CASE WHEN k.ip IS NULL THEN 0 ELSE row_number() OVER (
    PARTITION BY k.referral_code, k.ip, k.clicked_at / 3600000000 ORDER BY k.clicked_at, k.click_id) END AS place,
  k.referral_code,
  CASE WHEN k.visitor_id IS NOT NULL THEN 'visitor ' || k.visitor_id
    WHEN k.user_id IS NOT NULL THEN 'user ' || k.user_id
    WHEN k.ip IS NOT NULL AND k.user_agent IS NOT NULL THEN 'address ' || k.ip || ' ' || k.user_agent
  END AS viewer
FROM seen AS k LEFT JOIN partner AS p ON p.referral_code = k.referral_code
WHERE k.kind = 'click';

CREATE TABLE gap AS
SELECT click_id, clicked_at - lag(clicked_at) OVER (
  PARTITION BY referral_code, viewer ORDER BY clicked_at, click_id) AS since
FROM click WHERE viewer IS NOT NULL AND NOT is_bot;

CREATE UNIQUE INDEX gap_id ON gap (click_id);

CREATE TABLE judged AS
SELECT c.*, CASE
  WHEN partner_id IS NULL THEN 'unknown_code'
  WHEN is_inactive THEN 'inactive_partner'
  WHEN is_bot THEN 'bot'
  WHEN is_own THEN 'self_click'
  WHEN place > 30 THEN 'velocity'
  WHEN g.since < 3600000000 THEN 'duplicate'
  ELSE 'accepted' END AS verdict
FROM click AS c LEFT JOIN gap AS g USING (click_id);

CREATE TABLE r_click_quality AS
SELECT coalesce(partner_id, '') AS partner_id, day AS "day:day", verdict, count(*) AS clicks
FROM judged, params AS p WHERE day BETWEEN p.from_day AND p.to_day
GROUP BY 1, 2, 3;

CREATE TABLE accepted AS
SELECT click_id, clicked_at, visitor_id, user_id, partner_id FROM judged WHERE verdict = 'accepted';
CREATE INDEX accepted_user ON accepted (user_id, clicked_at);
CREATE INDEX accepted_visitor ON accepted (visitor_id, clicked_at);

-- Which visitor was seen to be which user, and when.
CREATE TABLE linked_visitor AS
SELECT user_id, visitor_id, clicked_at AS at FROM seen
WHERE NOT is_bot AND user_id IS NOT NULL AND visitor_id IS NOT NULL
UNION SELECT user_id, visitor_id, created_at FROM users, params AS p
WHERE visitor_id IS NOT NULL AND created_at < p.end_us;
CREATE INDEX linked_user ON linked_visitor (user_id, at);

-- Whose a transaction is: a vendor's subscription without user is its vendor's user's.
CREATE TABLE trade AS
SELECT l.*, x.visitor_id,
  CASE WHEN x.user_id IS NOT NULL THEN x.user_id WHEN x.kind = 'vendor_subscription' THEN v.user_id END AS buyer
FROM ledger AS l JOIN transactions AS x USING (transaction_id) LEFT JOIN vendors AS v ON v.vendor_id = x.vendor_id;
CREATE UNIQUE INDEX trade_id ON trade (transaction_id);
CREATE INDEX trade_buyer ON trade (buyer);

-- What touches are asked for: signups and sales.
CREATE TABLE question AS
SELECT 'signup ' || user_id AS question, user_id AS buyer, visitor_id, created_at AS at FROM users, params AS p
WHERE created_at < p.end_us
UNION ALL SELECT 'sale ' || transaction_id, buyer, visitor_id, occurred_at FROM trade WHERE is_sale;

-- Each question's visitors: seen to be the user's in the 30 days up to it, or named by what is asked about.
CREATE TABLE asked AS
SELECT q.question, q.at, l.visitor_id FROM question AS q JOIN linked_visitor AS l
  ON l.user_id = q.buyer AND l.at BETWEEN q.at - 2592000000000 AND q.at
UNION SELECT question, at, visitor_id FROM question WHERE visitor_id IS NOT NULL;

CREATE TABLE touch AS
SELECT q.question, q.at, c.clicked_at, c.click_id, c.partner_id FROM question AS q JOIN accepted AS c
  ON c.user_id = q.buyer AND c.clicked_at BETWEEN q.at - 2592000000000 AND q.at
UNION ALL SELECT a.question, a.at, c.clicked_at, c.click_id, c.partner_id FROM asked AS a JOIN accepted AS c
  ON c.visitor_id = a.visitor_id AND c.user_id IS NULL AND c.clicked_at BETWEEN a.at - 2592000000000 AND a.at;

-- Consecutive touches of one partner are one, the latest.
CREATE TABLE step AS
SELECT *, row_number() OVER (PARTITION BY question ORDER BY clicked_at, click_id) AS place,
  count(*) OVER (PARTITION BY question) AS places
FROM (SELECT *, lead(partner_id) OVER (PARTITION BY question ORDER BY clicked_at, click_id) AS next FROM touch)
WHERE next IS NULL OR next <> partner_id;
CREATE INDEX step_question ON step (question);
