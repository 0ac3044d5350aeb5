"""The tables of the nightly run made with DuckDB: the peer of `nightmill run nightly --from all --to DAY`.

One process and as few passes as the job allows. Each CSV file is scanned once, in parallel, into an in-memory table that keeps
only what the metrics need; bad rows are left out there. A table filled in file order has row numbers in file order, which is what
"the last row of a key is used" needs. Local days come from a CASE over the zone's few changes of offset, which is both exact and
much faster than a call into ICU per row. Money is whole minor units throughout.

The rules are those of the metric definitions (common rules, sections 1 and 8) and of the data contracts.
"""

import csv
import io
import os
import resource
import shutil
import sys
import tempfile
import time
from zoneinfo import ZoneInfo

import common
import duckdb

# A text that no field holds: with it as the null string an empty field is '' and an empty field too many is an offence, too.
NO_NULL = "\x01"


# Read as such in the scan, which is faster than as text that is cast: a row without one is no good row in any source.
TYPES = {name: "TIMESTAMPTZ" for name in ("started_at", "occurred_at", "clicked_at")}

# Bytes that a thread reads at a time: DuckDB's 32 MB would leave one of two threads idle in a file of 70 MB.
BUFFER = 8 << 20


def literal(text):
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


class Inputs:
    """Finds the files of a source and loads them into a table, each record that breaks CSV left out."""

    def __init__(self, connection, folder, scratch, damaged):
        self.connection = connection
        self.damaged = damaged
        self.folder = folder
        self.scratch = scratch
        self.width = 0
        self.repaired = 0
        self.repair_seconds = 0.0

    def load(self, source, table, columns, select, where="true"):
        """Fills `table`: `select` and `where` speak of the contract's `columns`, of which files may lack optional ones."""
        made = False
        for path in common.files(self.folder, source) or [None]:
            statement = self.statement(source, path, columns, select, where)
            verb = f"INSERT INTO {table}" if made else f"CREATE OR REPLACE TABLE {table} AS"
            before = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] if made else 0
            self.connection.execute(f"{verb} {statement}")
            while path and self.damaged and (lines := self.strays(source)):
                start = time.perf_counter()
                path = self.without(path, lines)
                statement = self.statement(source, path, columns, select, where)
                if made:
                    self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS FROM {table} LIMIT {before}")
                    self.connection.execute(f"INSERT INTO {table} {statement}")
                else:
                    self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {statement}")
                self.repair_seconds += time.perf_counter() - start
            made = True

    def statement(self, source, path, columns, select, where):
        if path is None:
            fields = ", ".join(f"NULL::VARCHAR AS {name}" for name in columns)
            return f"SELECT {select} FROM (SELECT {fields}) WHERE false"
        header = self.header(path)
        self.width = len(header)
        declared = ", ".join(f"{literal(name)}: '{TYPES.get(name, 'VARCHAR')}'" for name in header)
        known = ", ".join(name if name in header else f"'' AS {name}" for name in columns)
        self.connection.execute(f"DROP TABLE IF EXISTS {source}_rejects")
        self.connection.execute(f"DROP TABLE IF EXISTS {source}_scans")
        # `store_rejects` and strict mode: other settings keep text after a closing quote, or lose rows after one.
        rejects = f"store_rejects = true, rejects_table = '{source}_rejects', rejects_scan = '{source}_scans'"
        return f"""
            SELECT {select} FROM (SELECT {known} FROM read_csv({literal(path)},
              auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '{NO_NULL}',
              columns = {{{declared}}}, strict_mode = true, buffer_size = {BUFFER},
              {rejects if self.damaged else "ignore_errors = true"}))
            WHERE {where}"""

    @staticmethod
    def header(path):
        with common.open_plain(path) as file:
            line = file.readline().decode("utf-8-sig")
        return next(csv.reader(io.StringIO(line)))

    def strays(self, source):
        """Refused records that took more than their own line with them: byte position, text, and whether the line to blame is
        a later one.

        A quote that is never closed costs DuckDB all rows up to the end of its buffer, good ones among them. Only the line of
        the quote is to go. Of such a record DuckDB reports either its own text, over many lines, or that of the good line
        before it.
        """
        found = []
        for position, text, error in self.connection.execute(f"""
                SELECT line_byte_position, any_value(ltrim(csv_line, e'\\r\\n')), min(error_type::VARCHAR) FILTER (
                  error_type IN ('UNQUOTED VALUE', 'LINE SIZE OVER MAXIMUM'))
                FROM {source}_rejects
                WHERE error_type IN ('UNQUOTED VALUE', 'MISSING COLUMNS', 'TOO MANY COLUMNS', 'LINE SIZE OVER MAXIMUM')
                GROUP BY 1 ORDER BY 1""").fetchall():
            if len(text.splitlines()) > 1:
                found.append((position, text, False))
            elif error and is_record(text, self.width):
                found.append((position, text, True))
        return found

    def without(self, path, strays):
        """A copy of a file without the lines to blame.

        The positions are off by a few bytes where lines end in CR and LF or a byte-order mark stands before them.
        """
        copy = os.path.join(self.scratch, f"{self.repaired}.csv")
        self.repaired += 1
        with common.open_plain(path) as source, open(copy, "wb") as target:
            for position, text, is_later in strays:
                left = position - 8 - source.tell()
                while left > 0 and (part := source.read(min(left, 1 << 20))):
                    target.write(part)
                    left -= len(part)
                first = text.splitlines()[0].encode()
                near = source.read(16 + len(first))
                at = near.find(first)
                if at < 0:
                    raise ValueError(f"{path}: the record refused at byte {position} is not there")
                target.write(near[:at])
                source.seek(at - len(near), os.SEEK_CUR)
                while is_later and (line := source.readline()):
                    if line.count(b'"') % 2:
                        break
                    target.write(line)
                else:
                    source.readline()
            shutil.copyfileobj(source, target, 1 << 20)
        return copy


