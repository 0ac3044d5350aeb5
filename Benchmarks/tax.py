"""A tax year of a million payouts summarised in one run."""

import sys
import tempfile
from pathlib import Path

import data
from measure import HERE, Measurement, Series, project, table, warm

SIZES = (1_000_000, 100_000)
SMALL = (20_000, 2_000)


def run(tools, options):
    payouts, recipients = SMALL if options.check else SIZES
    inputs = data.made(
        f"tax-{payouts}-{recipients}",
        lambda folder: Measurement([sys.executable, HERE / "tax-1099.py", folder, payouts, recipients]),
    )
    print("tax", file=sys.stderr, flush=True)
    warm(inputs.glob("*.csv"))
    one = Series("nightmill")
    with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
        scratch = Path(name)
        home = project(scratch / "project")
        for _ in range(options.runs):
            for path in scratch.glob("warehouse.db*"):
                path.unlink()
            command = [tools.nightmill, "tax", "1099", "--year", "2026", "--to", "2027-01-31", "--inputs", inputs, "--no-copies"]
            command += ["--warehouse", f"sqlite:{scratch / 'warehouse.db'}", "--project", home, "--threads", options.threads]
            one.add(Measurement(command))
        # Such a run keeps no run.json.
        told = one.runs[-1].output.splitlines()
        where = [line for line in told if " rows in " in line or line.startswith(("tax_1099", "run ")) or ".xlsx" in line]
        where = "\n".join(line.replace(f"{home}/", "") for line in where)
    seconds = one.median("seconds")
    header = ["payouts", "recipients", "seconds", "fastest – slowest", "payouts/s", "CPU seconds", "peak RSS, MiB"]
    row = [
        f"{payouts:,}", f"{recipients:,}", f"{seconds:.2f}", one.span(), f"{payouts / seconds:,.0f}", f"{one.median('cpu'):.2f}",
        f"{one.median('mebibytes'):,.0f}",
    ]  # fmt: skip
    return f"""## A tax year

`nightmill tax 1099 --no-copies`: tables, workbook and CSV files; {options.threads} threads.

{table(header, [row])}

```
{where}
```""", True
