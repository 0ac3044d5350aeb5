-- What the sheets must add up to: approved lines that no payout has taken are what is proposed or held.
SELECT
  (SELECT COALESCE(SUM(amount), 0) FROM payouts) AS due,
  (SELECT COUNT(*) FROM payouts) AS partner_count,
  (SELECT COALESCE(SUM(amount), 0) FROM payouts WHERE decision = 'proposed') AS proposed,
  (SELECT COALESCE(SUM(amount), 0) FROM payouts WHERE decision = 'held') AS held
