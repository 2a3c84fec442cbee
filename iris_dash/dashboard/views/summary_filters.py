"""The filters that let in the rows of one group: what a click on a figure sets."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from iris_dash.query.filters import (
    AnyOf,
    Choice,
    Filter,
    Interval,
    Match,
    Period,
    canonical,
    ends,
    spans_of,
)
from iris_dash.query.group_keys import BinKey, GroupKey, PartKey, UnitKey, ValueKey, key_text
from iris_dash.query.names import MARK, address_key
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Time
from iris_dash.query.url import PRESENT, arguments_of, parse_arguments
from iris_dash.query.value_text import MISSING

IN_CALENDAR = re.compile(r"(?!0000)\d{4}(?!\d)", re.ASCII)

Pairs = list[tuple[str, str]]


def group_pairs(schema: Schema, query: Query, key: GroupKey, value: Any) -> Pairs:
    """Return the arguments of an address that let in a group's rows, of those a query selects.

    They stand instead of those of the same keys: of a time that is narrowed already what both have
    in common. A unit that no calendar has leaves the time as it is. `value`: as the answer of an
    aggregate names the group.
    """
    one = _filter(schema, query, key, value)
    return arguments_of(schema, Query(canonical(schema, (one,) if one else ())))


def figure_pairs(column: Filterable | None, statistic: str) -> tuple[list[str], Pairs]:
    """Return which keys a figure's own rows replace, and the arguments that let them in.

    The rows of a mean have a value, those of a count of missing values have none.
    """
    has_own = isinstance(column, Measure | Time) and column.has_missing
    if column is None or not has_own or statistic in ("count", "share", "distinct"):
        return [], []
    key = address_key(column.name)
    return ([key], [(key, MISSING)]) if statistic == "missing" else ([], [(key, PRESENT)])


def replaced_keys(key: GroupKey) -> list[str]:
    """Return the keys of an address that the arguments of a group's rows replace."""
    name = filter_name(key)
    return [address_key(name), MARK + name]


def filter_name(key: GroupKey) -> str:
    """Return the name that filters by a key's values have."""
    return key_text(key) if isinstance(key, PartKey) else key.column.name


def _filter(schema: Schema, query: Query, key: GroupKey, value: Any) -> Filter | None:
    name = key.column.name
    match key:
        case ValueKey(Facet()):
            return Choice(name, (value,))
        case ValueKey():
            return Match(name, (value,))
        case PartKey() if value is not None:
            return Choice(filter_name(key), (value,))
        case BinKey() if value is not None:
            return Interval(name, value, value)
        case UnitKey() if value is not None:
            text = unit_argument(value, key.suffix)
            if text is None:
                return query.filter_on(name)
            asked = parse_arguments(schema, [(MARK + name, text)])
            return _both(query.filter_on(name), asked.filter_on(name), name)
        case _:
            return AnyOf(name, (), missing=True)


def unit_argument(text: str, unit: str) -> str | None:
    """Return a unit, written as ISO 8601 does, as an address asks for it; None beyond the calendar.

    >>> unit_argument("2013-Q2", "quarter"), unit_argument("2013-W01", "week")
    ('2013-04..2013-06', '2012-12-31..2013-01-06')
    >>> unit_argument("+12024", "year"), unit_argument("9999-W52", "week")
    (None, None)
    """
    if IN_CALENDAR.match(text) is None:
        return None
    if unit == "quarter":
        year, quarter = text.split("-Q")
        last = 3 * int(quarter)
        return f"{year}-{last - 2:02}..{year}-{last:02}"
    if unit == "week":
        year, week = text.split("-W")
        try:
            first = date.fromisocalendar(int(year), int(week), 1)
            return f"{first}..{first + timedelta(days=6)}"
        except (OverflowError, ValueError):
            return None
    return text


def _both(one: Filter | None, other: Filter | None, name: str) -> Filter:
    """Return what two filters on a time have in common, the second of which is one period."""
    (period,) = spans_of(other)
    start, before = ends(period)
    spans = spans_of(one) or (Period(name),)
    common = []
    for low, high in map(ends, spans):
        first = start if low is None else max(start, low)
        last = min((end for end in (before, high) if end is not None), default=None)
        if last is None or first < last:
            common.append(Period(name, first, last))
    return AnyOf(name, tuple(common))
