"""The tables of the nightly run made with DuckDB: the peer of `nightmill run nightly --from all --to DAY`.

One process and as few passes as the job allows; see duckdb_sources.py for how sources are read.

The rules are those of the metric definitions (common rules, sections 1 and 8) and of the data contracts.
"""

import sys
import tempfile
from zoneinfo import ZoneInfo

import common
from duckdb_sources import (
    LEDGER,
    MACROS,
    SUPERSEDED,
    Clock,
    Inputs,
    checked,
    load_rates,
    load_transactions,
    micros,
    offset_case,
    open_database,
    whole,
    write,
)
from duckdb_warehouse import Published, publish

# What the sources' contracts ask of a row, and what is kept of it. Optional text that no metric reads is named too (`checked`), so
# that invalid UTF-8 in it refuses the row as it should.

CALL_COLUMNS = "call_id vendor_id started_at duration_seconds outcome session_id intent_score estimated_value".split()
CLICK_COLUMNS = (
    "click_id clicked_at event visitor_id user_id referral_code product_id session_id ip user_agent url campaign".split()
)
VENDOR_COLUMNS = "vendor_id name category phone email address followup_sent_at user_id".split()
PRODUCT_COLUMNS = "product_id name supplier_id category listed_at delisted_at".split()


def load(inputs, connection):
    """Reads all sources that metrics are made of."""
    load_transactions(inputs)
    load_rates(inputs, connection)
    inputs.load(
        "calls",
        "calls_read",
        CALL_COLUMNS,
        f"""call_id, vendor_id, epoch_us(started_at) AS us, {whole("duration_seconds")} AS duration,
            outcome_of[lower(trim(outcome))] AS ending, session_id,
            {whole("intent_score")} AS intent, trim(intent_score) <> '' AS has_intent,
            {micros("estimated_value")} AS value_micros,
            trim(estimated_value) <> '' AS has_value""".replace(
            "outcome_of",
            "MAP {" + ", ".join(f"'{w}': '{k}'" for k, ws in common.OUTCOMES.items() for w in ws.split()) + "}",
        ),
        f"""call_id <> '' AND vendor_id <> '' AND us IS NOT NULL AND duration >= 0 AND ending IS NOT NULL
           AND (NOT has_intent OR intent BETWEEN 1 AND 10) AND {checked(inputs, "session_id")}
           AND (NOT has_value OR (value_micros IS NOT NULL AND value_micros % getvariable('reporting_unit') = 0))""",
    )
    inputs.load(
        "clicks",
        "clicks_read",
        CLICK_COLUMNS,
        f"""hash(click_id) AS click, epoch_us(clicked_at) AS us,
            coalesce(TRY_CAST(event AS event_word), TRY_CAST(lower(trim(event)) AS event_word)) AS kind,
            CASE WHEN product_id <> '' AND (kind = 'view' OR kind = 'add_to_cart') AND user_agent <> ''
                 THEN NOT regexp_matches(user_agent, '{common.BOTS}', 'i') ELSE false END AS counts,
            CASE WHEN counts THEN product_id END AS product_id,
            CASE WHEN NOT counts OR kind <> 'view' THEN NULL WHEN visitor_id <> '' THEN 1 WHEN user_id <> '' THEN 2
                 WHEN ip <> '' THEN 3 END::UTINYINT AS viewer_kind,
            CASE viewer_kind WHEN 1 THEN hash(visitor_id) WHEN 2 THEN hash(user_id) WHEN 3 THEN hash(ip, user_agent) END AS viewer""",
        f"""click_id <> '' AND us IS NOT NULL AND kind IS NOT NULL
            AND {checked(inputs, "visitor_id", "user_id", "ip", "referral_code", "session_id", "url", "campaign")}""",
    )
    inputs.load(
        "vendors",
        "vendors_read",
        VENDOR_COLUMNS,
        f"{', '.join(VENDOR_COLUMNS)}, epoch_us(TRY_CAST(followup_sent_at AS TIMESTAMPTZ)) AS sent_at",
        f"""vendor_id <> '' AND name <> '' AND (trim(followup_sent_at) = '' OR sent_at IS NOT NULL)
            AND {checked(inputs, "category", "phone", "email", "address", "user_id")}""",
    )


