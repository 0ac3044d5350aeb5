"""Click quality, referrals, last-click attribution and active users made with DuckDB: the peer of `nightmill run` of these stages.

The whole job shares sales by all five models, one row of a sale and a partner with a column for each. Distinct persons of trailing
days are counted by what each person's next day changes, which needs no distinct sets. See duckdb_partners_job.py for the rest.

The rules are those of the metric definitions (common rules, sections 2, 3, 4 and 9) and of the data contracts.
"""

import duckdb_growth
from duckdb_partners_job import CLICKS, OWNERS, REFERRAL, TOUCHES, main
from duckdb_warehouse import Published, Whole, attribution_view

ACTIVITY = """
-- Each person's days, with the next of them: on a day n days wide a person counts until n days later, or that next day.
CREATE TABLE presence AS
  SELECT person, day, lead(day) OVER (PARTITION BY person ORDER BY day) AS next FROM (
    SELECT CASE WHEN user IS NOT NULL THEN hash(1, user) ELSE hash(2, visitor) END AS person, local_day(us) AS day FROM seen
    WHERE NOT is_bot AND (user IS NOT NULL OR visitor IS NOT NULL)
    UNION
    SELECT CASE WHEN user IS NOT NULL THEN hash(1, user) ELSE hash(2, visitor) END, day FROM trade WHERE user IS NOT NULL OR visitor IS NOT NULL);

CREATE TABLE days AS
  SELECT CAST(day AS DATE) AS day FROM generate_series(
    (SELECT least((SELECT min(day) FROM transactions), (SELECT min(day) FROM presence),
      (SELECT min(created) FROM users WHERE created <= DATE '{to}'), (SELECT min(activated) FROM users WHERE activated <= DATE '{to}'))),
    DATE '{to}', INTERVAL 1 DAY) t(day);

CREATE MACRO active(width) AS TABLE
  WITH changes AS (
    SELECT day, count(*) AS change FROM presence GROUP BY day
    UNION ALL
    SELECT least(day + width, coalesce(next, day + width)) AS day, -count(*) FROM presence GROUP BY ALL)
  SELECT d.day, sum(coalesce(c.change, 0)) OVER (ORDER BY d.day) AS persons
  FROM days d LEFT JOIN (SELECT day, sum(change) AS change FROM changes GROUP BY day) c ON c.day = d.day;
"""

STATUS = "CASE WHEN reason IS NOT NULL THEN 'rejected' WHEN sold_us IS NOT NULL THEN 'qualified' ELSE 'converted' END"

TABLES = {
    "click_quality": """
        SELECT coalesce(partner_id, '') AS partner_id, day, verdict, count(*) AS clicks FROM judged GROUP BY ALL""",
    "referrals": f"""
        SELECT partner_id, user_id AS referred_user_id, referral_code, {STATUS} AS status,
          CASE WHEN reason IS NULL THEN as_instant(sold_us) END AS conversion_date, as_instant(created_us) AS created_at, reason
        FROM owners""",
    "attribution": """
        SELECT transaction_id, 'last' AS model, coalesce(a.partner_id, 'direct') AS partner_id, {money:amount} AS amount
        FROM trade LEFT JOIN answers a ON a.sale = transaction_id""",
    "growth_metrics": """
        SELECT d.day AS metric_date, d.persons AS dau, w.persons AS wau, m.persons AS mau
        FROM active(1) d JOIN active(7) w USING (day) JOIN active(30) m USING (day)""",
}


