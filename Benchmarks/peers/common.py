"""What the peers share: the words of the metric definitions, the sources' files, a zone's changes of offset, the arguments."""

import argparse
import gzip
import os
from datetime import date, datetime, timedelta, timezone

BOTS = (
    "bot|crawl|spider|slurp|preview|headless|curl/|wget/|python-requests|httpclient|facebookexternalhit"
)

OUTCOMES = {
    "hangup": "hangup abandoned",
    "rejection": "rejection rejected declined call_rejected",
    "timeout": "timeout no-answer no_answer noanswer",
    "busy": "busy user_busy",
    "success": "success completed connected answered",
    "caller_cancelled": "caller_cancelled canceled cancelled",
    "network": "network failed network_error",
}

# ISO 4217 by decimals of the minor unit.
CURRENCIES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
        COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
        IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD
        NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
        SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

# The settings of the nightly pipeline that partners' stages read; microseconds.
LIMITS = {
    "velocity_limit": 30,
    "dedupe_us": 60 * 60_000_000,
    "attribution_us": 30 * 86_400_000_000,
    "limit_us": 90 * 86_400_000_000,
}


def files(folder, source, ends=(".csv", ".csv.gz")):
    """The files of a source in byte order of their names."""
    names = [
        name
        for name in os.listdir(folder)
        if name.endswith(ends) and name.startswith((source + ".csv", source + "-"))
    ]
    return [os.path.join(folder, name) for name in sorted(names, key=os.fsencode)]


def open_plain(path):
    """A file's bytes, inflated if need be."""
    return gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")


def zone_changes(zone, first, last):
    """The zone's changes of offset between two instants in microseconds: (the second from which on it holds no longer, the offset
    in seconds), and the offset after the last change.

    A comparison with the few changes of a data set's time is exact, and much faster than a look into the zone for each row.
    """
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    ceiling = int((datetime(2200, 1, 1, tzinfo=timezone.utc) - epoch).total_seconds())
    low, high = (max(-ceiling, min(ceiling, value // 1_000_000)) for value in (first, last))

    def offset(second):
        return int((epoch + timedelta(seconds=second)).astimezone(zone).utcoffset().total_seconds())

    changes = []
    at = low
    while at < high:
        step = min(at + 86_400, high)
        if offset(at) != offset(step):
            left, right = at, step
            while right - left > 1:
                middle = (left + right) // 2
                if offset(middle) == offset(at):
                    left = middle
                else:
                    right = middle
            changes.append((right, offset(at)))
        at = step
    return changes, offset(high)


def scaled(text, digits):
    """A decimal text as a whole number of 10^-digits."""
    whole_part, _, fraction = text.partition(".")
    if len(fraction) > digits and fraction[digits:].strip("0"):
        raise SystemExit(f"{text}: more than {digits} decimals")
    return int(whole_part + fraction[:digits].ljust(digits, "0"))


def decimals(currency):
    """The decimals of a currency's minor unit."""
    for digits, codes in CURRENCIES.items():
        if currency in codes.split():
            return digits
    raise SystemExit(f"{currency}: no currency of ISO 4217")


def parser(description):
    """The arguments of every peer."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("inputs", help="folder of the canonical CSV files")
    arguments.add_argument("output", help="folder the tables are written to")
    arguments.add_argument("--to", required=True, type=date.fromisoformat, help="last day, YYYY-MM-DD")
    arguments.add_argument("--timezone", default="America/New_York")
    arguments.add_argument("--currency", default="USD")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--default-booking-value", default="5.00")
    arguments.add_argument("--conversion-per-point", default="0.05")
    arguments.add_argument("--format", choices=["csv", "parquet"], default="csv")
    arguments.add_argument("--damaged", action="store_true", help="the files may break CSV or UTF-8: look for it")
    arguments.add_argument("--whole", action="store_true", help="all that nightmill does of the job, into a warehouse if there is one")
    return arguments
