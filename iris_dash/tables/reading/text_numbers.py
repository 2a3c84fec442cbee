"""Columns of numbers beside the texts they were read from: what numbers would lose stays text."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from iris_dash.tables.reading.plain_text import has_large, is_whole
from iris_dash.tables.reading.text_marks import SAMPLE
from iris_dash.tables.reading.text_scan import Scan
from iris_dash.tables.reading.text_types import CODE, WHOLE, loses_digits


def is_doubtful(numbers: pl.Series, seen: Scan, missing: Sequence[str]) -> bool:
    """Return whether numbers may say less, or more, than the texts that they were read from."""
    if missing and numbers.dtype.is_numeric():
        own = pl.Series(missing, dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls()
        if numbers.cast(pl.Float64).is_in(own.implode()).any():
            return True
    if seen.has_codes and numbers.dtype.is_numeric():
        return True
    if not numbers.dtype.is_float():
        return False
    if seen.has_named_nan and numbers.is_nan().any():
        return True
    return has_large(numbers) or (seen.has_plus and is_whole(numbers))


def exact(numbers: pl.Series, text: pl.Series) -> pl.Series:
    """Return a column of numbers, or what says more of its texts: larger whole numbers, codes."""
    bare = text.str.strip_chars()
    leads = bare.str.starts_with("0") | bare.str.starts_with("-0") | bare.str.starts_with("+0")
    if bare.filter(leads & numbers.is_not_null()).str.contains(CODE).any():
        return text
    if numbers.dtype.is_float() and bare.filter(numbers.is_nan()).str.ends_with(")").any():
        return text  # `nan(Hello)` is a NaN to C and to Arrow.
    known = bare.filter(numbers.is_not_null())
    if numbers.dtype.is_integer() or not (
        known.head(SAMPLE).str.contains(WHOLE).all() and known.str.contains(WHOLE).all()
    ):
        return text if numbers.dtype.is_float() and loses_digits(numbers, bare) else numbers
    bare = bare.set(numbers.is_null(), None).str.strip_prefix("+")
    for kind in (pl.Int64, pl.UInt64):
        whole = bare.cast(kind, strict=False)
        if whole.null_count() == numbers.null_count():
            return whole
    return text


def overflow_note(numbers: pl.Series, text: pl.Series) -> str | None:
    """Return what is to be said of numbers that are infinite, but not written so."""
    if not numbers.dtype.is_float():
        return None
    beyond = text.filter(numbers.is_infinite().fill_null(False) & text.str.contains("[0-9]"))
    if not len(beyond):
        return None
    return f"{beyond[0].strip()} is more than a 64-bit number holds: it is infinite"
