"""Click quality, referrals, last-click attribution and active users made with DuckDB: the peer of `nightmill run` of these stages.

The click log is scanned once. Users, visitors, codes and addresses are compared by 64-bit hashes; of the log only the rows of
partner links are kept with their ID, which settles their order. Windows are only opened over groups that need one: an address
with more clicks in an hour than count, a viewer who came back. Touches are found by ASOF joins; distinct persons of trailing days
by what each person's next day changes, which needs no distinct sets.

The rules are those of the metric definitions (common rules, sections 2, 3, 4 and 9) and of the data contracts.
"""

import sys
import tempfile
from zoneinfo import ZoneInfo

import common
from duckdb_nightly import CLICK_COLUMNS, VENDOR_COLUMNS
from duckdb_sources import (
    LEDGER,
    MACROS,
    SUPERSEDED,
    Clock,
    Inputs,
    checked,
    load_rates,
    load_transactions,
    offset_case,
    open_database,
    write,
)
from duckdb_warehouse import Published, publish

USER_COLUMNS = "user_id created_at email visitor_id referral_code activated_at email_verified_at plan".split()
PARTNER_COLUMNS = (
    "partner_id referral_code partner_type tier status created_at user_id email company_name commission_rate parent_partner_id "
    "payment_method country status_since"
).split()


def load(inputs, connection):
    """Reads all sources."""
    load_transactions(inputs, ", user_id, visitor_id")
    load_rates(inputs, connection)
    inputs.load(
        "clicks",
        "clicks_read",
        CLICK_COLUMNS,
        f"""hash(click_id) AS click, epoch_us(clicked_at) AS us,
            coalesce(TRY_CAST(event AS event_word), TRY_CAST(lower(trim(event)) AS event_word)) AS kind,
            user_agent = '' OR regexp_matches(user_agent, '{common.BOTS}', 'i') AS is_bot,
            CASE WHEN user_id <> '' THEN hash(user_id) END AS user,
            CASE WHEN visitor_id <> '' THEN hash(visitor_id) END AS visitor,
            CASE WHEN kind = 'click' THEN click_id END AS click_id,
            CASE WHEN kind = 'click' THEN hash(referral_code) END AS code,
            CASE WHEN kind = 'click' AND ip <> '' THEN hash(ip) END AS address,
            CASE WHEN kind <> 'click' THEN NULL WHEN visitor_id <> '' THEN hash(1, visitor_id) WHEN user_id <> '' THEN hash(2, user_id)
                 WHEN ip <> '' AND user_agent <> '' THEN hash(3, ip, user_agent) END AS viewer""",
        f"click_id <> '' AND us IS NOT NULL AND kind IS NOT NULL AND {checked(inputs, 'product_id', 'session_id', 'url', 'campaign')}",
    )
    inputs.load(
        "users",
        "users_read",
        USER_COLUMNS,
        """user_id, epoch_us(TRY_CAST(created_at AS TIMESTAMPTZ)) AS created_us, lower(trim(email)) AS email, visitor_id,
           referral_code, epoch_us(TRY_CAST(activated_at AS TIMESTAMPTZ)) AS activated_us""",
        f"""user_id <> '' AND created_us IS NOT NULL AND (trim(activated_at) = '' OR activated_us IS NOT NULL)
            AND (trim(email_verified_at) = '' OR TRY_CAST(email_verified_at AS TIMESTAMPTZ) IS NOT NULL)
            AND {checked(inputs, "email", "visitor_id", "referral_code", "plan")}""",
    )
    inputs.load(
        "partners",
        "partners_read",
        PARTNER_COLUMNS,
        """partner_id, referral_code, lower(trim(status)) AS status, epoch_us(TRY_CAST(status_since AS TIMESTAMPTZ)) AS since,
           user_id, lower(trim(email)) AS email, tier, TRY_CAST(commission_rate AS DECIMAL(9, 4)) AS own_rate,
           nullif(parent_partner_id, '') AS parent""",
        """partner_id <> '' AND referral_code <> '' AND tier <> '' AND TRY_CAST(created_at AS TIMESTAMPTZ) IS NOT NULL
           AND status IN ('pending', 'active', 'suspended', 'terminated') AND (trim(status_since) = '' OR since IS NOT NULL)
           AND lower(trim(partner_type)) IN ('affiliate', 'reseller', 'whitelabel', 'technology')""",
    )
    inputs.load("vendors", "vendors_read", VENDOR_COLUMNS, "vendor_id, user_id", "vendor_id <> '' AND name <> ''")


