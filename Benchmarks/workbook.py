"""Workbooks of many rows beside Python's XlsxWriter with `constant_memory`: the same cells."""

import sys
import tempfile
from pathlib import Path

from measure import HERE, Measurement, alternate, bar, table


def run(tools, options):
    rows = []
    memory = []
    ratios = []
    for count in (2_000, 10_000) if options.check else (200_000, 1_000_000):
        print(f"workbook, {count:,} rows", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
            ours, theirs = (Path(name) / f"{who}.xlsx" for who in ("ours", "theirs"))
            contenders = [
                ("nightmill", lambda: Measurement([tools.bench, "workbook", count, ours])),
                ("XlsxWriter", lambda: Measurement([sys.executable, HERE / "peers" / "xlsxwriter_rows.py", count, theirs])),
            ]
            series = alternate(contenders, options.runs)
            sizes = {"nightmill": ours.stat().st_size, "XlsxWriter": theirs.stat().st_size}
        for who, one in series.items():
            seconds = one.median("seconds")
            rows.append([who, f"{count:,}", f"{seconds:.2f}", one.span(), f"{count * 10 / seconds:,.0f}", f"{one.median('mebibytes'):,.0f}", f"{sizes[who] / 1e6:,.1f}"])  # fmt: skip
        memory.append(series["nightmill"].median("mebibytes"))
        ratios.append(series["XlsxWriter"].median("seconds") / series["nightmill"].median("seconds"))
    header = ["", "rows", "seconds", "fastest – slowest", "cells/s", "peak RSS, MiB", "MB of XLSX"]
    bars = [
        bar("faster than XlsxWriter", " and ".join(f"{ratio:.1f} ×" for ratio in ratios), min(ratios) > 1),
        bar("memory flat from 200,000 to 1,000,000 rows", f"{memory[0]:.0f} and {memory[1]:.0f} MiB", memory[1] < memory[0] * 1.25 + 4),
    ]
    return f"## Workbooks\n\nOne sheet of 10 columns.\n\n{table(header, rows)}\n\n" + "\n".join(bars), True
