"""Long columns of few values as dictionaries of their texts: each text is made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.core.days import DAY
from iris_dash.tables.libraries.moments import PER_SECOND, is_moment, moment_texts

LEAST = 10_000
"""Rows of a column from which on its texts are written sooner from a dictionary."""

SHARE = 8
"""A dictionary has at most a text per so many rows."""

TENTHS = (1, 10, 100, 1_000)
"""Numbers are looked for that are multiples of one by these."""

FARTHEST = 10**12
"""Up to so many multiples from nought each multiple is another number."""

FEW = 1_000
"""Values that are looked at first: most columns that are no multiples show it there."""

BLOCK = 1 << 14
"""Values that are looked at together: what is made of them stays in the processor's cache."""


def as_dictionary(column: pl.Series) -> pl.Series:
    """Return a column's values as an Enum of the texts that CSV has of them; missing stays missing.

    Numbers as Polars writes them, dates and times in ISO 8601. Numbers that are few multiples of
    one, a tenth …, dates and times few of a day, an hour …; any other column is returned as it is.
    """
    if len(column) < LEAST or column.null_count() == len(column):
        return column
    if column.dtype == pl.Float64:
        return _numbers(column)
    return _moments(column) if is_moment(column.dtype) else column


def _numbers(column: pl.Series) -> pl.Series:
    values = _known(column)
    first = values[:FEW]
    with np.errstate(over="ignore", invalid="ignore"):
        scale = next((n for n in TENTHS if (np.rint(first * n) / n == first).all()), None)
        if scale is None:
            return column
        low, high = (np.rint(end * scale) for end in (values.min(), values.max()))
    if not (-FARTHEST < low <= high < FARTHEST and high - low < len(column) // SHARE):
        return column
    known = (np.arange(int(high - low) + 1) + low) / scale
    places = _places(values, known, lambda block: block * scale - (low - 0.5))
    if places is None:
        return column
    return _placed(column, places, pl.Series(known).cast(pl.String))


def _moments(column: pl.Series) -> pl.Series:
    dtype, counts = column.dtype, _known(column.to_physical())
    first = counts[:FEW]
    step = next((n for n in _steps(dtype) if not ((first - first[0]) % n).any()), 1)
    low, length = int(counts.min()), (int(counts.max()) - int(counts.min())) // step + 1
    if length > len(column) // SHARE:
        return column
    known = low + step * np.arange(length, dtype=counts.dtype)
    places = _places(counts, known, lambda block: (block - low) // step)
    if places is None:
        return column
    return _placed(column, places, moment_texts(pl.Series(known).cast(dtype)))


def _places(
    values: NDArray[Any], known: NDArray[Any], place: Callable[[NDArray[Any]], NDArray[Any]]
) -> NDArray[np.unsignedinteger[Any]] | None:
    """Return where each value stands among the known ones; None if one is not among them.

    `place` says where it would stand, any fraction to be left out. Values are compared as bits,
    since a negative nought is written otherwise than nought.
    """
    bits = f"i{values.itemsize}"
    found = np.empty(len(values), np.min_scalar_type(len(known)))
    for start in range(0, len(values), BLOCK):
        block = values[start : start + BLOCK]
        places = place(block).astype(np.intp)
        if (known.take(places, mode="clip").view(bits) != block.view(bits)).any():
            return None
        found[start : start + BLOCK] = places
    return found


def _steps(dtype: pl.DataType) -> tuple[int, ...]:
    """Return a day, an hour, a minute and a second as a type of moments counts them."""
    if dtype == pl.Date:
        return (1,)
    per = PER_SECOND[dtype.time_unit if isinstance(dtype, pl.Datetime) else "ns"]
    return DAY * per, 3_600 * per, 60 * per, per


def _known(column: pl.Series) -> NDArray[Any]:
    """Return the values of a column that has some, one of them in place of what is missing."""
    return (column.fill_null(column.min()) if column.has_nulls() else column).to_numpy()


def _placed(column: pl.Series, places: NDArray[Any], texts: pl.Series) -> pl.Series:
    """Return a column of these texts, each row's at its place; missing where the column is."""
    kind = pl.Enum(texts)
    held = pl.Series(column.name, places).cast(pl.Series(dtype=kind).to_physical().dtype)
    known = held.set(column.is_null(), None) if column.has_nulls() else held
    return known.cat.to(kind)


def distinct_texts(column: pl.Series) -> pl.Series:
    """Return the texts that a column of text or a dictionary may have, each once."""
    return column.dtype.categories if isinstance(column.dtype, pl.Enum) else column.unique()


def each_text(column: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return a column with its texts changed; a dictionary's are, not each row's.

    `change` gives different texts for different ones.
    """
    if not isinstance(column.dtype, pl.Enum):
        return change(column)
    return column.to_physical().cat.to(pl.Enum(change(column.dtype.categories)))
