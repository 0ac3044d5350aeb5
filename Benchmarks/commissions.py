"""Commissions of a million sales on three levels beside DuckDB."""

import sales
from data import made
from versus import Job

SOURCES = ["transactions", "users", "partners"]
TABLES = {"commissions": "type,transaction_id,partner_id,level,amount,day,status,reversal_of"}
FLAGS = ["--select", "+commissions", "--set", "program=sameday"]
SIZES = (1_000_000, 100_000, 20_000)
SMALL = (20_000, 2_000, 600)


def run(tools, options):
    sizes = SMALL if options.check else SIZES
    inputs = made("sales-" + "-".join(map(str, sizes)), lambda folder: sales.main(folder, *sizes))
    return Job("Commissions", "commissions", SOURCES, TABLES, FLAGS, peers=["duckdb"]).compared(tools, options, inputs)
