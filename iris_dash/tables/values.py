"""A frame's values as plain Python and NumPy ones, whatever library holds the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.query.names import held_name
from iris_dash.query.schema import Facet
from iris_dash.tables.libraries import Frame, Series, library_of


def floats(column: Series) -> NDArray[np.float64]:
    """Return numbers as floats, NaN for missing."""
    return np.asarray(column.cast(nw.Float64()).to_numpy(), dtype=np.float64)


def facet_places(frame: Frame, facet: Facet) -> NDArray[Any]:
    """Return the place of each row's value among the facet's values, in the smallest whole type."""
    column = frame[held_name(facet.name)]
    places = library_of(column).places(column, facet.values)
    return places.astype(np.min_scalar_type(len(facet.values)))


def plain_rows(frame: Frame) -> list[tuple[Any, ...]]:
    """Return a frame's rows as tuples of JSON-ready values; missing is None."""
    return library_of(frame).plain_rows(frame)


def records(frame: Frame, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows as JSON-ready objects, the first columns under these keys; missing is None."""
    return [dict(zip(keys, row, strict=False)) for row in plain_rows(frame)]
