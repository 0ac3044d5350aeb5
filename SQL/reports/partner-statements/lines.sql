-- One row per line earned in the month; a cancelled one is shown, but not counted.
SELECT
  "day", "type", "level", transaction_id, user_id, base_amount, rate, amount, status, approved_on, paid_at, id,
  CASE WHEN status = 'cancelled' THEN 0 * amount ELSE amount END AS counted
FROM commissions
WHERE partner_id = :partner_id AND "day" BETWEEN :from AND :to AND reversal_of IS NULL
ORDER BY "day", transaction_id, "type", "level", id
