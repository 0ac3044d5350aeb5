-- One row per payout to make. The key is the same however often the report is made, until the lines are others.
SELECT p.partner_id, d.company_name, d.email, d.payment_method, d.country, p.amount,
  (SELECT MIN(c.currency) FROM commissions AS c WHERE c.partner_id = p.partner_id AND c.status = 'approved') AS currency, p."lines",
  p.as_of, p.idempotency_key, p.commission_ids
FROM payouts AS p
LEFT JOIN partner_dimension AS d ON d.partner_id = p.partner_id
WHERE p.decision = 'proposed'
ORDER BY p.amount DESC, p.partner_id