def load_products(inputs):
    """Reads products, which the whole job publishes as they are."""
    inputs.load(
        "products",
        "products_read",
        PRODUCT_COLUMNS,
        """product_id, name, supplier_id, category, TRY_CAST(listed_at AS TIMESTAMPTZ) AS listed, TRY_CAST(delisted_at AS TIMESTAMPTZ)
           AS delisted""",
        f"""product_id <> '' AND name <> '' AND (trim(listed_at) = '' OR listed IS NOT NULL)
            AND (trim(delisted_at) = '' OR delisted IS NOT NULL) AND {checked(inputs, "supplier_id", "category")}""",
    )


SQL = (
    MACROS
    + LEDGER
    + """
CREATE TABLE vendors AS
  SELECT vendor_id, nullif(category, '') AS category,
    CASE WHEN local_day(sent_at) <= DATE '{to}' THEN sent_at END AS sent_at
  FROM vendors_read QUALIFY vendors_read.rowid = max(vendors_read.rowid) OVER (PARTITION BY vendor_id);

-- Calls in force, up to the last day.
CREATE TABLE calls AS
  SELECT call_id, vendor_id, us, local_day(us) AS day, CAST(date_trunc('week', local_day(us)) AS DATE) AS week, duration, ending AS outcome,
    nullif(session_id, '') AS session_id, intent, value_micros // getvariable('reporting_unit') AS value,
    ending IN ('hangup', 'rejection', 'timeout', 'busy') AS failed
  FROM calls_read ANTI JOIN calls_read_superseded ON calls_read.rowid = seq WHERE local_day(us) <= DATE '{to}';

-- Earlier calls of the session: place in the session, calls more than 24 hours before, and the place of the latest call that went to
-- another vendor (all between it and the one before this one went where that one went).
CREATE TABLE sessions AS
  WITH placed AS (
    SELECT call_id, us, session_id, row_number() OVER in_order AS place,
      count(*) OVER (PARTITION BY session_id ORDER BY us
        RANGE BETWEEN UNBOUNDED PRECEDING AND 86400000001 PRECEDING) AS before,
      CASE WHEN lag(vendor_id) OVER in_order <> vendor_id THEN row_number() OVER in_order - 1 END AS other
    FROM calls WHERE session_id IS NOT NULL WINDOW in_order AS (PARTITION BY session_id ORDER BY us, call_id))
  SELECT call_id, place - 1 - before AS earlier,
    coalesce(max(other) OVER (PARTITION BY session_id ORDER BY us, call_id ROWS UNBOUNDED PRECEDING) > before, false) AS elsewhere
  FROM placed;

-- Mean bookings of the 90 days before the days that are asked for, by vendor and by category.
CREATE TABLE asked AS
  SELECT vendor_id, category, day FROM calls LEFT JOIN vendors USING (vendor_id) WHERE failed AND value IS NULL GROUP BY ALL;
CREATE TABLE bookings AS
  SELECT s.vendor_id, category, day, sum(amount) AS amount, count(*) AS n
  FROM sales s LEFT JOIN vendors USING (vendor_id) WHERE kind = 'booking' AND s.vendor_id IS NOT NULL GROUP BY ALL;
CREATE MACRO mean_before(keys) AS TABLE
  SELECT key, day,
    sum(amount) OVER days AS amount, sum(n) OVER days AS n
  FROM (SELECT key, day, sum(amount) AS amount, sum(n) AS n FROM query_table(keys) GROUP BY ALL)
  WINDOW days AS (PARTITION BY key ORDER BY day RANGE BETWEEN INTERVAL 90 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING);
CREATE TABLE vendor_keys AS
  SELECT vendor_id AS key, day, amount, n FROM bookings UNION ALL SELECT vendor_id, day, 0, 0 FROM asked;
CREATE TABLE category_keys AS
  SELECT category AS key, day, amount, n FROM bookings WHERE category IS NOT NULL
  UNION ALL SELECT DISTINCT category, day, 0, 0 FROM asked WHERE category IS NOT NULL;
CREATE TABLE booking_values AS
  SELECT a.vendor_id, a.day,
    CASE WHEN v.n > 0 THEN round_div(v.amount, v.n::HUGEINT) WHEN c.n > 0 THEN round_div(c.amount, c.n::HUGEINT)
         ELSE {default_value} END AS value
  FROM asked a LEFT JOIN mean_before('vendor_keys') v ON v.key = a.vendor_id AND v.day = a.day
    LEFT JOIN mean_before('category_keys') c ON c.key = a.category AND c.day = a.day;

CREATE TABLE failures AS
  WITH scored AS (
    SELECT c.*, sent_at, s.first_subscription,
      coalesce(c.intent, 3 + least(coalesce(earlier, 0), 3) + CASE WHEN elsewhere THEN 2 ELSE 0 END
        + CASE WHEN duration >= 15 THEN 1 ELSE 0 END + CASE WHEN duration >= 45 THEN 1 ELSE 0 END) AS score,
      coalesce(c.value, b.value) AS worth
    FROM calls c LEFT JOIN sessions USING (call_id)
      LEFT JOIN booking_values b ON b.vendor_id = c.vendor_id AND b.day = c.day
      LEFT JOIN vendors v ON v.vendor_id = c.vendor_id
      LEFT JOIN (SELECT vendor_id, min(us) AS first_subscription FROM sales WHERE kind = 'vendor_subscription' GROUP BY 1) s
        ON s.vendor_id = c.vendor_id
    WHERE failed)
  SELECT *, CAST(round_div(worth::HUGEINT * least(score * {per_point}, 1000000000)::HUGEINT, 1000000000::HUGEINT) AS BIGINT) AS lost,
    coalesce(sent_at BETWEEN us AND us + 2592000000000, false) AS followed,
    coalesce(followed AND first_subscription > sent_at AND first_subscription <= sent_at + 2592000000000, false) AS converted
  FROM scored;

-- Clicks: viewers are counted by grouping twice, which spills no distinct sets per product and day.
CREATE TABLE product_clicks AS
  WITH counted AS (
    SELECT product_id, local_day(us) AS day, viewer_kind, viewer,
      count(*) FILTER (kind = 'view') AS views, count(*) FILTER (kind <> 'view') AS carts
    FROM clicks_read ANTI JOIN clicks_read_superseded ON clicks_read.rowid = seq
    WHERE counts AND local_day(us) <= DATE '{to}' GROUP BY ALL)
  SELECT product_id, day, sum(views) AS views, count(viewer_kind) AS viewers, sum(carts) AS carts FROM counted GROUP BY ALL;

CREATE TABLE product_days AS
  SELECT product_id, day, coalesce(sum(views), 0) AS views, coalesce(sum(viewers), 0) AS viewers, coalesce(sum(carts), 0) AS carts,
    coalesce(sum(orders), 0) AS orders, coalesce(sum(units), 0) AS units, coalesce(sum(revenue), 0) AS revenue,
    coalesce(sum(refunded), 0) AS refunded
  FROM (
    FROM product_clicks
    UNION ALL BY NAME
    SELECT product_id, day, count(*) AS orders, sum(units) AS units, sum(amount) AS revenue
    FROM sales WHERE product_id IS NOT NULL GROUP BY ALL
    UNION ALL BY NAME
    SELECT refunded_product AS product_id, day, sum(refunded) AS refunded
    FROM refunds WHERE refunded_product IS NOT NULL GROUP BY ALL)
  GROUP BY ALL;
"""
)

