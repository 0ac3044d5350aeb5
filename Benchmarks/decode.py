"""Reading a click log into batches, beside the least that reading can be: finding separators and line breaks."""

import shutil
import subprocess
import sys

import data
from measure import HERE, Measurement, alternate, bar, table, warm
from nightly import SIZES, SMALL

THREADS = (1, 2)


def run(tools, options):
    inputs = data.generated(tools.nightmill, **(SMALL if options.check else SIZES))
    path = inputs / "clicks.csv"
    size = path.stat().st_size
    warm([path])
    floors = {"floor": compiled(tools, []), "floor, -march=native": compiled(tools, ["-march=native"])}
    rows = []
    ratios = []
    for threads in THREADS:
        print(f"decode, {threads} thread{'s' if threads > 1 else ''}", file=sys.stderr, flush=True)
        commands = {name: [program, path, threads] for name, program in floors.items()}
        commands["all columns"] = [tools.bench, "decode", path, "all", threads]
        commands["columns of the nightly job"] = [tools.bench, "decode", path, "wanted", threads]
        series = alternate([(name, lambda command=command: Measurement(command)) for name, command in commands.items()], options.runs)
        # What the programs time themselves: reading, without the start of a process.
        seconds = {name: sorted(run.figure("seconds") for run in one.runs)[len(one.runs) // 2] for name, one in series.items()}
        count = int(series["all columns"].runs[0].figure("rows"))
        for name, one in series.items():
            rows.append([
                name, threads, f"{seconds[name]:.3f}", f"{count / seconds[name]:,.0f}", f"{size / 1e6 / seconds[name]:,.0f}",
                f"{seconds[name] / size * 1e9:.3f}", f"{one.median('cpu') / size * 1e9:.3f}", f"{seconds['floor'] / seconds[name]:.2f}",
                f"{one.median('mebibytes'):,.0f}", counted(commands[name], size),
            ])  # fmt: skip
        wanted = seconds["floor"] / seconds["columns of the nightly job"]
        ratios.append(bar(f"half the floor's speed, {threads} thread{'s' if threads > 1 else ''}", f"{wanted:.2f}", wanted >= 0.5))
    header = ["", "threads", "seconds", "rows/s", "MB/s", "ns/byte", "CPU ns/byte", "× the floor's speed", "peak RSS, MiB", "per byte"]
    text = f"## Decoding alone\n\n{size / 1e6:,.0f} MB of clicks, no stage behind it.\n\n{table(header, rows)}\n\n" + "\n".join(ratios)
    return text, True


def compiled(tools, flags):
    """The floor as a program."""
    target = tools.scratch / ("floor" + "".join(flags))
    # The Swift toolchain has clang, where the system has no compiler of its own.
    compiler = shutil.which("cc") or "clang"
    subprocess.run([compiler, "-O3", *flags, "-o", target, HERE / "floor.c", "-lpthread"], check=True)
    return target


def counted(command, size):
    """Instructions and cycles per byte, where the machine counts them."""
    try:
        found = subprocess.run(
            ["perf", "stat", "-x,", "-e", "instructions:u,cycles:u", *map(str, command)], capture_output=True, text=True, check=True
        )
        values = [float(line.split(",")[0]) / size for line in found.stderr.splitlines()]
        return f"{values[0]:.2f} instructions, {values[1]:.2f} cycles"
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return "not counted here"
