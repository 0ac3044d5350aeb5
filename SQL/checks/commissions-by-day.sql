-- Days on which a partner's lines and its day (partner_analytics) do not come to the same.
SELECT d."day", d.partner_id, SUM(d.ledger) AS ledger, SUM(d.partner_days) AS partner_days
FROM (
  SELECT "day", partner_id, amount AS ledger, 0 * amount AS partner_days
  FROM commissions
  WHERE "day" BETWEEN :from AND :to
  UNION ALL
  SELECT metric_date, partner_id, 0 * commission_earned, commission_earned
  FROM partner_analytics
  WHERE metric_date BETWEEN :from AND :to
) AS d
GROUP BY d."day", d.partner_id
HAVING SUM(d.ledger) <> SUM(d.partner_days)
ORDER BY d."day", d.partner_id
