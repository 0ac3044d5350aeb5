"""A tax year of a million payouts summarised in one run."""

import sys

import data
from alone import first_runs
from measure import HERE, Measurement, table, warm

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

    def command(warehouse, home):
        return [
            tools.nightmill, "tax", "1099", "--year", "2026", "--to", "2027-01-31", "--inputs", inputs, "--no-copies",
            "--warehouse", f"sqlite:{warehouse}", "--project", home, "--threads", options.threads,
        ]  # fmt: skip

    with first_runs(tools, options, command) as (one, _, home):
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
