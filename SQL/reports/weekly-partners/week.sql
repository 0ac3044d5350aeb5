-- The figures of a week, in one row.
SELECT
  CASE WHEN :as_of < :to THEN 'partial' ELSE 'whole' END AS extent,
  a.partner_count, a.clicks, a.signups, a.conversions, a.revenue, a.commission,
  q.all_clicks, q.accepted, f.repeat_sales, s.holds
FROM (
  SELECT
    COUNT(DISTINCT partner_id) AS partner_count,
    COALESCE(SUM(clicks), 0) AS clicks,
    COALESCE(SUM(signups), 0) AS signups,
    COALESCE(SUM(conversions), 0) AS conversions,
    COALESCE(SUM(revenue), 0) AS revenue,
    COALESCE(SUM(commission_earned), 0) AS commission
  FROM partner_analytics
  WHERE metric_date BETWEEN :from AND :to
) AS a
CROSS JOIN (
  SELECT
    COALESCE(SUM(clicks), 0) AS all_clicks,
    COALESCE(SUM(CASE WHEN verdict = 'accepted' THEN clicks ELSE 0 END), 0) AS accepted
  FROM click_quality
  WHERE "day" BETWEEN :from AND :to
) AS q
CROSS JOIN (
  SELECT COALESCE(SUM(repeat_sales), 0) AS repeat_sales
  FROM conversion_funnel
  WHERE week BETWEEN :from AND :to
) AS f
CROSS JOIN (
  SELECT COUNT(DISTINCT partner_id) AS holds
  FROM fraud_signals
  WHERE week BETWEEN :from AND :to AND hold
) AS s
