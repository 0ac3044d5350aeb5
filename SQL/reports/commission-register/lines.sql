-- One row per line of the period that stands on its own, as it was earned.
SELECT
  c."day", c.partner_id, d.company_name, c."type", c."level", c.transaction_id, c.user_id,
  c.source_partner_id, c.base_amount, c.rate, c.amount, c.status, c.approved_on, c.paid_at, c."rule", c.id
FROM commissions AS c
LEFT JOIN partner_dimension AS d ON d.partner_id = c.partner_id
WHERE c."day" BETWEEN :from AND :to AND c.reversal_of IS NULL
ORDER BY c."day", c.partner_id, c.transaction_id, c."type", c."level", c.id
