"""Click quality, referrals, last-click attribution and active users made with Polars: the peer of `nightmill run` of these stages.

As polars_nightly.py: one lazy scan of each file, texts that are only compared as 64-bit hashes. Windows are only opened over groups
that need one; touches are found by `join_asof`; distinct persons of trailing days by what each person's next day changes.

The rules are those of the metric definitions (common rules, sections 2, 3, 4 and 9) and of the data contracts.
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
    from polars_partners_job import Partners

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        job = Partners(options, scratch)
        job.run()
    steps = [("start", start)] + job.marks
    shown = ", ".join(f"{name} {at - before:.2f}" for (_, before), (name, at) in zip(steps, steps[1:]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"polars {pl.__version__}, {pl.thread_pool_size()} threads")
    print(f"seconds {time.perf_counter() - start:.3f} ({shown})")
    print(f"cpu {usage.ru_utime + usage.ru_stime:.3f}")
    print(f"peak_rss_mib {usage.ru_maxrss / 1024:.1f}")


if __name__ == "__main__":
    main()
