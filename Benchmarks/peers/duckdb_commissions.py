"""Commission lines of the program `sameday` made with DuckDB: the peer of `nightmill run` of commissions.

Owners are found as in duckdb_partners_job.py. Every sale is joined with its owner's chain of three; refunds with the lines of their
sale. The program's rates and steps are written out here; it has no signup bonus and no end of recurring lines. Only the whole job
gives lines their IDs, and how each came about.

The rules are those of the metric definitions (common rules, sections 3 and 5).
"""

from duckdb_partners_job import CLICKS, OWNERS, REFERRAL, TOUCHES, main
from duckdb_warehouse import Published, Whole

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
    t.currency, o.partner_id AS owner, CAST(p.own_rate * 10000 AS BIGINT) AS own_ppm, p.parent{client}
  FROM trade t JOIN owners o ON o.user_id = t.buyer AND o.reason IS NULL AND t.us >= o.created_us
    JOIN partners p ON p.partner_id = o.partner_id;

-- The step of a partner in the month after one in which so many of those right below it had a client with a sale.
CREATE TABLE steps AS
  SELECT parent AS owner, CAST(month + INTERVAL 1 MONTH AS DATE) AS month, count(DISTINCT owner) AS affiliates,
    CASE WHEN affiliates >= 50 THEN 150000 WHEN affiliates >= 25 THEN 100000 WHEN affiliates >= 10 THEN 50000 END AS ppm
  FROM (SELECT DISTINCT parent, owner, month FROM owned WHERE parent IS NOT NULL) GROUP BY ALL HAVING ppm IS NOT NULL;

CREATE MACRO share(amount, ppm) AS (2 * amount * ppm + 1000000) // 2000000;

CREATE TABLE earned AS
  SELECT type, transaction_id, partner_id, level, share(base, rate) AS amount, day{kept} FROM (
    SELECT CASE WHEN o.kind = 'booking' THEN 'transaction' ELSE 'recurring' END AS type, o.*, c.partner_id, level, o.amount AS base,
      CASE WHEN level = 1 AND o.kind <> 'booking' THEN coalesce(own_ppm, ppm) ELSE ppm END AS rate
    FROM owned o JOIN rates_of r ON r.kind = o.kind
      JOIN chain c USING (owner, level)
    WHERE c.partner_id IS NOT NULL AND (level = 1 OR counts_at(c.status, c.since, us)) AND ppm > 0
    UNION ALL BY NAME
    SELECT 'bonus' AS type, o.*, owner AS partner_id, 1 AS level, amount AS base, ppm AS rate
    FROM owned o JOIN steps USING (owner, month)
    WHERE kind IN ('subscription', 'vendor_subscription', 'booking') AND (kind = 'booking' OR own_ppm IS NULL OR own_ppm > 0));

-- Refunds in the currency of their sale, with what part of it is taken by then.
CREATE TABLE cuts AS
  SELECT a.transaction_id, a.original_id, a.day, least(o.minor, greatest(0, a.taken)) AS part, o.minor AS whole,
    lag(part, 1, 0) OVER (PARTITION BY a.original_id ORDER BY a.us, a.transaction_id) AS earlier
  FROM adjustments a JOIN owned o ON o.transaction_id = a.original_id WHERE a.follows;

CREATE MACRO taken(amount, part, whole) AS (2 * amount::HUGEINT * part + whole) // (2 * whole::HUGEINT);

CREATE TABLE lines AS
  SELECT type, transaction_id, partner_id, level, amount, day, day + 30 AS ready, NULL AS reversal_of{kept}
  FROM earned WHERE amount <> 0
  UNION ALL
  SELECT type, c.transaction_id, partner_id, level, CAST(taken(amount, earlier, whole) - taken(amount, part, whole) AS BIGINT) AS change,
    c.day, greatest(c.day, e.day + 30), e.transaction_id{kept}
  FROM cuts c JOIN earned e ON e.transaction_id = c.original_id WHERE amount <> 0 AND change <> 0;
