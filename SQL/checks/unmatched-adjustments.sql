-- Refunds, chargebacks and disputes won whose sale is not known: they took nothing back.
SELECT transaction_id, "day", kind, amount, user_id, reason
FROM commission_exceptions
WHERE "day" BETWEEN :from AND :to
ORDER BY "day", transaction_id
