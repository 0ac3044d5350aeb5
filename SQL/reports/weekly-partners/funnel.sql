-- One row per partner: how far the visitors that it sent came.
SELECT
  f.partner_id,
  COALESCE(d.company_name, f.partner_id) AS name,
  f.clicks, f.visitors, f.signups, f.first_sales, f.repeat_sales
FROM (
  SELECT
    partner_id,
    SUM(clicks) AS clicks,
    SUM(visitors) AS visitors,
    SUM(signups) AS signups,
    SUM(first_sales) AS first_sales,
    SUM(repeat_sales) AS repeat_sales
  FROM conversion_funnel
  WHERE week BETWEEN :from AND :to
  GROUP BY partner_id
) AS f
LEFT JOIN partner_dimension AS d ON d.partner_id = f.partner_id
ORDER BY f.visitors DESC, f.partner_id