def is_record(line, width):
    """Whether a line is a whole record of `width` fields."""
    try:
        return [len(fields) for fields in csv.reader([line], strict=True)] == [width]
    except csv.Error:
        return False


def offset_case(zone, first, last):
    """An SQL expression: the zone's offset in microseconds at the instant `us`, exact between two instants."""
    changes, rest = common.zone_changes(zone, first, last)
    branches = "".join(f" WHEN us < {second * 1_000_000} THEN {offset * 1_000_000}" for second, offset in changes)
    return f"CASE{branches} ELSE {rest * 1_000_000} END" if branches else str(rest * 1_000_000)


# What the sources' contracts ask of a row, and what is kept of it. Optional text that no metric reads is named too (`checked`), so
# that invalid UTF-8 in it refuses the row as it should.

CALL_COLUMNS = "call_id vendor_id started_at duration_seconds outcome session_id intent_score estimated_value".split()
CLICK_COLUMNS = (
    "click_id clicked_at event visitor_id user_id referral_code product_id session_id ip user_agent url campaign".split()
)
TRANSACTION_COLUMNS = (
    "transaction_id occurred_at kind amount currency user_id vendor_id product_id quantity reference_id visitor_id interval "
    "interval_count subscription_id".split()
)
VENDOR_COLUMNS = "vendor_id name category phone email address followup_sent_at user_id".split()


def checked(inputs, *columns):
    return " AND ".join(f"{column} IS NOT NULL" for column in columns) if inputs.damaged else "true"


def whole(column):
    """A whole number: DuckDB's own cast to an integer would round 12.5."""
    return f"CASE WHEN regexp_full_match({column}, ' *[+-]?[0-9]+ *') THEN TRY_CAST({column} AS BIGINT) END"


