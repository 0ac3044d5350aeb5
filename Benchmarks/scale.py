"""What a click costs as there are more of them: it must not grow."""

import sys
import tempfile
from pathlib import Path

import data
from measure import Series, Measurement, bar, project, table, warm
from nightly import nightmill_run

MILLIONS = (1, 10, 50)
# A data set larger than this is not kept.
KEPT = 20


def run(tools, options):
    rows = []
    costs = []
    for millions in (0.1, 0.2) if options.check else MILLIONS:
        clicks = int(millions * 1_000_000)
        inputs = data.generated(tools.nightmill, clicks=clicks, calls=20_000, transactions=20_000, users=200_000)
        print(f"scale, {clicks:,} clicks", file=sys.stderr, flush=True)
        warm(inputs.glob("*.csv"))
        one = Series("nightmill")
        with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
            scratch = Path(name)
            home = project(scratch / "project")
            for _ in range(options.runs):
                for path in scratch.glob("warehouse.db*"):
                    path.unlink()
                one.add(Measurement(nightmill_run(tools.nightmill, inputs, scratch / "warehouse.db", home, options.threads)))
        seconds = one.median("seconds")
        costs.append(seconds / clicks * 1e9)
        memory = one.median("mebibytes")
        rows.append([f"{clicks:,}", f"{seconds:.2f}", one.span(), f"{costs[-1]:,.0f}", f"{one.median('cpu') / clicks * 1e9:,.0f}", f"{memory:,.0f}", f"{memory * 2**20 / clicks:,.1f}"])  # fmt: skip
        if millions > KEPT:
            data.drop(inputs)
    header = ["clicks", "seconds", "fastest – slowest", "ns/click", "CPU ns/click", "peak RSS, MiB", "bytes of memory/click"]
    growth = costs[-1] / costs[0]
    text = f"""## Cost per row

The nightly job over more and more clicks; 20,000 calls and transactions, {options.threads} threads.

{table(header, rows)}

{bar("a click of the largest log costs at most a tenth more than one of the smallest", f"{growth:.2f} ×", growth <= 1.1)}"""
    return text, True
