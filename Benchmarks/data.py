"""The generated data sets, kept from run to run under .build/bench/data by the options that made them."""

import shutil
import subprocess
import sys

from measure import HERE, Measurement

LAST_DAY = "2026-11-15"
CACHE = HERE.parent / ".build" / "bench" / "data"


def generated(nightmill, clicks, calls, transactions, users, planted=False, seed=1):
    """The folder of a data set, made if it is not there."""
    version = subprocess.run([nightmill, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    kind = "planted" if planted else "clean"
    folder = CACHE / f"{version}-{kind}-{clicks}-{calls}-{transactions}-{users}-{seed}"
    if folder.is_dir():
        return folder
    # About 250 bytes a click and 90 a call or transaction.
    needed = clicks * 260 + (calls + transactions) * 100 + users * 130
    CACHE.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(CACHE).free
    if free < needed * 1.3:
        sys.exit(f"{CACHE}: {needed / 1e9:.0f} GB of data need {needed * 1.3 / 1e9:.0f} GB of free disk, found {free / 1e9:.0f} GB")
    print(f"generating {needed / 1e9:.1f} GB of {kind} rows", file=sys.stderr, flush=True)
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [nightmill, "generate", "--users", users, "--seed", seed, "--clicks", clicks, "--calls", calls]
    command += ["--transactions", transactions, "--last", LAST_DAY, "--to", unfinished] + ([] if planted else ["--clean"])
    Measurement(command)
    unfinished.rename(folder)
    return folder


def drop(folder):
    """Deletes a data set that is too large to keep."""
    shutil.rmtree(folder)
