-- Sales whose commission lines come to more than the sale. Sign-up bonuses are no share of it; what refunds took back is off.
SELECT sale, base_amount, amount, line_count
FROM (
  SELECT
    COALESCE(reversal_of, transaction_id) AS sale,
    MAX(base_amount) AS base_amount,
    SUM(amount) AS amount,
    COUNT(*) AS line_count
  FROM commissions
  WHERE "type" <> 'signup'
    AND COALESCE(reversal_of, transaction_id) IN (
      SELECT COALESCE(reversal_of, transaction_id) FROM commissions
      WHERE "day" BETWEEN :from AND :to AND "type" <> 'signup')
  GROUP BY COALESCE(reversal_of, transaction_id)
) AS s
WHERE amount > base_amount
ORDER BY sale
