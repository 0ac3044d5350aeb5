"""The tables of the nightly run made with Polars: the peer of `nightmill run nightly --from all --to DAY`.

Lazy scans on the streaming engine, of just the columns that the metrics need; expressions throughout, no loop over rows. Texts
that are only ever compared (keys, viewers) become 64-bit hashes while they are read, so that the click log is never held as
text. Local days come from comparisons with the zone's few changes of offset. Money is whole minor units; products are Int128.

The rules are those of the metric definitions (common rules, sections 1 and 8) and of the data contracts.
"""

import os
import resource
import sys
import tempfile
import time
from zoneinfo import ZoneInfo

import common

DAY_US = 86_400_000_000
SALES = ["purchase", "booking", "subscription", "vendor_subscription"]
ADJUSTMENTS = ["refund", "chargeback", "dispute_won"]
BILLION = 10**9


def main():
    options = common.parser(__doc__).parse_args()
    # Read when the library is loaded.
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    global pl, col
    import polars as pl

    col = pl.col
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        job = Job(options, scratch)
        job.run()
    steps = [("start", start)] + job.marks
    shown = ", ".join(f"{name} {at - before:.2f}" for (_, before), (name, at) in zip(steps, steps[1:]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"polars {pl.__version__}, {pl.thread_pool_size()} threads")
    print(f"seconds {time.perf_counter() - start:.3f} ({shown})")
    if job.repair_seconds:
        print(f"of these {job.repair_seconds:.3f} to take out the lines that break CSV or UTF-8")
    print(f"cpu {usage.ru_utime + usage.ru_stime:.3f}")
    print(f"peak_rss_mib {usage.ru_maxrss / 1024:.1f}")


# Expressions. Text that stands as it should is read at once; what is left goes through the more patient readings, which cost
# nothing where there is nothing.


def is_given(name):
    """Whether a text is there; null stands for no, too."""
    return col(name) != ""


def text(name):
    """A text, null if empty."""
    return pl.when(is_given(name)).then(col(name))


def word(name, known):
    """A word of a vocabulary, in any case and with spaces around it, as an enumeration; null if unknown."""
    words = pl.Enum(known)
    plain = col(name).cast(words, strict=False)
    return plain.fill_null(
        pl.when(plain.is_null()).then(col(name)).str.strip_chars().str.to_lowercase().cast(words, strict=False)
    )


def code(name, known):
    """A currency's code as an enumeration, in any case and with spaces around it; null if unknown."""
    return col(name).str.strip_chars().str.to_uppercase().cast(pl.Enum(known), strict=False)


def instant(name):
    """Microseconds of an instant with or without an offset (then of UTC); null if it is none."""
    value = pl.lit(None, pl.Int64)
    left = col(name)
    for layout in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"):
        value = value.fill_null(left.str.to_datetime(layout, strict=False, time_unit="us").to_physical())
        left = pl.when(value.is_null()).then(col(name)).str.strip_chars()
    return value.fill_null(left.str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Int64) * DAY_US)


def whole(name):
    """A whole number; null if it is none."""
    plain = col(name).cast(pl.Int64, strict=False)
    patient = col(name).str.strip_chars().str.strip_prefix("+").cast(pl.Int64, strict=False)
    return plain.fill_null(pl.when(plain.is_null()).then(patient))


def micros(name):
    """Money in millionths; null if it is no decimal or has more decimals."""
    stripped = col(name).str.strip_chars()
    is_decimal = stripped.str.contains(r"^[+-]?[0-9]+([.][0-9]{1,6}0*)?$")
    value = stripped.str.strip_prefix("+").cast(pl.Decimal(18, 6), strict=False).to_physical().cast(pl.Int64, strict=False)
    return pl.when(is_decimal).then(value)


def is_blank(name):
    """Whether an optional value is absent."""
    return col(name).is_null() | (col(name).str.strip_chars() == "")


