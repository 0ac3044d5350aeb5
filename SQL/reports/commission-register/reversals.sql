-- One row per line of the period that takes back one earned before.
SELECT
  c."day", c.partner_id, d.company_name, c."type", c."level", c.transaction_id, c.reversal_of,
  c.user_id, c.amount, c.status, c.approved_on, c.paid_at, c.id
FROM commissions AS c
LEFT JOIN partner_dimension AS d ON d.partner_id = c.partner_id
WHERE c."day" BETWEEN :from AND :to AND c.reversal_of IS NOT NULL
ORDER BY c."day", c.partner_id, c.transaction_id, c."type", c."level", c.id
