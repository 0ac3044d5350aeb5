-- One row per target of the business. A share is part / whole, amount / number; a week that is not over is not judged.
SELECT
  t.place, t.target, t.part, t.whole, t.amount, t.number, t.goal, t.goal_amount,
  CASE
    WHEN t.outcome IS NULL THEN 'not available'
    WHEN :as_of < :to THEN 'week not over'
    ELSE t.outcome
  END AS state
FROM (
  SELECT
    1 AS place, 'Calls that vendors take' AS target, c.part, c.whole,
    CAST(NULL AS numeric) AS amount, CAST(NULL AS numeric) AS number, 'at least 95 %' AS goal,
    CAST(NULL AS numeric) AS goal_amount,
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
    3, 'Lifetime value per customer', NULL, NULL, v.amount, v.number, 'at least', :lifetime_value,
    CASE WHEN v.number > 0 THEN CASE WHEN v.amount >= :lifetime_value * v.number THEN 'met' ELSE 'missed' END END
  FROM (SELECT SUM(predicted_ltv) AS amount, COUNT(*) AS number FROM customer_ltv) AS v
  UNION ALL
  SELECT
    4, 'Commissions of net revenue', p.part, g.whole, NULL, NULL, 'below 40 %', NULL,
    CASE WHEN g.whole > 0 AND p.part IS NOT NULL
      THEN CASE WHEN 100 * p.part < 40 * g.whole THEN 'met' ELSE 'missed' END END
  FROM (
    SELECT SUM(commission_earned) AS part
    FROM partner_analytics
    WHERE metric_date BETWEEN :from AND :to
  ) AS p
  CROSS JOIN (
    SELECT SUM(net_revenue) AS whole FROM growth_metrics WHERE metric_date BETWEEN :from AND :to
  ) AS g
  UNION ALL
  SELECT 5, 'Lifetime value to acquisition cost', NULL, NULL, NULL, NULL, 'at least 3', NULL, NULL
) AS t
ORDER BY t.place
