"""What the DuckDB peers share: finding and reading sources, the ledger of transactions.

Each CSV file is scanned once, in parallel, into an in-memory table that keeps only what the metrics need; bad rows are left out
there. A table filled in file order has row numbers in file order, which is what "the last row of a key is used" needs. Local days
come from a CASE over the zone's few changes of offset, which is both exact and much faster than a call into ICU per row. Money is
whole minor units throughout.
"""

import csv
import io
import os
import resource
import shutil
import time

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


TRANSACTION_COLUMNS = (
    "transaction_id occurred_at kind amount currency user_id vendor_id product_id quantity reference_id visitor_id interval "
    "interval_count subscription_id".split()
)


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


def open_database(options):
    """An empty database in memory, with the words of the sources' vocabularies.

    Words are read as enumerations, not by IN with a list: that becomes a join, after which rows are not in file order any more.
    """
    connection = duckdb.connect()
    connection.execute(f"SET threads = {options.threads}")
    try:
        # With ICU an instant without an offset would be of the machine's zone, without ICU it is of UTC as it should be.
        connection.execute("SET TimeZone = 'UTC'")
    except duckdb.CatalogException:
        pass
    connection.execute(f"SET VARIABLE reporting_unit = {10 ** (6 - common.decimals(options.currency))}::BIGINT")
    connection.execute("""
        CREATE TYPE kind_word AS ENUM (
          'purchase', 'booking', 'subscription', 'vendor_subscription', 'refund', 'chargeback', 'dispute_won');
        CREATE TYPE period_word AS ENUM ('', 'week', 'month', 'year');
        CREATE TYPE event_word AS ENUM ('click', 'view', 'add_to_cart', 'search', 'other')""")
    return connection


def load_transactions(inputs, more=""):
    """Reads transactions; `more` are further columns to keep, as `, name, ...`."""
    inputs.load(
        "transactions",
        "transactions_read",
        TRANSACTION_COLUMNS,
        f"""transaction_id, epoch_us(occurred_at) AS us, TRY_CAST(lower(trim(kind)) AS kind_word) AS what,
            {micros("amount")} AS micros, upper(trim(currency)) AS code,
            vendor_id, product_id{more}, {whole("quantity")} AS units, trim(quantity) <> '' AS has_units, reference_id,
            {whole("interval_count")} AS intervals, trim(interval_count) <> '' AS has_intervals,
            TRY_CAST(lower(trim("interval")) AS period_word) AS period""",
        f"""transaction_id <> '' AND us IS NOT NULL AND micros >= 0
            AND what IS NOT NULL AND (NOT has_units OR units >= 1) AND (NOT has_intervals OR intervals >= 1)
            AND period IS NOT NULL
            AND {checked(inputs, "vendor_id", "product_id", "reference_id", "user_id", "visitor_id", "subscription_id")}""",
    )


def load_rates(inputs, connection):
    """Reads exchange rates, and lists the currencies there are."""
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

# Macros of all jobs: `offset` is that of `offset_case`.
MACROS = """
-- Half away from zero, for a positive divisor.
CREATE MACRO round_div(a, b) AS
  CASE WHEN a < 0 THEN -((2 * -a + b) // (2 * b)) ELSE (2 * a + b) // (2 * b) END;
CREATE MACRO ratio(a, b) AS
  CASE WHEN b > 0 THEN CAST(round_div(a::HUGEINT * 1000000, b::HUGEINT) AS BIGINT)::DECIMAL(18, 0) * 0.000001 END;
CREATE MACRO local_day(us) AS CAST(make_timestamp(us + {offset}) AS DATE);
CREATE MACRO as_instant(us) AS
  rtrim(rtrim(strftime(make_timestamp(us), '%Y-%m-%dT%H:%M:%S.%f'), '0'), '.') || 'Z';
-- The version 5 UUID of a name in the namespace of URLs: the SHA-1's first 128 bits, but for those of version and variant. Bits of
-- a number are set in a third of the time that putting texts together takes.
CREATE MACRO uuid_url(name) AS CAST(
  (CAST('0x' || sha1(from_hex('6ba7b8119dad11d180b400c04fd430c8') || encode(name))[1:32] AS UHUGEINT)
    & CAST('0xffffffffffff0fff3fffffffffffffff' AS UHUGEINT)) | CAST('0x00000000000050008000000000000000' AS UHUGEINT) AS UUID);
"""

# Transactions in force up to the last day, sales and refunds in the reporting currency; `more` as in `load_transactions`.
LEDGER = """
CREATE TABLE rates AS
  SELECT code AS currency, since AS day, nanos FROM rates_read SEMI JOIN currencies ON code = currency
  QUALIFY rates_read.rowid = max(rates_read.rowid) OVER (PARTITION BY code, since);

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
    nullif(reference_id, '') AS reference_id{more},
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
"""


def with_money(query, digits):
    """Replaces `{money:expression}`: minor units as a decimal of the currency's digits."""
    unit = "1" if digits == 0 else "0." + "0" * (digits - 1) + "1"
    while "{money:" in query:
        start = query.index("{money:")
        end = query.index("}", start)
        expression = query[start + len("{money:") : end]
        query = f"{query[:start]}(CAST({expression} AS BIGINT)::DECIMAL(18, 0) * {unit}){query[end + 1:]}"
    return query


def write(connection, tables, options):
    """Writes the tables that queries make."""
    os.makedirs(options.output, exist_ok=True)
    for table, query in tables.items():
        query = with_money(query, common.decimals(options.currency)).replace("{to}", str(options.to))
        target = literal(os.path.join(options.output, f"{table}.{options.format}"))
        how = "FORMAT csv, HEADER" if options.format == "csv" else "FORMAT parquet"
        connection.execute(f"COPY ({query}) TO {target} ({how})")


class Clock:
    """How long the steps of a job take."""

    def __init__(self):
        self.start = time.perf_counter()
        self.marks = []

    def mark(self, name):
        self.marks.append((name, time.perf_counter()))

    def told(self, options):
        """Prints what a run took."""
        seconds = time.perf_counter() - self.start
        befores = [self.start] + [at for _, at in self.marks]
        steps = ", ".join(f"{name} {at - before:.2f}" for (name, at), before in zip(self.marks, befores))
        usage = resource.getrusage(resource.RUSAGE_SELF)
        print(f"duckdb {duckdb.__version__}, {options.threads} threads{', whole job' if options.whole else ''}")
        print(f"seconds {seconds:.3f} ({steps})")
        print(f"cpu {usage.ru_utime + usage.ru_stime:.3f}")
        print(f"peak_rss_mib {usage.ru_maxrss / 1024:.1f}")
