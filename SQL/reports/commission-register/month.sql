-- One row: what the commissions of the period came to.
SELECT
  (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE "day" BETWEEN :from AND :to)
    AS commissions,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE "day" BETWEEN :from AND :to AND reversal_of IS NULL) AS earned,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE "day" BETWEEN :from AND :to AND reversal_of IS NOT NULL) AS reversals,
  (SELECT COUNT(*) FROM commissions WHERE "day" BETWEEN :from AND :to) AS line_count,
  (SELECT COUNT(DISTINCT partner_id) FROM commissions WHERE "day" BETWEEN :from AND :to)
    AS partner_count,
  (SELECT COALESCE(SUM(net_revenue), 0) FROM growth_metrics
    WHERE metric_date BETWEEN :from AND :to) AS net_revenue,
  (SELECT COUNT(*) FROM commission_exceptions WHERE "day" BETWEEN :from AND :to) AS exceptions
