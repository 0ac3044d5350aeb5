"""Commission lines of the program `sameday` made with DuckDB: the peer of `nightmill run` of commissions.

Owners are found as in duckdb_partners.py. Every sale is joined with its owner's chain of three; refunds with the lines of their
sale. The program's rates and steps are written out here; it has no signup bonus and no end of recurring lines. Lines have no IDs.

The rules are those of the metric definitions (common rules, sections 3 and 5).
"""

from duckdb_partners import CLICKS, PARTNERS, main

COMMISSIONS = """
CREATE TABLE rates_of (kind kind_word, level INTEGER, ppm BIGINT);
INSERT INTO rates_of VALUES
  ('subscription', 1, 250000), ('subscription', 2, 100000), ('subscription', 3, 50000),
  ('vendor_subscription', 1, 250000), ('vendor_subscription', 2, 100000), ('vendor_subscription', 3, 50000),
  ('booking', 1, 250000);

CREATE TABLE chain AS
  SELECT p.partner_id AS owner, unnest([
    {{'level': 1, 'partner_id': p.partner_id, 'status': p.status, 'since': p.since}},
    {{'level': 2, 'partner_id': q.partner_id, 'status': q.status, 'since': q.since}},
    {{'level': 3, 'partner_id': r.partner_id, 'status': r.status, 'since': r.since}}], recursive := true)
  FROM partners p LEFT JOIN partners q ON q.partner_id = p.parent LEFT JOIN partners r ON r.partner_id = q.parent;

CREATE TABLE owned AS
  SELECT t.transaction_id, t.us, t.day, CAST(date_trunc('month', t.day) AS DATE) AS month, t.kind, t.buyer, t.amount, t.minor,
    t.currency, o.partner_id AS owner, CAST(p.own_rate * 10000 AS BIGINT) AS own_ppm, p.parent
  FROM trade t JOIN owners o ON o.user_id = t.buyer AND o.reason IS NULL AND t.us >= o.created_us
    JOIN partners p ON p.partner_id = o.partner_id;

-- The step of a partner in the month after one in which so many of those right below it had a client with a sale.
CREATE TABLE steps AS
  SELECT parent AS owner, CAST(month + INTERVAL 1 MONTH AS DATE) AS month, count(DISTINCT owner) AS affiliates,
    CASE WHEN affiliates >= 50 THEN 150000 WHEN affiliates >= 25 THEN 100000 WHEN affiliates >= 10 THEN 50000 END AS ppm
  FROM (SELECT DISTINCT parent, owner, month FROM owned WHERE parent IS NOT NULL) GROUP BY ALL HAVING ppm IS NOT NULL;

CREATE MACRO share(amount, ppm) AS (2 * amount * ppm + 1000000) // 2000000;

CREATE TABLE earned AS
  SELECT CASE WHEN o.kind = 'booking' THEN 'transaction' ELSE 'recurring' END AS type, transaction_id, c.partner_id, level,
    share(amount, CASE WHEN level = 1 AND o.kind <> 'booking' THEN coalesce(own_ppm, ppm) ELSE ppm END) AS amount, day
  FROM owned o JOIN rates_of r ON r.kind = o.kind
    JOIN chain c USING (owner, level)
  WHERE c.partner_id IS NOT NULL AND (level = 1 OR counts_at(c.status, c.since, us)) AND ppm > 0
  UNION ALL
  SELECT 'bonus', transaction_id, owner, 1, share(amount, ppm), day
  FROM owned JOIN steps USING (owner, month)
  WHERE kind IN ('subscription', 'vendor_subscription', 'booking') AND (kind = 'booking' OR own_ppm IS NULL OR own_ppm > 0);

-- Refunds in the currency of their sale, with what part of it is taken by then.
CREATE TABLE cuts AS
  SELECT a.transaction_id, a.original_id, a.day, least(o.minor, greatest(0, a.taken)) AS part, o.minor AS whole,
    lag(part, 1, 0) OVER (PARTITION BY a.original_id ORDER BY a.us, a.transaction_id) AS earlier
  FROM adjustments a JOIN owned o ON o.transaction_id = a.original_id WHERE a.follows;

CREATE MACRO taken(amount, part, whole) AS (2 * amount::HUGEINT * part + whole) // (2 * whole::HUGEINT);

CREATE TABLE lines AS
  SELECT type, transaction_id, partner_id, level, amount, day, day + 30 AS ready, NULL AS reversal_of FROM earned WHERE amount <> 0
  UNION ALL
  SELECT type, c.transaction_id, partner_id, level, CAST(taken(amount, earlier, whole) - taken(amount, part, whole) AS BIGINT) AS change,
    c.day, greatest(c.day, e.day + 30), e.transaction_id
  FROM cuts c JOIN earned e ON e.transaction_id = c.original_id WHERE amount <> 0 AND change <> 0;
"""

TABLES = {
    "commissions": """
        SELECT type, transaction_id, l.partner_id, level, {money:amount} AS amount, day,
          CASE WHEN p.status = 'terminated' AND (p.since IS NULL OR local_day(p.since) <= DATE '{to}') THEN 'cancelled'
               WHEN ready <= DATE '{to}' THEN 'approved' ELSE 'pending' END AS status, reversal_of
        FROM lines l JOIN partners p USING (partner_id)"""
}


if __name__ == "__main__":
    main(__doc__, {"clicks": CLICKS, "owners": PARTNERS, "lines": COMMISSIONS}, TABLES)
