-- Tables about partners that the specification does not have, as docs/metrics.md defines them. Their runs begin with an empty
-- warehouse: clicks of days before the window are not known.

CREATE TABLE week_click AS
SELECT j.*, day - (day + 3) % 7 AS week FROM judged AS j, params AS p
WHERE partner_id IS NOT NULL AND day BETWEEN p.from_day - (p.from_day + 3) % 7 AND p.to_day;

CREATE TABLE week_verdict AS
SELECT week, partner_id, count(*) AS clicks, sum(verdict = 'accepted') AS accepted, sum(verdict = 'bot') AS bots,
  sum(verdict = 'self_click') AS own, sum(verdict = 'velocity') AS fast, sum(verdict = 'duplicate') AS again
FROM week_click GROUP BY 1, 2;

CREATE TABLE week_peak AS
SELECT week, partner_id, max(clicks) AS peak FROM (
  SELECT week, partner_id, clicked_at / 3600000000 AS hour, count(*) AS clicks FROM week_click
  WHERE NOT is_bot GROUP BY 1, 2, 3) GROUP BY 1, 2;

CREATE TABLE week_address AS
SELECT week, partner_id, sum(clicks) AS addressed,
  CASE WHEN 5 * max(clicks) >= sum(clicks) THEN max(clicks) ELSE 0 END AS top
FROM (SELECT week, partner_id, ip, count(*) AS clicks FROM week_click
  WHERE NOT is_bot AND ip IS NOT NULL GROUP BY 1, 2, 3) GROUP BY 1, 2;

CREATE TABLE delay AS
SELECT week, partner_id, micros, row_number() OVER (PARTITION BY week, partner_id ORDER BY micros) AS place,
  count(*) OVER (PARTITION BY week, partner_id) AS places
FROM (
  SELECT z.day - (z.day + 3) % 7 AS week, r.partner_id, r.created_at - s.clicked_at AS micros
  FROM referral AS r JOIN step AS s
    ON s.question = 'signup ' || r.user_id AND s.place = s.places AND s.partner_id = r.partner_id
  JOIN zone_day AS z ON z.day = (SELECT y.day FROM zone_day AS y WHERE y.start_us <= r.created_at ORDER BY y.start_us DESC LIMIT 1)
  WHERE r.is_signup AND r.reason IS NULL);

CREATE TABLE week_delay AS
SELECT week, partner_id, count(*) AS signups, sum(micros < 10000000) AS quick,
  max(CASE WHEN place = (places + 1) / 2 THEN micros / 1000000 END) AS median
FROM delay GROUP BY 1, 2;

CREATE TABLE r_fraud_signals AS
SELECT week AS "week:day", partner_id, clicks, accepted,
  CASE WHEN clicks > 0 THEN (2000000 * bots + clicks) / (2 * clicks) END AS "bot_share:ratio",
  CASE WHEN clicks > 0 THEN (2000000 * own + clicks) / (2 * clicks) END AS "self_share:ratio",
  CASE WHEN clicks > 0 THEN (2000000 * fast + clicks) / (2 * clicks) END AS "velocity_share:ratio",
  CASE WHEN clicks > 0 THEN (2000000 * again + clicks) / (2 * clicks) END AS "duplicate_share:ratio",
  peak AS peak_hour,
  CASE WHEN addressed > 0 THEN (2000000 * top + addressed) / (2 * addressed) END AS "top_address_share:ratio",
  signups AS timed_signups, median AS median_seconds,
  CASE WHEN signups > 0 THEN (2000000 * quick + signups) / (2 * signups) END AS "fast_share:ratio",
  reason IS NOT NULL AS "hold:boolean", reason
FROM (
  SELECT *, CASE
    WHEN clicks >= 20 AND own >= 0.2 * clicks THEN 'self_clicks'
    WHEN clicks >= 20 AND fast >= 0.2 * clicks THEN 'velocity'
    WHEN clicks >= 20 AND bots >= 0.5 * clicks THEN 'bots'
    WHEN addressed >= 20 AND top >= 0.5 * addressed THEN 'one_address'
    WHEN signups >= 5 AND quick * 10 >= 3 * signups THEN 'fast_signups' END AS reason
  FROM (
    SELECT k.week, k.partner_id, coalesce(clicks, 0) AS clicks, coalesce(accepted, 0) AS accepted,
      coalesce(bots, 0) AS bots, coalesce(own, 0) AS own, coalesce(fast, 0) AS fast, coalesce(again, 0) AS again,
      coalesce(peak, 0) AS peak, coalesce(addressed, 0) AS addressed, coalesce(top, 0) AS top,
      coalesce(signups, 0) AS signups, coalesce(quick, 0) AS quick, median
    FROM (SELECT week, partner_id FROM week_verdict UNION SELECT week, partner_id FROM week_delay) AS k
    LEFT JOIN week_verdict USING (week, partner_id) LEFT JOIN week_peak USING (week, partner_id)
    LEFT JOIN week_address USING (week, partner_id) LEFT JOIN week_delay USING (week, partner_id)));

-- Signup months.
CREATE TABLE member AS
SELECT u.user_id, cast(strftime('%s', date((
  SELECT z.day FROM zone_day AS z WHERE z.start_us <= u.created_at ORDER BY z.start_us DESC LIMIT 1) * 86400,
  'unixepoch', 'start of month')) AS integer) / 86400 AS cohort
