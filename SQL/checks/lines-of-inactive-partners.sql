-- Partners who are not active and earned something in the window: a person decides whether they get it.
SELECT c.partner_id, d.status, SUM(c.amount) AS amount, COUNT(*) AS line_count
FROM commissions AS c
JOIN partner_dimension AS d ON d.partner_id = c.partner_id
WHERE c."day" BETWEEN :from AND :to AND d.status <> 'active' AND c.status IN ('pending', 'approved')
GROUP BY c.partner_id, d.status
ORDER BY c.partner_id
