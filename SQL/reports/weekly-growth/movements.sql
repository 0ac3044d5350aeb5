-- The last twelve whole months up to the week's end, from the first with any recurring revenue on.
SELECT
  SUBSTR(CAST("month" AS TEXT), 1, 7) AS calendar_month,
  opening, "new" AS new_revenue, new_customers, reactivated, reactivated_customers, expansion, expansion_customers,
  contraction, contraction_customers, churned, churned_customers, closing
FROM (
  SELECT *
  FROM mrr_movements
  WHERE "month" <= :to
    AND "month" >= (SELECT MIN("month") FROM mrr_movements WHERE new_customers > 0 OR opening <> 0)
  ORDER BY "month" DESC
  LIMIT 12
) AS m
ORDER BY "month"
