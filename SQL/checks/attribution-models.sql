-- Sales of which the models share different sums.
SELECT transaction_id, min(amount) AS least, max(amount) AS most
FROM (
  SELECT transaction_id, model, sum(amount) AS amount
  FROM attribution
  WHERE day BETWEEN :from AND :to
  GROUP BY transaction_id, model
) AS shared
GROUP BY transaction_id
HAVING min(amount) <> max(amount) OR count(*) <> 5
ORDER BY transaction_id
