"""The tables of the nightly run made with Polars: the peer of `nightmill run nightly --from all --to DAY`.

Lazy scans on the streaming engine, of just the columns that the metrics need; expressions throughout, no loop over rows. Texts
that are only ever compared (keys, viewers) become 64-bit hashes while they are read, so that the click log is never held as
text. Local days come from comparisons with the zone's few changes of offset. Money is whole minor units; products are Int128.

The rules are those of the metric definitions (common rules, sections 1 and 8) and of the data contracts.
"""

import os
import resource
import tempfile
import time

import common


def main():
    options = common.parser(__doc__).parse_args()
    # Read when the library is loaded.
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    import polars as pl
    from polars_job import Job

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        job = Job(options, scratch)
        job.run()
    steps = [("start", start)] + job.marks
    shown = ", ".join(f"{name} {at - before:.2f}" for (_, before), (name, at) in zip(steps, steps[1:]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"polars {pl.__version__}, {pl.thread_pool_size()} threads")
    print(f"seconds {time.perf_counter() - start:.3f} ({shown})")
    if job.repair_seconds:
        print(f"of these {job.repair_seconds:.3f} to take out the lines that break CSV or UTF-8")
    print(f"cpu {usage.ru_utime + usage.ru_stime:.3f}")
    print(f"peak_rss_mib {usage.ru_maxrss / 1024:.1f}")


if __name__ == "__main__":
    main()
