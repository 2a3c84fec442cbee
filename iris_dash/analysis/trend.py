"""How a query's rows run over time: their count, or a measure's mean, per unit and group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.figures import group_figures, key_name
from iris_dash.analysis.aggregates import Needs
from iris_dash.analysis.mean_intervals import mean_interval
from iris_dash.analysis.pooling import pooled
from iris_dash.analysis.trend_units import (
    asked_span,
    count_units,
    cut_ends,
    places_between,
)
from iris_dash.query.calendar import parts_of, units_of
from iris_dash.query.group_keys import GroupKey, PartKey, UnitKey, ValueKey
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Part, Schema, Time
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.calendar_columns import part_column
from iris_dash.tables.row_set import N, RowSet

MOST_LINES = 8

FEWEST_ROWS = 10
"""Fewer rows are no series."""

ENDS = ("min", "max")

Interval = tuple[float, float]
CountsOf = Callable[[Facet | None, Sequence[int]], NDArray[np.int64] | None]
Series = Literal["time", "group"] | None


@dataclass(frozen=True)
class Rhythm:
    """What is known of a time over the whole table.

    `units` are those that tell its values apart, the coarsest first. `series`: whether there is one
    row for each time, or one for each time of a group: their count says nothing.
    """

    units: tuple[str, ...]
    series: Series


@dataclass(frozen=True)
class TrendLine:
    """One group's rows per unit, and of a measure a statistic, of means the 95 % intervals.

    `others`: of so many groups together, which are not among those that have colours.

    As long as the trend's `places`; `values` is empty without a measure, and has None where there
    is none, `intervals` where there are fewer than two values.
    """

    group: FacetValue
    counts: tuple[int, ...]
    values: tuple[float | None, ...] = ()
    intervals: tuple[Interval | None, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class Trend:
    """The lines of the groups that have rows, over every unit of a time; see `calendar`.

    `statistic`: of a measure; without one it is the rows' count. `cut`: whether the first unit and
    the last hold only a part of what is asked, as the table, or a filter, begins or ends in them.
    """

    time: Time
    unit: str
    places: tuple[int, ...]
    by: Facet | None
    of: Measure | None
    lines: tuple[TrendLine, ...]
    cut: tuple[bool, bool] = (False, False)
    statistic: str = "mean"

    @property
    def adds_up(self) -> bool:
        """Whether a unit that is cut short has less for that alone: a count, or a sum."""
        return self.of is None or self.statistic == "sum"


def find_rhythm(rows: RowSet, time: Time, by: Facet | None) -> Rhythm:
    """Return what is known of a time over the whole table; in one question, sometimes two.

    Errors: EngineAway.
    """
    column = nw.col(held_name(time.name))
    parts = {part: part_column(column, part) for part in parts_of(time.is_date)}
    parts["day"] = column.dt.day()
    if not time.is_date:
        parts["minute"] = column.dt.minute()
    ends = [getattr(nw.col(part), end)().alias(f"{part} {end}") for part in parts for end in ENDS]
    read = rows.rows().select(*(one.alias(part) for part, one in parts.items()))
    found = rows.collect(read.select(*ends)).to_polars().row(0, named=True)
    same = {part for part in parts if found[f"{part} min"] == found[f"{part} max"]}
    units = _units(time, same)
    return Rhythm(units, _series(rows, time, units[-1], by))


def _units(time: Time, same: set[str]) -> tuple[str, ...]:
    """Return the units that tell a time's values apart, the coarsest first.

    `same`: the parts that all of them have in common. Of monthly figures no week is a unit.
    """
    units = units_of(time.is_date)
    if time.is_date:
        same = {*same, "minute", "hour_of_day"}
    if "minute" not in same:
        return units
    if "hour_of_day" not in same:
        return units[: units.index("hour") + 1]
    if "day" in same:
        return units[: units.index("year" if "month_of_year" in same else "month") + 1]
    return units[: units.index("week" if "weekday" in same else "day") + 1]


def _series(rows: RowSet, time: Time, unit: str, by: Facet | None) -> Series:
    span = asked_span(time, Query())
    if span is None or len(rows) < FEWEST_ROWS:
        return None
    most = count_units(*span, unit)
    # With more rows than there may be groups, no question is needed.
    if len(rows) <= most and _are_alone(rows, [time.name]):
        return "time"
    if by and len(rows) <= most * len(by.values) and _are_alone(rows, [time.name, by.name]):
        return "group"
    return None


def _are_alone(rows: RowSet, names: Sequence[str]) -> bool:
    """Return whether no two rows have the same values of some columns."""
    held = [held_name(name) for name in names]
    groups = rows.rows().select(*held).group_by(*held, drop_null_keys=False).agg(nw.len().alias(N))
    most = rows.collect(groups.select(nw.col(N).max()))[N].to_list()
    return bool(most[0] == 1)


def find_trend(
    rows: RowSet,
    query: Query,
    time: Time,
    unit: str,
    *,
    by: Facet | None = None,
    of: Measure | None = None,
    is_whole: bool = False,
    counts_of: CountsOf | None = None,
) -> Trend:
    """Return the trend of the rows that a query selects, from one grouping; a gap counts 0.

    Of a `by` with more than 8 values those that have colours make groups, and all others one; where
    none has, as of a part of a time, there is one line. `is_whole`: nothing lies within a unit, so
    that none is cut short. `counts_of`: what counts the rows of a facet's values per unit where it
    can, so that no row is read. Errors: EngineAway, QueryTooLong.
    """
    many = by is not None and len(by.values) > MOST_LINES
    by = by if by is not None and len(by.values) > 1 and (by.coloured or not many) else None
    span = asked_span(time, query)
    if span is None:
        return Trend(time, unit, (), by, of, ())
    places = tuple(places_between(*span, unit))
    cut = (False, False) if is_whole else cut_ends(unit, places, span)
    known = counts_of(by, places) if counts_of and not of and not isinstance(by, Part) else None
    if known is not None:
        return Trend(time, unit, places, by, of, tuple(_counted(by, known)), cut)
    at = {place: position for position, place in enumerate(places)}
    keys: list[GroupKey] = [UnitKey(time, unit)]
    if by is not None:
        keys.append(key_of_lines(by, rows.schema))
    needs: Needs = {of: ("n", "mean", "std")} if of else {}
    figures = group_figures(rows, query, keys, needs)
    lines = []
    for value, own in groups_of_lines(by):
        found = figures.filter(_is_of(own)) if by else figures
        counts = [0] * len(places)
        means: list[float | None] = [None] * (len(places) if of else 0)
        intervals: list[Interval | None] = [None] * len(means)
        had = dict[int, list[Any]]()
        for start, *rest in found.drop(key_name(1), strict=False).iter_rows():
            if start in at:  # not without a time, nor at one that no calendar has
                had.setdefault(at[start], []).append(rest)
        for position, rests in had.items():
            counts[position] = sum(rest[0] for rest in rests)
            if of:
                n, mean, deviation = pooled([rest[1:] for rest in rests])
                means[position] = mean
                intervals[position] = mean_interval(n, mean, deviation)
        if any(counts):
            others = len(own) if len(own) > 1 else 0
            lines.append(TrendLine(value, tuple(counts), tuple(means), tuple(intervals), others))
    return Trend(time, unit, places, by, of, tuple(lines), cut)


def _counted(by: Facet | None, known: NDArray[np.int64]) -> Iterator[TrendLine]:
    """Yield the lines of counts that are there already, a row for each of the facet's values."""
    for value, own in groups_of_lines(by):
        rows = [by.values.index(None) if place is None else place for place in own] if by else [0]
        counts = tuple(known[rows].sum(axis=0).tolist())
        if any(counts):
            yield TrendLine(value, counts, others=len(own) if len(own) > 1 else 0)


def groups_of_lines(by: Facet | None) -> list[tuple[FacetValue, list[int | None]]]:
    """Return the groups of lines: a value and the places that stand for it, missing as None.

    The last are all that have no colours, where some have.
    """
    if by is None:
        return [(None, [None])]
    place = {value: None if value is None else i for i, value in enumerate(by.values)}
    if not by.coloured:
        return [(value, [place[value]]) for value in by.values]
    own: list[tuple[FacetValue, list[int | None]]] = [(v, [place[v]]) for v in by.coloured]
    others = [value for value in by.values if value not in by.coloured]
    return [*own, (others[0] if len(others) == 1 else None, [place[value] for value in others])]


def _is_of(own: Sequence[int | None]) -> pl.Expr:
    column = pl.col(key_name(1))
    known = [place for place in own if place is not None]
    return column.is_in(known) | (column.is_null() if None in own else pl.lit(False))


def key_of_lines(by: Facet, schema: Schema) -> GroupKey:
    """Return what rows are gathered by for the lines of a facet, or of a part of a time."""
    if isinstance(by, Part):
        return PartKey(schema.times_by_name[by.time], by.part)
    return ValueKey(by)
