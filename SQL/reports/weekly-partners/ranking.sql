-- One row per partner as of the newest run, the best traffic first.
SELECT
  s."rank" AS place, s.partner_id,
  COALESCE(d.company_name, s.partner_id) AS name,
  d.tier, d.status, s.clicks, s.conversions, s.conversion_low, s.revenue, s.revenue_per_click,
  s.refund_rate, s.customers, s.retention, s.as_of
FROM partner_scores AS s
LEFT JOIN partner_dimension AS d ON d.partner_id = s.partner_id
ORDER BY s."rank", s.partner_id
