"""What a whole job published, as CSV files that tables.py compares.

    python3 whole_tables.py OURS FOLDER TABLE...

writes tables of FOLDER/warehouse.duckdb, or of the Parquet files in FOLDER, beside them, with the columns of OURS/TABLE.csv.
"""

import csv
import os
import sys
from pathlib import Path

import duckdb
from duckdb_sources import literal
from duckdb_warehouse import FILE, attribution_view

INSTANT = "%Y-%m-%dT%H:%M:%S.%f"


def opened(folder):
    """A connection that finds the folder's tables by their names."""
    warehouse = os.path.join(folder, FILE)
    if os.path.exists(warehouse):
        return duckdb.connect(warehouse, read_only=True)
    connection = duckdb.connect()
    for path in Path(folder).glob("*.parquet"):
        connection.execute(f"CREATE VIEW {path.stem} AS FROM {literal(str(path))}")
        if path.stem == "attribution_shares":
            connection.execute(attribution_view())
    return connection


def main():
    ours, folder, *tables = sys.argv[1:]
    connection = opened(folder)
    for name in tables:
        with open(os.path.join(ours, f"{name}.csv"), newline="") as file:
            header = next(csv.reader(file))
        types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {name})").fetchall())
        shown = ", ".join(
            f"rtrim(rtrim(strftime(\"{column}\", '{INSTANT}'), '0'), '.') || 'Z' AS \"{column}\""
            if types[column] == "TIMESTAMP"
            else f'"{column}"'
            for column in header
        )
        target = literal(os.path.join(folder, f"{name}.csv"))
        connection.execute(f"COPY (SELECT {shown} FROM {name}) TO {target} (FORMAT csv, HEADER)")


if __name__ == "__main__":
    main()
