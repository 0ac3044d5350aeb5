-- One row: how the accounts of the period used their plans.
SELECT COUNT(*) AS account_count, COUNT(DISTINCT partner_id) AS partner_count,
  COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(calls_over), 0) AS calls_over,
  COALESCE(SUM(CASE WHEN calls_over > 0 THEN 1 ELSE 0 END), 0) AS accounts_over,
  COALESCE(SUM(sales), 0) AS sales, COALESCE(SUM(revenue), 0) AS revenue
FROM reseller_usage
WHERE "month" BETWEEN :from AND :to
