-- One row per type and status of the period's lines.
SELECT "type", status, COUNT(*) AS line_count,
  SUM(CASE WHEN reversal_of IS NULL THEN amount ELSE 0 END) AS earned,
  SUM(CASE WHEN reversal_of IS NOT NULL THEN amount ELSE 0 END) AS reversals,
  SUM(amount) AS net
FROM commissions
WHERE "day" BETWEEN :from AND :to
GROUP BY "type", status
ORDER BY "type", status
