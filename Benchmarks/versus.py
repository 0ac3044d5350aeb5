"""One job beside its peers: same files, threads and machine, same tables cell by cell."""

import subprocess
import sys
import tempfile
from pathlib import Path

import data
from measure import HERE, Measurement, alternate, bar, project, table, warm
from spent import spent

TIMEZONE = "America/New_York"


class Job:
    """What nightmill and its peers are to do, and which tables must be equal.

    `tables` are the tables' columns, none for all of them; `flags` are more words for `nightmill run`; `narrowed` is told the
    folder of nightmill's tables, to leave out rows that the peers do not make. `whole` are the tables' columns of the whole job,
    by the peers that do it beside the other.
    """

    def __init__(self, title, name, sources, tables, flags=(), peers=("duckdb", "polars"), narrowed=None, whole=None):
        self.title = title
        self.name = name
        self.sources = sources
        self.tables = tables
        self.flags = list(flags)
        self.peers = list(peers)
        self.narrowed = narrowed
        self.whole = whole or {}

    def compared(self, tools, options, inputs, planted=False):
        """The job's report over a folder of files, and whether all tables were equal."""
        print(self.title, file=sys.stderr, flush=True)
        files = [path for source in self.sources for path in inputs.glob(f"{source}*.csv")]
        warm(files)
        with tempfile.TemporaryDirectory(prefix="nightmill-bench-", dir=tools.scratch) as name:
            scratch = Path(name)
            home = project(scratch / "project")
            warehouse = scratch / "warehouse.db"

            def ours():
                # A first run each time, as the peers' are.
                for path in scratch.glob("warehouse.db*"):
                    path.unlink()
                command = nightmill_run(tools.nightmill, inputs, warehouse, home, options.threads)
                return Measurement(command + self.flags)

            def theirs(peer, *flags):
                folder = scratch / (f"{peer}-whole" if flags else peer)
                command = [sys.executable, HERE / "peers" / f"{peer}_{self.name}.py", inputs, folder, *flags]
                command += ["--to", data.LAST_DAY, "--timezone", TIMEZONE, "--threads", options.threads]
                return Measurement(
                    command + (["--damaged"] if planted else []), {"POLARS_MAX_THREADS": str(options.threads)}
                )

            def exported(tables, folder):
                for table, columns in tables.items():
                    export = [tools.nightmill, "export", table, "--warehouse", f"sqlite:{warehouse}", "--project", home]
                    Measurement(export + (["--columns", columns] if columns else []) + ["--to", scratch / folder])

            contenders = [("nightmill", ours)] + [(peer, lambda peer=peer: theirs(peer)) for peer in self.peers]
            contenders += [(whole_job(peer), lambda peer=peer: theirs(peer, "--whole")) for peer in self.whole]
            series = alternate(contenders, options.runs)
            exported({**self.tables, "source_counts": None}, "nightmill")
            if self.narrowed:
                self.narrowed(scratch / "nightmill")
            where = spent(home)
            counts = (scratch / "nightmill" / "source_counts.csv").read_text().splitlines()[1:]
            total = sum(int(line.split(",")[1]) for line in counts if line.split(",")[0] in self.sources)
            equal, shown = tables_equal(scratch / "nightmill", self.tables, {peer: scratch / peer for peer in self.peers})
            for peer, tables in self.whole.items():
                left, right = scratch / f"nightmill-{peer}", scratch / f"{peer}-whole"
                exported(tables, left)
                Measurement([sys.executable, HERE / "peers" / "whole_tables.py", left, right, *tables])
                whole_equal, whole_shown = tables_equal(left, tables, {peer: right})
                equal = equal and whole_equal
                shown += f"\n\nThe whole job in {peer}:\n\n{whole_shown}"
        size = sum(path.stat().st_size for path in files)
        text = self.report(series, total, size, options)
        return f"{text}\n\nWhere the time of nightmill's last run went:\n\n{where}\n\n{shown}", equal

    def report(self, series, total, size, options):
        ours = series["nightmill"]
        fastest = min((series[peer] for peer in self.peers), key=lambda one: one.median("seconds"))
        rows = []
        for one in series.values():
            seconds = one.median("seconds")
            rows.append([
                one.name, f"{seconds:.2f}", one.span(), f"{total / seconds:,.0f}", f"{one.median('cpu'):.2f}",
                f"{one.median('mebibytes'):,.0f}", f"{seconds / ours.median('seconds'):.2f}",
                f"{one.median('mebibytes') / ours.median('mebibytes'):.2f}",
            ])  # fmt: skip
        header = ["", "seconds (median)", "fastest – slowest", "rows/s", "CPU seconds", "peak RSS, MiB", "time × ours", "memory × ours"]
        faster = fastest.median("seconds") / ours.median("seconds")
        smaller = fastest.median("mebibytes") / ours.median("mebibytes")
        lines = [
            f"## {self.title}",
            "",
            f"{total:,} rows, {size / 1e6:,.0f} MB of CSV; everything up to {data.LAST_DAY}, {TIMEZONE}; {options.threads} threads each.",
            "",
            table(header, rows),
            "",
            bar(f"at least 3 × as fast as the faster peer ({fastest.name})", f"{faster:.2f} ×", faster >= 3),
            bar("at most a quarter of its peak memory", f"1/{smaller:.2f}", smaller >= 4),
            *self.beside_whole(series),
            "",
            "What the last runs said of themselves:",
            "",
            "```",
        ]
        for one in list(series.values())[1:]:
            lines += one.runs[-1].output.splitlines()
        return "\n".join(lines + ["```"])

    def beside_whole(self, series):
        """A line for each peer's whole job, for which no bar is set."""
        ours = series["nightmill"]
        lines = []
        for peer in self.whole:
            one = series[whole_job(peer)]
            faster = one.median("seconds") / ours.median("seconds")
            smaller = one.median("mebibytes") / ours.median("mebibytes")
            lines.append(f"- beside the whole job in {peer}: {faster:.2f} × as fast, with 1/{smaller:.2f} of its peak memory")
        return lines


def whole_job(peer):
    """What a peer's whole job is called."""
    return f"{peer}, whole job"


def tables_equal(ours, tables, folders):
    """Whether the tables in each peer's folder are nightmill's, and a table that says so."""
    rows = {name: [name] for name in tables}
    equal = True
    details = []
    for peer, folder in folders.items():
        found = subprocess.run([sys.executable, HERE / "tables.py", ours, folder] + list(tables), capture_output=True, text=True)
        equal = equal and found.returncode == 0
        lines = found.stdout.splitlines()
        for line in lines[: len(tables)]:
            name, count, cells, verdict = line.split()
            if len(rows[name]) == 1:
                rows[name] += [f"{int(count):,}", f"{int(cells):,}"]
            rows[name].append(verdict)
        details += [f"{peer}: {line}" for line in lines[len(tables) :] if line] + found.stderr.splitlines()
    shown = table(["table", "rows", "cells"] + list(folders), rows.values())
    return equal, shown + ("\n\n```\n" + "\n".join(details) + "\n```" if details else "")


def nightmill_run(nightmill, inputs, warehouse, home, threads):
    """The command of a first run over everything."""
    return [
        nightmill, "run", "nightly", "--from", "all", "--to", data.LAST_DAY, "--inputs", inputs, "--warehouse",
        f"sqlite:{warehouse}", "--project", home, "--threads", threads, "--set", f"timezone={TIMEZONE}", "--no-reports",
    ]  # fmt: skip
