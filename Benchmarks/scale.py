"""What a click costs as there are more of them: it must not grow, with all stages."""

import sys

import data
from alone import first_runs
from measure import bar, table, warm
from spent import spent
from versus import nightmill_run

MILLIONS = (1, 10, 50)
# A data set larger than this is not kept.
KEPT = 20
# What the largest log must do with.
LITTLE = "512M"


def run(tools, options):
    rows = []
    costs = []
    millions = (0.1, 0.2) if options.check else MILLIONS
    for size in millions:
        clicks = int(size * 1_000_000)
        inputs = data.generated(tools.nightmill, clicks=clicks, calls=20_000, transactions=20_000, users=200_000)
        warm(inputs.glob("*.csv"))
        for flags in ([], ["--memory", LITTLE]) if size == millions[-1] else ([],):
            print(f"scale, {clicks:,} clicks {' '.join(flags)}", file=sys.stderr, flush=True)
            one, where = measured(tools, options, inputs, flags)
            seconds = one.median("seconds")
            costs.append(seconds / clicks * 1e9)
            memory = one.median("mebibytes")
            rows.append([
                f"{clicks:,}", f"within {LITTLE}" if flags else "", f"{seconds:.2f}", one.span(), f"{costs[-1]:,.0f}",
                f"{one.median('cpu') / clicks * 1e9:,.0f}", f"{memory:,.0f}", f"{memory * 2**20 / clicks:,.1f}",
            ])  # fmt: skip
        if size > KEPT:
            data.drop(inputs)
    header = ["clicks", "", "seconds", "fastest – slowest", "ns/click", "CPU ns/click", "peak RSS, MiB", "bytes of memory/click"]
    # What a run costs at all weighs on the smallest log.
    growth = costs[-2] / min(costs[:-2])
    text = f"""## Cost per row

The nightly pipeline with all stages over more and more clicks; 20,000 calls and transactions, 200,000 users, {options.threads} threads.

{table(header, rows)}

{bar("a click of the largest log costs at most a tenth more than one of a smaller", f"{growth:.2f} ×", growth <= 1.1)}
{bar(f"the largest log within {LITTLE}: peak RSS", f"{memory:,.0f} MiB", memory <= 512)}

Where the last run's time went:

{where}"""
    return text, True


def measured(tools, options, inputs, flags):
    """First runs over a folder, and where the last one's time went."""

    def command(warehouse, home):
        return nightmill_run(tools.nightmill, inputs, warehouse, home, options.threads) + flags

    with first_runs(tools, options, command) as (one, _, home):
        return one, spent(home)
