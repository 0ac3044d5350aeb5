-- One row per line of the month that takes back one earned before, or gives it back.
SELECT
  "day", "type", "level", transaction_id, reversal_of, user_id, amount, status, id,
  CASE WHEN status = 'cancelled' THEN 0 * amount ELSE amount END AS counted
FROM commissions
WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND reversal_of IS NOT NULL
ORDER BY "day", transaction_id, "type", "level", id