FROM users AS u, params AS p WHERE u.created_at < p.end_us;

CREATE TABLE brought AS
SELECT p.partner_id, m.cohort FROM partner AS p JOIN member AS m ON m.user_id = p.user_id;

CREATE TABLE cohort_event AS
SELECT cohort, 1 AS users, 0 AS referrers, 0 AS clicks, 0 AS referred, 0 AS qualified, 0 AS revenue FROM member
UNION ALL SELECT cohort, 0, 1, 0, 0, 0, 0 FROM member WHERE user_id IN (SELECT user_id FROM partner)
UNION ALL SELECT b.cohort, 0, 0, 1, 0, 0, 0 FROM brought AS b JOIN judged AS j ON j.partner_id = b.partner_id
  AND j.verdict = 'accepted' JOIN params AS p ON j.day BETWEEN p.from_day AND p.to_day
UNION ALL SELECT b.cohort, 0, 0, 0, 1, r.sold_at IS NOT NULL, 0 FROM brought AS b
  JOIN referral AS r ON r.partner_id = b.partner_id AND r.reason IS NULL
UNION ALL SELECT b.cohort, 0, 0, 0, 0, 0, h.revenue FROM brought AS b JOIN happened AS h ON h.partner_id = b.partner_id;

CREATE TABLE r_referral_stats AS
SELECT cohort AS "cohort:day", sum(users) AS users, sum(referrers) AS referrers, sum(clicks) AS clicks,
  sum(referred) AS referred, sum(qualified) AS qualified, sum(revenue) AS "revenue:money",
  (2000000 * sum(referred) + sum(users)) / (2 * sum(users)) AS "viral_coefficient:ratio",
  p.to_day AS "as_of:day"
FROM cohort_event, params AS p GROUP BY cohort;

-- Scores over 90 days.
CREATE TABLE score_event AS
SELECT partner_id, 1 AS clicks, 0 AS conversions, 0 AS sales, 0 AS refunds, 0 AS customers, 0 AS retained
FROM judged, params AS p WHERE verdict = 'accepted' AND day BETWEEN max(p.from_day, p.to_day - 89) AND p.to_day
UNION ALL SELECT r.partner_id, 0, 1, 0, 0, 0, 0 FROM referral AS r JOIN first_sale AS f ON f.buyer = r.user_id, params AS p
WHERE r.reason IS NULL AND f.occurred_at >= r.created_at AND f.day >= p.to_day - 89
UNION ALL SELECT r.partner_id, 0, 0, CASE WHEN t.is_sale THEN t.value ELSE 0 END,
  CASE WHEN t.is_sale THEN 0 WHEN t.kind = 'dispute_won' THEN -t.value ELSE t.value END, 0, 0
FROM trade AS t JOIN trade AS s ON s.transaction_id = CASE WHEN t.is_sale THEN t.transaction_id ELSE t.original END
JOIN referral AS r ON r.user_id = s.buyer AND r.reason IS NULL AND s.occurred_at >= r.created_at, params AS p
WHERE t.day >= p.to_day - 89
UNION ALL SELECT r.partner_id, 0, 0, 0, 0, 1, EXISTS (SELECT 1 FROM trade AS t
    WHERE t.is_sale AND t.buyer = r.user_id AND t.occurred_at >= r.created_at AND t.day > p.to_day - 30)
FROM referral AS r JOIN first_sale AS f ON f.buyer = r.user_id, params AS p
WHERE r.reason IS NULL AND f.day <= p.to_day - 30;

CREATE TABLE score AS
SELECT *, CASE WHEN clicks > 0 THEN round(1000000 * max(0.0, (2 * k + 3.8416
  - 1.96 * sqrt(3.8416 + 4.0 * k * (clicks - k) / clicks)) / (2 * (clicks + 3.8416)))) END AS low
FROM (SELECT *, min(clicks, conversions) AS k FROM (
  SELECT partner_id, sum(clicks) AS clicks, sum(conversions) AS conversions, sum(sales) AS sales, sum(refunds) AS refunds,
    sum(customers) AS customers, sum(retained) AS retained
  FROM score_event GROUP BY partner_id
  HAVING sum(clicks) <> 0 OR sum(conversions) <> 0 OR sum(sales) <> 0 OR sum(refunds) <> 0 OR sum(customers) <> 0));

CREATE TABLE r_partner_scores AS
SELECT partner_id, row_number() OVER (ORDER BY low IS NULL, low DESC, sales - refunds DESC, partner_id) AS rank,
  clicks, conversions, cast(low AS integer) AS "conversion_low:ratio", sales - refunds AS "revenue:money",
  CASE WHEN clicks > 0 THEN CASE WHEN sales < refunds THEN -1 ELSE 1 END
    * ((2 * abs(sales - refunds) + clicks) / (2 * clicks)) END AS "revenue_per_click:money",
  CASE WHEN sales > 0 THEN CASE WHEN refunds < 0 THEN -1 ELSE 1 END
    * ((2000000 * abs(refunds) + sales) / (2 * sales)) END AS "refund_rate:ratio",
  customers, CASE WHEN customers > 0 THEN (2000000 * retained + customers) / (2 * customers) END AS "retention:ratio",
  p.to_day AS "as_of:day"
FROM score, params AS p;
