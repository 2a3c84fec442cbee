"""Whole numbers of more than 64 bits, as Polars has them: in 64 where all of them fit."""

from __future__ import annotations

import polars as pl

from iris_dash.tables.libraries.plain_values import is_exact

LONG = (pl.Int128, pl.UInt128)


def in_64_bits(series: pl.Series) -> pl.Series | None:
    """Return long whole numbers in 64 bits, signed or not; None where they do not fit.

    >>> in_64_bits(pl.Series([5, 2**64 - 1], dtype=pl.Int128)).dtype, in_64_bits(pl.Series([2**64]))
    (UInt64, None)
    """
    for kind in (pl.Int64, pl.UInt64):
        found = series.cast(kind, strict=False)
        if found.null_count() == series.null_count():
            return found
    return None


def whole_or_text(series: pl.Series) -> pl.Series:
    """Return a file's column; long whole numbers that 64 bits do not hold are text."""
    if series.dtype not in LONG:
        return series
    found = in_64_bits(series)
    return series.cast(pl.String) if found is None else found


def as_held(series: pl.Series) -> pl.Series:
    """Return a frame's long whole numbers in 64 bits, else as floats, else as text: what is exact.

    >>> as_held(pl.Series([2**100], dtype=pl.Int128)).to_list(), as_held(pl.Series([2**100 + 1]))[0]
    ([1.2676506002282294e+30], '1267650600228229401496703205377')
    """
    found = in_64_bits(series)
    if found is not None:
        return found
    floats = series.cast(pl.Float64)
    pairs = zip(series.drop_nulls(), floats.drop_nulls(), strict=True)
    return floats if all(is_exact(*pair) for pair in pairs) else series.cast(pl.String)