def micros(column):
    """Money in millionths: DuckDB's own cast to a decimal would read 1e3 and round what has too many decimals."""
    digits = " *[+-]?[0-9]+([.][0-9]{1,6}0*)? *"
    value = f"TRY_CAST({column} AS DECIMAL(18, 6))::DECIMAL(30, 6)"
    return f"CASE WHEN regexp_full_match({column}, '{digits}') THEN CAST({value} * 1000000 AS BIGINT) END"


def load(inputs, connection):
    """Reads all sources.

    Words are read as enumerations, not by IN with a list: that becomes a join, after which rows are not in file order any more.
    """
    connection.execute("""
        CREATE TYPE kind_word AS ENUM (
          'purchase', 'booking', 'subscription', 'vendor_subscription', 'refund', 'chargeback', 'dispute_won');
        CREATE TYPE period_word AS ENUM ('', 'week', 'month', 'year');
        CREATE TYPE event_word AS ENUM ('click', 'view', 'add_to_cart', 'search', 'other')""")
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
        "transactions",
        "transactions_read",
        TRANSACTION_COLUMNS,
        f"""transaction_id, epoch_us(occurred_at) AS us, TRY_CAST(lower(trim(kind)) AS kind_word) AS what,
            {micros("amount")} AS micros, upper(trim(currency)) AS code,
            vendor_id, product_id, {whole("quantity")} AS units, trim(quantity) <> '' AS has_units, reference_id,
            {whole("interval_count")} AS intervals, trim(interval_count) <> '' AS has_intervals,
            TRY_CAST(lower(trim("interval")) AS period_word) AS period""",
        f"""transaction_id <> '' AND us IS NOT NULL AND micros >= 0
            AND what IS NOT NULL AND (NOT has_units OR units >= 1) AND (NOT has_intervals OR intervals >= 1)
            AND period IS NOT NULL
            AND {checked(inputs, "vendor_id", "product_id", "reference_id", "user_id", "visitor_id", "subscription_id")}""",
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
        "vendor_id, category, epoch_us(TRY_CAST(followup_sent_at AS TIMESTAMPTZ)) AS sent_at",
        f"""vendor_id <> '' AND name <> '' AND (trim(followup_sent_at) = '' OR sent_at IS NOT NULL)
            AND {checked(inputs, "category", "phone", "email", "address", "user_id")}""",
    )
    inputs.load(
        "exchange_rates",
        "rates_read",
        ["currency", "day", "rate"],
        """upper(trim(currency)) AS code, TRY_CAST(day AS DATE) AS since,
           CAST(TRY_CAST(rate AS DECIMAL(27, 9)) * 1000000000 AS HUGEINT) AS nanos""",
        "since IS NOT NULL AND nanos > 0",
    )
    pairs = ", ".join(f"('{code}', {digits})" for digits, codes in common.CURRENCIES.items() for code in codes.split())
    connection.execute(f"""
        CREATE TABLE currencies AS
        SELECT currency, digits, CAST(10 ** (6 - digits) AS BIGINT) AS unit FROM (VALUES {pairs}) t(currency, digits)""")


# Of rows with one key the last is used. Keys seldom repeat, so counting 8-byte hashes first is cheaper than keeping the last row
# number of every key; only rows whose hash repeats are then compared by their real key.
SUPERSEDED = """
    CREATE TABLE {table}_superseded AS
    WITH repeated AS (SELECT hash({key}) AS h FROM {table} GROUP BY h HAVING count(*) > 1),
         suspects AS (SELECT {table}.rowid AS seq, {key} FROM {table} SEMI JOIN repeated ON hash({key}) = repeated.h)
    SELECT seq FROM suspects QUALIFY seq < max(seq) OVER (PARTITION BY {key})
"""

