"""The live index: what a page shows, counted per stop of one slider, so that a drag asks nothing.

While a slider is dragged only the bounds of its column change. So everything shown is a function of
two of its stops, and counts per place of the column answer each step by a subtraction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.crowding import hide_each_other
from iris_dash.analysis.live_axes import LiveAxis, group_axis
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_places import Axis, Places, Sums
from iris_dash.analysis.live_plane import LivePlane, PlaneAxes, live_plane
from iris_dash.analysis.live_rows import Column
from iris_dash.analysis.live_units import StopUnits
from iris_dash.core.deadline import left
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Time

MOST_COUNTERS = 3_000_000
"""Parts of an index are left out that would make it have more numbers than this."""

MOST_CHARTS = 20
"""For so many there has to be time: a slider is not indexed whose first count takes too long."""


@dataclass(frozen=True, eq=False)
class Points:
    """Rows as points over two measures, in the table's order; NaN where one is missing.

    `places`: on the slider's axis; `groups`: in the facet's order, 0 without one.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    places: NDArray[np.int32]
    groups: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LiveTrend:
    """Rows over time, per place of the slider's column, line and unit; of a measure its sums.

    On the slider of the time itself a place has one unit, its own.
    """

    counts: NDArray[np.int64]
    sums: Sums | None


