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