# Whose a sale is, and the clicks' verdicts.
CLICKS = """
-- When two addresses reach one person.
CREATE MACRO plain(email) AS regexp_replace(regexp_replace(email, '@[^@]*$', ''), '[+].*', '', 's');
CREATE MACRO host(email) AS coalesce(nullif(regexp_extract(email, '@[^@]*$'), ''), '');
CREATE MACRO alike(email) AS
  CASE WHEN host(email) = '@gmail.com' THEN replace(plain(email), '.', '') ELSE plain(email) END || host(email);
CREATE MACRO counts_at(status, since, us) AS status = 'active' OR coalesce(us < since, false);

CREATE TABLE partners AS
  SELECT * REPLACE (nullif(user_id, '') AS user_id, nullif(email, '') AS email), hash(referral_code) AS code
  FROM partners_read QUALIFY partners_read.rowid = max(partners_read.rowid) OVER (PARTITION BY partner_id);

CREATE TABLE vendors AS
  SELECT vendor_id, nullif(user_id, '') AS user_id
  FROM vendors_read QUALIFY vendors_read.rowid = max(vendors_read.rowid) OVER (PARTITION BY vendor_id);

CREATE TABLE users AS
  SELECT user_id, hash(user_id) AS user, created_us, local_day(created_us) AS created, local_day(activated_us) AS activated,
    nullif(email, '') AS email, CASE WHEN visitor_id <> '' THEN hash(visitor_id) END AS visitor, referral_code
  FROM users_read QUALIFY users_read.rowid = max(users_read.rowid) OVER (PARTITION BY user_id);

CREATE TABLE trade AS
  SELECT s.*, coalesce(s.user_id, CASE WHEN kind = 'vendor_subscription' THEN v.user_id END) AS buyer,
    CASE WHEN buyer IS NOT NULL THEN hash(buyer) END AS user, CASE WHEN visitor_id IS NOT NULL THEN hash(visitor_id) END AS visitor
  FROM sales s LEFT JOIN vendors v ON v.vendor_id = s.vendor_id;

CREATE VIEW seen AS
  SELECT * FROM clicks_read ANTI JOIN clicks_read_superseded ON clicks_read.rowid = seq WHERE local_day(us) <= DATE '{to}';

CREATE TABLE link_clicks AS
  SELECT s.us, local_day(s.us) AS day, s.is_bot, s.user, s.visitor, s.click_id, s.code, s.address, s.viewer, p.partner_id,
    NOT counts_at(p.status, p.since, s.us) AS is_inactive, coalesce(s.user = hash(p.user_id), false) AS is_own
  FROM seen s LEFT JOIN partners p ON p.code = s.code WHERE s.kind = 'click';

CREATE TABLE too_fast AS
  WITH hours AS (
    SELECT code, address, us // 3600000000 AS hour FROM link_clicks WHERE address IS NOT NULL
    GROUP BY ALL HAVING count(*) > {velocity_limit})
  SELECT click_id FROM link_clicks l SEMI JOIN hours h ON h.code = l.code AND h.address = l.address AND h.hour = l.us // 3600000000
  QUALIFY row_number() OVER (PARTITION BY code, address, us // 3600000000 ORDER BY us, click_id) > {velocity_limit};

CREATE TABLE repeated AS
  WITH viewers AS (
    SELECT code, viewer FROM link_clicks WHERE viewer IS NOT NULL AND NOT is_bot GROUP BY ALL HAVING count(*) > 1)
  SELECT click_id FROM link_clicks l SEMI JOIN viewers v ON v.code = l.code AND v.viewer = l.viewer WHERE NOT is_bot
  QUALIFY us - lag(us) OVER (PARTITION BY code, viewer ORDER BY us, click_id) < {dedupe_us};

CREATE TABLE judged AS
  SELECT l.*, CASE WHEN partner_id IS NULL THEN 'unknown_code' WHEN is_inactive THEN 'inactive_partner' WHEN is_bot THEN 'bot'
    WHEN is_own THEN 'self_click' WHEN f.click_id IS NOT NULL THEN 'velocity' WHEN r.click_id IS NOT NULL THEN 'duplicate'
    ELSE 'accepted' END AS verdict
  FROM link_clicks l LEFT JOIN too_fast f ON f.click_id = l.click_id LEFT JOIN repeated r ON r.click_id = l.click_id;
"""

