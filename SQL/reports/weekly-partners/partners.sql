-- One row per partner with any figure in the week or the one before. A week that is not over is not compared.
SELECT
  a.partner_id,
  COALESCE(d.company_name, a.partner_id) AS name,
  d.tier, d.status, s."rank" AS place,
  a.clicks, a.signups, a.conversions, a.revenue, a.commission,
  CASE WHEN :as_of >= :to THEN a.clicks - a.previous_clicks END AS clicks_change,
  CASE WHEN :as_of >= :to THEN a.signups - a.previous_signups END AS signups_change,
  CASE WHEN :as_of >= :to THEN a.previous_revenue END AS previous_revenue,
  CASE WHEN :as_of >= :to THEN a.revenue - a.previous_revenue END AS revenue_change,
  CASE WHEN :as_of >= :to THEN a.commission - a.previous_commission END AS commission_change
FROM (
  SELECT
    partner_id,
    SUM(CASE WHEN metric_date >= :from THEN clicks ELSE 0 END) AS clicks,
    SUM(CASE WHEN metric_date >= :from THEN signups ELSE 0 END) AS signups,
    SUM(CASE WHEN metric_date >= :from THEN conversions ELSE 0 END) AS conversions,
    SUM(CASE WHEN metric_date >= :from THEN revenue ELSE 0 END) AS revenue,
    SUM(CASE WHEN metric_date >= :from THEN commission_earned ELSE 0 END) AS commission,
    SUM(CASE WHEN metric_date < :from THEN clicks ELSE 0 END) AS previous_clicks,
    SUM(CASE WHEN metric_date < :from THEN signups ELSE 0 END) AS previous_signups,
    SUM(CASE WHEN metric_date < :from THEN revenue ELSE 0 END) AS previous_revenue,
    SUM(CASE WHEN metric_date < :from THEN commission_earned ELSE 0 END) AS previous_commission
  FROM partner_analytics
  WHERE metric_date BETWEEN :previous_from AND :to
  GROUP BY partner_id
) AS a
LEFT JOIN partner_dimension AS d ON d.partner_id = a.partner_id
LEFT JOIN partner_scores AS s ON s.partner_id = a.partner_id
ORDER BY a.revenue DESC, a.partner_id
