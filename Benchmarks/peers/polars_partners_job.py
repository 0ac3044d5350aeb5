"""The steps of click quality, referrals, attribution and active users in Polars, from sources to tables."""

import os

import common
import polars as pl
from polars import col
from polars_job import Job
from polars_values import instant, is_blank, is_given, text, word

LIMITS = common.LIMITS
REACH = LIMITS["attribution_us"]
HOUR_US = 3_600_000_000


def hashed(name, seed):
    return pl.when(is_given(name)).then(col(name).hash(seed))


def counts_at(us):
    return (col("status") == "active") | (us < col("since")).fill_null(False)


def alike(email):
    host = email.str.extract(r"(@[^@]*)$").fill_null("")
    local = email.str.replace(r"@[^@]*$", "").str.replace(r"(?s)[+].*", "")
    return pl.when(host == "@gmail.com").then(local.str.replace_all(".", "", literal=True)).otherwise(local) + host


class Partners(Job):
    """One run: the sources as frames, the steps between them, the tables."""

    def read(self):
        self.read_transactions(["user_id", "visitor_id"])
        self.read_rates()
        self.users = self.keyed(
            "users",
            "user_id",
            ["created_at", "email", "visitor_id", "referral_code", "activated_at"],
            created_us=instant("created_at"),
            activated_us=instant("activated_at"),
        ).filter(col("created_us").is_not_null(), is_blank("activated_at") | col("activated_us").is_not_null())
        self.users = self.users.with_columns(user=hashed("user_id", 1), visitor=hashed("visitor_id", 2)).collect()
        columns = "referral_code partner_type tier status created_at user_id email status_since".split()
        self.partners = (
            self.keyed("partners", "partner_id", columns, since=instant("status_since"), created_us=instant("created_at"))
            .with_columns(
                status=word("status", ["pending", "active", "suspended", "terminated"]),
                kind=word("partner_type", ["affiliate", "reseller", "whitelabel", "technology"]),
            )
            .filter(
                is_given("referral_code"), is_given("tier"), col("status", "kind", "created_us").is_not_null(),
                is_blank("status_since") | col("since").is_not_null(),
            )
            .select("partner_id", "referral_code", "status", "since", "user_id", "email", code=hashed("referral_code", 3))
            .collect()
        )  # fmt: skip
        self.vendors = self.keyed("vendors", "vendor_id", ["name", "user_id"]).filter(is_given("name")).collect()
        self.mark("others")
        columns = "click_id clicked_at event visitor_id user_id referral_code ip user_agent".split()
        is_link = col("kind") == "click"
        viewer = (
            pl.when(is_given("visitor_id")).then(col("visitor_id").hash(5))
            .when(is_given("user_id")).then(col("user_id").hash(6))
            .when(is_given("ip") & is_given("user_agent")).then(col("ip").hash(7) ^ col("user_agent").hash(8))
        )  # fmt: skip
        clicks = (
            self.scan("clicks", columns)
            .with_columns(us=instant("clicked_at"), kind=word("event", ["click", "view", "add_to_cart", "search", "other"]))
            .filter(is_given("click_id"), col("us", "kind").is_not_null())
            .select(
                "us",
                key=col("click_id").hash(),
                is_link=is_link,
                agent=col("user_agent").cast(pl.Categorical),
                user=hashed("user_id", 1),
                visitor=hashed("visitor_id", 2),
                click_id=pl.when(is_link).then("click_id"),
                code=pl.when(is_link).then(hashed("referral_code", 3)),
                address=pl.when(is_link).then(hashed("ip", 4)),
                viewer=pl.when(is_link).then(viewer),
            )
            .collect(engine="streaming")
        )
        self.click_rows = clicks.with_columns(is_bot=self.is_bot(clicks).fill_null(True)).drop("agent")
        del clicks
        self.mark("clicks")
        times = [self.transaction_rows["us"], self.click_rows["us"], self.users["created_us"], self.users["activated_us"]]
        self.span(times)
        self.users = self.users.with_columns(
            created=self.local_day(col("created_us")), activated=self.local_day(col("activated_us"))
        )

    def keyed(self, source, key, columns, **more):
        """A small source: texts, the last row of each key."""
        rows = self.scan(source, [key] + columns).filter(is_given(key))
        rows = rows.with_columns([text(name) for name in columns]).with_columns(**more)
        return rows.unique(key, keep="last", maintain_order=True)

    def run(self):
        self.read()
        self.mark("read")
        sales, refunds = self.ledger()
        self.first_days = [sales["day"], refunds["day"]]
        owner = self.vendors.select("vendor_id", vendor_user="user_id").drop_nulls()
        of_vendor = pl.when(col("kind") == "vendor_subscription").then("vendor_user")
        self.trade = (
            sales.join(owner, on="vendor_id", how="left")
            .with_columns(buyer=col("user_id").fill_null(of_vendor))
            .select(
                "transaction_id", "us", "day", "amount", "buyer",
                user=hashed("buyer", 1), visitor=hashed("visitor_id", 2),
            )
        )  # fmt: skip
        self.mark("ledger")
        self.seen = self.in_force(self.click_rows).collect()
        del self.click_rows
        judged = self.judged()
        self.mark("judged")
        signups, sold = self.last_touches(judged)
        self.mark("touches")
        tables = self.tables(judged, signups, sold)
        self.mark("compute")
        os.makedirs(self.options.output, exist_ok=True)
        self.write(tables)
        self.mark("write")

    def tables(self, judged, signups, sold):
        columns = "partner_id referred_user_id referral_code status conversion_date created_at reason".split()
        return {
            "click_quality": self.click_quality(judged),
            "referrals": self.owners(signups, sold).select(columns).collect(),
            "attribution": self.trade.join(sold, on="transaction_id", how="left").select(
                "transaction_id",
                model=pl.lit("last"),
                partner_id=col("partner_id").fill_null("direct"),
                amount=self.money(col("amount")),
            ),
            "growth_metrics": self.activity(),
        }

    def write(self, tables):
        for name, table in tables.items():
            table.write_csv(os.path.join(self.options.output, f"{name}.csv"))

    @staticmethod
    def click_quality(judged):
        return judged.group_by(col("partner_id").fill_null(""), "day", "verdict").agg(clicks=pl.len())

    def judged(self):
        """The clicks on partners' links with their verdicts."""
        partners = self.partners.lazy().select("code", "partner_id", "status", "since", owner=hashed("user_id", 1))
        links = (
            self.seen.lazy()
            .filter("is_link")
            .drop("is_link", "key")
            .join(partners, on="code", how="left")
            .with_columns(hour=col("us") // HOUR_US)
            .with_row_index("row")
            .collect()
        )
        hour = ["code", "address", "hour"]
        busy = links.lazy().filter(col("address").is_not_null()).group_by(hour).len().filter(col("len") > LIMITS["velocity_limit"])
        too_fast = (
            links.lazy()
            .join(busy, on=hour, how="semi")
            .sort("us", "click_id")
            .filter(pl.int_range(pl.len()).over(hour) >= LIMITS["velocity_limit"])
            .select("row", too_fast=True)
        )
        people = links.lazy().filter(~col("is_bot"), col("viewer").is_not_null())
        viewer = ["code", "viewer"]
        repeated = (
            people.join(people.group_by(viewer).len().filter(col("len") > 1), on=viewer, how="semi")
            .sort("us", "click_id")
            .filter(col("us").diff().over(viewer) < LIMITS["dedupe_us"])
            .select("row", repeated=True)
        )
        verdict = (
            pl.when(col("partner_id").is_null()).then(pl.lit("unknown_code"))
            .when(~counts_at(col("us"))).then(pl.lit("inactive_partner"))
            .when("is_bot").then(pl.lit("bot"))
            .when((col("user") == col("owner")).fill_null(False)).then(pl.lit("self_click"))
            .when("too_fast").then(pl.lit("velocity"))
            .when("repeated").then(pl.lit("duplicate"))
            .otherwise(pl.lit("accepted"))
        )  # fmt: skip
        return (
            links.lazy()
            .join(too_fast, on="row", how="left")
            .join(repeated, on="row", how="left")
            .select("us", "day", "user", "visitor", "click_id", "partner_id", verdict=verdict)
            .collect()
        )

    def last_touches(self, judged):
        """The partner of the last touch of each signup, by user, and of each sale."""
        touches = (
            judged.lazy()
            .filter(col("verdict") == "accepted")
            .select("click_id", "partner_id", touched="us", person=col("user").fill_null(col("visitor")), is_visitor=col("user").is_null())
            .filter(col("person").is_not_null())
            .collect()
        )
        users = self.users.lazy().filter(col("created") <= self.options.to)
        none = pl.lit(None, pl.String)
        asked = (
            pl.concat([
                users.select("user_id", "user", "visitor", transaction_id=none, us="created_us"),
                self.trade.lazy().select("user", "visitor", "transaction_id", "us", user_id=none),
            ], how="diagonal")
            .with_row_index("question")
            .collect()
        )  # fmt: skip
        links = (
            pl.concat([
                self.seen.lazy().filter(~col("is_bot")).select("user", "visitor", linked="us"),
                users.select("user", "visitor", linked="created_us"),
            ])
            .drop_nulls()
            .join(touches.lazy().filter("is_visitor").select(visitor="person").unique(), on="visitor", how="semi")
            .sort("linked")
            .collect()
        )  # fmt: skip
        pairs = (
            asked.lazy()
            .select("question", "us", "user", own="visitor")
            .join(links.lazy().select("user", "visitor").unique(), on="user")
            .filter(col("visitor").ne_missing(col("own")))
            .sort("us")
        )
        linked = pairs.join_asof(
            links.lazy(), left_on="us", right_on="linked", by=["user", "visitor"], tolerance=REACH, check_sortedness=False
        ).filter(col("linked").is_not_null())
        askings = pl.concat([
            asked.lazy().select("question", "us", person="user"),
            linked.select("question", "us", person="visitor"),
            asked.lazy().select("question", "us", person="visitor"),
        ])  # fmt: skip
        self.asked = asked.select("question", "transaction_id")
        # All touches of each question, which takes less than to look for the last one of each person (`join_asof`).
        self.paths = (
            askings.filter(col("person").is_not_null())
            .join(touches.lazy(), on="person")
            .filter(col("touched").is_between(col("us") - REACH, col("us")))
            .select("question", "touched", "click_id", "partner_id")
            .sort("question", "touched", "click_id")
            .drop("click_id")
            .collect()
        )
        answers = (
            self.paths.lazy()
            .filter((col("question") == col("question").shift(-1)).fill_null(False).not_())
            .join(asked.lazy().select("question", "user_id", "transaction_id"), on="question")
            .collect()
        )
        return answers.select("user_id", "partner_id").drop_nulls(), answers.select("transaction_id", "partner_id").drop_nulls()

    def owners(self, signups, sold):
        """Who owns a customer."""
        first = (
            self.trade.lazy()
            .filter(col("buyer").is_not_null())
            .sort("us", "transaction_id")
            .unique("buyer", keep="first", maintain_order=True)
            .join(sold.lazy().rename({"partner_id": "at_sale"}), on="transaction_id", how="left")
            .select("at_sale", user_id="buyer", sold_us="us")
        )
        by_code = self.partners.lazy().select("referral_code", "status", "since", of_code="partner_id")
        partners = self.partners.lazy().select("partner_id", "referral_code", owner="user_id", theirs="email")
        waited = col("sold_us") - col("created_us")
        return (
            self.users.lazy()
            .filter(col("created") <= self.options.to)
            .join(by_code, on="referral_code", how="left")
            .join(signups.lazy().rename({"partner_id": "touched"}), on="user_id", how="left")
            .join(first, on="user_id", how="left")
            .with_columns(by_signup=pl.when(counts_at(col("created_us"))).then("of_code").fill_null(col("touched")))
            .with_columns(
                partner_id=col("by_signup").fill_null(
                    pl.when(waited.is_between(0, LIMITS["limit_us"])).then("at_sale")
                ),
                created_us=pl.when(col("by_signup").is_not_null()).then("created_us").otherwise("sold_us"),
            )
            .drop("referral_code")
            .join(partners, on="partner_id")
            .with_columns(
                email=col("email").str.strip_chars().str.to_lowercase(),
                theirs=col("theirs").str.strip_chars().str.to_lowercase(),
            )
            .with_columns(
                reason=pl.when(col("owner") == col("user_id")).then(pl.lit("self_user"))
                .when(alike(col("email")) == alike(col("theirs"))).then(pl.lit("same_email"))
            )
            .select(
                "partner_id",
                "referral_code",
                "reason",
                referred_user_id="user_id",
                status=pl.when(col("reason").is_not_null()).then(pl.lit("rejected"))
                .when(col("sold_us").is_not_null()).then(pl.lit("qualified")).otherwise(pl.lit("converted")),
                conversion_date=pl.when(col("reason").is_null()).then(self.moment("sold_us")),
                created_at=self.moment("created_us"),
                basis=pl.when(col("by_signup").is_not_null()).then(pl.lit("signup")).otherwise(pl.lit("first_sale")),
            )
        )  # fmt: skip

    @staticmethod
    def moment(name):
        shown = pl.from_epoch(col(name), time_unit="us").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
        return shown.str.strip_chars_end("0").str.strip_chars_end(".") + "Z"

    def activity(self):
        """Distinct persons of trailing days: on a day they count until `width` days later, or their next day."""
        person = col("user").fill_null(col("visitor"))
        presence = (
            pl.concat([
                self.seen.lazy().filter(~col("is_bot")).select("day", person=person),
                self.trade.lazy().select("day", person=person),
            ])
            .drop_nulls()
            .unique()
            .sort("person", "day")
            .select("day", next=pl.when(col("person") == col("person").shift(-1)).then(col("day").shift(-1)))
            .collect()
        )  # fmt: skip
        firsts = [presence["day"], *self.first_days, self.users["created"], self.users["activated"]]
        first = min(series.min() for series in firsts if series.count())
        days = pl.LazyFrame({"day": pl.date_range(first, self.options.to, eager=True)})
        for name, width in (("dau", 1), ("wau", 7), ("mau", 30)):
            until = col("day").dt.offset_by(f"{width}d")
            changes = pl.concat([
                presence.lazy().group_by("day").agg(change=pl.len().cast(pl.Int64)),
                presence.lazy().group_by(day=pl.min_horizontal(until, "next")).agg(change=-pl.len().cast(pl.Int64)),
            ]).group_by("day").agg(col("change").sum())  # fmt: skip
            days = days.join(changes, on="day", how="left", maintain_order="left").with_columns(
                col("change").fill_null(0).cum_sum().alias(name)
            ).drop("change")  # fmt: skip
        return days.rename({"day": "metric_date"}).collect()
