"""All stages of the nightly pipeline at once, with their checks."""

import sys
import tempfile
from pathlib import Path

import data
from measure import Measurement, Series, project, table, warm
from nightly import SIZES, SMALL
from spent import spent
from versus import nightmill_run


def run(tools, options):
    inputs = data.generated(tools.nightmill, **(SMALL if options.check else SIZES))
    print("everything", file=sys.stderr, flush=True)
    warm(inputs.glob("*.csv"))
    one = Series("nightmill")
    with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
        scratch = Path(name)
        home = project(scratch / "project")
        for _ in range(options.runs):
            for path in scratch.glob("warehouse.db*"):
                path.unlink()
            one.add(Measurement(nightmill_run(tools.nightmill, inputs, scratch / "warehouse.db", home, options.threads)))
        size = (scratch / "warehouse.db").stat().st_size
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