SQL = """
-- Half away from zero, for a positive divisor.
CREATE MACRO round_div(a, b) AS
  CASE WHEN a < 0 THEN -((2 * -a + b) // (2 * b)) ELSE (2 * a + b) // (2 * b) END;
CREATE MACRO ratio(a, b) AS
  CASE WHEN b > 0 THEN CAST(round_div(a::HUGEINT * 1000000, b::HUGEINT) AS BIGINT)::DECIMAL(18, 0) * 0.000001 END;
CREATE MACRO local_day(us) AS CAST(make_timestamp(us + {offset}) AS DATE);
CREATE MACRO as_instant(us) AS
  rtrim(rtrim(strftime(make_timestamp(us), '%Y-%m-%dT%H:%M:%S.%f'), '0'), '.') || 'Z';

CREATE TABLE rates AS
  SELECT code AS currency, since AS day, nanos FROM rates_read SEMI JOIN currencies ON code = currency
  QUALIFY rates_read.rowid = max(rates_read.rowid) OVER (PARTITION BY code, since);

CREATE TABLE vendors AS
  SELECT vendor_id, nullif(category, '') AS category,
    CASE WHEN local_day(sent_at) <= DATE '{to}' THEN sent_at END AS sent_at
  FROM vendors_read QUALIFY vendors_read.rowid = max(vendors_read.rowid) OVER (PARTITION BY vendor_id);

-- The ledger: in force, up to the last day, in minor units; sales of nothing count for nothing.
CREATE TABLE transactions AS
  WITH valid AS (
    SELECT t.rowid AS seq, t.*, c.digits, micros // unit AS minor
    FROM transactions_read t JOIN currencies c ON t.code = c.currency
    WHERE micros % unit = 0),
  repeated AS (SELECT hash(transaction_id) AS h FROM valid GROUP BY h HAVING count(*) > 1),
  superseded AS (
    SELECT seq FROM valid SEMI JOIN repeated ON hash(transaction_id) = repeated.h
    QUALIFY seq < max(seq) OVER (PARTITION BY transaction_id))
  SELECT transaction_id, us, local_day(us) AS day, what AS kind, code AS currency, digits, minor,
    nullif(vendor_id, '') AS vendor_id, nullif(product_id, '') AS product_id, coalesce(units, 1) AS units,
    nullif(reference_id, '') AS reference_id,
    what IN ('purchase', 'booking', 'subscription', 'vendor_subscription') AS is_sale
  FROM valid ANTI JOIN superseded USING (seq)
  WHERE local_day(us) <= DATE '{to}' AND NOT (is_sale AND minor = 0);

CREATE TABLE adjustments AS
  SELECT a.*, o.transaction_id AS original_id, o.product_id AS original_product,
    original_id IS NOT NULL AND o.currency = a.currency AS follows,
    CASE WHEN follows THEN o.day ELSE a.day END AS rate_day,
    CASE WHEN a.kind = 'dispute_won' THEN -1 ELSE 1 END AS sign,
    CASE WHEN follows
         THEN sum(sign * a.minor) OVER (PARTITION BY original_id, follows ORDER BY a.us, a.transaction_id) END AS taken
  FROM transactions a LEFT JOIN transactions o
    ON o.is_sale AND o.transaction_id = a.reference_id AND (o.us, o.transaction_id) < (a.us, a.transaction_id)
  WHERE NOT a.is_sale;

-- The latest rate of each day that is asked for, or of the 7 days before it.
CREATE TABLE fx AS
  WITH asked AS (
    SELECT currency, day FROM transactions WHERE is_sale AND currency <> '{currency}'
    UNION SELECT currency, rate_day FROM adjustments WHERE currency <> '{currency}')
  SELECT asked.currency, asked.day, CASE WHEN asked.day - r.day <= 7 THEN nanos END AS nanos
  FROM asked ASOF LEFT JOIN rates r ON asked.currency = r.currency AND asked.day >= r.day;

CREATE MACRO converted(minor, digits, nanos) AS
  round_div(minor::HUGEINT * nanos * (10 ** {digits})::HUGEINT, (10 ** digits)::HUGEINT * 1000000000);

CREATE TABLE sales AS
  SELECT t.*, CASE WHEN t.currency = '{currency}' THEN minor ELSE CAST(converted(minor, digits, nanos) AS BIGINT) END AS amount
  FROM transactions t LEFT JOIN fx ON fx.currency = t.currency AND fx.day = t.day WHERE is_sale;

CREATE TABLE refunds AS
  SELECT a.*, CASE WHEN original_id IS NOT NULL THEN original_product ELSE product_id END AS refunded_product,
    CASE WHEN minor = 0 THEN 0 WHEN a.currency = '{currency}' THEN sign * minor
         WHEN follows THEN converted(taken, digits, nanos) - converted(taken - sign * minor, digits, nanos)
         ELSE sign * converted(minor, digits, nanos) END AS refunded
  FROM adjustments a LEFT JOIN fx ON fx.currency = a.currency AND fx.day = a.rate_day;

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


def with_money(query, digits):
    """Replaces `{money:expression}`: minor units as a decimal of the currency's digits."""
    unit = "1" if digits == 0 else "0." + "0" * (digits - 1) + "1"
    while "{money:" in query:
        start = query.index("{money:")
        end = query.index("}", start)
        expression = query[start + len("{money:") : end]
        query = f"{query[:start]}(CAST({expression} AS BIGINT)::DECIMAL(18, 0) * {unit}){query[end + 1:]}"
    return query