def round_div(a, b):
    """Half away from zero, for a positive divisor."""
    # Int128 has no negation.
    return pl.when(a < 0).then(0 - (2 * (0 - a) + b) // (2 * b)).otherwise((2 * a + b) // (2 * b))


def ratio(a, b):
    """A share with six decimals; null of nothing."""
    six = round_div(a.cast(pl.Int128) * 1_000_000, b.cast(pl.Int128))
    return pl.when(b > 0).then(six.cast(pl.Decimal(38, 0)) * pl.lit("0.000001").cast(pl.Decimal(7, 6)))


class Job:
    """One run: the sources as frames, the steps between them, the tables."""

    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.digits = common.decimals(options.currency)
        self.marks = []
        self.repair_seconds = 0.0

    def mark(self, name):
        self.marks.append((name, time.perf_counter()))

    def run(self):
        self.read()
        self.mark("read")
        vendors = self.vendors()
        sales, refunds = self.ledger()
        calls = self.calls()
        failures = self.failures(calls, sales, vendors)
        days = self.product_days(sales, refunds)
        tables = {
            "vendor_connection_analytics": self.connections(failures),
            "vendor_weekly": self.weekly(calls, failures),
            "leads": self.leads(failures),
            "product_analytics": self.products(days),
        }
        self.mark("compute")
        os.makedirs(self.options.output, exist_ok=True)
        for name, table in tables.items():
            target = os.path.join(self.options.output, f"{name}.{self.options.format}")
            if self.options.format == "csv":
                table.write_csv(target)
            else:
                table.write_parquet(target)
        self.mark("write")

    # Sources.

    def scan(self, source, columns):
        """A source's rows in file order: `columns` of the contract, of which files may lack optional ones, as text; null where
        empty.
        """
        frames = []
        for path in common.files(self.options.inputs, source, (".csv",)):
            with open(path, "rb") as file:
                names = file.readline().decode("utf-8-sig").rstrip("\r\n").split(",")
            if self.options.damaged:
                from csv_repair import repaired

                before = time.perf_counter()
                path = repaired(path, os.path.join(self.scratch, os.path.basename(path)), len(names))
                self.repair_seconds += time.perf_counter() - before
            frame = pl.scan_csv(path, infer_schema=False)
            frames.append(frame.select(col(name) if name in names else pl.lit(None, pl.String).alias(name) for name in columns))
        if not frames:
            return pl.LazyFrame(schema={name: pl.String for name in columns})
        return pl.concat(frames)

    def read(self):
        """All sources, good rows only."""
        known = {word: outcome for outcome, words in common.OUTCOMES.items() for word in words.split()}
        outcomes = pl.Enum(list(common.OUTCOMES))
        call_columns = "call_id vendor_id started_at duration_seconds outcome session_id intent_score estimated_value".split()
        transaction_columns = (
            "transaction_id occurred_at kind amount currency vendor_id product_id quantity reference_id interval interval_count"
        ).split()
        click_columns = "click_id clicked_at event visitor_id user_id product_id ip user_agent".split()
        self.call_rows = (
            self.scan("calls", call_columns)
            .select(
                text("call_id"),
                text("vendor_id"),
                us=instant("started_at"),
                duration=whole("duration_seconds"),
                outcome=col("outcome").str.strip_chars().str.to_lowercase().replace_strict(known, default=None, return_dtype=outcomes),
                session_id=text("session_id"),
                intent=whole("intent_score"),
                has_intent=~is_blank("intent_score"),
                value=micros("estimated_value"),
                has_value=~is_blank("estimated_value"),
            )
            .filter(
                col("call_id", "vendor_id", "us", "outcome").is_not_null(),
                col("duration") >= 0,
                ~col("has_intent") | col("intent").is_between(1, 10).fill_null(False),
                ~col("has_value") | (col("value") % 10 ** (6 - self.digits) == 0).fill_null(False),
            )
            .drop("has_intent", "has_value")
            .with_columns(key=col("call_id").hash(), value=col("value") // 10 ** (6 - self.digits))
            .collect(engine="streaming")
        )
        self.mark("calls")
        units = {code: 10 ** (6 - digits) for digits, codes in common.CURRENCIES.items() for code in codes.split()}
        self.transaction_rows = (
            self.scan("transactions", transaction_columns)
            .select(
                text("transaction_id"),
                us=instant("occurred_at"),
                kind=word("kind", SALES + ADJUSTMENTS),
                micros=micros("amount"),
                currency=code("currency", list(units)),
                vendor_id=text("vendor_id"),
                product_id=text("product_id"),
                units=whole("quantity"),
                has_units=~is_blank("quantity"),
                reference_id=text("reference_id"),
                intervals=whole("interval_count"),
                has_intervals=~is_blank("interval_count"),
                period=word("interval", ["week", "month", "year"]),
                has_period=~is_blank("interval"),
            )
            .with_columns(unit=col("currency").replace_strict(units, return_dtype=pl.Int64))
            .filter(
                col("transaction_id", "us", "kind", "currency").is_not_null(),
                col("micros") >= 0,
                col("micros") % col("unit") == 0,
                ~col("has_units") | (col("units") >= 1).fill_null(False),
                ~col("has_intervals") | (col("intervals") >= 1).fill_null(False),
                ~col("has_period") | col("period").is_not_null(),
            )
            .select(
                "transaction_id", "us", "kind", "currency", "vendor_id", "product_id", "reference_id",
                key=col("transaction_id").hash(),
                minor=col("micros") // col("unit"),
                units=col("units").fill_null(1),
            )
            .collect(engine="streaming")
        )  # fmt: skip
        self.mark("transactions")
        self.vendor_rows = (
            self.scan("vendors", ["vendor_id", "name", "category", "followup_sent_at"])
            .select(
                text("vendor_id"), text("name"), text("category"), key=col("vendor_id").hash(), sent_at=instant("followup_sent_at"), has_sent=~is_blank("followup_sent_at")
            )
            .filter(col("vendor_id", "name").is_not_null(), ~col("has_sent") | col("sent_at").is_not_null())
            .collect()
        )
        self.rate_rows = (
            self.scan("exchange_rates", ["currency", "day", "rate"])
            .select(
                currency=code("currency", list(units)),
                day=col("day").str.to_date("%Y-%m-%d", strict=False),
                nanos=col("rate").cast(pl.Decimal(27, 9), strict=False).to_physical().cast(pl.Int128),
            )
            .filter(col("currency", "day").is_not_null(), col("nanos") > 0)
            .unique(["currency", "day"], keep="last", maintain_order=True)
            .sort("day")
            .collect()
        )
        viewer = (
            pl.when(is_given("visitor_id")).then(col("visitor_id").hash(1))
            .when(is_given("user_id")).then(col("user_id").hash(2))
            .when(is_given("ip")).then(col("ip").hash(3) ^ col("user_agent").hash(4))
        )  # fmt: skip
        event = col("kind")
        counts = (
            is_given("product_id")
            & ((event == "view") | (event == "add_to_cart"))
            & is_given("user_agent")
        )
        clicks = (
            self.scan("clicks", click_columns)
            .with_columns(us=instant("clicked_at"), kind=word("event", ["click", "view", "add_to_cart", "search", "other"]))
            .filter(is_given("click_id"), col("us", "kind").is_not_null())
            .with_columns(counts=counts)
            .select(
                "us",
                key=col("click_id").hash(),
                product_id=pl.when("counts").then("product_id").cast(pl.Categorical),
                agent=pl.when("counts").then("user_agent").cast(pl.Categorical),
                is_view=event == "view",
                viewer=pl.when("counts").then(viewer),
            )
            .collect(engine="streaming")
        )
        # Agents are few: each is looked at once, not once a row.
        agents = clicks["agent"].unique().drop_nulls()
        bots = agents.filter(agents.cast(pl.String).str.contains(f"(?i){common.BOTS}"))
        is_bot = col("agent").is_in(bots.implode()).fill_null(False)
        self.click_rows = clicks.select("us", "key", "is_view", "viewer", product_id=pl.when(~is_bot).then("product_id"))
        self.mark("clicks")
        times = [
            self.call_rows["us"], self.transaction_rows["us"], self.click_rows["us"], self.vendor_rows["sent_at"],
        ]  # fmt: skip
        first = min((series.min() for series in times if series.count()), default=0)
        last = max((series.max() for series in times if series.count()), default=0)
        self.changes, self.offset = common.zone_changes(ZoneInfo(self.options.timezone), first, last)

    def local_day(self, us):
        """The day in the reporting zone of an instant in microseconds."""
        offset = pl.lit(self.offset * 1_000_000, pl.Int64)
        for second, before in reversed(self.changes):
            offset = pl.when(us < second * 1_000_000).then(pl.lit(before * 1_000_000, pl.Int64)).otherwise(offset)
        return ((us + offset) // DAY_US).cast(pl.Int32).cast(pl.Date)

    def last_of(self, rows):
        """Of rows with one key the last. Few repeat, and sorting the keys' hashes finds these; only they are looked at."""
        keys = rows["key"].sort()
        repeated = keys.filter(keys == keys.shift())
        if repeated.is_empty():
            return rows
        rows = rows.with_row_index("place")
        repeats = col("key").is_in(repeated.implode())
        kept = rows.filter(repeats).group_by("key").agg(col("place").max())["place"]
        return rows.filter(~repeats | col("place").is_in(kept.implode())).drop("place")

    def in_force(self, rows):
        """The last row of each key, up to the last day, with its local day."""
        return (
            self.last_of(rows)
            .lazy()
            .with_columns(day=self.local_day(col("us")))
            .filter(col("day") <= self.options.to)
        )

    def vendors(self):
        rows = self.last_of(self.vendor_rows)
        sent_at = pl.when(self.local_day(col("sent_at")) <= self.options.to).then("sent_at")
        return rows.select("vendor_id", "category", sent_at=sent_at)

    # The ledger.

    def ledger(self):
        """Sales and refunds in minor units of the reporting currency."""
        scales = {code: 10**digits for digits, codes in common.CURRENCIES.items() for code in codes.split()}
        rows = (
            self.in_force(self.transaction_rows)
            .with_columns(
                is_sale=col("kind").is_in(SALES), scale=col("currency").replace_strict(scales, return_dtype=pl.Int64)
            )
            .filter(~(col("is_sale") & (col("minor") == 0)))
            .collect()
        )
        del self.transaction_rows
        sales = self.with_rate(rows.filter("is_sale"), "day")
        is_home = col("currency") == self.options.currency
        sales = sales.with_columns(amount=pl.when(is_home).then("minor").otherwise(self.converted(col("minor"))))
        adjustments = rows.lazy().filter(~col("is_sale"))
        originals = sales.lazy().select(
            reference_id="transaction_id", o_us="us", o_product="product_id", o_currency="currency", o_day="day"
        )
        earlier = (col("o_us") < col("us")) | ((col("o_us") == col("us")) & (col("reference_id") < col("transaction_id")))
        refunds = (
            adjustments.join(originals, on="reference_id", how="left")
            .with_columns(has_original=earlier.fill_null(False))
            .with_columns(
                follows=col("has_original") & (col("o_currency") == col("currency")),
                sign=pl.when(col("kind") == "dispute_won").then(-1).otherwise(1).cast(pl.Int64),
            )
            .with_columns(rate_day=pl.when("follows").then("o_day").otherwise("day"))
            .sort("us", "transaction_id")
            .with_columns(taken=(col("sign") * col("minor")).cum_sum().over("reference_id", "follows"))
            .collect()
        )
        refunds = self.with_rate(refunds, "rate_day")
        signed = col("sign") * col("minor")
        refunded = (
            pl.when(col("minor") == 0).then(0)
            .when(is_home).then(signed)
            .when("follows").then(self.converted(col("taken")) - self.converted(col("taken") - signed))
            .otherwise(col("sign") * self.converted(col("minor")))
        )  # fmt: skip
        refunds = refunds.select(
            "day",
            product_id=pl.when("has_original").then("o_product").otherwise("product_id"),
            refunded=refunded,
        )
        missing = sales.filter(
            col("amount").is_null(), col("product_id").is_not_null() | (col("kind") == "booking")
        ).height + refunds.filter(col("refunded").is_null(), col("product_id").is_not_null()).height
        if missing:
            sys.exit(f"{missing} transactions have no exchange rate for their day or the 7 days before")
        return sales, refunds

    def with_rate(self, rows, day):
        """The latest rate of the day, or of the 7 days before it. Rows of the reporting currency need none."""
        home = rows.filter(col("currency") == self.options.currency).with_columns(nanos=pl.lit(None, pl.Int128))
        away = rows.filter(col("currency") != self.options.currency).sort(day)
        rates = self.rate_rows.rename({"day": "rated"})
        away = away.join_asof(rates, left_on=day, right_on="rated", by="currency", tolerance="7d", check_sortedness=False).drop("rated")
        return pl.concat([home, away.select(home.columns)])

    def converted(self, minor):
        """Minor units of a row's currency in those of the reporting currency."""
        scaled = minor.cast(pl.Int128) * col("nanos") * 10**self.digits
        return round_div(scaled, col("scale").cast(pl.Int128) * BILLION).cast(pl.Int64)

    # Calls.

    def calls(self):
        """Calls in force, with the week of each."""
        calls = self.in_force(self.call_rows).with_columns(
            week=col("day").dt.truncate("1w"),
            failed=col("outcome").is_in(["hangup", "rejection", "timeout", "busy"]),
        )
        del self.call_rows
        return calls.collect()

    def sessions(self, calls):
        """Of calls in sessions of several: how many the session had in the 24 hours before, and whether one of them went to
        another vendor than the one after it.

        `place` counts the calls of a session from 1; `before` of them lie more than 24 hours back.
        """
        several = col("session_id").is_not_null() & (pl.len().over("session_id") > 1)
        rows = (
            calls.lazy()
            .filter(several)
            .select("call_id", "session_id", "vendor_id", "us")
            .sort("session_id", "us", "call_id")
            .with_columns(place=pl.int_range(1, pl.len() + 1).over("session_id"))
            .with_columns(
                other=pl.when(col("vendor_id").shift() != col("vendor_id"), col("place") > 1).then(col("place") - 1),
                since=col("us") - DAY_US,
            )
            .with_columns(other=col("other").cum_max().forward_fill().over("session_id"))
            .sort("us", maintain_order=True)
        )
        older = rows.select("session_id", "us", before="place")
        return rows.join_asof(
            older, left_on="since", right_on="us", by="session_id", allow_exact_matches=False, check_sortedness=False
        ).select(
            "call_id",
            earlier=col("place") - 1 - col("before").fill_null(0),
            elsewhere=(col("other") > col("before").fill_null(0)).fill_null(False),
        )

    def booking_values(self, calls, sales, vendors):
        """What a call is worth that does not say: the mean booking of the 90 days before, by vendor or else by category."""
        categories = vendors.lazy().select("vendor_id", "category")
        asked = (
            calls.lazy()
            .filter("failed", col("value").is_null())
            .select("vendor_id", "day")
            .unique()
            .join(categories, on="vendor_id", how="left")
        )
        bookings = (
            sales.lazy()
            .filter(col("kind") == "booking", col("vendor_id").is_not_null())
            .group_by("vendor_id", "day")
            .agg(amount=col("amount").sum(), n=pl.len().cast(pl.Int64))
            .join(categories, on="vendor_id", how="left")
        )

        def mean_before(key):
            rows = pl.concat([
                bookings.select(key, "day", "amount", "n"),
                asked.select(key, "day", amount=pl.lit(0, pl.Int64), n=pl.lit(0, pl.Int64)),
            ])  # fmt: skip
            days = rows.filter(col(key).is_not_null()).group_by(key, "day").agg(col("amount", "n").sum()).sort(key, "day")
            return days.rolling("day", period="90d", closed="left", group_by=key).agg(col("amount", "n").sum())

        mean = round_div(col("amount"), col("n"))
        by_category = round_div(col("amount_right"), col("n_right"))
        default = common.scaled(self.options.default_booking_value, self.digits)
        return (
            asked.join(mean_before("vendor_id"), on=["vendor_id", "day"], how="left")
            .join(mean_before("category"), on=["category", "day"], how="left", suffix="_right")
            .select(
                "vendor_id",
                "day",
                mean=pl.when(col("n") > 0).then(mean).when(col("n_right") > 0).then(by_category).otherwise(default),
            )
        )

    def failures(self, calls, sales, vendors):
        """Calls that failed: how keen the customer was, what was lost, what came of following up."""
        subscribed = (
            sales.lazy()
            .filter(col("kind") == "vendor_subscription")
            .group_by("vendor_id")
            .agg(subscribed=col("us").min())
        )
        per_point = min(common.scaled(self.options.conversion_per_point, 9), BILLION)
        duration = col("duration")
        score = (
            3
            + pl.min_horizontal(col("earlier").fill_null(0), 3)
            + pl.when("elsewhere").then(2).otherwise(0)
            + (duration >= 15).cast(pl.Int64)
            + (duration >= 45).cast(pl.Int64)
        )
        month = 30 * DAY_US
        share = pl.min_horizontal(col("score").cast(pl.Int128) * per_point, pl.lit(BILLION, pl.Int128))
        return (
            calls.lazy()
            .filter("failed")
            .join(self.sessions(calls), on="call_id", how="left")
            .join(self.booking_values(calls, sales, vendors), on=["vendor_id", "day"], how="left")
            .join(vendors.lazy().select("vendor_id", "sent_at"), on="vendor_id", how="left")
            .join(subscribed, on="vendor_id", how="left")
            .with_columns(score=col("intent").fill_null(score), worth=col("value").fill_null(col("mean")))
            .with_columns(
                lost=round_div(col("worth").cast(pl.Int128) * share, pl.lit(BILLION, pl.Int128)).cast(pl.Int64),
                followed=(col("sent_at") - col("us")).is_between(0, month).fill_null(False),
            )
            .with_columns(
                converted=(
                    col("followed")
                    & (col("subscribed") > col("sent_at"))
                    & (col("subscribed") <= col("sent_at") + month)
                ).fill_null(False)
            )
            .select(
                "call_id", "session_id", "vendor_id", "outcome", "duration", "score", "lost", "followed", "converted", "us", "week"
            )
            .collect()
        )  # fmt: skip

    # Products.

    def product_days(self, sales, refunds):
        clicks = (
            self.in_force(self.click_rows)
            .filter(col("product_id").is_not_null())
            .group_by("product_id", "day")
            .agg(
                views=col("is_view").sum().cast(pl.Int64),
                viewers=col("viewer").filter("is_view").drop_nulls().n_unique().cast(pl.Int64),
                carts=(~col("is_view")).sum().cast(pl.Int64),
            )
            .with_columns(col("product_id").cast(pl.String))
        )
        sold = (
            sales.lazy()
            .filter(col("product_id").is_not_null())
            .group_by("product_id", "day")
            .agg(orders=pl.len().cast(pl.Int64), units=col("units").sum(), revenue=col("amount").sum())
        )
        refunded = (
            refunds.lazy()
            .filter(col("product_id").is_not_null())
            .group_by("product_id", "day")
            .agg(col("refunded").sum())
        )
        counts = ["views", "viewers", "carts", "orders", "units", "revenue", "refunded"]
        return (
            pl.concat([clicks, sold, refunded], how="diagonal")
            .group_by("product_id", "day")
            .agg(col(counts).sum())
            .sort("product_id", "day")
        )

    # Tables.

    def money(self, minor):
        """Minor units as a decimal of the currency's digits."""
        if self.digits == 0:
            return minor.cast(pl.Int64)
        unit = "0." + "1".rjust(self.digits, "0")
        return minor.cast(pl.Decimal(38, 0)) * pl.lit(unit).cast(pl.Decimal(self.digits + 1, self.digits))

    def connections(self, failures):
        moment = pl.from_epoch(col("us"), time_unit="us").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
        return failures.select(
            "call_id",
            "session_id",
            "vendor_id",
            failure_type="outcome",
            call_duration="duration",
            customer_intent_score="score",
            estimated_lost_revenue=self.money(col("lost")),
            followup_sent="followed",
            converted_after_followup="converted",
            created_at=moment.str.strip_chars_end("0").str.strip_chars_end(".") + "Z",
        )

    def weekly(self, calls, failures):
        def of(outcome):
            return (col("outcome") == outcome).sum().cast(pl.Int64)

        lost = (
            failures.lazy()
            .group_by("week", "vendor_id")
            .agg(failed=pl.len().cast(pl.Int64), lost=col("lost").sum(), score=col("score").sum())
        )
        return (
            calls.lazy()
            .group_by("week", "vendor_id")
            .agg(
                attempts=pl.len(),
                connected=of("success"),
                hangups=of("hangup"),
                rejections=of("rejection"),
                timeouts=of("timeout"),
                busy=of("busy"),
            )
            .join(lost, on=["week", "vendor_id"], how="left")
            .with_columns(col("failed", "lost", "score").fill_null(0))
            .select(
                "week", "vendor_id", "attempts", "connected", "hangups", "rejections", "timeouts", "busy",
                connection_rate=ratio(col("connected"), col("connected") + col("failed")),
                lost_revenue=self.money(col("lost")),
                mean_intent=ratio(col("score"), col("failed")),
                complete=col("week").dt.offset_by("6d") <= self.options.to,
            )
            .collect()
        )  # fmt: skip

    def leads(self, failures):
        return (
            failures.lazy()
            .filter(col("outcome").is_in(["hangup", "rejection"]), ~col("followed"))
            .group_by("week", "vendor_id")
            .agg(missed_opportunities=pl.len().cast(pl.Int64), lost=col("lost").sum(), score=col("score").sum())
            .select(
                "week",
                "vendor_id",
                "missed_opportunities",
                lost_revenue=self.money(col("lost")),
                mean_intent=ratio(col("score"), col("missed_opportunities")),
            )
            .collect()
        )

    def products(self, days):
        def units_over(offset):
            return (
                days.rolling("day", period="28d", offset=offset, closed="right", group_by="product_id")
                .agg(col("units").sum())
            )  # fmt: skip

        u, v = col("u"), col("v")
        trend = (
            pl.when(u + v < 10).then(pl.lit("new"))
            .when(10_000 * (u - v) * (u - v) < 38_416 * (u + v)).then(pl.lit("steady"))
            .when(4 * u >= 5 * v).then(pl.lit("hot"))
            .when(5 * u <= 4 * v).then(pl.lit("declining"))
            .otherwise(pl.lit("steady"))
        )  # fmt: skip
        keys = ["product_id", "day"]
        return (
            days.join(units_over("-28d").rename({"units": "u"}), on=keys)
            .join(units_over("-56d").rename({"units": "v"}), on=keys)
            .filter(pl.any_horizontal(col("views", "carts", "orders", "units", "revenue", "refunded") != 0))
            .select(
                "product_id", "views", "orders", "units",
                metric_date="day",
                unique_viewers="viewers",
                add_to_carts="carts",
                revenue=self.money(col("revenue")),
                refunds=self.money(col("refunded")),
                net_revenue=self.money(col("revenue") - col("refunded")),
                add_to_cart_rate=ratio(col("carts"), col("views")),
                purchase_rate=ratio(col("orders"), col("carts")),
                conversion_rate=ratio(col("orders"), col("views")),
                trend=trend,
            )
            .select(
                "product_id", "metric_date", "views", "unique_viewers", "add_to_carts", "orders", "units", "revenue", "refunds",
                "net_revenue", "add_to_cart_rate", "purchase_rate", "conversion_rate", "trend",
            )
            .collect()
        )  # fmt: skip


if __name__ == "__main__":
    main()
