-- One row per partner with a touch of a sale of the week, and at the end one for the sales that nobody brought.
SELECT
  a.partner_id,
  CASE WHEN a.partner_id = 'direct' THEN 'Direct (nobody''s)'
    ELSE COALESCE(d.company_name, a.partner_id) END AS name,
  a.sales, a.first_touch, a.last_touch, a.linear, a.by_position, a.time_decay
FROM (
  SELECT
    partner_id,
    COUNT(*) AS sales,
    SUM(first_touch) AS first_touch, SUM(last_touch) AS last_touch, SUM(linear) AS linear,
    SUM(by_position) AS by_position, SUM(time_decay) AS time_decay
  FROM attribution_shares
  WHERE "day" BETWEEN :from AND :to
  GROUP BY partner_id
) AS a
LEFT JOIN partner_dimension AS d ON d.partner_id = a.partner_id
ORDER BY CASE WHEN a.partner_id = 'direct' THEN 1 ELSE 0 END, a.last_touch DESC, a.partner_id
