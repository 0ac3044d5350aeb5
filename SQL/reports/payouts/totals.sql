-- One row: what is to be paid, and what waits.
SELECT
  (SELECT COALESCE(SUM(amount), 0) FROM payouts WHERE decision = 'proposed') AS proposed,
  (SELECT COUNT(*) FROM payouts WHERE decision = 'proposed') AS proposals,
  (SELECT COALESCE(SUM(amount), 0) FROM payouts WHERE decision = 'held') AS held,
  (SELECT COUNT(*) FROM payouts WHERE decision = 'held') AS held_partners,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE status = 'pending') AS pending,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE status = 'disputed') AS disputed,
  (SELECT COUNT(*) FROM payout_register WHERE note IS NOT NULL AND note <> 'before_records') AS notes
