"""An engine's columns made plain: how each is read, so that every answer can carry its values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import narwhals as nw
import polars as pl

LEFT_TYPES = (nw.String, nw.Boolean, nw.Date, nw.Datetime, nw.Time)
"""Types that stay, beside those of numbers."""


def asked_columns(
    table: nw.LazyFrame[Any], collect: Callable[[nw.LazyFrame[Any]], pl.DataFrame]
) -> tuple[nw.Expr, ...]:
    """Return the columns of an engine's table as expressions of a plain type, missing as null.

    Decimals and 32-bit floats become 64-bit floats; a type that no answer can carry its text.
    """
    types = table.collect_schema()
    floats = [name for name, dtype in types.items() if dtype.is_float()]
    asked = [
        nw.when(~nw.col(name).is_null() & ~_is_number(name)).then(nw.lit(1)).max().alias(f"{i}")
        for i, name in enumerate(floats)
    ]
    found = collect(table.select(*asked)).row(0) if asked else ()
    with_nan = {name for name, has in zip(floats, found, strict=True) if has}
    return tuple(_asked_column(name, dtype, name in with_nan) for name, dtype in types.items())


def _asked_column(name: str, dtype: nw.dtypes.DType, with_nan: bool) -> nw.Expr:
    column = nw.col(name)
    if isinstance(dtype, nw.Decimal | nw.Float32 | nw.Int128 | nw.UInt128):
        column = column.cast(nw.Float64())
    elif not isinstance(dtype, LEFT_TYPES) and not dtype.is_numeric():
        column = column.cast(nw.String())
    if with_nan:
        column = nw.when(_is_number(name)).then(column)
    return column.alias(name)


def _is_number(name: str) -> nw.Expr:
    """Return whether a float is not NaN, as an expression; not every engine knows the word."""
    return nw.col(name).is_between(-math.inf, math.inf)
