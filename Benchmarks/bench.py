"""All benchmarks: `make bench`, or `make bench BENCH="nightly decode"` for some. See README.md.

Each part prints its figures and writes them to results/<date>-<part>.md; with --check it runs once over little data, for
correctness alone, and writes nothing.
"""

import argparse
import importlib
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import measure

PARTS = ["nightly", "partners", "commissions", "tax", "everything", "decode", "scale", "startup", "workbook", "postgres"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    build = measure.HERE.parent / ".build" / "release"
    parser.add_argument("--nightmill", type=Path, default=build / "nightmill", help="the program, built for release")
    parser.add_argument("--bench", type=Path, default=build / "bench", help="its parts alone, built for release")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, alternating (default 3)")
    parser.add_argument("--threads", type=int, default=2, help="of each (default 2)")
    parser.add_argument("--name", default="", help="put after the date in the results' names")
    parser.add_argument("--results", type=Path, default=measure.HERE / "results")
    parser.add_argument("--check", action="store_true", help="little data, one run, no results")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if options.runs < 1 or options.threads < 1:
        parser.error("--runs and --threads: at least 1")
    if options.check:
        options.runs = 1
    elif measure.load() > 0.5:
        print(f"warning: the machine is busy (load {measure.load():.1f}): figures will be worse than they are", file=sys.stderr)
    ok = True
    scratch = measure.HERE.parent / ".build" / "bench"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        tools = SimpleNamespace(nightmill=options.nightmill.resolve(), bench=options.bench.resolve(), scratch=Path(folder))
        for part in options.parts or PARTS:
            text, is_right = importlib.import_module(part).run(tools, options)
            ok = ok and is_right
            print(text + "\n", flush=True)
            if not options.check:
                options.results.mkdir(parents=True, exist_ok=True)
                name = "-".join(word for word in (str(date.today()), options.name, part) if word)
                target = options.results / f"{name}.md"
                target.write_text(f"# {name}\n\n{conditions(tools, options)}\n\n{text}\n")
                print(f"written to {target}", file=sys.stderr)
    if not ok:
        sys.exit("the tables are not equal")


def conditions(tools, options):
    """Where and with what it was measured."""
    version = subprocess.run([tools.nightmill, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages = (measure.HERE / "requirements.txt").read_text().split()
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=measure.HERE).stdout.strip()
    return (
        f"{measure.machine()}, load {measure.load():.1f} at the end.\n"
        f"{version} ({commit or 'no commit known'}); Python {platform.python_version()}, {', '.join(packages)}.\n"
        f"Medians of {options.runs} runs of each, alternating, files in the page cache."
    )


if __name__ == "__main__":
    main()
