"""Single values of any library as plain ones: missing, text, a place among others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from iris_dash.query.value_text import FacetValue


def is_missing(value: Any) -> bool:
    """Return whether an engine's value means missing: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def places_of(column: Iterable[Any], values: tuple[FacetValue, ...]) -> NDArray[Any]:
    """Return the place of each value of a column among these values; a missing one is None."""
    place = {value: position for position, value in enumerate(values)}
    return np.array([place[None if is_missing(v) else v] for v in column], dtype=np.intp)


def as_text(value: Any) -> str | None:
    """Return any value as text, a container as JSON; a missing one stays missing.

    >>> as_text([1, None]), as_text({"a": "b"}), as_text(None)
    ('[1,null]', '{"a":"b"}', None)
    """
    if value is None or isinstance(value, str):
        return value
    if is_missing(value):
        return None
    if hasattr(value, "tolist"):
        return as_text(value.tolist())
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, list | tuple | dict):
        try:
            return orjson.dumps(value, default=_plain_text, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:
            return str(value)
    return str(value)


def _plain_text(value: Any) -> Any:
    return as_text(value) if isinstance(value, bytes) else str(value)