# Who asks for touches: signups and sales; and whose touches count for each.
QUESTIONS = """
CREATE VIEW touches AS
  SELECT coalesce(user, visitor) AS person, user IS NOT NULL AS is_user, us, click_id, partner_id
  FROM judged WHERE verdict = 'accepted' AND (user IS NOT NULL OR visitor IS NOT NULL);

CREATE TABLE asked AS
  SELECT row_number() OVER () AS question, * FROM (
    SELECT user_id AS signup, NULL AS sale, user, visitor, created_us AS us FROM users WHERE created <= DATE '{to}'
    UNION ALL SELECT NULL, transaction_id, user, visitor, us FROM trade);

-- Which visitor was seen to be which user, and when; only where that visitor has a touch.
CREATE TABLE links AS
  SELECT DISTINCT user, visitor, us FROM (
    SELECT user, visitor, us FROM seen WHERE NOT is_bot AND user IS NOT NULL AND visitor IS NOT NULL
    UNION ALL SELECT user, visitor, created_us FROM users WHERE visitor IS NOT NULL AND created <= DATE '{to}')
  SEMI JOIN (SELECT DISTINCT person FROM touches WHERE NOT is_user) t ON t.person = visitor;

-- The persons whose touches count for a question, each once.
CREATE TABLE askings AS
  WITH pairs AS (
    SELECT question, us, a.user, l.visitor
    FROM asked a JOIN (SELECT DISTINCT user, visitor FROM links) l ON l.user = a.user AND l.visitor IS DISTINCT FROM a.visitor),
  linked AS (
    SELECT p.question, p.us, p.visitor FROM pairs p ASOF JOIN links l
      ON l.user = p.user AND l.visitor = p.visitor AND p.us >= l.us
    WHERE l.us >= p.us - {attribution_us})
  SELECT question, us, user AS person, true AS is_user FROM asked WHERE user IS NOT NULL
  UNION ALL SELECT question, us, visitor, false FROM linked
  UNION ALL SELECT question, us, visitor, false FROM asked WHERE visitor IS NOT NULL;
"""

# The partner of each question's last touch.
ANSWERS = """
-- One click of each user or visitor at each instant, the last by ID.
CREATE TABLE last_clicks AS
  SELECT person, is_user, us, max(click_id) AS click_id, arg_max(partner_id, click_id) AS partner_id FROM touches GROUP BY ALL;

CREATE TABLE last_touches AS
  SELECT question, arg_max(t.partner_id, {{'us': t.us, 'id': t.click_id}}) AS partner_id
  FROM askings a ASOF JOIN last_clicks t ON t.person = a.person AND t.is_user = a.is_user AND a.us >= t.us
  WHERE t.us >= a.us - {attribution_us} GROUP BY question;

CREATE TABLE answers AS
  SELECT a.signup, a.sale, t.partner_id FROM asked a JOIN last_touches t USING (question);
"""

# Who owns a customer.
OWNERS = """
CREATE TABLE first_sales AS
  SELECT buyer, min(us) AS us, arg_min(transaction_id, {{'us': us, 'id': transaction_id}}) AS transaction_id
  FROM trade WHERE buyer IS NOT NULL GROUP BY buyer;

CREATE TABLE owners AS
  WITH candidates AS (
    SELECT u.user_id, u.created_us, u.email, f.us AS sold_us,
      CASE WHEN counts_at(c.status, c.since, u.created_us) THEN c.partner_id ELSE s.partner_id END AS by_signup,
      CASE WHEN f.us - u.created_us BETWEEN 0 AND {limit_us} THEN t.partner_id END AS by_sale
    FROM users u LEFT JOIN partners c ON c.referral_code = u.referral_code
      LEFT JOIN answers s ON s.signup = u.user_id
      LEFT JOIN first_sales f ON f.buyer = u.user_id
      LEFT JOIN answers t ON t.sale = f.transaction_id
    WHERE u.created <= DATE '{to}')
  SELECT c.user_id, p.partner_id, p.referral_code, c.sold_us,
    CASE WHEN by_signup IS NOT NULL THEN created_us ELSE sold_us END AS created_us,
    CASE WHEN p.user_id = c.user_id THEN 'self_user' WHEN alike(p.email) = alike(c.email) THEN 'same_email' END AS reason{referral}
  FROM candidates c JOIN partners p ON p.partner_id = coalesce(by_signup, by_sale);
"""

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