# Sales of several partners: their turns, each the latest of a partner's touches without another's between, and the cents of each.
# Where a sale's parts, rounded down, leave cents over, those with the largest remainders get one each. Weights of the models but one
# are whole numbers, of which two at most differ, so that the order of remainders needs no sorting.
SHARES = """
CREATE TABLE turns AS
  WITH kept AS (
    SELECT p.*, a.sale FROM paths p JOIN answers a ON a.question = p.question AND a.is_shared AND a.sale IS NOT NULL
    QUALIFY lead(p.partner_id) OVER (PARTITION BY p.question ORDER BY p.us, p.click_id) IS DISTINCT FROM p.partner_id),
  placed AS (
    SELECT sale, partner_id, row_number() OVER (PARTITION BY question ORDER BY us, click_id) AS turn,
      count(*) OVER (PARTITION BY question) AS n, pow(2, (us - max(us) OVER (PARTITION BY question)) / 604800e6) AS weight
    FROM kept)
  SELECT p.*, t.amount, t.day, t.amount * weight / sum(weight) OVER (PARTITION BY sale) AS decayed,
    CASE WHEN n = 2 OR turn IN (1, n) THEN 1 ELSE 0 END AS is_end, greatest(2 * (n - 2), 1) AS ends, greatest(5 * (n - 2), 2) AS all_of
  FROM placed p JOIN trade t ON t.transaction_id = p.sale;

CREATE TABLE shares AS
  WITH parts AS (
    SELECT *, amount * ends // all_of AS of_end, amount * ends % all_of AS rest_of_end, amount // all_of AS of_middle,
      amount % all_of AS rest_of_middle,
      CASE WHEN n = 2 OR rest_of_end = rest_of_middle THEN turn
           WHEN rest_of_end > rest_of_middle THEN CASE turn WHEN 1 THEN 1 WHEN n THEN 2 ELSE turn + 1 END
           ELSE CASE turn WHEN 1 THEN n - 1 WHEN n THEN n ELSE turn - 1 END END AS place,
      CAST(floor(decayed) AS BIGINT) AS of_decayed,
      row_number() OVER (PARTITION BY sale ORDER BY decayed - floor(decayed) DESC, turn) AS decayed_place,
      amount - sum(CAST(floor(decayed) AS BIGINT)) OVER (PARTITION BY sale) AS decayed_left
    FROM turns)
  SELECT sale, partner_id, any_value(day) AS day,
    sum(CASE WHEN turn = 1 THEN amount ELSE 0 END) AS first,
    sum(CASE WHEN turn = n THEN amount ELSE 0 END) AS last,
    sum(amount // n + CASE WHEN turn <= amount % n THEN 1 ELSE 0 END) AS linear,
    sum(CASE WHEN is_end = 1 THEN of_end ELSE of_middle END
      + CASE WHEN place <= amount - 2 * of_end - (n - 2) * of_middle THEN 1 ELSE 0 END) AS position,
    sum(of_decayed + CASE WHEN decayed_place <= decayed_left THEN 1 ELSE 0 END) AS time_decay
  FROM parts GROUP BY sale, partner_id;
"""

WAREHOUSE = {
    "click_quality": Published(
        """partner_id VARCHAR NOT NULL, day DATE NOT NULL,
           verdict ENUM('unknown_code', 'inactive_partner', 'bot', 'self_click', 'velocity', 'duplicate', 'accepted') NOT NULL,
           clicks BIGINT NOT NULL""",
        ["partner_id, day, verdict"],
        ["day"],
        TABLES["click_quality"],
    ),
    "referrals": Published(
        """id UUID NOT NULL, partner_id VARCHAR NOT NULL, referred_user_id VARCHAR NOT NULL, referral_code VARCHAR NOT NULL,
           status ENUM('pending', 'converted', 'qualified', 'rejected') NOT NULL DEFAULT 'pending', conversion_date TIMESTAMP,
           metadata VARCHAR DEFAULT '{{}}', created_at TIMESTAMP NOT NULL, reason VARCHAR, basis VARCHAR""",
        ["id", "referred_user_id"],
        ["partner_id", "referral_code", "status", "created_at"],
        f"""
        SELECT id, partner_id, user_id AS referred_user_id, referral_code, {STATUS} AS status,
          CASE WHEN reason IS NULL THEN make_timestamp(sold_us) END AS conversion_date, make_timestamp(created_us) AS created_at, reason,
          basis
        FROM owners""",
    ),
    "attribution_shares": Published(
        """transaction_id VARCHAR NOT NULL, partner_id VARCHAR NOT NULL, first {money} NOT NULL, last {money} NOT NULL,
           linear {money} NOT NULL, position {money} NOT NULL, time_decay {money} NOT NULL, day DATE NOT NULL""",
        ["transaction_id, partner_id"],
        ["day"],
        """
        SELECT transaction_id, coalesce(a.partner_id, 'direct') AS partner_id, {money:amount} AS first, first AS last, first AS linear,
          first AS position, first AS time_decay, day
        FROM trade LEFT JOIN answers a ON a.sale = transaction_id WHERE is_shared IS NOT TRUE
        UNION ALL
        SELECT sale, partner_id, {money:first}, {money:last}, {money:linear}, {money:position}, {money:time_decay}, day FROM shares""",
    ),
    **duckdb_growth.WAREHOUSE,
}


if __name__ == "__main__":
    whole = Whole({"shares": SHARES, "growth": duckdb_growth.GROWTH}, {"referral": REFERRAL}, WAREHOUSE, attribution_view("warehouse"), duckdb_growth.COLUMNS)
    main(__doc__, {"clicks": CLICKS, "partners": TOUCHES + OWNERS, "activity": ACTIVITY}, TABLES, whole)