MISSING_RATES = """
    SELECT count(*) FROM (
      SELECT 1 FROM sales WHERE amount IS NULL AND (product_id IS NOT NULL OR kind = 'booking')
      UNION ALL SELECT 1 FROM refunds WHERE refunded IS NULL AND refunded_product IS NOT NULL)
"""

TABLES = {
    "vendor_connection_analytics": """
        SELECT call_id, session_id, vendor_id, outcome AS failure_type, duration AS call_duration, score AS customer_intent_score,
          {money:lost} AS estimated_lost_revenue, followed AS followup_sent, converted AS converted_after_followup,
          as_instant(us) AS created_at
        FROM failures""",
    "vendor_weekly": """
        SELECT c.week, c.vendor_id, count(*) AS attempts, count(*) FILTER (c.outcome = 'success') AS connected,
          count(*) FILTER (c.outcome = 'hangup') AS hangups, count(*) FILTER (c.outcome = 'rejection') AS rejections,
          count(*) FILTER (c.outcome = 'timeout') AS timeouts, count(*) FILTER (c.outcome = 'busy') AS busy,
          ratio(connected, connected + count(f.score)) AS connection_rate,
          {money:coalesce(sum(lost), 0)} AS lost_revenue, ratio(sum(f.score), count(f.score)) AS mean_intent,
          c.week + 6 <= DATE '{to}' AS complete
        FROM calls c LEFT JOIN failures f USING (call_id) GROUP BY c.week, c.vendor_id""",
    "leads": """
        SELECT week, vendor_id, count(*) AS missed_opportunities, {money:sum(lost)} AS lost_revenue,
          ratio(sum(score), count(*)) AS mean_intent
        FROM failures WHERE outcome IN ('hangup', 'rejection') AND NOT followed GROUP BY week, vendor_id""",
    "product_analytics": """
        WITH trends AS (
          SELECT *, sum(units) OVER (PARTITION BY product_id ORDER BY day
              RANGE BETWEEN INTERVAL 27 DAYS PRECEDING AND CURRENT ROW) AS u,
            coalesce(sum(units) OVER (PARTITION BY product_id ORDER BY day
              RANGE BETWEEN INTERVAL 55 DAYS PRECEDING AND INTERVAL 28 DAYS PRECEDING), 0) AS v
          FROM product_days)
        SELECT product_id, day AS metric_date, views, viewers AS unique_viewers, carts AS add_to_carts, orders, units,
          {money:revenue} AS revenue, {money:refunded} AS refunds, {money:revenue - refunded} AS net_revenue,
          ratio(carts, views) AS add_to_cart_rate, ratio(orders, carts) AS purchase_rate,
          ratio(orders, views) AS conversion_rate,
          CASE WHEN u + v < 10 THEN 'new' WHEN 10000 * (u - v) * (u - v) < 38416 * (u + v) THEN 'steady'
               WHEN 4 * u >= 5 * v THEN 'hot' WHEN 5 * u <= 4 * v THEN 'declining' ELSE 'steady' END AS trend
        FROM trends WHERE views <> 0 OR carts <> 0 OR orders <> 0 OR units <> 0 OR revenue <> 0 OR refunded <> 0""",
}


