"""The tables of the nightly run made with Polars: the peer of `nightmill run nightly --from all --to DAY`.

Lazy scans on the streaming engine, of just the columns that the metrics need; expressions throughout, no loop over rows. Texts
that are only ever compared (keys, viewers) become 64-bit hashes while they are read, so that the click log is never held as
text. Local days come from comparisons with the zone's few changes of offset. Money is whole minor units; products are Int128.

The rules are those of the metric definitions (common rules, sections 1 and 8) and of the data contracts.
"""

from polars_main import main


def job(_):
    from polars_job import Job

    return Job


if __name__ == "__main__":
    main(__doc__, job)
