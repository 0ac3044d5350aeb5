"""The whole job of partners in Polars: IDs of referrals, sales shared by all models; Parquet files, as it has no warehouse."""

import os
from hashlib import sha1
from uuid import NAMESPACE_URL

import polars as pl
from polars import col
from polars_partners_job import Partners

MODELS = ["first", "last", "linear", "position", "time_decay"]


def uuid_url(name):
    """The version 5 UUID of a name in the namespace of URLs; Python's own function takes twice as long."""
    text = sha1(NAMESPACE_URL.bytes + name.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:32]}"


class WholePartners(Partners):
    """One run of the whole job."""

    def tables(self, judged, signups, sold):
        referrals = self.owners(signups, sold).collect()
        ids = [uuid_url(f"nightmill:referral:{user}") for user in referrals["referred_user_id"]]
        return {
            "click_quality": self.click_quality(judged),
            "referrals": referrals.with_columns(id=pl.Series(ids, dtype=pl.String)),
            "attribution_shares": self.attribution(),
            "growth_metrics": self.activity(),
        }

    def write(self, tables):
        for name, table in tables.items():
            table.write_parquet(os.path.join(self.options.output, f"{name}.parquet"), compression="lz4")

    @staticmethod
    def moment(name):
        return pl.from_epoch(col(name), time_unit="us")

    def attribution(self):
        """One row of a sale and a partner with a touch, a column of each model; as SHARES in duckdb_partners.py."""
        amount, n, turn = col("amount"), col("n"), col("turn")
        sales = self.asked.lazy().join(self.trade.lazy().select("transaction_id", "amount", "day"), on="transaction_id")
        # Consecutive touches of one partner are one, the latest.
        next_is_same = (col("question") == col("question").shift(-1)) & (col("partner_id") == col("partner_id").shift(-1))
        turns = self.paths.lazy().filter(next_is_same.fill_null(False).not_()).with_columns(n=pl.len().over("question").cast(pl.Int64))
        several = turns.filter(n > 1).with_columns(turn=pl.int_range(1, pl.len() + 1).over("question"))
        ones = (
            sales.join(several.select("question").unique(), on="question", how="anti")
            .join(turns.filter(n == 1).select("question", "partner_id"), on="question", how="left")
            .select(
                "transaction_id", col("partner_id").fill_null("direct"), *(self.money(amount).alias(model) for model in MODELS), "day"
            )
        )  # fmt: skip
        age = (col("touched").max().over("question") - col("touched")) / 604800e6
        is_end, place = (n == 2) | (turn == 1) | (turn == n), col("place")
        rests = col("rest_of_end"), col("rest_of_middle")
        ends, everything = pl.max_horizontal(2 * (n - 2), 1), pl.max_horizontal(5 * (n - 2), 2)
        shared = (
            several.join(sales, on="question")
            .with_columns(weight=pl.lit(2.0).pow(-age))
            .with_columns(
                decayed=amount * col("weight") / col("weight").sum().over("question"),
                of_end=amount * ends // everything,
                rest_of_end=amount * ends % everything,
                of_middle=amount // everything,
                rest_of_middle=amount % everything,
            )
            .with_columns(of_decayed=col("decayed").floor().cast(pl.Int64))
            .with_columns(
                place=pl.when((n == 2) | (rests[0] == rests[1])).then(turn)
                .when(rests[0] > rests[1]).then(pl.when(turn == 1).then(1).when(turn == n).then(2).otherwise(turn + 1))
                .otherwise(pl.when(turn == 1).then(n - 1).when(turn == n).then(n).otherwise(turn - 1)),
                decayed_place=(col("of_decayed") - col("decayed")).rank("ordinal").over("question"),
                decayed_left=amount - col("of_decayed").sum().over("question"),
            )
            .group_by("question", "partner_id")
            .agg(
                col("transaction_id", "day").first(),
                first=amount.filter(turn == 1).sum(),
                last=amount.filter(turn == n).sum(),
                linear=(amount // n + (turn <= amount % n)).sum(),
                position=(
                    pl.when(is_end).then("of_end").otherwise("of_middle")
                    + (place <= amount - 2 * col("of_end") - (n - 2) * col("of_middle"))
                ).sum(),
                time_decay=(col("of_decayed") + (col("decayed_place") <= col("decayed_left"))).sum(),
            )
            .select("transaction_id", "partner_id", *(self.money(col(model)).alias(model) for model in MODELS), "day")
        )  # fmt: skip
        return pl.concat([ones, shared]).collect()
