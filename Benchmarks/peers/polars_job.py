"""The steps of the nightly job in Polars, from sources to tables."""

import os
import sys

import common
import polars as pl
from polars import col
from polars_sources import SALES, Sources
from polars_values import DAY_US, ratio, round_div

BILLION = 10**9


class Job(Sources):
    """One run: the sources as frames, the steps between them, the tables."""

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
