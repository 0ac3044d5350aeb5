"""What the DuckDB peers of partners' stages share: reading, verdicts of clicks, touches, owners.

The click log is scanned once. Users, visitors, codes and addresses are compared by 64-bit hashes; of the log only the rows of
partner links are kept with their ID, which settles their order. Windows are only opened over groups that need one: an address
with more clicks in an hour than count, a viewer who came back. Touches are found by hash joins that look at the time, too; ASOF
joins, which find the last touch alone, take longer.

The rules are those of the metric definitions (common rules, sections 2 and 3) and of the data contracts.
"""

import sys
import tempfile
from zoneinfo import ZoneInfo

import common
from duckdb_nightly import CLICK_COLUMNS, VENDOR_COLUMNS, load_products
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
from duckdb_warehouse import publish

USER_COLUMNS = "user_id created_at email visitor_id referral_code activated_at email_verified_at plan".split()
PARTNER_COLUMNS = (
    "partner_id referral_code partner_type tier status created_at user_id email company_name commission_rate parent_partner_id "
    "payment_method country status_since"
).split()


def load(inputs, connection, growth):
    """Reads all sources; for the business's days, more of them."""
    load_transactions(inputs, ", user_id, visitor_id" + (", subscription_id" if growth else ""))
    if growth:
        load_products(inputs)
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

# Who asks for touches, signups and sales; whose touches count for each; all of them, of which the last is the answer.
TOUCHES = """
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

CREATE TABLE paths AS
  SELECT question, t.us, t.click_id, t.partner_id
  FROM askings a JOIN touches t ON t.person = a.person AND t.is_user = a.is_user AND t.us BETWEEN a.us - {attribution_us} AND a.us;

CREATE TABLE answers AS
  WITH last_touches AS (
    SELECT question, arg_max(partner_id, {{'us': us, 'id': click_id}}) AS partner_id, min(partner_id) <> max(partner_id) AS is_shared
    FROM paths GROUP BY question)
  SELECT question, a.signup, a.sale, t.partner_id, is_shared FROM asked a JOIN last_touches t USING (question);
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

# More of `owners` for the whole job: IDs, and what created_at is.
REFERRAL = """,
    uuid_url('nightmill:referral:' || c.user_id) AS id, CASE WHEN by_signup IS NOT NULL THEN 'signup' ELSE 'first_sale' END AS basis"""


def prepared(options, clock, growth):
    """A database with the sources read, repeated keys known and the ledger made; and what its SQL is to be told."""
    connection = open_database(options)
    with tempfile.TemporaryDirectory() as scratch:
        load(Inputs(connection, options.inputs, scratch, options.damaged), connection, growth)
    clock.mark("read")
    connection.execute(SUPERSEDED.format(table="clicks_read", key="click"))
    # From here on no order counts.
    connection.execute("SET preserve_insertion_order = false")
    clock.mark("keys")
    first, last = connection.execute("""
        SELECT coalesce(min(us), 0), coalesce(max(us), 0) FROM (
          SELECT us FROM transactions_read UNION ALL SELECT us FROM clicks_read
          UNION ALL SELECT created_us FROM users_read UNION ALL SELECT activated_us FROM users_read
          """ + ("UNION ALL SELECT epoch_us(unnest([listed, delisted])) FROM products_read)" if growth else ")")).fetchone()
    known = {
        "offset": offset_case(ZoneInfo(options.timezone), first, last),
        "to": options.to,
        "currency": options.currency,
        "digits": common.decimals(options.currency),
        "more": ", nullif(user_id, '') AS user_id, nullif(visitor_id, '') AS visitor_id" + growth,
        **common.LIMITS,
    }
    connection.execute((MACROS + LEDGER).format(**known))
    if missing := connection.execute("SELECT count(*) FROM sales WHERE amount IS NULL").fetchone()[0]:
        sys.exit(f"{missing} transactions have no exchange rate for their day or the 7 days before")
    clock.mark("ledger")
    return connection, known


def main(doc, steps, tables, whole):
    """Runs the statements of each step and writes the tables; with --whole more steps, and all tables into a warehouse."""
    options = common.parser(doc).parse_args()
    clock = Clock()
    connection, known = prepared(options, clock, whole.growth if options.whole else "")
    known.update(whole.columns if options.whole else dict.fromkeys(whole.columns, ""))
    for name, statements in {**steps, **(whole.steps if options.whole else {})}.items():
        connection.execute(statements.format(**known))
        clock.mark(name)
    if options.whole:
        publish(connection, whole.tables, options, whole.views)
    else:
        write(connection, tables, options)
    clock.mark("write")
    clock.told(options)
