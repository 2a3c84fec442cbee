"""How a query's rows run over time: their count, or a measure's mean, per unit and group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from iris_dash.analysis.aggregate.figures import Needs, group_figures, key_name
from iris_dash.analysis.mean_intervals import mean_interval
from iris_dash.query.calendar import unit_after, unit_place, unit_start, units_of
from iris_dash.query.filters import ends, spans_of
from iris_dash.query.group_keys import GroupKey, PartKey, UnitKey, ValueKey
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Part, Schema, Time
from iris_dash.query.stops import clock_at
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.row_set import RowSet

FEWEST_UNITS, MOST_UNITS = 30, 400
"""So many points make a line; a finer unit is one where a coarser one has fewer."""

MOST_LINES = 8

Interval = tuple[float, float]


@dataclass(frozen=True)
class TrendLine:
    """One group's rows per unit, and of a measure means with their 95 % intervals.

    As long as the trend's `places`; `means` is empty without a measure, and has None where there is
    no value, `intervals` where there are fewer than two.
    """

    group: FacetValue
    counts: tuple[int, ...]
    means: tuple[float | None, ...] = ()
    intervals: tuple[Interval | None, ...] = ()


@dataclass(frozen=True)
class Trend:
    """The lines of the groups that have rows, over every unit of a time; see `calendar`.

    `cut`: whether the first unit and the last hold only a part of what is asked, as the table, or a
    filter, begins or ends within them.
    """

    time: Time
    unit: str
    places: tuple[int, ...]
    by: Facet | None
    of: Measure | None
    lines: tuple[TrendLine, ...]
    cut: tuple[bool, bool] = (False, False)


def trend_time(schema: Schema) -> Time | None:
    """Return the time whose trend is shown: the first that is not always the same.

    Times of day have no order beyond a day: they have none.
    """
    return next(
        (t for t in schema.times if t.low is not None and not (t.is_constant or t.is_of_day)), None
    )


def fitting_units(time: Time, query: Query) -> str:
    """Return the coarsest unit of which 30 to 400 lie in what is asked of a time.

    Without one the finest of fewer than that, else the coarsest.

    >>> year = {"low": datetime(2013, 1, 1), "high": datetime(2013, 12, 31), "is_date": True}
    >>> fitting_units(Time("d", "D", "d", **year), Query())
    'week'
    """
    span = asked_span(time, query)
    units = units_of(time.is_date)
    if span is None:
        return units[0]
    counts = {unit: _count(*span, unit) for unit in units}
    fits = (unit for unit in units if FEWEST_UNITS <= counts[unit] <= MOST_UNITS)
    fewer = [unit for unit in units if counts[unit] < FEWEST_UNITS]
    return next(fits, fewer[-1] if fewer else units[0])


def asked_span(time: Time, query: Query) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment that the table has and a query asks for, both inclusive.

    On the column's clock; None where nothing lies in both.
    """
    if time.low is None or time.high is None:
        return None
    low, high = time.low, time.high
    spans = [ends(span) for span in spans_of(query.filter_on(time.name))]
    if spans:
        starts, befores = [start for start, _ in spans], [before for _, before in spans]
        if None not in starts:
            low = max(low, min(starts))
        if None not in befores:
            high = min(high, max(befores) - timedelta(microseconds=1))
    if low > high:
        return None
    return clock_at(low, time.zone), clock_at(high, time.zone)


def find_trend(
    rows: RowSet, query: Query, time: Time, unit: str, by: Facet | None, of: Measure | None
) -> Trend:
    """Return the trend of the rows that a query selects, from one grouping; a gap counts 0.

    `by` with more than 8 values makes no groups. Errors: EngineAway, QueryTooLong.
    """
    by = by if by is not None and 1 < len(by.values) <= MOST_LINES else None
    span = asked_span(time, query)
    if span is None:
        return Trend(time, unit, (), by, of, ())
    places = tuple(_places(*span, unit))
    at = {place: position for position, place in enumerate(places)}
    keys: list[GroupKey] = [UnitKey(time, unit)]
    if by is not None:
        keys.append(_key_of(by, rows.schema))
    needs: Needs = {of: ("n", "mean", "std")} if of else {}
    figures = group_figures(rows, query, keys, needs)
    lines = []
    for place, value in enumerate(by.values) if by else ((None, None),):
        own = None if value is None else place
        found = figures.filter(figures[key_name(1)].eq_missing(own)) if by else figures
        counts = [0] * len(places)
        means: list[float | None] = [None] * (len(places) if of else 0)
        intervals: list[Interval | None] = [None] * len(means)
        for start, *rest in found.drop(key_name(1), strict=False).iter_rows():
            position = at.get(start)
            if position is None:  # without a time, or one that no calendar has
                continue
            counts[position] = rest[0]
            if of:
                _, n, mean, deviation = rest
                means[position] = mean
                intervals[position] = mean_interval(n, mean, deviation)
        if any(counts):
            lines.append(TrendLine(value, tuple(counts), tuple(means), tuple(intervals)))
    return Trend(time, unit, places, by, of, tuple(lines), _cut(time, unit, places, span))


def _key_of(by: Facet, schema: Schema) -> GroupKey:
    if isinstance(by, Part):
        return PartKey(schema.times_by_name[by.time], by.part)
    return ValueKey(by)


def _cut(
    time: Time, unit: str, places: tuple[int, ...], span: tuple[datetime, datetime]
) -> tuple[bool, bool]:
    """Return whether the first and the last unit begin before a span, and end after it.

    By days: rows of one day may come at any hour.
    """
    first = unit_start(places[0], unit)
    try:
        last = unit_start(unit_after(places[-1], unit), unit) - timedelta(microseconds=1)
    except (ValueError, OverflowError):  # of the year 9999
        last = span[1]
    return first.date() < span[0].date(), last.date() > span[1].date()


def _count(low: datetime, high: datetime, unit: str) -> int:
    """Return how many units two moments lie in, with those in between."""
    first, last = (unit_place(moment, unit) for moment in (low, high))
    if unit in ("year", "quarter", "month", "week"):
        return last - first + 1
    length = timedelta(**{f"{unit}s": 1})
    return (unit_start(last, unit) - unit_start(first, unit)) // length + 1


def _places(low: datetime, high: datetime, unit: str) -> Iterator[int]:
    """Yield the units from that of one moment to that of another."""
    place, last = (unit_place(moment, unit) for moment in (low, high))
    while place < last:
        yield place
        place = unit_after(place, unit)
    yield last
