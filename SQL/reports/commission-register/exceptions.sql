-- One row per thing that a person should look at.
SELECT "day", 'adjustment without its sale' AS what, transaction_id AS subject, user_id AS partner_or_user,
  amount, kind AS detail
FROM commission_exceptions
WHERE "day" BETWEEN :from AND :to
UNION ALL
SELECT c."day", 'disputed line', c.id, c.partner_id, c.amount, c.transaction_id
FROM commissions AS c
WHERE c."day" BETWEEN :from AND :to AND c.status = 'disputed'
UNION ALL
SELECT c."day", 'line of a partner who is not active', c.id, c.partner_id, c.amount, d.status
FROM commissions AS c
JOIN partner_dimension AS d ON d.partner_id = c.partner_id
WHERE c."day" BETWEEN :from AND :to AND d.status <> 'active' AND c.status IN ('pending', 'approved')
ORDER BY 1, 2, 3
