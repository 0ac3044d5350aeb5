-- A row per kind of exception.
SELECT severity, kind, COUNT(*) AS exceptions, COALESCE(SUM(amount), 0) AS amount
FROM form_1099_exceptions
WHERE tax_year = :year
GROUP BY severity, kind
ORDER BY CASE severity WHEN 'settle' THEN 0 WHEN 'check' THEN 1 ELSE 2 END, kind
