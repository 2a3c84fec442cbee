"""Single values of any library as plain ones: missing, text, a place among others."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from iris_dash.core.days import DAY
from iris_dash.query.value_text import FacetValue

INFINITE = {math.inf: orjson.Fragment("Infinity"), -math.inf: orjson.Fragment("-Infinity")}
"""Infinite numbers as Python's JSON writes them."""

NOUGHTS = re.compile(r"\.0+$|(?<=\.\d{6})000$")
"""What stands for no fraction, or for no nanoseconds, at the end of a time."""


def is_missing(value: Any) -> bool:
    """Return whether an engine's value means missing: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def is_exact(number: Any, held: float) -> bool:
    """Return whether a float is a number, or is written as it.

    >>> is_exact(2**100, 2.0**100), is_exact(10**25, 1e25), is_exact(2**53 + 1, 2.0**53)
    (True, True, False)
    """
    return bool(number == held) or Decimal(repr(held)) == number


def places_of(column: Iterable[Any], values: tuple[FacetValue, ...]) -> NDArray[Any]:
    """Return the place of each value of a column among these values; a missing one is None."""
    place = {value: position for position, value in enumerate(values)}
    return np.array([place[None if is_missing(v) else v] for v in column], dtype=np.intp)


def as_text(value: Any) -> str | None:
    """Return any value as text, a container as JSON; a missing one stays missing.

    >>> as_text([1, None]), as_text({"a": "b"}), as_text(None)
    ('[1,null]', '{"a":"b"}', None)
    >>> as_text([math.inf, timedelta(seconds=1.5)]), as_text({(1, 2): b"ab"})
    ('[Infinity,1.5]', '[[[1,2],"2 bytes"]]')
    """
    found = _ready(value)
    return found if found is None or isinstance(found, str) else json_text(found)


def json_text(value: Any) -> str:
    """Return as JSON what JSON has, and what is INFINITE."""
    return orjson.dumps(value).decode()


def pairs_of(entries: Sequence[tuple[Any, Any]]) -> Any:
    """Return keys and values as an object; as a list where the keys are no texts that differ.

    >>> pairs_of([("a", 1), ("b", 2)]), pairs_of([("a", 1), ("a", 2)])
    ({'a': 1, 'b': 2}, [('a', 1), ('a', 2)])
    """
    names = {key for key, _ in entries if isinstance(key, str)}
    return dict(entries) if len(names) == len(entries) else list(entries)


def _ready(value: Any) -> Any:
    """Return a value as JSON has it, a duration as its seconds; what JSON has not as text."""
    if is_missing(value):
        return None
    if isinstance(value, dict):
        pairs = zip(map(_ready, value), map(_ready, value.values()), strict=True)
        return pairs_of([(_key(key), one) for key, one in pairs])
    if isinstance(value, list | tuple | np.ndarray):
        return list(map(_ready, value))
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, np.float32 | np.float16):
        return _ready(float(str(value)))
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else NOUGHTS.sub("", str(value))
    if isinstance(value, np.timedelta64):
        return float(value / np.timedelta64(1, "s"))
    if isinstance(value, timedelta):
        seconds = value.days * DAY + value.seconds
        parts = value.microseconds * 1_000 + getattr(value, "nanoseconds", 0)
        return (seconds * 10**9 + parts) / 10**9
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float):
        return INFINITE.get(plain, plain)
    if isinstance(plain, bool) or (isinstance(plain, int) and -(2**63) <= plain < 2**64):
        return plain
    text = plain.isoformat() if isinstance(plain, datetime | time) else str(plain)
    if isinstance(plain, time) and plain.tzinfo and plain.utcoffset() is None:
        text += f" {plain.tzinfo}"
    return text.encode("utf-8", "backslashreplace").decode()


def _key(key: Any) -> Any:
    return json_text(key) if isinstance(key, int | float) else key
