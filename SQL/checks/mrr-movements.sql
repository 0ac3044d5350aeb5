-- Months whose opening and movements are not their closing.
SELECT "month", opening, "new" + reactivated + expansion + contraction + churned AS movements, closing
FROM mrr_movements
WHERE opening + "new" + reactivated + expansion + contraction + churned <> closing
ORDER BY "month"
