"""What charts ask of one dataset: points, densities, histograms, trends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import (
    Density,
    Histogram,
)
from iris_dash.analysis.correlation import Correlations, correlate
from iris_dash.analysis.crowding import hide_each_other
from iris_dash.analysis.fine_density import FineAxes, fine_density
from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.judgment import most_differing, part_between
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_rows import Column, Kept
from iris_dash.analysis.plane_extents import PlaneExtent, whole_extent
from iris_dash.analysis.tails import (
    ClippedHistogram,
    TailedHistogram,
    Window,
    clipped,
    tailed,
    window_of,
)
from iris_dash.analysis.time_bars import of_units
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.analysis.trend import Rhythm, Trend, find_rhythm, find_trend
from iris_dash.explorer.answers import Answers
from iris_dash.explorer.whole_table import WholeHistograms, WholeStops
from iris_dash.query.names import held_name, held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Time
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.values import plain_rows

MOST_POINTS = 15_000
"""With more rows than this a scatter is a density: a browser draws no more points fluently."""

MOST_PAIRED = 10 * MOST_POINTS
"""Points of all scatters of every two measures together."""


@dataclass(frozen=True)
class Scatter:
    """The rows over two measures: their points, or a density where they are too many."""

    points: dict[FacetValue, tuple[list[Any], list[Any]]] | None
    density: Density | None
    drawn: int


class ChartAnswers(Answers):
    """Answers with what charts show; what is of the whole table is asked once."""

    def scatter(
        self, query: Query, axes: tuple[str, str], count: int, in_log: Collection[str] = ()
    ) -> Scatter:
        """Return the query's `count` rows over two measures; missing values are not drawn.

        A density's bins are even in log for the measures `in_log`.
        """
        by = self.group_facet(query)
        points = self._points(query, axes, by) if count <= MOST_POINTS else None
        if points is None:
            density = self.density(query, axes, in_log)
            return Scatter(None, density, int(density.counts.sum()))
        return Scatter(points, None, sum(len(across) for across, _ in points.values()))

    def density(self, query: Query, axes: tuple[str, str], in_log: Collection[str] = ()) -> Density:
        """Return how many of a query's rows lie in each cell over two measures, per group."""
        return self.aggregates(query).density(query, axes, self.group_facet(query), in_log)

    def fine_density(self, query: Query, cells: FineAxes) -> Density | None:
        """Return the density over two measures in finer cells; None where there is none."""
        return fine_density(self.dataset, query, cells, self.group_facet(query))

    def whole_extent(
        self, axes: tuple[str, str], in_log: Collection[str] = ()
    ) -> PlaneExtent | None:
        """Return where the density of the whole table is drawn at first; None: all of it."""
        about = axes, frozenset(in_log) & frozenset(axes)
        if about not in self._whole_extents:
            density = self.aggregates(Query()).density(Query(), axes, None, in_log)
            self._whole_extents[about] = whole_extent(density)
        return self._whole_extents[about]

    @cached_property
    def _whole_extents(self) -> dict[tuple[Any, ...], PlaneExtent | None]:
        return {}

    def histograms_beside(
        self,
        query: Query,
        axes: tuple[str, str] | None = None,
        in_log: Collection[str] = (),
        of: Sequence[Measure] | None = None,
    ) -> tuple[dict[str, Histogram], dict[str, Histogram]]:
        """Return each measure's histogram twice: of the query, and under all the other filters.

        The second is what a slider stands under: not narrowed by its own bounds. `axes` are those
        of a density that is asked too, whose counts are then shared. Bins are even in log for the
        measures `in_log`.
        """
        by, aggregates = self.group_facet(query), self.aggregates(query)
        own = aggregates.histograms(query, by, axes, of)
        log = [name for name in in_log if name in own]
        own |= {name: aggregates.histogram(query, name, by, in_log=True) for name in log}
        beside = {
            name: aggregates.histogram(query.without(name), name, by, name in in_log)
            if query.filter_on(name)
            else histogram
            for name, histogram in own.items()
        }
        return own, beside

    def clipped_histograms(
        self, query: Query, of: Sequence[Measure]
    ) -> dict[str, ClippedHistogram]:
        """Return the histograms of those measures that have long tails, each without them.

        Where a tail begins is asked of the whole table, once.
        """
        by, aggregates, found = self.group_facet(query), self.aggregates(query), {}
        for measure in of:
            name, window = measure.name, self.window(measure)
            if window is not None:
                counts = aggregates.cell_counts(query, name, by)
                found[name] = clipped(grid_of(measure), window, counts)
        return found

    def tailed_histograms(
        self, query: Query, of: Sequence[Measure]
    ) -> dict[str, tuple[TailedHistogram, TailedHistogram]]:
        """Return what stands above the sliders of those measures that have long tails.

        A bar for each tail beside the bins between them: under all the other filters by group, and
        of the whole table. None of a table that an engine holds: it would be asked twice as much.
        """
        if self.dataset.in_memory() is None:
            return {}
        by, found = self.group_facet(query), {}
        for measure in of:
            name, window = measure.name, self.window(measure)
            if window is not None:
                grid, rest = grid_of(measure), query.without(measure.name)
                counts = self.aggregates(rest).cell_counts(rest, name, by)
                if name not in self._whole_tailed:
                    whole = self.aggregates(Query()).cell_counts(Query(), name, None)
                    self._whole_tailed[name] = tailed(grid, window, whole)
                found[name] = tailed(grid, window, counts), self._whole_tailed[name]
        return found

    def window(self, measure: Measure) -> Window | None:
        """Return what of a measure's long tails is drawn; None of one that has none."""
        name = measure.name
        if name not in self._windows:
            whole = self.aggregates(Query()).cell_counts(Query(), name, None)
            self._windows[name] = window_of(grid_of(measure), whole.sum(axis=0))
        return self._windows[name]

    @cached_property
    def _windows(self) -> dict[str, Window | None]:
        return {}

    @cached_property
    def _whole_tailed(self) -> dict[str, TailedHistogram]:
        return {}

    @cached_property
    def whole_histograms(self) -> Mapping[str, Histogram]:
        """Each measure's histogram over the whole table, without groups."""
        return WholeHistograms(self.aggregates(Query()))

    @cached_property
    def whole_histograms_in_log(self) -> Mapping[str, Histogram]:
        """The same with bins even in log, of the measures that offer a log scale."""
        return WholeHistograms(self.aggregates(Query()), in_log=True)

    def stops_beside(self, query: Query, time: Time) -> NDArray[np.int64] | None:
        """Return the rows per group and stop of a time's slider, under all the other filters.

        Groups × stops; None of a time that has no slider.
        """
        stops, query = slider_stops(time), query.without(time.name)
        if stops is None:
            return None
        return self.aggregates(query).stop_counts(query, stops, self.group_facet(query))

    @cached_property
    def whole_stops(self) -> Mapping[str, NDArray[np.int64]]:
        """The rows of the whole table per stop, of each time that has a slider, without groups."""
        return WholeStops(self.stops_beside, self.schema.times_by_name)

    def live_counts(self, columns: Sequence[Column]) -> LiveCounts:
        """Return what counts a query's rows by several of some columns at once."""
        return LiveCounts(self.dataset, self.rollup, self._timed, self._kept_for_live, columns)

    @cached_property
    def _kept_for_live(self) -> Kept:
        return Kept()

    def correlations(
        self,
        query: Query,
        grouped: bool,
        most: int = 12,
        of: Sequence[Measure] | None = None,
    ) -> list[Correlations]:
        """Return Pearson's correlations of some quantities or measures, per group or over all."""
        by = self.group_facet(query) if grouped else None
        return correlate(self.dataset, query, by, most, of)

    def pairs(
        self, query: Query, names: Sequence[str], count: int
    ) -> dict[tuple[str, str], Scatter]:
        """Return the rows over every two of some measures, each pair once.

        Densities where all of them together would have too many points.
        """
        several = len(names) * (len(names) - 1) // 2
        crowd = count if several * count <= MOST_PAIRED else max(count, MOST_POINTS + 1)
        return {
            (x, y): self.scatter(query, (x, y), crowd)
            for i, y in enumerate(names)
            for x in names[:i]
        }

    def histograms(self, query: Query, of: Sequence[Measure] | None = None) -> dict[str, Histogram]:
        """Return the histogram of each measure, per group, over bins of whole slider steps."""
        return self.aggregates(query).histograms(query, self.group_facet(query), of=of)

    def trend(
        self, query: Query, time: Time, unit: str, of: Measure | None, by: Facet | None
    ) -> Trend:
        """Return the rows per unit of a time and group, or a measure's means; see `Trend`."""
        is_whole = unit == self.rhythm(time).units[-1]
        aggregates, stops = self.aggregates(query), slider_stops(time)
        counts_of = None
        if stops is not None and isinstance(aggregates, TimedRollup):

            def counts_of(facet: Facet | None, places: Sequence[int]) -> NDArray[np.int64] | None:
                return of_units(stops, aggregates.stop_counts(query, stops, facet), unit, places)

        return find_trend(
            self.dataset,
            *(query, time, unit),
            by=by,
            of=of,
            is_whole=is_whole,
            counts_of=counts_of,
        )

    def most_differing(self, query: Query, of: Sequence[Measure], most: int) -> list[int]:
        """Return the positions of at most `most` of some measures: those that differ most by group.

        Judged by the whole table, so that a filter changes none of them.
        """
        by = self.group_facet(query)
        parts = self._parts_between.setdefault(by.name if by else None, {})
        new = [measure for measure in of if measure.name not in parts]
        if len(of) <= most:
            return list(range(len(of)))
        if new:
            groups = self.aggregates(Query()).moments(Query(), by, new)
            parts |= {m.name: part_between(groups, place) for place, m in enumerate(new)}
        return most_differing([parts[measure.name] for measure in of], most)

    @cached_property
    def _parts_between(self) -> dict[str | None, dict[str, float]]:
        return {}

    def rhythm(self, time: Time) -> Rhythm:
        """Return what is known of a time over the whole table; found at the first question."""
        if time.name not in self._rhythms:
            by = self.group_facet(Query())
            self._rhythms[time.name] = find_rhythm(self.dataset, time, by)
        return self._rhythms[time.name]

    @cached_property
    def _rhythms(self) -> dict[str, Rhythm]:
        return {}

    def _points(
        self, query: Query, axes: tuple[str, str], by: Facet | None
    ) -> dict[FacetValue, tuple[list[Any], list[Any]]] | None:
        """Return the x and y lists per group, in the facet's order, without missing values.

        None where many points would lie on few places, so that nobody sees how many.
        """
        x, y = held_names(axes)
        axes_held = list(dict.fromkeys([x, y]))  # one where both are the same
        asked = dict.fromkeys([*axes_held, *([held_name(by.name)] if by else [])])
        rows = self.dataset.select(query, tuple(asked))
        rows = rows.filter(~nw.col(x).is_null(), ~nw.col(y).is_null())
        points = self.dataset.collect(rows)
        if hide_each_other(len(points), lambda: len(points.unique(axes_held))):
            return None
        if by is None:
            return {None: (points[x].to_list(), points[y].to_list())}
        found: dict[FacetValue, tuple[list[Any], list[Any]]] = {v: ([], []) for v in by.values}
        for value, *place in plain_rows(points.select(held_name(by.name), *axes_held)):
            xs, ys = found[value]
            xs.append(place[0])
            ys.append(place[-1])
        return found
