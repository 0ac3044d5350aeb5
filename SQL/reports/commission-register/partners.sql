-- One row per partner with a line in the period.
SELECT
  c.partner_id,
  d.company_name,
  d.tier,
  d.status,
  COUNT(*) AS line_count,
  SUM(CASE WHEN c."type" = 'signup' AND c.reversal_of IS NULL THEN c.amount ELSE 0 END) AS signup,
  SUM(CASE WHEN c."type" = 'recurring' AND c.reversal_of IS NULL THEN c.amount ELSE 0 END)
    AS recurring,
  SUM(CASE WHEN c."type" = 'transaction' AND c.reversal_of IS NULL THEN c.amount ELSE 0 END)
    AS "transaction",
  SUM(CASE WHEN c."type" = 'bonus' AND c.reversal_of IS NULL THEN c.amount ELSE 0 END) AS bonus,
  SUM(CASE WHEN c.reversal_of IS NOT NULL THEN c.amount ELSE 0 END) AS reversals,
  SUM(c.amount) AS net,
  SUM(CASE WHEN c.status = 'pending' THEN c.amount ELSE 0 END) AS pending,
  SUM(CASE WHEN c.status = 'approved' THEN c.amount ELSE 0 END) AS approved,
  SUM(CASE WHEN c.status = 'disputed' THEN c.amount ELSE 0 END) AS disputed,
  SUM(CASE WHEN c.status = 'paid' THEN c.amount ELSE 0 END) AS paid,
  SUM(CASE WHEN c.status = 'cancelled' THEN c.amount ELSE 0 END) AS cancelled
FROM commissions AS c
LEFT JOIN partner_dimension AS d ON d.partner_id = c.partner_id
WHERE c."day" BETWEEN :from AND :to
GROUP BY c.partner_id, d.company_name, d.tier, d.status
ORDER BY net DESC, c.partner_id
