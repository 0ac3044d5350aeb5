"""Runs the nightly job with nightmill and with a peer on the same files, compares the tables cell by cell, and writes the figures.

    python3 Benchmarks/compare.py .build/release/nightmill DATA --to 2026-11-20 --runs 5

The interpreter that runs this script runs the peer, too, so it needs the peer's packages (duckdb). See README.md.
"""

import argparse
import csv
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = ["vendor_connection_analytics", "vendor_weekly", "leads", "product_analytics"]
SOURCES = ["calls", "transactions", "clicks", "vendors", "exchange_rates"]
SHOWN = 10


class Measurement:
    """What one process took."""

    def __init__(self, command, log):
        with open(log, "wb") as output:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mebibytes = usage.ru_maxrss / 1024
        if process.returncode != 0:
            text = Path(log).read_text(errors="replace")
            sys.exit(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{text}")


def rows(path):
    """The header and the rows of a canonical CSV file."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader)
        return header, [tuple(row) for row in reader]


def difference(table, ours, theirs):
    """What differs between two exports of a table in whatever order, as lines of text; none if they are equal."""
    header, left = rows(ours)
    other, right = rows(theirs)
    if header != other:
        return [f"{table}: columns {header} and {other}"]
    only_left = Counter(left)
    only_left.subtract(Counter(right))
    missing = sorted(row for row, count in only_left.items() for _ in range(count))
    extra = sorted(row for row, count in only_left.items() for _ in range(-count))
    if not missing and not extra:
        return []
    # Rows are paired by the columns that name them, so that a changed cell shows as such.
    width = 1 if table == "vendor_connection_analytics" else 2
    pairs = {row[:width]: row for row in extra}
    lines = [f"{table}: {len(missing)} of {len(left)} rows of nightmill differ, {len(extra)} of {len(right)} of the peer"]
    for row in missing[:SHOWN]:
        peer = pairs.pop(row[:width], None)
        if peer is None:
            lines.append(f"  only nightmill: {','.join(row)}")
            continue
        cells = [f"{name} {a!r} / {b!r}" for name, a, b in zip(header, row, peer) if a != b]
        lines.append(f"  {','.join(row[:width])}: {'; '.join(cells)}")
    known = {row[:width] for row in missing}
    for row in [row for row in extra if row[:width] not in known][:SHOWN]:
        lines.append(f"  only the peer: {','.join(row)}")
    return lines


def project(folder):
    """A copy of what a project needs, so that runs leave nothing in the checkout."""
    for name in ("Pipelines", "SQL", "Reports", "Samples"):
        source = HERE.parent / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
    return folder


def machine():
    """The machine in a few words."""
    model = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
        memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
        size = f", {memory:.0f} GiB of memory"
    except OSError:
        size = ""
    return f"{model}, {os.cpu_count()} processors{size}, {platform.system()} {platform.release()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nightmill", type=Path, help="the binary, built for release")
    parser.add_argument("inputs", type=Path, help="folder of the canonical CSV files")
    parser.add_argument("--to", required=True, type=date.fromisoformat, help="last day, YYYY-MM-DD")
    parser.add_argument("--runs", type=int, default=5, help="how many runs of each, alternating (default 5)")
    parser.add_argument("--threads", type=int, default=2, help="of each (default 2)")
    parser.add_argument("--timezone", default="America/New_York")
    parser.add_argument("--pipeline", default="nightly")
    parser.add_argument("--peer", type=Path, default=HERE / "peers" / "duckdb_nightly.py")
    parser.add_argument("--name", default=platform.node() or "machine", help="the machine's name in the results' file")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--check", action="store_true", help="one run of each and the comparison, no results' file")
    options = parser.parse_args()
    if options.check:
        options.runs = 1
    if options.runs < 1:
        parser.error("--runs: at least 1")

    binary = options.nightmill.resolve()
    with tempfile.TemporaryDirectory(prefix="nightmill-compare-") as name:
        scratch = Path(name)
        home = project(scratch / "project")
        log = scratch / "log"

        def ours(warehouse):
            return [
                binary, "run", options.pipeline, "--from", "all", "--to", str(options.to), "--inputs", options.inputs.resolve(),
                "--warehouse", f"sqlite:{warehouse}", "--project", home, "--threads", str(options.threads),
                "--set", f"timezone={options.timezone}", "--no-reports",
            ]  # fmt: skip

        theirs = [
            sys.executable, options.peer, options.inputs, scratch / "peer", "--damaged", "--to", str(options.to),
            "--timezone", options.timezone, "--threads", str(options.threads),
        ]  # fmt: skip

        # Both read from the page cache: the files are read once before.
        for source in SOURCES:
            for path in options.inputs.glob(f"{source}*.csv*"):
                with open(path, "rb") as file:
                    while file.read(1 << 24):
                        pass
        measured = {"nightmill": [], "peer": []}
        warehouse = scratch / "warehouse.db"
        for index in range(options.runs):
            # A first run each time, as the peer's is.
            for path in scratch.glob("warehouse.db*"):
                path.unlink()
            measured["nightmill"].append(Measurement(ours(warehouse), log))
            measured["peer"].append(Measurement(theirs, log))
            peer_says = log.read_text().strip()
            print(
                f"run {index + 1}: "
                + ", ".join(f"{who} {runs[-1].seconds:.2f} s" for who, runs in measured.items()),
                file=sys.stderr,
            )

        export = [binary, "export", "--warehouse", f"sqlite:{warehouse}", "--project", home, "--to", scratch / "nightmill"]
        Measurement(export + TABLES + ["source_counts"], log)
        _, counts = rows(scratch / "nightmill" / "source_counts.csv")
        total = sum(int(row[1]) for row in counts if row[0] in SOURCES)
        size = sum(path.stat().st_size for s in SOURCES for path in options.inputs.glob(f"{s}*.csv*"))
        compared = []
        differences = []
        for table in TABLES:
            ours_at, theirs_at = (scratch / who / f"{table}.csv" for who in ("nightmill", "peer"))
            found = difference(table, ours_at, theirs_at)
            differences += found
            header, cells = rows(ours_at)
            compared.append(f"| {table} | {len(cells):,} | {len(cells) * len(header):,} | {'differ' if found else 'equal'} |")
        version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def median(who, figure):
        return statistics.median(getattr(run, figure) for run in measured[who])

    lines = ["| | seconds (median) | fastest – slowest | rows/s | CPU seconds | peak RSS, MiB |", "| --- | --- | --- | --- | --- | --- |"]
    for who, runs in measured.items():
        times = [run.seconds for run in runs]
        seconds = median(who, "seconds")
        lines.append(
            f"| {who} | {seconds:.2f} | {min(times):.2f} – {max(times):.2f} | {total / seconds:,.0f} | "
            f"{median(who, 'cpu'):.2f} | {median(who, 'mebibytes'):,.0f} |"
        )
    ratios = [median("peer", figure) / median("nightmill", figure) for figure in ("seconds", "cpu", "mebibytes")]
    lines.append(f"| peer / nightmill | {ratios[0]:.2f} | | | {ratios[1]:.2f} | {ratios[2]:.2f} |")
    table = "\n".join(lines)
    print(table)
    print("\n".join(differences) if differences else "all tables are equal, cell by cell")

    if not options.check:
        options.results.mkdir(parents=True, exist_ok=True)
        target = options.results / f"{date.today()}-{options.name}.md"
        text = f"""# The nightly job, {date.today()}, {options.name}

{machine()}. {version}; peer {options.peer.name}, Python {platform.python_version()}.
{total:,} rows, {size / 1e6:,.1f} MB of CSV from the page cache; everything up to {options.to}, {options.timezone}; {options.threads} threads;
{options.runs} runs of each, alternating. Rows per second count the rows of the sources that both read.

{table}

The peer of its last run:

```
{peer_says}
```

| table | rows | cells | |
| --- | --- | --- | --- |
{chr(10).join(compared)}
"""
        if differences:
            text += "\n```\n" + "\n".join(differences) + "\n```\n"
        target.write_text(text)
        print(f"written to {target}", file=sys.stderr)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
