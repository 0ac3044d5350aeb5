-- What the sheets must add up to.
SELECT
  (SELECT COUNT(*) FROM commissions WHERE "day" BETWEEN :from AND :to AND reversal_of IS NULL)
    AS line_count,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE "day" BETWEEN :from AND :to AND reversal_of IS NULL) AS earned,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions
    WHERE "day" BETWEEN :from AND :to AND reversal_of IS NOT NULL) AS reversals,
  (SELECT COALESCE(SUM(amount), 0) FROM commissions WHERE "day" BETWEEN :from AND :to) AS net
