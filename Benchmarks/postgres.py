"""Rows out of PostgreSQL and into it, beside psql's \\copy of the same rows, and CSV into it beside pgloader; several sources
at once; and rows into tables that have some.

It starts a server of its own in a temporary folder, or uses the database that
NIGHTMILL_BENCH_POSTGRES names by URL.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import data
from measure import HERE, Measurement, alternate, bar, table, warm
from server import pgloader_url, server, with_parameter
from spent import written_in

SIZES = {"clicks": 1000, "calls": 1000, "transactions": 1_000_000, "users": 200_000}
SMALL = {"clicks": 1000, "calls": 1000, "transactions": 30_000, "users": 4_000}

# Nothing of the pipeline reads transactions: they are read, checked and counted, and that is all.
READING = """
name: reading
settings: {timezone: UTC, currency: USD}
connections: {app: "${BENCH_DATABASE}"}
sources:
  transactions: {query: transactions.sql}
  products: {query: products.sql}
stages: [product_dimension]
"""
# Each source alone is read by one session; nothing but the products goes into a table.
SOURCES = ["clicks", "calls", "transactions", "users", "products"]
TOGETHER = READING.split("sources:")[0].replace("name: reading", "name: together") + "sources:\n"
TOGETHER += "".join(f"  {name}: {{query: {name}.sql}}\n" for name in SOURCES) + "stages: [product_dimension]\n"
AGAIN = """
name: again
settings: {timezone: UTC, currency: USD}
sources:
  calls: {files: calls.csv}
  vendors: {files: vendors.csv, optional: true}
  transactions: {files: transactions.csv, optional: true}
  exchange_rates: {files: exchange_rates.csv, optional: true}
stages: [vendor_connections]
"""
LOADING = """
name: loading
settings: {timezone: UTC, currency: USD}
sources:
  vendors: {files: vendors.csv}
