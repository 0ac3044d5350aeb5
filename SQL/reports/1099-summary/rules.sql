-- A row per rule that was used, and per line about the payer.
SELECT section, name, value, source, as_of
FROM form_1099_rules
WHERE tax_year = :year
ORDER BY position