# Of the whole job: IDs of referrals, and what their created_at is.
REFERRAL = """,
    uuid_url('nightmill:referral:' || c.user_id) AS id, CASE WHEN by_signup IS NOT NULL THEN 'signup' ELSE 'first_sale' END AS basis"""
WHOLE = {"referral": REFERRAL}

# All touches of each question, of which the last is the answer.
PATHS = """
CREATE TABLE paths AS
  SELECT question, t.us, t.click_id, t.partner_id
  FROM askings a JOIN touches t ON t.person = a.person AND t.is_user = a.is_user AND t.us BETWEEN a.us - {attribution_us} AND a.us;

CREATE TABLE answers AS
  WITH last_touches AS (
    SELECT question, arg_max(partner_id, {{'us': us, 'id': click_id}}) AS partner_id, min(partner_id) <> max(partner_id) AS is_shared
    FROM paths GROUP BY question)
  SELECT question, a.signup, a.sale, t.partner_id, is_shared FROM asked a JOIN last_touches t USING (question);
"""

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

ATTRIBUTION = """
CREATE VIEW warehouse.attribution AS
  UNPIVOT warehouse.attribution_shares ON first, last, linear, position, time_decay INTO NAME model VALUE amount
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
    "growth_metrics": Published(
        "metric_date DATE NOT NULL, dau BIGINT NOT NULL, wau BIGINT NOT NULL, mau BIGINT NOT NULL",
        ["metric_date"],
        [],
        TABLES["growth_metrics"],
    ),
}


def prepared(options, clock):
    """A database with the sources read, repeated keys known and the ledger made; and what its SQL is to be told."""
    connection = open_database(options)
    with tempfile.TemporaryDirectory() as scratch:
        load(Inputs(connection, options.inputs, scratch, options.damaged), connection)
    clock.mark("read")
    connection.execute(SUPERSEDED.format(table="clicks_read", key="click"))
    clock.mark("keys")
    first, last = connection.execute("""
        SELECT coalesce(min(us), 0), coalesce(max(us), 0) FROM (
          SELECT us FROM transactions_read UNION ALL SELECT us FROM clicks_read
          UNION ALL SELECT created_us FROM users_read UNION ALL SELECT activated_us FROM users_read)""").fetchone()
    known = {
        "offset": offset_case(ZoneInfo(options.timezone), first, last),
        "to": options.to,
        "currency": options.currency,
        "digits": common.decimals(options.currency),
        "more": ", nullif(user_id, '') AS user_id, nullif(visitor_id, '') AS visitor_id",
        **common.LIMITS,
    }
    connection.execute((MACROS + LEDGER).format(**known))
    if missing := connection.execute("SELECT count(*) FROM sales WHERE amount IS NULL").fetchone()[0]:
        sys.exit(f"{missing} transactions have no exchange rate for their day or the 7 days before")
    clock.mark("ledger")
    return connection, known


def main(doc, steps, tables, whole_steps, warehouse, whole, more=""):
    """Runs the statements of each step and writes the tables; with --whole those of the whole job, into a warehouse."""
    options = common.parser(doc).parse_args()
    clock = Clock()
    connection, known = prepared(options, clock)
    known.update(whole if options.whole else dict.fromkeys(whole, ""))
    for name, statements in (whole_steps if options.whole else steps).items():
        connection.execute(statements.format(**known))
        clock.mark(name)
    if options.whole:
        publish(connection, warehouse, options, more)
    else:
        write(connection, tables, options)
    clock.mark("write")
    clock.told(options)


if __name__ == "__main__":
    steps = {"clicks": CLICKS, "partners": QUESTIONS + ANSWERS + OWNERS, "activity": ACTIVITY}
    whole_steps = {"clicks": CLICKS, "partners": QUESTIONS + PATHS + OWNERS, "shares": SHARES, "activity": ACTIVITY}
    main(__doc__, steps, TABLES, whole_steps, WAREHOUSE, WHOLE, ATTRIBUTION)
