-- Sales of which the models share different sums. Rows lie by sale, so those of all days are read in that order: an index on the day
-- (COALESCE hides it) would look each one up.
SELECT
  s.transaction_id,
  (SELECT MIN(m.amount) FROM (
    SELECT s.by_first AS amount UNION ALL SELECT s.by_last UNION ALL SELECT s.by_linear
    UNION ALL SELECT s.by_position UNION ALL SELECT s.by_decay
  ) AS m) AS least,
  (SELECT MAX(m.amount) FROM (
    SELECT s.by_first AS amount UNION ALL SELECT s.by_last UNION ALL SELECT s.by_linear
    UNION ALL SELECT s.by_position UNION ALL SELECT s.by_decay
  ) AS m) AS most
FROM (
  SELECT
    transaction_id,
    SUM(first_touch) AS by_first, SUM(last_touch) AS by_last, SUM(linear) AS by_linear,
    SUM(by_position) AS by_position, SUM(time_decay) AS by_decay
  FROM attribution_shares
  WHERE COALESCE(day, day) BETWEEN :from AND :to
  GROUP BY transaction_id
) AS s
WHERE NOT (s.by_first = s.by_last AND s.by_last = s.by_linear AND s.by_linear = s.by_position
  AND s.by_position = s.by_decay)
ORDER BY s.transaction_id
