"""Where a run's time went, by its run.json and journal."""

import json
from datetime import datetime

from measure import table


def newest(home):
    """The run.json of a project's newest run, and a function that says when the last event of a kind was."""
    folder = max((home / "runs").iterdir(), key=lambda one: one.stat().st_mtime)
    events = [json.loads(line) for line in (folder / "journal.ndjson").read_text().splitlines()]

    def at(event):
        return max(datetime.fromisoformat(one["time"]) for one in events if one["event"] == event)

    return json.loads((folder / "run.json").read_text()), at


def written_in(home):
    """How many seconds the newest run took from the end of its stages to the end of its transaction."""
    _, at = newest(home)
    return (at("published") - at("stage_finished")).total_seconds()


def spent(home):
    """A table of the newest run of a project: reading, stages, checks, writing, in seconds; what takes less than a hundredth of the
    run is one line. Stages are finished while the next source is read, so that the parts may be more than the whole.
    """
    told, at = newest(home)
    steps = [(f"reading {one['source']}", one["read"], one["seconds"]) for one in told["sources"]]
    steps += [(one["stage"], one["rows"], one["seconds"]) for one in told["stages"]]
    checks = sum(one["seconds"] for one in told["checks"])
    computed = at("stage_finished") if told["stages"] else at("bound")
    written = (at("audited") - computed).total_seconds() - checks
    steps += [("writing tables", sum(one["rows"] for one in told["tables"]), written)]
    steps += [(f"{len(told['checks'])} checks", "", checks), ("publishing", "", (at("published") - at("audited")).total_seconds())]
    total = told["seconds"]
    steps.append(("everything else", "", max(0, total - sum(seconds for _, _, seconds in steps))))
    small = [one for one in steps if one[2] < total / 100]
    steps = [one for one in steps if one not in small]
    steps.append((f"{len(small)} more", "", sum(seconds for _, _, seconds in small)))
    rows = [[name, f"{rows:,}" if rows != "" else "", f"{seconds:.2f}", f"{seconds / total:.0%}"] for name, rows, seconds in steps]
    return table(["", "rows", "seconds", "of the run"], rows)
