-- One row per account and month, those furthest over their plan first.
SELECT u."month", u.partner_id, d.company_name, u.account_id, u."plan", u.calls, u.included_calls, u."usage",
  u.calls_over, u.sales, u.revenue, u.complete
FROM reseller_usage AS u
LEFT JOIN partner_dimension AS d ON d.partner_id = u.partner_id
WHERE u."month" BETWEEN :from AND :to
ORDER BY u.calls_over DESC, u.calls DESC, u."month", u.account_id
