-- What the sheets must add up to, from the tables alone: no join can lose or double a row here.
SELECT
  p.clicks, p.signups, p.conversions, p.revenue, p.commission,
  q.judged, q.accepted, f.visitors, t.sales, t.attributed, g.sold, s.signals, s.holds
FROM (
  SELECT
    COALESCE(SUM(clicks), 0) AS clicks,
    COALESCE(SUM(signups), 0) AS signups,
    COALESCE(SUM(conversions), 0) AS conversions,
    COALESCE(SUM(revenue), 0) AS revenue,
    COALESCE(SUM(commission_earned), 0) AS commission
  FROM partner_analytics
  WHERE metric_date BETWEEN :from AND :to
) AS p
CROSS JOIN (
  SELECT
    COALESCE(SUM(clicks), 0) AS judged,
    COALESCE(SUM(CASE WHEN verdict = 'accepted' THEN clicks ELSE 0 END), 0) AS accepted
  FROM click_quality
  WHERE "day" BETWEEN :from AND :to
) AS q
CROSS JOIN (
  SELECT COALESCE(SUM(visitors), 0) AS visitors
  FROM conversion_funnel
  WHERE week BETWEEN :from AND :to
) AS f
CROSS JOIN (
  SELECT COUNT(DISTINCT transaction_id) AS sales, COALESCE(SUM(linear), 0) AS attributed
  FROM attribution_shares
  WHERE "day" BETWEEN :from AND :to
) AS t
CROSS JOIN (
  SELECT COALESCE(SUM(revenue), 0) AS sold
  FROM growth_metrics
  WHERE metric_date BETWEEN :from AND :to
) AS g
CROSS JOIN (
  SELECT COUNT(*) AS signals, COALESCE(SUM(CASE WHEN hold THEN 1 ELSE 0 END), 0) AS holds
  FROM fraud_signals
  WHERE week BETWEEN :from AND :to
) AS s
