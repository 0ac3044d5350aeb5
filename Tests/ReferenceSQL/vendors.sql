-- Section 1 of the specification: failed calls, vendors' weeks, leads.

CREATE TABLE word (word, meaning);
INSERT INTO word VALUES
  ('hangup', 'hangup'), ('abandoned', 'hangup'),
  ('rejection', 'rejection'), ('rejected', 'rejection'), ('declined', 'rejection'), ('call_rejected', 'rejection'),
  ('timeout', 'timeout'), ('no-answer', 'timeout'), ('no_answer', 'timeout'), ('noanswer', 'timeout'),
  ('busy', 'busy'), ('user_busy', 'busy'),
  ('success', 'success'), ('completed', 'success'), ('connected', 'success'), ('answered', 'success'),
  ('caller_cancelled', 'caller_cancelled'), ('canceled', 'caller_cancelled'), ('cancelled', 'caller_cancelled'),
  ('network', 'network'), ('failed', 'network'), ('network_error', 'network');

-- 1970-01-05 was a Monday: day 4.
CREATE TABLE call AS
SELECT d.*, d.day - (d.day - 4) % 7 AS week,
  meaning IN ('hangup', 'rejection', 'timeout', 'busy') AS failed
FROM (
  SELECT c.*, w.meaning,
    (SELECT z.day FROM zone_day AS z WHERE z.start_us <= c.started_at ORDER BY z.start_us DESC LIMIT 1) AS day
  FROM calls AS c JOIN word AS w ON w.word = lower(c.outcome), params AS p
  WHERE c.started_at < p.end_us
) AS d;

CREATE INDEX call_session ON call (session_id, started_at);

CREATE TABLE intent AS
SELECT c.call_id,
  coalesce(c.intent_score,
    3 + min(3, count(e.call_id)) + 2 * coalesce(max(e.vendor_id <> c.vendor_id), 0)
      + (c.duration_seconds >= 15) + (c.duration_seconds >= 45)) AS intent
FROM call AS c
LEFT JOIN call AS e
  ON e.session_id = c.session_id
  AND e.started_at >= c.started_at - 86400000000
  AND (e.started_at < c.started_at OR e.started_at = c.started_at AND e.call_id < c.call_id)
GROUP BY c.call_id;

CREATE TABLE booking AS
SELECT l.vendor_id, v.category, l.day, l.value
FROM ledger AS l LEFT JOIN vendors AS v ON v.vendor_id = l.vendor_id
WHERE l.kind = 'booking' AND l.vendor_id IS NOT NULL;

-- By day, so that the means over many days are of few rows.
CREATE TABLE vendor_booking AS
SELECT vendor_id, day, sum(value) AS value, count(*) AS bookings FROM booking GROUP BY 1, 2;
CREATE UNIQUE INDEX vendor_booking_day ON vendor_booking (vendor_id, day);
CREATE TABLE category_booking AS
SELECT category, day, sum(value) AS value, count(*) AS bookings FROM booking GROUP BY 1, 2;
CREATE UNIQUE INDEX category_booking_day ON category_booking (category, day);

CREATE TABLE worth AS
SELECT c.call_id,
  coalesce(
    c.estimated_value,
    (SELECT (2 * sum(b.value) + sum(b.bookings)) / (2 * sum(b.bookings)) FROM vendor_booking AS b
     WHERE b.vendor_id = c.vendor_id AND b.day BETWEEN c.day - 90 AND c.day - 1),
    (SELECT (2 * sum(b.value) + sum(b.bookings)) / (2 * sum(b.bookings)) FROM category_booking AS b, vendors AS v
     WHERE v.vendor_id = c.vendor_id AND b.category = v.category
       AND b.day BETWEEN c.day - 90 AND c.day - 1),
    p.default_value) AS value
FROM call AS c, params AS p WHERE c.failed;

CREATE TABLE first_subscription AS
SELECT vendor_id, min(occurred_at) AS at FROM ledger
WHERE kind = 'vendor_subscription' AND vendor_id IS NOT NULL GROUP BY vendor_id;

CREATE TABLE lost AS
SELECT c.*, i.intent,
  (2 * w.value * min(1000000, i.intent * p.per_point_ppm) + 1000000) / 2000000 AS lost,
  coalesce(v.followup_sent_at < p.end_us AND v.followup_sent_at >= c.started_at
    AND v.followup_sent_at - c.started_at <= 2592000000000, 0) AS followed,
  coalesce(v.followup_sent_at < p.end_us AND v.followup_sent_at >= c.started_at
    AND v.followup_sent_at - c.started_at <= 2592000000000
    AND s.at > v.followup_sent_at AND s.at - v.followup_sent_at <= 2592000000000, 0) AS converted
FROM call AS c JOIN intent AS i USING (call_id) JOIN worth AS w USING (call_id)
LEFT JOIN vendors AS v ON v.vendor_id = c.vendor_id
LEFT JOIN first_subscription AS s ON s.vendor_id = c.vendor_id, params AS p
WHERE c.failed;

CREATE TABLE r_vendor_connection_analytics AS
SELECT call_id, session_id, vendor_id, meaning AS failure_type, duration_seconds AS call_duration,
  intent AS customer_intent_score, lost AS "estimated_lost_revenue:money", followed AS "followup_sent:boolean",
  converted AS "converted_after_followup:boolean", started_at AS "created_at:instant"
FROM lost, params AS p WHERE day BETWEEN p.from_day AND p.to_day;

CREATE TABLE r_vendor_weekly AS
SELECT c.week AS "week:day", c.vendor_id, count(*) AS attempts,
  sum(c.meaning = 'success') AS connected, sum(c.meaning = 'hangup') AS hangups,
  sum(c.meaning = 'rejection') AS rejections, sum(c.meaning = 'timeout') AS timeouts,
  sum(c.meaning = 'busy') AS busy,
  CASE WHEN sum(c.meaning = 'success' OR c.failed) > 0 THEN
    (2000000 * sum(c.meaning = 'success') + sum(c.meaning = 'success' OR c.failed))
      / (2 * sum(c.meaning = 'success' OR c.failed)) END AS "connection_rate:ratio",
  coalesce(sum(l.lost), 0) AS "lost_revenue:money",
  CASE WHEN sum(c.failed) > 0 THEN
    (2000000 * sum(l.intent) + sum(c.failed)) / (2 * sum(c.failed)) END AS "mean_intent:ratio",
  p.to_day >= c.week + 6 AS "complete:boolean"
FROM call AS c LEFT JOIN lost AS l USING (call_id), params AS p
WHERE c.week >= p.from_day - (p.from_day - 4) % 7
GROUP BY c.week, c.vendor_id;

CREATE TABLE r_leads AS
SELECT l.week AS "week:day", l.vendor_id, count(*) AS missed_opportunities, sum(l.lost) AS "lost_revenue:money",
  (2000000 * sum(l.intent) + count(*)) / (2 * count(*)) AS "mean_intent:ratio"
FROM lost AS l, params AS p
WHERE l.week >= p.from_day - (p.from_day - 4) % 7
  AND l.meaning IN ('hangup', 'rejection') AND NOT l.followed
GROUP BY l.week, l.vendor_id;
