"""Polars columns made plain, and the values in lists, structs and maps as a column of them is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, repeat
from typing import Any

import polars as pl

from iris_dash.core.periods import PERIOD
from iris_dash.tables.libraries.long_wholes import LONG, as_held
from iris_dash.tables.libraries.moments import is_moment, moment_texts, seconds_of
from iris_dash.tables.libraries.periods import period_texts
from iris_dash.tables.libraries.plain_values import INFINITE, as_text, json_text, pairs_of


def plain(series: pl.Series) -> pl.Series:
    """Return a column of text, numbers, true/false, dates, times or categories."""
    dtype = series.dtype
    if isinstance(dtype, pl.BaseExtension):
        return plain(_storage(series, dtype))
    if dtype in LONG:
        return as_held(series)
    if dtype == pl.Float32:
        return series.cast(pl.String).cast(pl.Float64)
    if dtype.is_float() and dtype != pl.Float64:
        return series.cast(pl.Float64)
    if dtype == pl.Duration:
        return seconds_of(series)
    if dtype == pl.Null:
        return series.cast(pl.String)
    if dtype == pl.Binary:
        return pl.select(pl.format("{} bytes", series.bin.size())).to_series().alias(series.name)
    if dtype.is_nested():
        values = (None if value is None else json_text(value) for value in values_of(series))
        return pl.Series(series.name, values, dtype=pl.String)
    if dtype == pl.Object:
        return pl.Series(series.name, map(as_text, series.to_list()), dtype=pl.String)
    return series


def text_of(series: pl.Series) -> pl.Series:
    """Return a column as text, each value as it is shown."""
    found = plain(series)
    return moment_texts(found) if is_moment(found.dtype) else found.cast(pl.String)


def _storage(series: pl.Series, dtype: pl.BaseExtension) -> pl.Series:
    """Return what stands for values of a type of its own; of periods, which are counted, texts."""
    if dtype.ext_name() == PERIOD:
        return period_texts(series.ext.storage(), dtype.ext_metadata())
    return series.ext.storage()


def values_of(series: pl.Series) -> list[Any]:
    """Return values as JSON has them, those in lists, structs and maps too."""
    dtype = series.dtype
    if isinstance(dtype, pl.BaseExtension):
        return values_of(_storage(series, dtype))
    if isinstance(dtype, pl.Array):
        return values_of(series.cast(pl.List(dtype.inner)))
    if isinstance(dtype, pl.List):
        inner = values_of(series.explode(empty_as_null=False, keep_nulls=False))
        return list(_cut(series, iter(inner)))
    if isinstance(dtype, pl.Map):
        entries = series.map.entries()
        pairs = entries.explode(empty_as_null=False, keep_nulls=False).struct
        keys = pairs.field("key")
        named = values_of(keys) if keys.dtype.is_nested() else text_of(keys).to_list()
        both = zip(named, values_of(pairs.field("value")), strict=True)
        return [None if one is None else pairs_of(one) for one in _cut(entries, both)]
    if isinstance(dtype, pl.Struct):
        names = [field.name for field in dtype.fields]
        columns = [values_of(column) for column in series.struct.unnest().get_columns()]
        rows = zip(*columns, strict=True) if columns else repeat(())
        return [
            None if missing else dict(zip(names, row, strict=True))
            for missing, row in zip(series.is_null(), rows, strict=False)
        ]
    if dtype.is_decimal():
        return series.cast(pl.String).to_list()
    found = plain(series)
    if is_moment(found.dtype):
        return moment_texts(found).to_list()
    values = found.to_list()
    return [INFINITE.get(value, value) for value in values] if found.dtype.is_float() else values


def _cut(lists: pl.Series, inner: Iterator[Any]) -> Iterator[list[Any] | None]:
    """Yield the values of each list, of all lists' values one after the other."""
    for length in lists.list.len().to_list():
        yield None if length is None else list(islice(inner, length))
