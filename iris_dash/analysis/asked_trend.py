"""A trend of any statistic, and a calendar of it: lines and cells that an aggregate answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from iris_dash.analysis.aggregate.answer import Groups
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.aggregate.statistics import STATISTICS
from iris_dash.analysis.trend import (
    MOST_LINES,
    Trend,
    TrendLine,
    groups_of_lines,
    key_of_lines,
)
from iris_dash.analysis.trend_units import asked_span, cut_ends, places_between, unit_before
from iris_dash.query.calendar import unit_after, unit_start, unit_text
from iris_dash.query.filters import Choice, Period, canonical
from iris_dash.query.group_keys import GroupKey, UnitKey, key_text
from iris_dash.query.moments import period_of
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema, Time
from iris_dash.query.value_text import FacetValue

Ask = Callable[[Aggregation], Groups]

SHOWN = ("mean", "median", "sum")
"""The statistics of a measure that are shown over time; of rows it is their count."""


@dataclass(frozen=True)
class TrendQuestion:
    """What is asked of a query's rows per unit of a time: their count, or a measure's statistic.

    `by`: the facet whose values have lines; of more than eight those that have colours, and all
    others one. `is_whole`: nothing lies within a unit.
    """

    schema: Schema
    query: Query
    time: Time
    unit: str
    of: Measure | None = None
    statistic: str = "mean"
    by: Facet | None = None
    is_whole: bool = False


@dataclass(frozen=True)
class Cell:
    """A statistic of the rows of one cell of a calendar: their number, and its value if any."""

    count: int
    value: float | None


Points = Mapping[str, tuple[int, float | None, tuple[float, float] | None]]
"""By the text of a unit: the rows, the statistic, and of a mean its interval."""


def asked_trend(ask: Ask, asked: TrendQuestion) -> Trend:
    """Return the lines of the groups that have rows; every figure is an answer to `aggregates_of`.

    Errors: those of an aggregate.
    """
    span = asked_span(asked.time, asked.query)
    by = lines_by(asked)
    empty = Trend(asked.time, asked.unit, (), by, asked.of, (), statistic=asked.statistic)
    if span is None:
        return empty
    places = tuple(places_between(*span, asked.unit))
    cut = (False, False) if asked.is_whole else cut_ends(asked.unit, places, span)
    return replace(empty, places=places, lines=_lines(ask, asked, places), cut=cut)


def trend_before(ask: Ask, asked: TrendQuestion, trend: Trend, before: str) -> Trend:
    """Return the same a year, a month, a week or a day before, each unit beside its like.

    `places` are those of the trend; where a unit has no like there are no rows. It has no lines
    where a unit is longer than what lies between, and none before the table begins.
    """
    places = [unit_before(place, asked.unit, before) for place in trend.places]
    known = [place for place in places if place is not None]
    if not known:
        return replace(trend, lines=(), cut=(False, False))
    query = asked.query
    if query.filter_on(asked.time.name) is not None:
        query = _within(asked, min(known), max(known))
    lines = _lines(ask, replace(asked, query=query), places)
    return replace(trend, lines=lines, cut=(False, False))


def asked_calendar(
    ask: Ask, asked: TrendQuestion, up: GroupKey, across: GroupKey
) -> dict[tuple[Any, Any], Cell]:
    """Return the cells of two keys of a time that have rows, by what the answer calls them."""
    question = _question(asked, (up, across), asked.query)
    names = [key_text(key) for key in question.by]
    found = {}
    for row in ask(question).frame.iter_rows(named=True):
        key = row[names[0]], row[names[1]]
        if None not in key:
            count, value, _ = _figures(row, question)
            found[key] = Cell(count, value)
    return found


def lines_by(asked: TrendQuestion) -> Facet | None:
    """Return the facet whose values have lines; None where it has too many, or but one."""
    by = asked.by
    if by is None or len(by.values) < 2:
        return None
    return by if by.coloured or len(by.values) <= MOST_LINES else None


def aggregates_of(asked: TrendQuestion) -> Iterator[tuple[Aggregation, bool]]:
    """Yield what is asked as aggregates, and whether each is of the groups that have no colours."""
    by, unit = lines_by(asked), UnitKey(asked.time, asked.unit)
    if by is None:
        yield _question(asked, (unit,), asked.query), False
        return
    keys = unit, key_of_lines(by, asked.schema)
    if not by.coloured:
        yield _question(asked, keys, asked.query), False
        return
    chosen = asked.query.filter_on(by.name)
    let_in = chosen.values if isinstance(chosen, Choice) else by.values
    for is_others in (False, True):
        own = tuple(v for v in let_in if (v in by.coloured) != is_others)
        if own:
            query = _with(asked, asked.query, Choice(by.name, own))
            yield _question(asked, keys[:1] if is_others else keys, query), is_others


def _lines(ask: Ask, asked: TrendQuestion, places: Sequence[int | None]) -> tuple[TrendLine, ...]:
    by = lines_by(asked)
    texts = [None if place is None else unit_text(place, asked.unit) for place in places]
    found: dict[FacetValue, dict[str, Any]] = {}
    others: dict[str, Any] = {}
    for question, is_others in aggregates_of(asked):
        names = [key_text(key) for key in question.by]
        for row in ask(question).frame.iter_rows(named=True):
            own = found.setdefault(row[names[1]] if len(names) > 1 else None, {})
            (others if is_others else own)[row[names[0]]] = _figures(row, question)
    lines = []
    for value, own_places in groups_of_lines(by):
        is_others = by is not None and bool(by.coloured) and value not in by.coloured
        is_others = is_others or len(own_places) > 1
        points = others if is_others else found.get(value, {})
        many = len(own_places) if len(own_places) > 1 else 0
        line = _line(points, texts, value, many, asked)
        if any(line.counts):
            lines.append(line)
    return tuple(lines)


def _line(
    points: Points,
    texts: Sequence[str | None],
    value: FacetValue,
    others: int,
    asked: TrendQuestion,
) -> TrendLine:
    own = [points.get(text) if text is not None else None for text in texts]
    counts = tuple(point[0] if point else 0 for point in own)
    if asked.of is None:
        return TrendLine(value, counts, others=others)
    values = tuple(point[1] if point else None for point in own)
    intervals = tuple(point[2] if point else None for point in own)
    return TrendLine(value, counts, values, intervals, others)


def _figures(
    row: Mapping[str, Any], question: Aggregation
) -> tuple[int, float | None, tuple[float, float] | None]:
    names = {(one.statistic.name, one.place): one.name for one in question.outputs}
    count = row[names["count", 0]]
    value = next((row[names[s, 0]] for s in SHOWN if (s, 0) in names), None)
    if ("interval", 0) not in names:
        return count, value, None
    low, high = (row[names["interval", end]] for end in (0, 1))
    return count, value, None if low is None or high is None else (low, high)


def _question(asked: TrendQuestion, by: tuple[GroupKey, ...], query: Query) -> Aggregation:
    query = replace(query, sort=(), by=None, columns=()).unpaged()
    if asked.of is None:
        return Aggregation(query, by, (), (STATISTICS["count"],))
    stat = ["count", asked.statistic, *(["interval"] if asked.statistic == "mean" else [])]
    return Aggregation(query, by, (asked.of,), tuple(STATISTICS[name] for name in stat))


def _within(asked: TrendQuestion, first: int, last: int) -> Query:
    """Return the query between two units of its time, both inclusive."""
    zone = asked.time.zone
    ends: list[datetime | None] = []
    for place in (first, unit_after(last, asked.unit)):
        try:
            text = unit_start(place, asked.unit).isoformat(timespec="minutes")
        except (ValueError, OverflowError):
            ends.append(None)
        else:
            period = period_of(text, zone)
            ends.append(period and period[0])
    return _with(asked, asked.query, Period(asked.time.name, *ends))


def _with(asked: TrendQuestion, query: Query, one: Choice | Period) -> Query:
    kept = query.without(one.name)
    return replace(kept, filters=canonical(asked.schema, (*kept.filters, one)))
