"""Documents that MongoDB answers with, as frames; what is no value of its column is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis.expr.datatypes as dt
import polars as pl

from iris_dash.engines.mongodb.fields import DAY, EPOCH

MILLISECOND = timedelta(milliseconds=1)


def frame_of(
    documents: Sequence[Mapping[str, Any]], schema: Mapping[str, dt.DataType]
) -> pl.DataFrame:
    """Return documents with the values of the columns as `c0`, `c1` … in the columns' types."""
    columns = []
    for place, (name, kind) in enumerate(schema.items()):
        values = (document.get(f"c{place}") for document in documents)
        columns.append(_series(values, kind).alias(name))
    return pl.DataFrame(columns)


def _series(values: Iterable[Any], kind: dt.DataType) -> pl.Series:
    if kind.is_boolean():
        return pl.Series(_read(values, _truth), dtype=pl.Boolean)
    if kind.is_integer():
        return pl.Series(_read(values, _whole), dtype=pl.Int64)
    if kind.is_floating() or kind.is_decimal():
        return pl.Series(_read(values, _number), dtype=pl.Float64)
    if kind.is_date():
        days = _read(values, lambda value: None if (ms := _millis(value)) is None else ms // DAY)
        return pl.Series(days, dtype=pl.Int32, strict=False).cast(pl.Date)
    if isinstance(kind, dt.Timestamp):
        moment = pl.Datetime("ms", kind.timezone)
        return pl.Series(_read(values, _millis), dtype=pl.Int64).cast(moment)
    return pl.Series(_read(values, _text), dtype=pl.String)


def _read(values: Iterable[Any], read: Callable[[Any], Any]) -> list[Any]:
    return [None if value is None else read(value) for value in values]


def _truth(value: Any) -> bool | None:
    return bool(value) if isinstance(value, bool | int) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if isinstance(value, int | float) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _millis(value: Any) -> int | None:
    """Return the milliseconds since 1970 of a date, which PyMongo gives as a number of its own."""
    if isinstance(value, datetime):
        plain = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return (plain - EPOCH) // MILLISECOND
    return int(value) if hasattr(value, "as_datetime") else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def documents_of(
    frame: pl.DataFrame, paths: Mapping[str, Sequence[str]], start: int
) -> list[dict[str, Any]]:
    """Return rows as documents, their own keys counted from `start`; `paths`: where columns go."""
    documents: list[dict[str, Any]] = [{"_id": start + place} for place in range(len(frame))]
    for series in frame:
        *folders, last = paths[series.name]
        for document, value in zip(documents, series, strict=True):
            inside = document
            for folder in folders:
                inside = inside.setdefault(folder, {})
            inside[last] = _kept(value)
    return documents


def _kept(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value
