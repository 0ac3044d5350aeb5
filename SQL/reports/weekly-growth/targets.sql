-- One row per target of the business. A share is part / whole, a number of times value / cost, an amount amount / number; a week
-- that is not over is not judged.
SELECT
  t.place, t.target, t.part, t.whole, t.value, t.cost, t.amount, t.number, t.goal, t.goal_amount,
  CASE
    WHEN t.needs_cost = 1 AND CAST(:acquisition_cost AS numeric) IS NULL THEN 'set acquisition_cost'
    WHEN t.outcome IS NULL THEN 'not available'
    WHEN :as_of < :to THEN 'week not over'
    ELSE t.outcome
  END AS state
FROM (
  SELECT
    1 AS place, 'Calls that vendors take' AS target, c.part, c.whole,
    CAST(NULL AS numeric) AS value, CAST(NULL AS numeric) AS cost,
    CAST(NULL AS numeric) AS amount, CAST(NULL AS numeric) AS number, 'at least 95 %' AS goal,
    CAST(NULL AS numeric) AS goal_amount, 0 AS needs_cost,
    CASE WHEN c.whole > 0 THEN CASE WHEN 100 * c.part >= 95 * c.whole THEN 'met' ELSE 'missed' END END AS outcome
  FROM (
    SELECT SUM(connected) AS part, SUM(connected + hangups + rejections + timeouts + busy) AS whole
    FROM vendor_weekly
    WHERE week BETWEEN :from AND :to
  ) AS c
  UNION ALL
  SELECT
    2, 'New customers per new user', c.part, u.whole, NULL, NULL, NULL, NULL, 'at least 15 %', NULL, 0,
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
    3, 'Referred of new users', p.part, u.whole, NULL, NULL, NULL, NULL, 'at least 25 %', NULL, 0,
    CASE WHEN u.whole > 0 AND p.part IS NOT NULL
      THEN CASE WHEN 100 * p.part >= 25 * u.whole THEN 'met' ELSE 'missed' END END
  FROM (
    SELECT SUM(signups) AS part FROM partner_analytics WHERE metric_date BETWEEN :from AND :to
  ) AS p
  CROSS JOIN (
    SELECT SUM(new_users) AS whole FROM growth_metrics WHERE metric_date BETWEEN :from AND :to
  ) AS u
  UNION ALL
  SELECT
    4, 'Lifetime value per customer', NULL, NULL, NULL, NULL, v.amount, v.number, 'at least', :lifetime_value, 0,
    CASE WHEN v.number > 0 THEN CASE WHEN v.amount >= :lifetime_value * v.number THEN 'met' ELSE 'missed' END END
  FROM (SELECT SUM(predicted_ltv) AS amount, COUNT(*) AS number FROM customer_ltv) AS v
  UNION ALL
  SELECT
    5, 'Lifetime value per customer of affiliates', NULL, NULL, NULL, NULL, v.amount, v.number, 'above',
    :affiliate_lifetime_value, 0,
    CASE WHEN v.number > 0
      THEN CASE WHEN v.amount > :affiliate_lifetime_value * v.number THEN 'met' ELSE 'missed' END END
  FROM (
    SELECT SUM(c.predicted_ltv) AS amount, COUNT(*) AS number
    FROM partner_dimension AS d
    JOIN referrals AS r ON r.partner_id = d.partner_id AND r.status <> 'rejected'
    JOIN customer_ltv AS c ON c.user_id = r.referred_user_id
    WHERE d.partner_type = 'affiliate'
  ) AS v
  UNION ALL
  SELECT
    6, 'Acquisition cost', NULL, NULL, NULL, NULL, c.cost, CASE WHEN c.cost IS NOT NULL THEN 1 END, 'below',
    :acquisition_cost_limit, 1,
    CASE WHEN c.cost IS NOT NULL THEN CASE WHEN c.cost < :acquisition_cost_limit THEN 'met' ELSE 'missed' END END
  FROM (SELECT CAST(:acquisition_cost AS numeric) AS cost) AS c
  UNION ALL
  SELECT
    7, 'Lifetime value to acquisition cost', NULL, NULL, v.amount, c.cost * v.number, NULL, NULL, 'at least 3', NULL, 1,
    CASE WHEN c.cost * v.number > 0
      THEN CASE WHEN v.amount >= 3 * c.cost * v.number THEN 'met' ELSE 'missed' END END
  FROM (SELECT SUM(predicted_ltv) AS amount, COUNT(*) AS number FROM customer_ltv) AS v
  CROSS JOIN (SELECT CAST(:acquisition_cost AS numeric) AS cost) AS c
  UNION ALL
  SELECT
    8, 'Commissions of net revenue', p.part, g.whole, NULL, NULL, NULL, NULL, 'below 40 %', NULL, 0,
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
) AS t
ORDER BY t.place
