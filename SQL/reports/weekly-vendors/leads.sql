-- One row per vendor to call back: a hang-up or rejection in the week, and no follow-up sent since.
SELECT
  l.vendor_id,
  COALESCE(d.name, l.vendor_id) AS name,
  d.category, d.phone, d.email,
  l.missed_opportunities, l.lost_revenue, l.mean_intent,
  CASE
    WHEN l.mean_intent >= :hot_intent OR l.lost_revenue >= :hot_lost_revenue
      THEN 'missed-opportunity, hot-lead'
    ELSE 'missed-opportunity'
  END AS tags,
  -- A contact without telephone and e-mail cannot be imported.
  COALESCE(d.phone, '') <> '' OR COALESCE(d.email, '') <> '' AS importable
FROM (
  SELECT
    vendor_id,
    SUM(missed_opportunities) AS missed_opportunities,
    SUM(lost_revenue) AS lost_revenue,
    SUM(mean_intent * missed_opportunities) / SUM(missed_opportunities) AS mean_intent
  FROM leads
  WHERE week BETWEEN :from AND :to
  GROUP BY vendor_id
) AS l
LEFT JOIN vendor_dimension AS d ON d.vendor_id = l.vendor_id
ORDER BY l.lost_revenue DESC, l.vendor_id
