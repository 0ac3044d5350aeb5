"""Runs a job of Polars and tells what it took, as nightmill's peers do."""

import os
import resource
import tempfile
import time

import common


def main(doc, job):
    """Runs the job whose class `job(options)` imports."""
    options = common.parser(doc).parse_args()
    # Read when the library is loaded.
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    import polars as pl

    job = job(options)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        work = job(options, scratch)
        work.run()
    steps = [("start", start)] + work.marks
    shown = ", ".join(f"{name} {at - before:.2f}" for (_, before), (name, at) in zip(steps, steps[1:]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"polars {pl.__version__}, {pl.thread_pool_size()} threads{', whole job' if options.whole else ''}")
    print(f"seconds {time.perf_counter() - start:.3f} ({shown})")
    if work.repair_seconds:
        print(f"of these {work.repair_seconds:.3f} to take out the lines that break CSV or UTF-8")
    print(f"cpu {usage.ru_utime + usage.ru_stime:.3f}")
    print(f"peak_rss_mib {usage.ru_maxrss / 1024:.1f}")
