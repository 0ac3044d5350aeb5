"""Commissions of a million sales on three levels beside DuckDB."""

import sales
from data import made
from versus import Job

SOURCES = ["transactions", "users", "partners"]
TABLES = {"commissions": "type,transaction_id,partner_id,level,amount,day,status,reversal_of"}
WHOLE = {
    "commissions": "id,partner_id,referral_id,transaction_id,amount,currency,status,period_start,period_end,paid_at,type,level,day,"
    "reversal_of,source_partner_id,user_id,approved_on,base_amount,rate,rule",
    "commission_exceptions": None,
}
FLAGS = ["--select", "+commissions", "--set", "program=sameday"]
SIZES = (1_000_000, 100_000, 20_000)
SMALL = (20_000, 2_000, 600)


def run(tools, options):
    sizes = SMALL if options.check else SIZES
    inputs = made("commissions-" + "-".join(map(str, sizes)), lambda folder: sales.main(folder, *sizes))
    job = Job("Commissions", "commissions", SOURCES, TABLES, FLAGS, peers=["duckdb"], whole={"duckdb": WHOLE})
    return job.compared(tools, options, inputs)
