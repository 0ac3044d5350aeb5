-- The funnel of all partners together, one row per step.
SELECT s.place, s.step, s.number, s.visitors
FROM (
  SELECT 1 AS place, 'Clicks' AS step, SUM(clicks) AS number, NULL AS visitors
  FROM conversion_funnel WHERE week BETWEEN :from AND :to
  UNION ALL
  SELECT 2, 'Visitors', SUM(visitors), SUM(visitors)
  FROM conversion_funnel WHERE week BETWEEN :from AND :to
  UNION ALL
  SELECT 3, 'Sign-ups', SUM(signups), SUM(visitors)
  FROM conversion_funnel WHERE week BETWEEN :from AND :to
  UNION ALL
  SELECT 4, 'First sales', SUM(first_sales), SUM(visitors)
  FROM conversion_funnel WHERE week BETWEEN :from AND :to
  UNION ALL
  SELECT 5, 'Repeat sales', SUM(repeat_sales), NULL
  FROM conversion_funnel WHERE week BETWEEN :from AND :to
) AS s
ORDER BY s.place
