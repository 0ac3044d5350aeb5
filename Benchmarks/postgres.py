#!/usr/bin/env python3
"""Rows out of PostgreSQL and into it, beside psql's \\copy of the same bytes.

    Benchmarks/postgres.py postgres:///bench [--rows 2000000] [--program .build/release/nightmill]

Extraction: a run of one stage over a query, against `\\copy (the same query) to '/dev/null' (format binary)`.
Loading: publishing into an empty warehouse, against `\\copy into a table like it` from a file of the same rows. A run also decodes, folds, checks
keys and writes its record: a ratio of 1 would mean that all of it is free. Each figure is the best of three; the database is filled with what is missing.
"""
import argparse, os, pathlib, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PIPELINE = """
name: bench
settings: {timezone: UTC, currency: USD}
connections: {app: "${BENCH_DATABASE}"}
sources:
  vendors: {query: vendors.sql}
  products: {query: products.sql}
stages: [STAGE]
"""
QUERY = """SELECT id::text AS vendor_id, name, category, phone, email, address, followup_sent_at, NULL::text AS user_id
FROM bench_vendors"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--program", default=str(ROOT / ".build/release/nightmill"))
    arguments = parser.parse_args()
    url = arguments.url

    def psql(*words):
        return subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url, *words], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    psql("-c", "CREATE TABLE IF NOT EXISTS bench_vendors (id bigint PRIMARY KEY, name text NOT NULL, category text, "
         "phone text, email text, address text, followup_sent_at timestamptz)")
    if int(psql("-c", "SELECT count(*) FROM bench_vendors")) != arguments.rows:
        psql("-c", "TRUNCATE bench_vendors", "-c",
             "INSERT INTO bench_vendors SELECT i, 'Vendor ' || i, 'category ' || i % 40, '+1860555' || i % 10000, "
             "'office@vendor-' || i || '.example.com', i % 999 || ' Canal St, Hartford, CT 06119', "
             f"timestamptz '2026-01-01' + i * interval '1 second' FROM generate_series(1, {arguments.rows}) AS i",
             "-c", "VACUUM ANALYZE bench_vendors")

    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "Pipelines").mkdir()
        (folder / "SQL/extract").mkdir(parents=True)
        (folder / "Reports").mkdir()
        (folder / "SQL/schema").symlink_to(ROOT / "SQL/schema")
        (folder / "SQL/extract/vendors.sql").write_text(QUERY)
        (folder / "SQL/extract/products.sql").write_text("SELECT 'p' AS product_id, 'none' AS name")
        for stage in ["product_dimension", "vendor_dimension"]:
            (folder / f"Pipelines/{stage}.yaml").write_text(PIPELINE.replace("STAGE", stage))

        def timed(words, before=None):
            best = float("inf")
            for _ in range(3):
                if before:
                    before()
                start = time.perf_counter()
                subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "BENCH_DATABASE": url})
                best = min(best, time.perf_counter() - start)
            return best

        query = " ".join(QUERY.split())
        out = timed(["psql", "-Xq", url, "-c", f"\\copy ({query}) to '/dev/null' (format binary)"])
        nightmill = [arguments.program, "run", "--project", scratch, "--from", "all", "--to", "2026-11-15", "--no-reports", "--quiet"]
        # Every source of the pipeline is read, and vendors feed no stage of this one: reading and nothing else.
        read = timed(nightmill[:2] + ["product_dimension"] + nightmill[2:] + ["--warehouse", f"sqlite:{scratch}/w.db"])
        print(f"extraction  \\copy {out:6.2f} s  nightmill {read:6.2f} s  ratio {out / read:4.2f}", flush=True)

        rows = folder / "rows.bin"
        subprocess.run(["psql", "-Xq", url, "-c", f"\\copy ({query}) to '{rows}' (format binary)"], check=True)
        psql("-c", "DROP TABLE IF EXISTS bench_copy", "-c", "CREATE TABLE bench_copy (vendor_id text NOT NULL UNIQUE, name text NOT NULL, "
             "category text, phone text, email text, address text, followup_sent_at timestamptz, user_id text)")
        load = timed(["psql", "-Xq", url, "-c", f"\\copy bench_copy from '{rows}' (format binary)"],
                     before=lambda: psql("-c", "TRUNCATE bench_copy"))
        warehouse = url + ("&" if "?" in url else "?") + "schema=bench"
        both = timed(nightmill[:2] + ["vendor_dimension"] + nightmill[2:] + ["--warehouse", warehouse],
                     before=lambda: psql("-c", "SET client_min_messages = warning; DROP SCHEMA IF EXISTS bench CASCADE"))
        print(f"loading     \\copy {load:6.2f} s  nightmill {both - read:6.2f} s  ratio {load / (both - read):4.2f}  (reading taken off)")
        psql("-c", "SET client_min_messages = warning; DROP SCHEMA IF EXISTS bench CASCADE; DROP TABLE bench_copy")


if __name__ == "__main__":
    sys.exit(main())
