"""What it takes to start, and to find that there is nothing to do."""

import sys
import tempfile
from pathlib import Path

import data
from measure import Measurement, Series, bar, project, table
from nightly import SMALL, nightmill_run


def run(tools, options):
    print("start-up", file=sys.stderr, flush=True)
    inputs = data.generated(tools.nightmill, **SMALL)
    with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
        scratch = Path(name)
        home = project(scratch / "project")
        warehouse = scratch / "warehouse.db"
        Measurement(nightmill_run(tools.nightmill, inputs, warehouse, home, options.threads))
        # The next night, in which nothing came: every file with its header alone.
        empty = scratch / "empty"
        empty.mkdir()
        for path in inputs.glob("*.csv"):
            with open(path) as file:
                (empty / path.name).write_text(file.readline())
        idle = [
            tools.nightmill, "run", "nightly", "--from", "2026-11-16", "--to", "2026-11-16", "--inputs", empty, "--warehouse",
            f"sqlite:{warehouse}", "--project", home, "--set", "timezone=America/New_York", "--no-reports",
        ]  # fmt: skip
        cases = [("--help", [tools.nightmill, "--help"], 50), ("a run with nothing to do", idle, 200)]
        rows = []
        bars = []
        for label, command, limit in cases:
            one = Series(label)
            for _ in range(3 if options.check else 21):
                one.add(Measurement(command))
            took = one.median("seconds") * 1000
            longest = max(run.seconds for run in one.runs) * 1000
            rows.append([label, f"{took:.1f}", f"{longest:.1f}", f"{one.median('mebibytes'):.0f}"])
            bars.append(bar(f"{label} within {limit} ms", f"{took:.1f} ms", took < limit))
    header = ["", "ms (median of 21)", "slowest", "peak RSS, MiB"]
    text = "## Start-up\n\nNothing to do: the next day on a warehouse with tables, every input file with its header alone.\n\n"
    return text + table(header, rows) + "\n\n" + "\n".join(bars), True
