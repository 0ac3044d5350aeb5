-- One row per partner with a touch of a sale of the week, and at the end one for the sales that nobody brought.
SELECT
  a.partner_id,
  CASE WHEN a.partner_id = 'direct' THEN 'Direct (nobody''s)'
    ELSE COALESCE(d.company_name, a.partner_id) END AS name,
  a.sales, a.first_touch, a.last_touch, a.linear, a.by_position, a.time_decay
FROM (
  SELECT
    partner_id,
    COUNT(DISTINCT transaction_id) AS sales,
    SUM(CASE WHEN model = 'first' THEN amount ELSE 0 END) AS first_touch,
    SUM(CASE WHEN model = 'last' THEN amount ELSE 0 END) AS last_touch,
    SUM(CASE WHEN model = 'linear' THEN amount ELSE 0 END) AS linear,
    SUM(CASE WHEN model = 'position' THEN amount ELSE 0 END) AS by_position,
    SUM(CASE WHEN model = 'time_decay' THEN amount ELSE 0 END) AS time_decay
  FROM attribution
  WHERE "day" BETWEEN :from AND :to
  GROUP BY partner_id
) AS a
LEFT JOIN partner_dimension AS d ON d.partner_id = a.partner_id
ORDER BY CASE WHEN a.partner_id = 'direct' THEN 1 ELSE 0 END, a.last_touch DESC, a.partner_id