stages: [vendor_dimension]
"""
COLUMNS = "vendor_id,name,category,phone,email,address,followup_sent_at,user_id"


def run(tools, options):
    print("postgres", file=sys.stderr, flush=True)
    sizes = SMALL if options.check else SIZES
    inputs = data.generated(tools.nightmill, **sizes)
    vendors = 20_000 if options.check else 1_000_000
    with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name, server() as url:
        home = Path(name)
        for folder in ("Pipelines", "Reports"):
            (home / folder).mkdir()
        (home / "Pipelines" / "reading.yaml").write_text(READING)
        parts = READING.replace("name: reading", "name: parts").replace("transactions.sql", "transactions.sql, split_by: occurred_at")
        (home / "Pipelines" / "parts.yaml").write_text(parts)
        for name, text in (("together", TOGETHER), ("again", AGAIN), ("loading", LOADING)):
            (home / "Pipelines" / f"{name}.yaml").write_text(text)
        shutil.copytree(HERE.parent / "SQL", home / "SQL")
        (home / "SQL" / "extract" / "products.sql").write_text("SELECT 'p' AS product_id, 'none' AS name")
        bench = Bench(tools, options, home, url)
        parts = [bench.extraction(inputs), bench.together(vendors), bench.loading(vendors), bench.again(vendors)]
        version = bench.psql("SHOW server_version")
    text = "\n\n".join(text for text, _ in parts)
    return f"## PostgreSQL {version}\n\nOne server on the same machine, through a socket.\n\n{text}", all(ok for _, ok in parts)


class Bench:
    def __init__(self, tools, options, home, url):
        self.tools, self.options, self.home, self.url = tools, options, home, url

    def psql(self, *commands):
        words = [word for command in ("SET client_min_messages = warning", *commands) for word in ("-c", command)]
        return subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url, *words], check=True, text=True, stdout=subprocess.PIPE
        ).stdout.strip()

    def copy(self, command):
        return Measurement(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", self.url, "-c", f"\\copy {command}"])

    def nightmill(self, pipeline, warehouse, *flags, first="all", last=data.LAST_DAY, url=None):
        """A run, over everything unless told otherwise."""
        shutil.rmtree(self.home / "runs", ignore_errors=True)
        command = [self.tools.nightmill, "run", pipeline, "--from", first, "--to", last, "--no-reports", "--project", self.home]
        command += ["--warehouse", warehouse, "--threads", self.options.threads, *flags]
        return Measurement(command, {"BENCH_DATABASE": url or self.url})

    def sqlite(self, pipeline, **options):
        """A run into a new file."""
        for path in self.home.glob("w.db*"):
            path.unlink()
        return self.nightmill(pipeline, f"sqlite:{self.home}/w.db", **options)

    @property
    def warehouse(self):
        return with_parameter(self.url, "schema=nightmill")

    def extraction(self, inputs):
        """The shipped query of transactions, against \\copy of the same query."""
        self.psql((HERE.parent / "SQL" / "sources" / "application.sql").read_text())
        header = (inputs / "transactions.csv").open().readline().strip()
        names = header.replace("transaction_id", "id").replace("interval,", "billing_interval,", 1)
        self.copy(f"transactions ({names}) from '{inputs}/transactions.csv' (format csv, header, force_null (visitor_id, user_id))")
        self.psql("VACUUM ANALYZE transactions")
        text = (HERE.parent / "SQL" / "extract" / "transactions.sql").read_text()
        query = " ".join(text.replace(":from", "'-infinity'").replace(":to", "'2026-11-16'").split())
        rows = int(self.psql(f"SELECT count(*) FROM ({query}) AS q"))
        written = self.home / "transactions.bin"
        self.copy(f"({query}) to '{written}' (format binary)")
        size = written.stat().st_size
        written.unlink()

        contenders = [
            ("\\copy to /dev/null", lambda: self.copy(f"({query}) to '/dev/null' (format binary)")),
            ("nightmill", lambda: self.sqlite("reading")),
            ("nightmill, in parts", lambda: self.sqlite("parts")),
        ]
        series = alternate(contenders, self.options.runs)
        plain = series["\\copy to /dev/null"].median("seconds")
        title = f"### Out of it\n\n{rows:,} transactions, {size / 1e6:,.0f} MB in binary form, by the query of SQL/extract."
        title += " nightmill also checks every value, looks for keys that are there twice, makes a warehouse and keeps the run's record."
        ratios = [(name, plain / series[name].median("seconds")) for name in ("nightmill", "nightmill, in parts")]
        bars = [bar(f"{name}: at least 0.8 of the speed of \\copy to /dev/null", f"{ratio:.2f}", ratio >= 0.8) for name, ratio in ratios]
        met = "\n".join(bars)
        return f"{title}\n\n{self.figures(series, rows)}\n\n{met}", self.counted()["transactions"] == rows

    def together(self, rows):
        """Five sources on one session, and on two at once."""
        at = "timestamptz '2026-06-01' + i * interval '10 seconds'"
        each = f"FROM generate_series(1, {rows}) AS i"
        self.psql(
            "INSERT INTO calls (id, vendor_id, session_id, outcome, duration_seconds, intent_score, estimated_value, started_at) "
            f"SELECT 'call_' || i, 'v' || i % 500, 's' || i, 'completed', i % 900, i % 10 + 1, i % 300, {at} {each}",
            "INSERT INTO click_events (id, event, visitor_id, referral_code, product_id, session_id, context, clicked_at) "
            "SELECT 'click_' || i, 'click', 'visitor_' || i % 70000, 'CODE' || i % 300, 'p' || i % 500, 's' || i % 90000, "
            "jsonb_build_object('ip', '10.' || i % 250 || '.' || i % 199 || '.7', 'user_agent', 'Mozilla/5.0 (X11; Linux x86_64)', "
            f"'url', 'https://shop.example.com/p' || i % 500, 'campaign', 'c' || i % 20), {at} {each}",
            "INSERT INTO users (id, created_at) SELECT 'user_' || i, timestamp '2026-01-01' + i * interval '1 minute' "
            f"{each} WHERE i % 5 = 0",
            "VACUUM ANALYZE",
        )
        one = with_parameter(self.url, "connections=1")
        contenders = [
            ("one connection", lambda: self.sqlite("together", url=one)),
            ("as many as threads", lambda: self.sqlite("together")),
        ]
        series = alternate(contenders, self.options.runs)
        counted = self.counted()
        total = sum(counted.values())
        alone, both = (series[name].median("seconds") for name, _ in contenders)
        text = f"### Several sources\n\n{', '.join(SOURCES)}: {total:,} rows, by the queries of SQL/extract, none of them in parts.\n\n"
        text += self.figures(series, total) + f"\n\nAt once in {both / alone:.0%} of the time of one after the other."
        return text, counted["clicks"] == rows and counted["calls"] == rows

    def counted(self):
        """How many rows of each source the run into the file used."""
        command = [self.tools.nightmill, "query", "SELECT source, used FROM source_counts", "--format", "csv"]
        command += ["--project", self.home, "--warehouse", f"sqlite:{self.home}/w.db"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1:]
        return {source: int(used) for source, used in (line.split(",") for line in lines)}

    def again(self, rows):
        """Publishing into a table that has rows: a day more, the same with some changes, and without any."""
        folders = {}
        for name, every in (("before", 0), ("after", 100)):
            folders[name] = self.home / name
            folders[name].mkdir()
            write_calls(folders[name] / "calls.csv", rows, every)
        last, day_before = (date.fromisoformat(data.LAST_DAY) - timedelta(days) for days in (0, 1))
        steps = [
            (f"all but the last of {DAYS} days, into the empty table", "before", "all", day_before),
            ("the last day, and 30 days restated that are as they were", "before", last, last),
            ("all days again, one row of a hundred changed", "after", "all", last),
            ("all days again, nothing changed", "after", "all", last),
        ]
        took = {name: [] for name, *_ in steps}
        for _ in range(self.options.runs):
            self.psql("DROP SCHEMA IF EXISTS nightmill CASCADE")
            for name, folder, first, to in steps:
                self.nightmill("again", self.warehouse, "--inputs", folders[folder], first=str(first), last=str(to))
                took[name].append(written_in(self.home))
        table_name = "nightmill.vendor_connection_analytics"
        equal = self.psql(f"SELECT count(*), count(*) FILTER (WHERE estimated_lost_revenue > 100) FROM {table_name}")
        text = f"### Into a table that has rows\n\n`vendor_connection_analytics`, {rows:,} rows in the end, a serial number, three indexes"
        text += " besides the key's; publishing alone, with the transaction's end.\n\n"
        text += table(["what is published", "ms (median)", "fastest – slowest"], [
            [name, f"{statistics.median(times) * 1000:,.0f}", f"{min(times) * 1000:,.0f} – {max(times) * 1000:,.0f}"]
            for name, times in took.items()
        ])  # fmt: skip
        return text, equal == f"{rows}|{len(range(0, rows, 100))}"

    def loading(self, rows):
        """CSV into an empty warehouse, against \\copy and pgloader into a table that is the same."""
        source = self.home / "vendors.csv"
        with source.open("w") as file:
            file.write(COLUMNS + "\n")
            for index in range(rows):
                file.write(
                    f"v-{index:08},Vendor {index},category {index % 40},+1860555{index % 10000:04},office@vendor-{index}.example.com,"
                    f"{index % 999} Canal St Hartford CT 06119,2026-0{index % 9 + 1}-{index % 28 + 1:02}T10:00:{index % 60:02}Z,\n"
                )
        warm([source])
        publishing = []

        def ours():
            self.psql("DROP SCHEMA IF EXISTS nightmill CASCADE")
            made = self.nightmill("loading", self.warehouse, "--inputs", self.home)
            publishing.append(written_in(self.home))
            return made

        ours()
        publishing.clear()
        self.psql("CREATE SCHEMA other", "CREATE TABLE other.vendors (LIKE nightmill.vendor_dimension INCLUDING ALL)")
        binary = self.home / "vendors.bin"
        self.copy(f"nightmill.vendor_dimension to '{binary}' (format binary)")
        script = self.home / "vendors.load"
        script.write_text(
            f"LOAD CSV FROM '{source}' ({COLUMNS}) INTO {pgloader_url(self.url)} TARGET TABLE other.vendors ({COLUMNS})\n"
            "WITH skip header = 1, fields optionally enclosed by '\"', fields terminated by ',', truncate;\n"
        )

        def emptied(action):
            def measured():
                self.psql("TRUNCATE other.vendors")
                return action()

            return measured

        contenders = [
            ("nightmill", ours),
            ("\\copy, binary", emptied(lambda: self.copy(f"other.vendors from '{binary}' (format binary)"))),
            ("\\copy, CSV", emptied(lambda: self.copy(f"other.vendors from '{source}' (format csv, header)"))),
        ]
        if shutil.which("pgloader"):
            contenders.append(("pgloader", emptied(lambda: Measurement(["pgloader", "--quiet", script]))))
        series = alternate(contenders, self.options.runs)
        # pgloader was the last to fill the table.
        same = "SELECT count(*) FROM (TABLE nightmill.vendor_dimension EXCEPT ALL TABLE other.vendors) AS d"
        equal = self.psql("SELECT count(*) FROM nightmill.vendor_dimension") == str(rows) and self.psql(same) == "0"
        took = statistics.median(publishing)
        ratio = series["\\copy, binary"].median("seconds") / took
        text = f"### Into it\n\n{rows:,} vendors of a CSV file into an empty table with a unique key. nightmill also reads and checks the file,"
        text += f" stages the rows, makes the other tables and publishes in one transaction; its publishing alone took {took:.2f} s.\n\n"
        text += self.figures(series, rows)
        text += "\n\n" + bar("publishing at least 0.8 of the speed of \\copy of the same rows in binary form", f"{ratio:.2f}", ratio >= 0.8)
        if "pgloader" in series:
            faster = series["pgloader"].median("seconds") / series["nightmill"].median("seconds")
            text += "\n" + bar("faster than pgloader", f"{faster:.1f} ×", faster > 1)
        else:
            text += "\n- pgloader is not installed (`apt-get install pgloader`)"
        return text, equal

    def figures(self, series, rows):
        header = ["", "seconds (median)", "fastest – slowest", "rows/s", "own CPU seconds", "peak RSS, MiB"]
        return table(header, [
            [one.name, f"{one.median('seconds'):.2f}", one.span(), f"{rows / one.median('seconds'):,.0f}", f"{one.median('cpu'):.2f}",
             f"{one.median('mebibytes'):,.0f}"]
            for one in series.values()
        ])  # fmt: skip


# The days over which `write_calls` spreads its rows.
DAYS = 100


def write_calls(path, rows, every):
    """Calls that nobody took, each a row of the table; one of `every` is worth more than any other."""
    begin = datetime.fromisoformat(data.LAST_DAY) - timedelta(DAYS - 1)
    with path.open("w") as file:
        file.write("call_id,vendor_id,started_at,duration_seconds,outcome,session_id,intent_score,estimated_value\n")
        for index in range(rows):
            at = begin + timedelta(seconds=index * DAYS * 86400 // rows)
            worth = 9999 if every and index % every == 0 else index % 200
            # Keys come in no order of time.
            key = index * 7919 % rows
            file.write(f"call_{key:07},v{index % 500},{at:%Y-%m-%dT%H:%M:%S}Z,{index % 90},no-answer,s{index:07},{index % 10 + 1},{worth}.00\n")
