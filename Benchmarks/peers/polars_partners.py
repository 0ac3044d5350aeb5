"""Click quality, referrals, last-click attribution and active users made with Polars: the peer of `nightmill run` of these stages.

As polars_nightly.py: one lazy scan of each file, texts that are only compared as 64-bit hashes. Windows are only opened over groups
that need one; touches are found by hash joins; distinct persons of trailing days by what each person's next day changes.

The rules are those of the metric definitions (common rules, sections 2, 3, 4 and 9) and of the data contracts.
"""

from polars_main import main


def job(options):
    if options.whole:
        from polars_partners_whole import WholePartners

        return WholePartners
    from polars_partners_job import Partners

    return Partners


if __name__ == "__main__":
    main(__doc__, job)
