-- Partners who are not active and earned something in the window: a person decides whether they get it. They are few, and an index has
-- the lines of each; CROSS JOIN is what SQLite takes for that order.
SELECT c.partner_id, d.status, SUM(c.amount) AS amount, COUNT(*) AS line_count
FROM partner_dimension AS d
CROSS JOIN commissions AS c
WHERE d.status <> 'active' AND c.partner_id = d.partner_id
  AND c."day" BETWEEN :from AND :to AND c.status IN ('pending', 'approved')
GROUP BY c.partner_id, d.status
ORDER BY c.partner_id
