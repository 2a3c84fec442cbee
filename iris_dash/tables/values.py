"""A frame's values as plain Python and NumPy ones, whatever library holds the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.query.schema import Facet


def floats(series: nw.Series[Any]) -> NDArray[np.float64]:
    """Return numbers as floats, NaN for missing."""
    return np.asarray(series.cast(nw.Float64()).to_numpy(), dtype=np.float64)


def facet_places(frame: nw.DataFrame[Any], facet: Facet) -> NDArray[Any]:
    """Return the place of each row's value among the facet's values, in the smallest whole type."""
    kind = np.min_scalar_type(len(facet.values))
    series = frame[facet.name]
    native = nw.to_native(series)
    if isinstance(native, pl.Series) and isinstance(native.dtype, pl.Enum):
        # An Enum holds the facet's text values in its order; the missing value comes last.
        return native.to_physical().fill_null(len(facet.values) - 1).to_numpy().astype(kind)
    place = {value: position for position, value in enumerate(facet.values)}
    return np.array([place[None if is_missing(v) else v] for v in series.to_list()], dtype=kind)


def records(rows: nw.DataFrame[Any], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows as JSON-ready objects, the first columns under these keys; missing is None."""
    return [dict(zip(keys, row, strict=False)) for row in plain_rows(rows)]


def plain_rows(frame: nw.DataFrame[Any]) -> list[tuple[Any, ...]]:
    """Return a frame's rows as tuples of JSON-ready values; missing is None."""
    rows: list[tuple[Any, ...]] = frame.rows()
    if isinstance(nw.to_native(frame), pl.DataFrame):
        return rows
    return [tuple(_plain_value(value) for value in row) for row in rows]


def _plain_value(value: Any) -> Any:
    """Return a pandas value as a plain one: missing (NaN, NaT, NA) as None, a time as datetime."""
    if is_missing(value):
        return None
    if isinstance(value, np.generic):
        return value.item()
    as_datetime = getattr(value, "to_pydatetime", None)
    return as_datetime(warn=False) if as_datetime else value


def is_missing(value: Any) -> bool:
    """Return whether an engine's value means missing: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
