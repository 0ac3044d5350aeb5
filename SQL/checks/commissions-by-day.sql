-- Days on which a partner's lines and its day (partner_analytics) do not come to the same. An index has all that is asked of lines, in
-- the order that adds them up; partners' days are read as they lie (COALESCE hides an index that would look each one up).
SELECT d."day", d.partner_id, SUM(d.ledger) AS ledger, SUM(d.partner_days) AS partner_days
FROM (
  SELECT "day", partner_id, SUM(amount) AS ledger, 0 * SUM(amount) AS partner_days
  FROM commissions
  WHERE "day" BETWEEN :from AND :to
  GROUP BY "day", partner_id
  UNION ALL
  SELECT metric_date, partner_id, 0 * commission_earned, commission_earned
  FROM partner_analytics
  WHERE COALESCE(metric_date, metric_date) BETWEEN :from AND :to
) AS d
GROUP BY d."day", d.partner_id
HAVING SUM(d.ledger) <> SUM(d.partner_days)
ORDER BY d."day", d.partner_id
