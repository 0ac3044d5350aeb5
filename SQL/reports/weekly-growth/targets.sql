-- One row per target of the business. A share is part / whole, an amount total / number; a week that is not over is not judged.
SELECT
  t.place, t.target, t.part, t.whole, t.total, t.number, t.goal, t.goal_amount,
  CASE
    WHEN t.outcome IS NULL THEN 'not available'
    WHEN :as_of < :to THEN 'week not over'
    ELSE t.outcome
  END AS state
FROM (
  SELECT
    1 AS place, 'Calls that vendors take' AS target, c.part, c.whole, NULL AS total, NULL AS number,
    'at least 95 %' AS goal, NULL AS goal_amount,
    CASE WHEN c.whole > 0 THEN CASE WHEN 100 * c.part >= 95 * c.whole THEN 'met' ELSE 'missed' END END AS outcome
  FROM (
    SELECT SUM(connected) AS part, SUM(connected + hangups + rejections + timeouts + busy) AS whole
    FROM vendor_weekly
    WHERE week BETWEEN :from AND :to
  ) AS c
  UNION ALL
  SELECT
    2, 'New customers per new user', c.part, u.whole, NULL, NULL, 'at least 15 %', NULL,
    CASE WHEN u.whole > 0 THEN CASE WHEN 100 * c.part >= 15 * u.whole THEN 'met' ELSE 'missed' END END
  FROM (
    SELECT COUNT(*) AS part
    FROM customer_ltv
    WHERE first_purchase >= :from_instant AND first_purchase < :until_instant
  ) AS c
  CROSS JOIN (
    SELECT SUM(new_users) AS whole FROM growth_metrics WHERE metric_date BETWEEN :from AND :to
  ) AS u
  UNION ALL
  SELECT
    3, 'Lifetime value per customer', NULL, NULL, v.total, v.number, 'at least', :lifetime_value,
    CASE WHEN v.number > 0 THEN CASE WHEN v.total >= :lifetime_value * v.number THEN 'met' ELSE 'missed' END END
  FROM (SELECT SUM(predicted_ltv) AS total, COUNT(*) AS number FROM customer_ltv) AS v
  UNION ALL
  SELECT 4, 'Commissions paid of net revenue', NULL, NULL, NULL, NULL, 'below 40 %', NULL, NULL
  UNION ALL
  SELECT 5, 'Lifetime value to acquisition cost', NULL, NULL, NULL, NULL, 'at least 3', NULL, NULL
) AS t
ORDER BY t.place