WEEK = "week DATE NOT NULL, vendor_id VARCHAR NOT NULL"

WAREHOUSE = {
    "vendor_connection_analytics": Published(
        """id BIGINT NOT NULL, session_id VARCHAR, vendor_id VARCHAR NOT NULL,
           failure_type ENUM('hangup', 'rejection', 'timeout', 'busy') NOT NULL, call_duration BIGINT NOT NULL,
           customer_intent_score TINYINT NOT NULL, estimated_lost_revenue {money} NOT NULL, followup_sent BOOLEAN NOT NULL,
           converted_after_followup BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL, call_id VARCHAR NOT NULL,
           followup_sent_at TIMESTAMP""",
        ["id", "call_id"],
        ["vendor_id", "created_at"],
        """
        SELECT row_number() OVER () AS id, call_id, session_id, vendor_id, outcome AS failure_type, duration AS call_duration,
          score AS customer_intent_score, {money:lost} AS estimated_lost_revenue, followed AS followup_sent,
          converted AS converted_after_followup, make_timestamp(us) AS created_at, CASE WHEN followed THEN make_timestamp(sent_at) END AS followup_sent_at
        FROM failures""",
    ),
    "vendor_weekly": Published(
        WEEK
        + """, attempts BIGINT NOT NULL, connected BIGINT NOT NULL, hangups BIGINT NOT NULL, rejections BIGINT NOT NULL,
           timeouts BIGINT NOT NULL, busy BIGINT NOT NULL, connection_rate {ratio}, lost_revenue {money} NOT NULL, mean_intent {ratio},
           complete BOOLEAN NOT NULL""",
        ["week, vendor_id"],
        ["vendor_id"],
        TABLES["vendor_weekly"],
    ),
    "leads": Published(
        WEEK + ", missed_opportunities BIGINT NOT NULL, lost_revenue {money} NOT NULL, mean_intent {ratio}",
        ["week, vendor_id"],
        ["vendor_id"],
        TABLES["leads"],
    ),
    "product_analytics": Published(
        """product_id VARCHAR NOT NULL, metric_date DATE NOT NULL, views BIGINT NOT NULL, unique_viewers BIGINT NOT NULL,
           add_to_carts BIGINT NOT NULL, orders BIGINT NOT NULL, units BIGINT NOT NULL, revenue {money} NOT NULL,
           refunds {money} NOT NULL, net_revenue {money} NOT NULL, add_to_cart_rate {ratio}, purchase_rate {ratio},
           conversion_rate {ratio}, trend ENUM('new', 'hot', 'steady', 'declining') NOT NULL""",
        ["product_id, metric_date"],
        ["metric_date"],
        TABLES["product_analytics"],
    ),
    "vendor_dimension": Published(
        """vendor_id VARCHAR NOT NULL, name VARCHAR NOT NULL, category VARCHAR, phone VARCHAR, email VARCHAR, address VARCHAR,
           followup_sent_at TIMESTAMP, user_id VARCHAR""",
        ["vendor_id"],
        [],
        """
        SELECT vendor_id, name, nullif(category, '') AS category, nullif(phone, '') AS phone, nullif(email, '') AS email,
          nullif(address, '') AS address, make_timestamp(sent_at) AS followup_sent_at, nullif(user_id, '') AS user_id
        FROM vendors_read QUALIFY vendors_read.rowid = max(vendors_read.rowid) OVER (PARTITION BY vendor_id)""",
    ),
    "product_dimension": Published(
        """product_id VARCHAR NOT NULL, name VARCHAR NOT NULL, supplier_id VARCHAR, category VARCHAR, listed_at TIMESTAMP,
           delisted_at TIMESTAMP""",
        ["product_id"],
        [],
        """
        SELECT product_id, name, nullif(supplier_id, '') AS supplier_id, nullif(category, '') AS category, listed::TIMESTAMP AS listed_at,
          delisted::TIMESTAMP AS delisted_at
        FROM products_read QUALIFY products_read.rowid = max(products_read.rowid) OVER (PARTITION BY product_id)""",
    ),
}