def main():
    options = common.parser(__doc__).parse_args()

    start = time.perf_counter()
    marks = []

    def mark(name):
        marks.append((name, time.perf_counter()))

    digits = common.decimals(options.currency)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {options.threads}")
    try:
        # With ICU an instant without an offset would be of the machine's zone, without ICU it is of UTC as it should be.
        connection.execute("SET TimeZone = 'UTC'")
    except duckdb.CatalogException:
        pass
    connection.execute(f"SET VARIABLE reporting_unit = {10 ** (6 - digits)}::BIGINT")

    with tempfile.TemporaryDirectory() as scratch:
        inputs = Inputs(connection, options.inputs, scratch, options.damaged)
        load(inputs, connection)
    mark("read")
    for table, key in (("calls_read", "call_id"), ("clicks_read", "click")):
        connection.execute(SUPERSEDED.format(table=table, key=key))
    mark("keys")
    first, last = connection.execute("""
        SELECT coalesce(min(us), 0), coalesce(max(us), 0) FROM (
          SELECT us FROM calls_read UNION ALL SELECT us FROM transactions_read UNION ALL SELECT us FROM clicks_read
          UNION ALL SELECT sent_at FROM vendors_read)""").fetchone()
    connection.execute(
        SQL.format(
            offset=offset_case(ZoneInfo(options.timezone), first, last),
            to=options.to,
            currency=options.currency,
            digits=digits,
            default_value=common.scaled(options.default_booking_value, digits),
            per_point=min(common.scaled(options.conversion_per_point, 9), 10**9),
        )
    )
    if missing := connection.execute(MISSING_RATES).fetchone()[0]:
        sys.exit(f"{missing} transactions have no exchange rate for their day or the 7 days before")
    mark("compute")

    os.makedirs(options.output, exist_ok=True)
    for table, query in TABLES.items():
        query = with_money(query, digits).replace("{to}", str(options.to))
        target = literal(os.path.join(options.output, f"{table}.{options.format}"))
        how = "FORMAT csv, HEADER" if options.format == "csv" else "FORMAT parquet"
        connection.execute(f"COPY ({query}) TO {target} ({how})")
    mark("write")

    seconds = time.perf_counter() - start
    steps = ", ".join(
        f"{name} {at - before:.2f}" for (name, at), before in zip(marks, [start] + [at for _, at in marks])
    )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"duckdb {duckdb.__version__}, {options.threads} threads")
    print(f"seconds {seconds:.3f} ({steps})")
    if inputs.repaired:
        print(f"of these {inputs.repair_seconds:.3f} to read {inputs.repaired} files again without a line of a stray quote")
    print(f"cpu {usage.ru_utime + usage.ru_stime:.3f}")
    print(f"peak_rss_mib {usage.ru_maxrss / 1024:.1f}")


if __name__ == "__main__":
    main()
