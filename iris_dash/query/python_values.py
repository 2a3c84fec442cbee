"""Conditions as people write them in Python, as a JSON body has them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

DEEPEST = 20
"""How deep a condition is read; what is deeper stays as it is, and is refused."""


def plain_condition(value: Any, depth: int = 0) -> Any:
    """Return a condition of NumPy's, pandas's and Polars's values, dates and sets as plain ones.

    Missing (NaN, NaT, NA) is None, a moment its ISO 8601 text, any series, array, tuple, range or
    set a list. What is plain already, and what no condition holds, stays as it is.

    >>> plain_condition({"from": date(2013, 2, 1), "to": datetime(2013, 2, 3, 9, 30)})
    {'from': '2013-02-01', 'to': '2013-02-03T09:30:00'}
    >>> plain_condition({"UA"}), plain_condition(range(6, 8)), plain_condition(math.nan)
    (['UA'], [6, 7], None)
    """
    if depth > DEEPEST:
        return value
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case float():
            return None if math.isnan(value) else float(value)
        case Mapping():
            return {key: plain_condition(one, depth + 1) for key, one in value.items()}
        case set() | frozenset():
            return sorted(map(plain_condition, value), key=repr)
        case list() | tuple() | range():
            return [plain_condition(one, depth + 1) for one in value]
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return _plain_object(value)


def _plain_object(value: Any) -> Any:
    """Return a scalar or a series of NumPy, pandas or Polars as Python's own."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if getattr(getattr(value, "dtype", None), "kind", "") == "M" and not getattr(value, "ndim", 0):
        return None if str(value) == "NaT" else str(value)
    for convert in ("to_list", "tolist", "item"):
        if callable(found := getattr(value, convert, None)):
            return plain_condition(found())
    if isinstance(value, Iterable):
        return [plain_condition(one) for one in value]
    return value
