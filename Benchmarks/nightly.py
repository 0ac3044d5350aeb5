"""The nightly job beside DuckDB and Polars: same files, threads and machine, same tables cell by cell."""

import subprocess
import sys
import tempfile
from pathlib import Path

import data
from measure import HERE, Measurement, alternate, bar, project, table, warm

TABLES = ["vendor_connection_analytics", "vendor_weekly", "leads", "product_analytics"]
SOURCES = ["calls", "transactions", "clicks", "vendors", "exchange_rates"]
PEERS = ["duckdb", "polars"]
TIMEZONE = "America/New_York"
SIZES = {"clicks": 5_000_000, "calls": 1_000_000, "transactions": 1_000_000, "users": 200_000}
SMALL = {"clicks": 100_000, "calls": 30_000, "transactions": 30_000, "users": 4_000}


def run(tools, options):
    """The part's report: clean rows, then rows with defects."""
    reports = [compared(tools, options, planted) for planted in (False, True)]
    return "\n\n".join(text for text, _ in reports), all(is_equal for _, is_equal in reports)


def compared(tools, options, planted):
    inputs = data.generated(tools.nightmill, planted=planted, **(SMALL if options.check else SIZES))
    print(f"nightly, {'defects planted' if planted else 'clean rows'}", file=sys.stderr, flush=True)
    files = [path for source in SOURCES for path in inputs.glob(f"{source}*.csv")]
    warm(files)
    with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
        scratch = Path(name)
        home = project(scratch / "project")
        warehouse = scratch / "warehouse.db"

        def ours():
            # A first run each time, as the peers' are.
            for path in scratch.glob("warehouse.db*"):
                path.unlink()
            return Measurement(nightmill_run(tools.nightmill, inputs, warehouse, home, options.threads))

        def theirs(peer):
            command = [sys.executable, HERE / "peers" / f"{peer}_nightly.py", inputs, scratch / peer]
            command += ["--to", data.LAST_DAY, "--timezone", TIMEZONE, "--threads", options.threads]
            return Measurement(
                command + (["--damaged"] if planted else []), {"POLARS_MAX_THREADS": str(options.threads)}
            )

        contenders = [("nightmill", ours)] + [(peer, lambda peer=peer: theirs(peer)) for peer in PEERS]
        series = alternate(contenders, options.runs)
        export = [tools.nightmill, "export", "--warehouse", f"sqlite:{warehouse}", "--project", home]
        Measurement(export + ["--to", scratch / "nightmill"] + TABLES + ["source_counts"])
        counts = (scratch / "nightmill" / "source_counts.csv").read_text().splitlines()[1:]
        total = sum(int(line.split(",")[1]) for line in counts if line.split(",")[0] in SOURCES)
        equal, shown = tables_equal(scratch)
    text = report(series, total, sum(path.stat().st_size for path in files), planted, options)
    return f"{text}\n\n{shown}", equal


def nightmill_run(nightmill, inputs, warehouse, home, threads):
    """The command of a first run over everything."""
    return [
        nightmill, "run", "nightly", "--from", "all", "--to", data.LAST_DAY, "--inputs", inputs, "--warehouse",
        f"sqlite:{warehouse}", "--project", home, "--threads", threads, "--set", f"timezone={TIMEZONE}", "--no-reports",
    ]  # fmt: skip


def tables_equal(scratch):
    """Whether the peers' tables are nightmill's, and a table that says so."""
    rows = {name: [name] for name in TABLES}
    equal = True
    details = []
    for peer in PEERS:
        command = [sys.executable, HERE / "tables.py", scratch / "nightmill", scratch / peer] + TABLES
        found = subprocess.run(command, capture_output=True, text=True)
        equal = equal and found.returncode == 0
        lines = found.stdout.splitlines()
        for line in lines[: len(TABLES)]:
            name, count, cells, verdict = line.split()
            if len(rows[name]) == 1:
                rows[name] += [f"{int(count):,}", f"{int(cells):,}"]
            rows[name].append(verdict)
        details += [f"{peer}: {line}" for line in lines[len(TABLES) :] if line] + found.stderr.splitlines()
    shown = table(["table", "rows", "cells"] + PEERS, rows.values())
    return equal, shown + ("\n\n```\n" + "\n".join(details) + "\n```" if details else "")


def report(series, total, size, planted, options):
    ours = series["nightmill"]
    fastest = min((series[peer] for peer in PEERS), key=lambda one: one.median("seconds"))
    rows = []
    for one in series.values():
        seconds = one.median("seconds")
        rows.append([
            one.name, f"{seconds:.2f}", one.span(), f"{total / seconds:,.0f}", f"{one.median('cpu'):.2f}",
            f"{one.median('mebibytes'):,.0f}", f"{seconds / ours.median('seconds'):.2f}",
            f"{one.median('mebibytes') / ours.median('mebibytes'):.2f}",
        ])  # fmt: skip
    header = ["", "seconds (median)", "fastest – slowest", "rows/s", "CPU seconds", "peak RSS, MiB", "time × ours", "memory × ours"]
    faster = fastest.median("seconds") / ours.median("seconds")
    smaller = fastest.median("mebibytes") / ours.median("mebibytes")
    lines = [
        f"## The nightly job, {'with planted defects' if planted else 'clean rows'}",
        "",
        f"{total:,} rows, {size / 1e6:,.0f} MB of CSV; everything up to {data.LAST_DAY}, {TIMEZONE}; {options.threads} threads each.",
        "",
        table(header, rows),
        "",
        bar(f"at least 3 × as fast as the faster peer ({fastest.name})", f"{faster:.2f} ×", faster >= 3),
        bar("at most a quarter of its peak memory", f"1/{smaller:.2f}", smaller >= 4),
        "",
        "What the last runs said of themselves:",
        "",
        "```",
    ]
    for peer in PEERS:
        lines += series[peer].runs[-1].output.splitlines()
    return "\n".join(lines + ["```"])
