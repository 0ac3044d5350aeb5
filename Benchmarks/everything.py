"""All stages of the nightly pipeline at once, with their checks."""

import sys

import data
from alone import first_runs
from measure import table, warm
from nightly import SIZES, SMALL
from spent import spent
from versus import nightmill_run


def run(tools, options):
    inputs = data.generated(tools.nightmill, **(SMALL if options.check else SIZES))
    print("everything", file=sys.stderr, flush=True)
    warm(inputs.glob("*.csv"))

    def command(warehouse, home):
        return nightmill_run(tools.nightmill, inputs, warehouse, home, options.threads)

    with first_runs(tools, options, command) as (one, warehouse, home):
        size = warehouse.stat().st_size
        where = spent(home)
    sizes = SMALL if options.check else SIZES
    header = ["", "seconds", "fastest – slowest", "CPU seconds", "peak RSS, MiB", "warehouse, MB"]
    row = [
        "all stages", f"{one.median('seconds'):.2f}", one.span(), f"{one.median('cpu'):.2f}", f"{one.median('mebibytes'):,.0f}",
        f"{size / 1e6:,.0f}",
    ]  # fmt: skip
    return f"""## Everything

`nightmill run nightly --from all`: every stage, table and check; {", ".join(f"{count:,} {name}" for name, count in sizes.items())};
{options.threads} threads.

{table(header, [row])}

Where the last run's time went:

{where}""", True
