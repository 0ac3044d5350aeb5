"""The sources of the nightly job as Polars frames: good rows, the last of each key."""

import os
import time
from zoneinfo import ZoneInfo

import common
import polars as pl
from polars import col
from polars_values import DAY_US, code, instant, is_blank, is_given, micros, text, whole, word

SALES = ["purchase", "booking", "subscription", "vendor_subscription"]
ADJUSTMENTS = ["refund", "chargeback", "dispute_won"]


class Sources:
    """What one run reads."""

    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.digits = common.decimals(options.currency)
        self.marks = []
        self.repair_seconds = 0.0

    def mark(self, name):
        self.marks.append((name, time.perf_counter()))

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
