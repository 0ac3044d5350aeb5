-- The last twelve whole months up to the week's end.
SELECT
  "month", opening, "new" AS new_revenue, new_customers, reactivated, reactivated_customers, expansion,
  expansion_customers, contraction, contraction_customers, churned, churned_customers, closing
FROM (
  SELECT * FROM mrr_movements WHERE "month" <= :to ORDER BY "month" DESC LIMIT 12
) AS m
ORDER BY "month"