"""

STATUS = """CASE WHEN p.status = 'terminated' AND (p.since IS NULL OR local_day(p.since) <= DATE '{to}') THEN 'cancelled'
               WHEN ready <= DATE '{to}' THEN 'approved' ELSE 'pending' END"""

TABLES = {
    "commissions": f"""
        SELECT type, transaction_id, l.partner_id, level, {{money:amount}} AS amount, day, {STATUS} AS status, reversal_of
        FROM lines l JOIN partners p USING (partner_id)"""
}

# What the whole job carries along: of owners, of their sales, of lines.
COLUMNS = {
    "referral": REFERRAL,
    "client": ", o.id AS referral_id, p.tier",
    "kept": ", base, rate, owner, buyer, referral_id, tier",
}

# Whoever comes before all others, and those below; who is left is in a cycle, or below one.
CYCLES = """
CREATE TABLE below AS
  WITH RECURSIVE reached AS (
    SELECT partner_id FROM partners p WHERE parent IS NULL OR NOT EXISTS (FROM partners q WHERE q.partner_id = p.parent)
    UNION ALL SELECT p.partner_id FROM partners p JOIN reached r ON p.parent = r.partner_id)
  FROM reached;
SELECT error('partners are each other''s parents: ' || min(partner_id)) FROM partners ANTI JOIN below USING (partner_id)
HAVING count(*) > 0;
"""

WAREHOUSE = {
    "commissions": Published(
        """id UUID NOT NULL, partner_id VARCHAR NOT NULL, referral_id UUID, transaction_id VARCHAR NOT NULL,
           amount {money} NOT NULL, currency VARCHAR NOT NULL,
           status ENUM('pending', 'approved', 'paid', 'cancelled', 'disputed') NOT NULL,
           period_start DATE NOT NULL, period_end DATE NOT NULL, paid_at TIMESTAMP, metadata VARCHAR NOT NULL DEFAULT '{{}}',
           type ENUM('signup', 'recurring', 'transaction', 'bonus') NOT NULL, level TINYINT NOT NULL, day DATE NOT NULL,
           reversal_of VARCHAR, source_partner_id VARCHAR NOT NULL, user_id VARCHAR NOT NULL, approved_on DATE NOT NULL,
           base_amount {money} NOT NULL, rate {ratio}, rule VARCHAR NOT NULL,
           commission_type AS (type)""",
        ["id"],
        ["day, partner_id, amount", "partner_id, day, status, amount", "status", "period_start, period_end"],
        f"""
        SELECT uuid_url(concat('nightmill:commission:', type, ':', transaction_id, ':', l.partner_id, ':', level)) AS id,
          l.partner_id, referral_id, transaction_id, {{money:amount}} AS amount, '{{currency}}' AS currency, {STATUS} AS status,
          date_trunc('month', day) AS period_start, last_day(day) AS period_end, type, level, day, reversal_of,
          owner AS source_partner_id, buyer AS user_id, ready AS approved_on, {{money:base}} AS base_amount,
          rate::DECIMAL(18, 0) * 0.000001 AS rate, concat('program sameday, tier ', l.tier, ', ', type, ', level ', level) AS rule
        FROM lines l JOIN partners p USING (partner_id)""",
    ),
    "commission_exceptions": Published(
        """transaction_id VARCHAR NOT NULL, day DATE NOT NULL, kind VARCHAR NOT NULL, amount {money}, user_id VARCHAR,
           reason VARCHAR NOT NULL""",
        ["transaction_id"],
        ["day"],
        """
        SELECT transaction_id, day, kind, {money:abs(refunded)} AS amount, user_id, 'original_unknown' AS reason
        FROM refunds WHERE original_id IS NULL""",
    ),
}


if __name__ == "__main__":
    whole = Whole({"cycles": CYCLES}, COLUMNS, WAREHOUSE)
    main(__doc__, {"clicks": CLICKS, "owners": TOUCHES + OWNERS, "lines": COMMISSIONS}, TABLES, whole)
