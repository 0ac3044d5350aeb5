"""Expressions of values: text that stands as it should is read at once; what is left goes through the more patient readings,
which cost nothing where there is nothing."""

import polars as pl
from polars import col

DAY_US = 86_400_000_000


def is_given(name):
    """Whether a text is there; null stands for no, too."""
    return col(name) != ""


def text(name):
    """A text, null if empty."""
    return pl.when(is_given(name)).then(col(name))


def word(name, known):
    """A word of a vocabulary, in any case and with spaces around it, as an enumeration; null if unknown."""
    words = pl.Enum(known)
    plain = col(name).cast(words, strict=False)
    return plain.fill_null(
        pl.when(plain.is_null()).then(col(name)).str.strip_chars().str.to_lowercase().cast(words, strict=False)
    )


def code(name, known):
    """A currency's code as an enumeration, in any case and with spaces around it; null if unknown."""
    return col(name).str.strip_chars().str.to_uppercase().cast(pl.Enum(known), strict=False)


def instant(name):
    """Microseconds of an instant with or without an offset (then of UTC); null if it is none."""
    value = pl.lit(None, pl.Int64)
    left = col(name)
    for layout in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"):
        value = value.fill_null(left.str.to_datetime(layout, strict=False, time_unit="us").to_physical())
        left = pl.when(value.is_null()).then(col(name)).str.strip_chars()
    return value.fill_null(left.str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Int64) * DAY_US)


def whole(name):
    """A whole number; null if it is none."""
    plain = col(name).cast(pl.Int64, strict=False)
    patient = col(name).str.strip_chars().str.strip_prefix("+").cast(pl.Int64, strict=False)
    return plain.fill_null(pl.when(plain.is_null()).then(patient))


def micros(name):
    """Money in millionths; null if it is no decimal or has more decimals."""
    stripped = col(name).str.strip_chars()
    is_decimal = stripped.str.contains(r"^[+-]?[0-9]+([.][0-9]{1,6}0*)?$")
    value = stripped.str.strip_prefix("+").cast(pl.Decimal(18, 6), strict=False).to_physical().cast(pl.Int64, strict=False)
    return pl.when(is_decimal).then(value)


def is_blank(name):
    """Whether an optional value is absent."""
    return col(name).is_null() | (col(name).str.strip_chars() == "")


def round_div(a, b):
    """Half away from zero, for a positive divisor."""
    # Int128 has no negation.
    return pl.when(a < 0).then(0 - (2 * (0 - a) + b) // (2 * b)).otherwise((2 * a + b) // (2 * b))


def ratio(a, b):
    """A share with six decimals; null of nothing."""
    six = round_div(a.cast(pl.Int128) * 1_000_000, b.cast(pl.Int128))
    return pl.when(b > 0).then(six.cast(pl.Decimal(38, 0)) * pl.lit("0.000001").cast(pl.Decimal(7, 6)))