def main():
    options = common.parser(__doc__).parse_args()
    clock = Clock()
    connection = open_database(options)
    with tempfile.TemporaryDirectory() as scratch:
        inputs = Inputs(connection, options.inputs, scratch, options.damaged)
        load(inputs, connection)
        if options.whole:
            load_products(inputs)
    clock.mark("read")
    for table, key in (("calls_read", "call_id"), ("clicks_read", "click")):
        connection.execute(SUPERSEDED.format(table=table, key=key))
    # From here on no order counts.
    connection.execute("SET preserve_insertion_order = false")
    clock.mark("keys")
    first, last = connection.execute("""
        SELECT coalesce(min(us), 0), coalesce(max(us), 0) FROM (
          SELECT us FROM calls_read UNION ALL SELECT us FROM transactions_read UNION ALL SELECT us FROM clicks_read
          UNION ALL SELECT sent_at FROM vendors_read)""").fetchone()
    digits = common.decimals(options.currency)
    connection.execute(
        SQL.format(
            offset=offset_case(ZoneInfo(options.timezone), first, last),
            to=options.to,
            currency=options.currency,
            digits=digits,
            more="",
            default_value=common.scaled(options.default_booking_value, digits),
            per_point=min(common.scaled(options.conversion_per_point, 9), 10**9),
        )
    )
    if missing := connection.execute(MISSING_RATES).fetchone()[0]:
        sys.exit(f"{missing} transactions have no exchange rate for their day or the 7 days before")
    clock.mark("compute")
    if options.whole:
        publish(connection, WAREHOUSE, options)
    else:
        write(connection, TABLES, options)
    clock.mark("write")
    clock.told(options)
    if inputs.repaired:
        print(f"of these {inputs.repair_seconds:.3f} to read {inputs.repaired} files again without a line of a stray quote")


if __name__ == "__main__":
    main()
