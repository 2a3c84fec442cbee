"""Column types made plain, so that every answer (JSON, CSV, page) can carry their values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import narwhals as nw
import orjson
import polars as pl

LEFT_KINDS = ("string", "boolean", "date", "time", "datetime")
NUMBER_KINDS = ("integer", "floating", "mixed-integer-float", "decimal")
"""What pandas calls columns of plain objects that stay, and those that are all numbers."""

LEFT_TYPES = (nw.String, nw.Boolean, nw.Date, nw.Datetime, nw.Time)

Frame = nw.DataFrame[Any]


def plain_columns(frame: Frame, codes: Iterable[str] = ()) -> Frame:
    """Return the frame with columns of text, numbers, true/false, dates, times and categories.

    Decimals and integers of more than 64 bits become 64-bit floats, a 32-bit float the 64-bit
    one that prints the same, a duration its seconds; lists and structs become JSON text, bytes
    their length as text, any other object its text. Categories of a pandas frame become text.
    `codes` names columns whose floats become integers if all are whole, as in a pandas column of
    integers with gaps. The frame given stays as it is.
    """
    native, codes = nw.to_native(frame), set(codes)
    if isinstance(native, pl.DataFrame):
        changed = []
        for series in native.get_columns():
            plain = _plain_polars(series)
            if series.name in codes and plain.dtype.is_float():
                plain = _whole_polars(plain)
            changed += [plain] if plain is not series else []
        return nw.from_native(native.with_columns(changed), eager_only=True) if changed else frame
    replaced = {}
    for name in frame.columns:
        column = _plain_pandas(native[name])
        if name in codes and column.dtype.kind == "f":
            column = _whole_pandas(column)
        if column is not native[name]:
            replaced[name] = column
    return nw.from_native(native.assign(**replaced), eager_only=True) if replaced else frame


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


def _plain_polars(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if dtype.is_decimal() or dtype in (pl.Int128, pl.UInt128):
        return series.cast(pl.Float64)
    if dtype == pl.Float32:
        return series.cast(pl.String).cast(pl.Float64)
    if dtype.is_float() and dtype != pl.Float64:
        return series.cast(pl.Float64)
    if dtype == pl.Duration:
        return series.dt.total_seconds(fractional=True)
    if dtype == pl.Null:
        return series.cast(pl.String)
    if dtype == pl.Binary:
        return pl.select(pl.format("{} bytes", series.bin.size())).to_series().alias(series.name)
    if dtype.is_nested() or dtype == pl.Object:
        return pl.Series(series.name, map(as_text, series.to_list()), dtype=pl.String)
    return series


def _whole_polars(series: pl.Series) -> pl.Series:
    known = series.fill_nan(None)
    whole = known.drop_nulls()
    return known.cast(pl.Int64) if (whole.is_finite() & (whole == whole.round())).all() else series


def _plain_pandas(series: Any) -> Any:
    """Return a pandas column in a plain type; one that is plain already comes back itself."""
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        names = dtype.categories
        if all(isinstance(name, str) for name in names):
            return series
        return series.cat.rename_categories([as_text(name) for name in names])
    if isinstance(dtype, pd.SparseDtype):
        return _plain_pandas(series.sparse.to_dense())
    if str(dtype).lower() in ("float16", "float32"):
        return series.astype("float64").map(_shortest)
    if pd.api.types.is_object_dtype(dtype):
        kind = pd.api.types.infer_dtype(series, skipna=True)
        if kind in NUMBER_KINDS:
            return series.map(lambda v: math.nan if pd.isna(v) else float(v)).astype("float64")
        return series if kind in LEFT_KINDS else _text_column(series)
    if getattr(dtype, "kind", "O") == "m":
        return series.dt.total_seconds()
    if isinstance(dtype, pd.StringDtype | pd.DatetimeTZDtype):
        return series
    return series if getattr(dtype, "kind", "O") in "biufM" else _text_column(series)


def _whole_pandas(series: Any) -> Any:
    known = series.dropna()
    return series.astype("Int64") if (known % 1 == 0).all() else series


def _text_column(series: Any) -> Any:
    import pandas as pd

    texts = [as_text(value) for value in series.astype(object)]
    return pd.Series(texts, index=series.index, name=series.name, dtype="str")


def _shortest(value: float) -> float:
    import numpy as np

    return float(str(np.float32(value)))


def as_text(value: Any) -> str | None:
    """Return any value as text, a container as JSON; a missing one stays missing.

    >>> as_text([1, None]), as_text({"a": "b"}), as_text(None)
    ('[1,null]', '{"a":"b"}', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, list | tuple | dict):
        try:
            return orjson.dumps(value, default=_plain_text, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:
            return str(value)
    return None if value != value or type(value).__name__ == "NAType" else str(value)


def _plain_text(value: Any) -> Any:
    return as_text(value) if isinstance(value, bytes) else str(value)
