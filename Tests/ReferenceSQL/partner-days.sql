-- Section 7 of the specification: what happened to partners, day by day.

CREATE TABLE happened AS
SELECT partner_id, day, 1 AS clicks, 0 AS signups, 0 AS conversions, 0 AS revenue, 0 AS commission FROM judged WHERE verdict = 'accepted'
UNION ALL SELECT partner_id,
  (SELECT z.day FROM zone_day AS z WHERE z.start_us <= r.created_at ORDER BY z.start_us DESC LIMIT 1), 0, 1, 0, 0, 0
FROM referral AS r WHERE is_signup AND reason IS NULL
UNION ALL SELECT r.partner_id, f.day, 0, 0, 1, 0, 0
FROM referral AS r JOIN first_sale AS f ON f.buyer = r.user_id WHERE reason IS NULL AND f.occurred_at >= r.created_at
UNION ALL SELECT r.partner_id, t.day, 0, 0, 0, CASE WHEN t.kind IN ('refund', 'chargeback') THEN -t.value ELSE t.value END, 0
FROM trade AS t JOIN trade AS s ON s.transaction_id = CASE WHEN t.is_sale THEN t.transaction_id ELSE t.original END
JOIN referral AS r ON r.user_id = s.buyer AND r.reason IS NULL AND s.occurred_at >= r.created_at
UNION ALL SELECT partner_id, day, 0, 0, 0, 0, amount FROM line;

CREATE TABLE r_partner_analytics AS
SELECT partner_id, day AS "metric_date:day", sum(clicks) AS clicks, sum(signups) AS signups,
  sum(conversions) AS conversions, sum(revenue) AS "revenue:money", sum(commission) AS "commission_earned:money"
FROM happened, params AS p WHERE day BETWEEN p.from_day AND p.to_day
GROUP BY 1, 2
HAVING sum(clicks) <> 0 OR sum(signups) <> 0 OR sum(conversions) <> 0 OR sum(revenue) <> 0
  OR sum(commission) <> 0;

-- How far visitors came, by week. Referrals of before the window are those of earlier runs: only a run of everything, or one
-- that begins on a Monday, has its first week whole.
CREATE TABLE owned_sale AS
SELECT r.partner_id, t.day, t.transaction_id = f.transaction_id AS is_first
FROM trade AS t JOIN referral AS r ON r.user_id = t.buyer AND r.reason IS NULL AND t.occurred_at >= r.created_at
JOIN first_sale AS f ON f.buyer = t.buyer
WHERE t.is_sale;

CREATE TABLE funnel_event AS
SELECT partner_id, day - (day + 3) % 7 AS week, clicks, 0 AS visitors, signups, 0 AS firsts, 0 AS repeats FROM happened
UNION ALL SELECT partner_id, day - (day + 3) % 7, 0, 0, 0, is_first, NOT is_first FROM owned_sale
UNION ALL SELECT partner_id, week, 0, count(DISTINCT viewer), 0, 0, 0
FROM (SELECT partner_id, viewer, day - (day + 3) % 7 AS week FROM judged WHERE verdict = 'accepted') GROUP BY 1, 2;

CREATE TABLE funnel AS
SELECT week, partner_id, sum(clicks) AS clicks, sum(visitors) AS visitors, sum(signups) AS signups,
  sum(firsts) AS firsts, sum(repeats) AS repeats
FROM funnel_event, params AS p
WHERE week BETWEEN p.from_day - (p.from_day + 3) % 7 AND p.to_day
GROUP BY 1, 2 HAVING sum(clicks) + sum(signups) + sum(firsts) + sum(repeats) > 0;

CREATE TABLE r_conversion_funnel AS
SELECT week AS "week:day", partner_id, clicks, visitors, signups, firsts AS first_sales, repeats AS repeat_sales,
  CASE WHEN visitors > 0 THEN (2000000 * signups + visitors) / (2 * visitors) END AS "signup_rate:ratio",
  CASE WHEN visitors > 0 THEN (2000000 * firsts + visitors) / (2 * visitors) END AS "conversion_rate:ratio",
  CASE WHEN firsts + repeats > 0 THEN (2000000 * repeats + firsts + repeats) / (2 * (firsts + repeats)) END
    AS "repeat_share:ratio",
  week + 6 <= p.to_day AS "complete:boolean"
FROM funnel, params AS p;
