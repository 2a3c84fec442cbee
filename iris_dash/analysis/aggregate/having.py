"""The condition on an output by which groups are let in, read from its text."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

from iris_dash.analysis.aggregate.question import Having, Output
from iris_dash.core.errors import shorten
from iris_dash.query.filters import Bound
from iris_dash.query.group_keys import wrong
from iris_dash.query.moments import in_zone, period_of, period_texts
from iris_dash.query.numbers import exact_text, read_number, read_whole
from iris_dash.query.schema import Time
from iris_dash.query.url import RANGE

COUNTED = ("missing", "distinct")
"""Statistics of times that are numbers."""


def read_having(output: Output, text: str) -> Having:
    """Return the condition that a text such as `30..` sets on an output.

    Of a time the ends are as coarse as wanted, as in a filter. Errors: QueryError.
    """
    low, dots, high = (part.strip() for part in text.partition(RANGE))
    is_time = isinstance(output.column, Time) and output.statistic.name not in COUNTED
    read = _period if is_time else _numbers
    found = read(output, low, high) if dots and (low or high) else None
    if found is None:
        name, what = shorten(output.name), "times" if is_time else "numbers"
        message = (
            f"having {name}: expected low..high, low.. or ..high with {what}, "
            f"not {shorten(text, 60)!r}"
        )
        raise wrong("range_syntax", message, text)
    return found


def _numbers(output: Output, low_text: str, high_text: str) -> Having | None:
    low, high = (_number(text) for text in (low_text, high_text))
    if (low is None and low_text) or (high is None and high_text):
        return None
    if low is not None and high is not None and low > high:
        raise _inverted(output, low_text, high_text)
    shown = RANGE.join("" if end is None else exact_text(end) for end in (low, high))
    return Having(output.name, low, high, shown)


def _number(text: str) -> Bound | None:
    whole = read_whole(text)
    number = read_number(text) if whole is None else whole
    return number if number is not None and math.isfinite(number) else None


def _period(output: Output, low_text: str, high_text: str) -> Having | None:
    zone = output.column.zone if isinstance(output.column, Time) else None
    nothing = (None, None)
    first, last = (period_of(t, zone) if t else nothing for t in (low_text, high_text))
    if first is None or last is None:
        return None
    start, before = first[0], last[1]
    if start is not None and before is not None and start >= before:
        raise _inverted(output, low_text, high_text)
    shown = RANGE.join(text or "" for text in period_texts(start, before, zone))
    # A frame compares moments of one zone alone.
    clock = None if zone is None else ZoneInfo(zone)
    low, high = (
        end if end is None or clock is None else in_zone(end, clock) for end in (start, before)
    )
    return Having(output.name, low, high, shown)


def _inverted(output: Output, low: str, high: str) -> Exception:
    name = shorten(output.name)
    message = f"having {name}: lower bound {shorten(low)} is above upper bound {shorten(high)}"
    return wrong("inverted_range", message, [low, high])
