"""What a whole job publishes: tables with keys and indexes in a database file of DuckDB's own."""

import os
from typing import NamedTuple

import common
from duckdb_sources import literal, with_money

FILE = "warehouse.duckdb"


class Published(NamedTuple):
    """A table: what its columns are declared as, its unique keys, its other indexes, the query of its rows.

    `{money}` and `{ratio}` are types. The query gives the columns in their order, but for those with a default.
    """

    columns: str
    keys: list
    indexes: list
    query: str


def attribution_view(schema="main"):
    """What makes the view `attribution`, a row of each model, of the table that has a column of each."""
    return f"""
        CREATE VIEW {schema}.attribution AS
        UNPIVOT {schema}.attribution_shares ON first, last, linear, position, time_decay INTO NAME model VALUE amount"""


class Whole(NamedTuple):
    """What a whole job does beside the other: its further steps, the columns it carries along, its tables, and views of them; where
    it makes the business's days, what that needs of transactions.
    """

    steps: dict
    columns: dict
    tables: dict
    views: str = ""
    growth: str = ""


def publish(connection, tables, options, views=""):
    """Makes a warehouse of tables, and views of them, all or nothing: it is in its place once it is whole and on disk.

    Keys and indexes come after the rows, in a transaction of their own: then both threads make them, in half the processor's time.
    """
    path = os.path.join(options.output, FILE)
    unfinished = path + ".unfinished"
    os.makedirs(options.output, exist_ok=True)
    for old in (path, unfinished, unfinished + ".wal"):
        if os.path.exists(old):
            os.remove(old)
    digits = common.decimals(options.currency)
    types = {"money": f"DECIMAL(18, {digits})", "ratio": "DECIMAL(18, 6)"}
    connection.execute(f"ATTACH {literal(unfinished)} AS warehouse")
    connection.execute("BEGIN")
    for name, table in tables.items():
        connection.execute(f"CREATE TABLE warehouse.{name} ({table.columns.format(**types)})")
        query = with_money(table.query, digits).replace("{to}", str(options.to)).replace("{currency}", options.currency)
        connection.execute(f"INSERT INTO warehouse.{name} BY NAME {query}")
    connection.execute(views)
    connection.execute("COMMIT")
    connection.execute("BEGIN")
    for name, table in tables.items():
        for kind, columns in [("UNIQUE INDEX", one) for one in table.keys] + [("INDEX", one) for one in table.indexes]:
            words = "_".join([name] + columns.replace('"', "").split(", "))
            connection.execute(f"CREATE {kind} {words} ON warehouse.{name} ({columns})")
    connection.execute("COMMIT")
    connection.execute("CHECKPOINT warehouse")
    connection.execute("DETACH warehouse")
    os.replace(unfinished, path)
    folder = os.open(options.output, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
