"""Click quality, referrals, last-click attribution and active users beside DuckDB and Polars."""

import csv

import data
from nightly import SIZES, SMALL
from versus import Job

SOURCES = ["clicks", "transactions", "users", "partners", "vendors", "exchange_rates"]
TABLES = {
    "click_quality": None,
    "referrals": "partner_id,referred_user_id,referral_code,status,conversion_date,created_at,reason",
    "attribution": "transaction_id,model,partner_id,amount",
    "growth_metrics": "metric_date,dau,wau,mau",
}
WHOLE = {
    "click_quality": None,
    "referrals": "id,partner_id,referred_user_id,referral_code,status,conversion_date,created_at,reason,basis",
    "attribution": "transaction_id,model,partner_id,amount,day",
}
WHOLE = {
    "duckdb": {**WHOLE, "growth_metrics": None, "mrr_movements": None},
    "polars": {**WHOLE, "growth_metrics": TABLES["growth_metrics"]},
}
SELECTED = "+click_quality +referrals +attribution +growth_metrics"


def run(tools, options):
    inputs = data.generated(tools.nightmill, **(SMALL if options.check else SIZES))
    flags = ["--select", SELECTED]
    job = Job("Partners and active users", "partners", SOURCES, TABLES, flags, narrowed=last_click, whole=WHOLE)
    return job.compared(tools, options, inputs)


def last_click(folder):
    """Leaves of the five models' rows what the last touch is given; earlier partners' rows hold 0."""
    path = folder / "attribution.csv"
    with open(path, newline="") as source, open(folder / "last.csv", "w", newline="") as target:
        rows = csv.reader(source)
        kept = csv.writer(target, lineterminator="\n")
        kept.writerow(next(rows))
        kept.writerows(row for row in rows if row[1] == "last" and float(row[3]))
    (folder / "last.csv").rename(path)
