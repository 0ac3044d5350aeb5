"""Runs processes, measures them as the kernel does, and words the figures."""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Measurement:
    """What one process took, start to end: seconds, CPU seconds, peak resident mebibytes; and what it printed."""

    def __init__(self, command, environment=None):
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.perf_counter() - start
        process.stdout.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        # A process counts what its parent held when it was made, so this program keeps small: tables are compared in another.
        self.mebibytes = usage.ru_maxrss / 1024
        self.output = output.decode(errors="replace").strip()
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{self.output}")

    def figure(self, name):
        """The number printed after a word."""
        words = self.output.split()
        return float(words[words.index(name) + 1])


class Series:
    """The measurements of one contender."""

    def __init__(self, name):
        self.name = name
        self.runs = []

    def add(self, run):
        self.runs.append(run)
        return run

    def median(self, figure):
        return statistics.median(getattr(run, figure) for run in self.runs)

    def span(self):
        times = [run.seconds for run in self.runs]
        return f"{min(times):.2f} – {max(times):.2f}"


def alternate(contenders, runs):
    """Runs every contender in turn, `runs` times: (name, a function that measures one run)."""
    series = {name: Series(name) for name, _ in contenders}
    for index in range(runs):
        for name, run in contenders:
            series[name].add(run())
        told = ", ".join(f"{name} {one.runs[-1].seconds:.2f} s" for name, one in series.items())
        print(f"  run {index + 1} of {runs}: {told}", file=sys.stderr, flush=True)
    return series


def table(header, rows):
    """A table in Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def bar(what, measured, is_met):
    """One line about a bar."""
    return f"- {what}: {measured} – {'met' if is_met else '**not met**'}"


def warm(paths):
    """Reads files once, so that everybody reads from the page cache."""
    for path in paths:
        with open(path, "rb") as file:
            while file.read(1 << 22):
                pass


def machine():
    """The machine in a few words."""
    model = platform.machine()
    size = ""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
        size = f", {int(Path('/proc/meminfo').read_text().split()[1]) / 1024 / 1024:.0f} GiB of memory"
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} processors{size}, {platform.system()} {platform.release()}"


def load():
    """How busy the machine is with other things; benchmarks want nothing else to run."""
    return os.getloadavg()[0]


def project(folder):
    """A copy of what a project needs, so that runs leave nothing in the checkout."""
    for name in ("Pipelines", "SQL", "Reports"):
        shutil.copytree(HERE.parent / name, folder / name)
    return folder
