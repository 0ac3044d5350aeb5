-- One row per reseller.
SELECT u.partner_id, d.company_name, COUNT(DISTINCT u.account_id) AS account_count, SUM(u.calls) AS calls,
  SUM(u.calls_over) AS calls_over, SUM(u.sales) AS sales, SUM(u.revenue) AS revenue
FROM reseller_usage AS u
LEFT JOIN partner_dimension AS d ON d.partner_id = u.partner_id
WHERE u."month" BETWEEN :from AND :to
GROUP BY u.partner_id, d.company_name
ORDER BY revenue DESC, u.partner_id
