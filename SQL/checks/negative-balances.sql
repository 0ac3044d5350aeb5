-- Partners with a line in the window who have had more taken back than they have to get.
SELECT partner_id, SUM(amount) AS balance, COUNT(*) AS line_count
FROM commissions
WHERE status NOT IN ('paid', 'cancelled')
  AND partner_id IN (SELECT partner_id FROM commissions WHERE "day" BETWEEN :from AND :to)
GROUP BY partner_id
HAVING SUM(amount) < 0
ORDER BY partner_id
