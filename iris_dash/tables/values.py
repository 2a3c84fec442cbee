"""A frame's values as plain Python and NumPy ones, whatever library holds the frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import orjson
from numpy.typing import NDArray

from iris_dash.query.names import held_name
from iris_dash.query.schema import Facet
from iris_dash.tables.libraries import Frame, Series, library_of
from iris_dash.tables.libraries.plain_values import is_missing


def floats(column: Series) -> NDArray[np.float64]:
    """Return numbers as floats, NaN for missing."""
    return np.asarray(column.cast(nw.Float64()).to_numpy(), dtype=np.float64)


def json_value(value: Any) -> Any:
    """Return as JSON says it what its library has no form for: a decimal as a number where that
    reads back as the same, else as text; anything else as its text.

    >>> json_value(Decimal("1.50")), json_value(Decimal("12345678901234567.89"))
    (1.5, '12345678901234567.89')
    """
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value)
    return str(value)


def as_json(value: Any, option: int = 0, default: Callable[[Any], Any] = json_value) -> bytes:
    """Return a value as JSON, with the forms of `default`; whole numbers of any length as they are.

    >>> as_json({"most": [2**64, -(2**63), 2**63], "none": float("nan")})
    b'{"most":[18446744073709551616,-9223372036854775808,9223372036854775808],"none":null}'
    """
    try:
        return orjson.dumps(value, default=default, option=option)
    except orjson.JSONEncodeError:  # a whole number of more than 64 bits

        def plain(one: Any) -> Any:
            return _long_as_they_are(default(one))

        return orjson.dumps(_long_as_they_are(value), default=plain, option=option)


def _long_as_they_are(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _long_as_they_are(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_long_as_they_are(one) for one in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return orjson.Fragment(str(value))
    return value


def exact_numbers(column: Series) -> NDArray[Any]:
    """Return whole numbers of any length as Python's own, NaN for missing."""
    values = (math.nan if is_missing(value) else value for value in column.to_list())
    return np.array(list(values), dtype=object)


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
