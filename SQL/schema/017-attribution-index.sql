-- Attribution is asked by day or by sale, never by partner alone: no report, check or command used this index, and making it
-- took longer than the table.
DROP INDEX attribution_partner_id;
