-- Who gets a statement: every partner with a line or payout up to the month's end.
SELECT p.partner_id
FROM (
  SELECT partner_id FROM commissions WHERE "day" <= :to
  UNION
  SELECT partner_id FROM payout_register
  WHERE status = 'completed' AND processed_at < :until_instant
) AS p
ORDER BY p.partner_id
