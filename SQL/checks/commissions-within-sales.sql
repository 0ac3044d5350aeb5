-- Sales whose commission lines come to more than the sale, or than the program pays at most: the owner's share with the highest bonus
-- on it, and the most that goes to partners above and to a bonus in points. Sign-up bonuses are no share of a sale; what refunds take
-- back later is left out. Each line may be rounded by a cent, and shares are told with six decimals. COALESCE hides the index on the day,
-- which would look each line up: they lie in the order of their IDs.
SELECT sale, base_amount, amount, line_count, owner_share
FROM (
  SELECT
    transaction_id AS sale,
    MAX(base_amount) AS base_amount,
    SUM(amount) AS amount,
    COUNT(*) AS line_count,
    COALESCE(MAX(CASE WHEN "level" = 1 AND "type" <> 'bonus' THEN rate END), 0) AS owner_share
  FROM commissions
  WHERE COALESCE("day", "day") BETWEEN :from AND :to AND "type" <> 'signup' AND reversal_of IS NULL
  GROUP BY transaction_id
) AS s
WHERE amount > base_amount
  OR amount > base_amount * (owner_share + owner_share * :most_of_owner_share + :most_beside_owner + 0.000001)
    + line_count * :smallest_amount
ORDER BY sale
