"""nightmill by itself: first runs, each into a new warehouse."""

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from measure import Measurement, Series, project


@contextmanager
def first_runs(tools, options, command):
    """Runs `command(warehouse, home)` as often as asked; gives the series, the last run's warehouse and the project."""
    one = Series("nightmill")
    with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
        scratch = Path(name)
        warehouse = scratch / "warehouse.db"
        home = project(scratch / "project")
        for _ in range(options.runs):
            for path in scratch.glob("warehouse.db*"):
                path.unlink()
            # What does not fit memory goes beside the warehouse.
            one.add(Measurement(command(warehouse, home), {"TMPDIR": str(scratch)}))
            told = f"{one.runs[-1].seconds:.2f} s, {one.runs[-1].mebibytes:,.0f} MiB"
            print(f"  run {len(one.runs)} of {options.runs}: {told}", file=sys.stderr, flush=True)
        yield one, warehouse, home