@dataclass(frozen=True)
class TrendAxes:
    """What a trend is counted by: units of a time, as `units_axis` has them, and perhaps groups.

    `units` None: the slider's own time, whose stops lie in `own` units. `of`: the measure whose
    means are drawn; None: the rows themselves.
    """

    time: Time
    units: Axis | None
    by: Facet | None
    of: Measure | None
    own: Sequence[StopUnits] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All that is counted by."""
        return (self.time, *(one for one in (self.by, self.of) if one is not None))


@dataclass(frozen=True)
class LiveParts:
    """What is shown beside a slider, and what of it is counted.

    `by`: the facet of the groups; `histograms`: the bins of each that is shown; `facets`: those
    whose counts are; `means`: the measures whose means are, `of_all`: also of groups that their
    facet's own filter takes away; `axes`: those of a scatter, of at most
    `most_points`; `plane`: what a density in their place is counted by; `trend`: what is drawn over
    time.
    """

    by: Facet | None
    histograms: Sequence[Axis]
    facets: Sequence[Facet]
    means: Sequence[Measure]
    of_all: bool = False
    axes: tuple[Measure, Measure] | None = None
    most_points: int = 0
    plane: Callable[[], PlaneAxes | None] = lambda: None
    trend: TrendAxes | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """All that is counted by."""
        return (
            *(axis.column for axis in self.histograms),
            *self.facets,
            *self.means,
            *([self.by] if self.by else []),
            *(self.axes or ()),
            *(self.trend.columns if self.trend else ()),
        )


@dataclass(frozen=True, eq=False)
class LiveIndex:
    """Counts per place of the slider's column, on the first axis of each array.

    `base`: by which places rows are counted, the slider's, and groups; `groups`: rows per group;
    `histograms`: per group and bin, by column; `facets`: per value;
    `without`: rows per place without each other filter, by what that filters. Each is under all
    filters but the column's own, and those of a histogram or a facet not under its own either.
    What is counted later is empty until then: `sums` of measures, per group, and what follows.
    """

    at: LiveAxis
    base: Sequence[Places]
    groups: NDArray[np.int64]
    histograms: dict[str, NDArray[np.int64]]
    facets: dict[str, NDArray[np.int64]]
    without: dict[str, NDArray[np.int64]]
    sums: dict[str, Sums] = field(default_factory=dict)
    points: Points | None = None
    plane: LivePlane | None = None
    trend: LiveTrend | None = None


def begin_index(
    counts: LiveCounts, query: Query, at: LiveAxis, parts: LiveParts
) -> LiveIndex | None:
    """Return what is counted first of a slider's index: rows, histograms, facets.

    None where its engine takes too long to count. A part that cannot be counted, or makes the index
    too large, is not in it.
    """
    by = parts.by
    query = query.without(at.axis.column.name)
    base: list[Places] = [at.axis, group_axis(by)] if by else [at.axis]
    began = monotonic()
    groups = counts.count(query, base)
    # Of rows that are here a busy machine may take longer now, and does not next time.
    rest = None if counts.is_here else left()
    if groups is None or (rest is not None and monotonic() - began > rest / MOST_CHARTS):
        return None
    shape = (at.axis.length, len(by.values) if by else 1)
    room = MOST_COUNTERS - groups.size

    def under(name: str) -> Query:
        return query.without(name)

    bars: dict[str, NDArray[np.int64]] = {}
    for axis in parts.histograms:
        size = int(np.prod(shape)) * axis.length
        found = counts.count(under(axis.column.name), [*base, axis]) if size <= room else None
        if found is not None:
            bars[axis.column.name] = found.reshape(*shape, -1)
            room -= size
    values: dict[str, NDArray[np.int64]] = {}
    for facet in parts.facets:
        size = at.axis.length * len(facet.values)
        found = None
        if size <= room:
            own = base[1:] if facet == by else [group_axis(facet)]
            found = counts.count(under(facet.name), [at.axis, *own])
        if found is not None:
            values[facet.name] = found
            room -= size
    freed = {one.name: counts.count(under(one.name), [at.axis]) for one in query.filters}
    without = {name: rows for name, rows in freed.items() if rows is not None}
    return LiveIndex(at, base, groups.reshape(shape), bars, values, without)


def complete_index(
    counts: LiveCounts, query: Query, begun: LiveIndex, parts: LiveParts
) -> LiveIndex:
    """Return an index that `begin_index` began of the same query with all the rest.

    That are means, and points, or a density, and a trend; each as far as it can be counted.
    """
    at, by, base, groups = begun.at, parts.by, begun.base, begun.groups
    query = query.without(at.axis.column.name)
    counted = [groups, *begun.histograms.values(), *begun.facets.values()]
    room = MOST_COUNTERS - sum(part.size for part in counted)
    averaged = query.without(by.name) if by and parts.of_all else query
    sums = counts.sums(averaged, base, parts.means[: room // (3 * groups.size)])
    room -= 3 * groups.size * len(sums)
    axes = parts.axes if groups.sum() <= parts.most_points else None
    points = _points(counts, query, base, axes, parts.most_points) if axes else None
    trend = _trend(counts, query, at, parts.trend, room) if parts.trend else None
    asked = parts.plane() if points is None else None
    plane = live_plane(counts, query, base, asked) if asked else None
    return replace(begun, sums=sums, points=points, plane=plane, trend=trend)


def _trend(
    counts: LiveCounts, query: Query, at: LiveAxis, asked: TrendAxes, room: int
) -> LiveTrend | None:
    axes: list[Places] = [at.axis, *([group_axis(asked.by)] if asked.by else [])]
    axes += [asked.units] if asked.units else []
    size = int(np.prod([axis.length for axis in axes]))
    if (4 if asked.of else 1) * size > room:
        return None
    found = counts.count(query, axes)
    if found is None:
        return None
    shape = found.shape if asked.units else (*found.shape, 1)
    if asked.of is None:
        return LiveTrend(found.reshape(shape), None)
    sums = counts.sums(query, axes, [asked.of]).get(asked.of.name)
    if sums is None:
        return None
    first, second = sums.first.reshape(shape), sums.second.reshape(shape)
    return LiveTrend(found.reshape(shape), Sums(sums.middle, sums.n.reshape(shape), first, second))


def _points(
    counts: LiveCounts,
    query: Query,
    base: Sequence[Places],
    axes: tuple[Measure, Measure],
    most: int,
) -> Points | None:
    found = counts.points(query, base, axes, most)
    if found is None:
        return None
    (places, *groups), (x, y) = found
    known = np.column_stack((x, y))[~(np.isnan(x) | np.isnan(y))]
    if hide_each_other(len(known), lambda: len(np.unique(known, axis=0))):
        return None
    # A row whose place is in none is never selected.
    own = groups[0] if groups else np.zeros(len(places), dtype=np.int32)
    is_in = (places < base[0].length) & (own < base[-1].length)
    return Points(x[is_in], y[is_in], places[is_in], own[is_in])
