-- One row per partner whose payout waits, and why.
SELECT p.partner_id, d.company_name, d.status, p.amount, p."lines", p.reason
FROM payouts AS p
LEFT JOIN partner_dimension AS d ON d.partner_id = p.partner_id
WHERE p.decision = 'held'
ORDER BY p.reason, p.amount DESC, p.partner_id
