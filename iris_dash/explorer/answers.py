"""What the faces of the product ask of one dataset, answered in plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Protocol, TypeVar

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.answer import Groups, answer_groups
from iris_dash.analysis.aggregate.asking import aggregation_text
from iris_dash.analysis.aggregate.histogram import (
    HistogramQuestion,
    histogram_records,
    histogram_text,
)
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.aggregates import (
    Aggregates,
    Density,
    GroupMeans,
    GroupMoments,
    Histogram,
)
from iris_dash.analysis.column_values import ValuePage, column_values
from iris_dash.analysis.comparison import MeasureComparison, compare
from iris_dash.analysis.correlation import Correlations, correlate
from iris_dash.analysis.diagnosis import Diagnosis, diagnose
from iris_dash.analysis.fine_density import fine_density
from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.judgment import groups_of
from iris_dash.analysis.mean_names import mean_name
from iris_dash.analysis.profile.profiles import ColumnProfile, Profiles
from iris_dash.analysis.profile.records import ColumnProfile as ColumnProfileRecord
from iris_dash.analysis.profile.records import column_record
from iris_dash.analysis.quartiles import GroupSpread, spreads
from iris_dash.analysis.records import Diagnosis as DiagnosisRecord
from iris_dash.analysis.records import Summary, comparison_record, diagnosis_record
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scan import Scan
from iris_dash.analysis.tails import ClippedHistogram, Window, clipped, window_of
from iris_dash.analysis.time_bars import of_units
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.analysis.time_indexing import build_time_index
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.analysis.trend import Rhythm, Trend, find_rhythm, find_trend
from iris_dash.core.timing import span
from iris_dash.query.names import held_name, held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema, Time
from iris_dash.query.schema_record import SchemaRecord, schema_record
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.url import format_query
from iris_dash.query.value_text import FacetValue
from iris_dash.query.values_question import ValuesQuestion
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.values import plain_rows, records

Answer = TypeVar("Answer", bytes, tuple[int, bytes])
"""What is kept: an answer as it is sent, some with how many rows there are. A cache may be shared
by servers, so it is bytes that travel.
"""


MOST_POINTS = 15_000
"""With more rows than this a scatter is a density: a browser draws no more points fluently."""

MOST_PAIRED = 10 * MOST_POINTS
"""Points of all scatters of every two measures together."""

MOST_CACHED_BYTES = 250_000
"""Longer answers than this are made anew each time."""


@dataclass(frozen=True)
class Scatter:
    """The rows over two measures: their points, or a density where they are too many."""

    points: dict[FacetValue, tuple[list[Any], list[Any]]] | None
    density: Density | None
    drawn: int


class Cache(Protocol):
    """Where answers are kept between questions; Flask-Caching's Cache is one."""

    def get(self, key: str) -> Any:
        """Return what is kept under the key, or None."""

    def set(self, key: str, value: Any) -> Any:
        """Keep a value under the key."""


class Answers:
    """Answers questions about one dataset; those of the whole table are asked once."""

    def __init__(
        self, dataset: Dataset, cache: Cache | None = None, source: str | None = None
    ) -> None:
        self.dataset = dataset
        self.cache = cache
        self.source = source

    @property
    def schema(self) -> Schema:
        """The table's facets and measures, with labels, units and values."""
        return self.dataset.schema

    def schema_record(self) -> SchemaRecord:
        """Return the table's columns as a JSON-ready object, without looking at a row."""
        dataset = self.dataset
        return schema_record(self.schema, len(dataset), dataset.fingerprint)

    def text(self, query: Query | Aggregation | HistogramQuestion | ValuesQuestion) -> str:
        """Return the query's canonical text, as in the address bar; other questions have theirs."""
        if isinstance(query, Aggregation):
            return aggregation_text(self.schema, query)
        if isinstance(query, HistogramQuestion):
            return histogram_text(self.schema, query)
        if isinstance(query, ValuesQuestion):
            return query.text(self.schema)
        return format_query(self.schema, query)

    def cached(
        self,
        kind: str,
        asked: Query | str,
        make: Callable[[], Answer],
        is_kept: Callable[[], bool] = lambda: True,
    ) -> Answer:
        """Return the answer of that kind to what is asked: the kept one, or a new one from `make`.

        The key is the data's fingerprint and the query's canonical text (or the text that stands
        for what is asked), so that another table, or the same one changed, never answers. Large
        answers are not kept, nor those of which `is_kept` says no once they are made.
        """
        text = asked if isinstance(asked, str) else self.text(asked)
        key = f"{self.dataset.fingerprint} {kind} {text}"
        kept: Answer | None = None if self.cache is None else self.cache.get(key)
        if kept is not None:
            return kept
        with span("query"):
            made = make()
        size = len(made if isinstance(made, bytes) else made[1])
        if self.cache is not None and size <= MOST_CACHED_BYTES and is_kept():
            self.cache.set(key, made)
        return made

    def count(self, query: Query) -> int:
        """Return how many rows the query selects; its page does not matter."""
        return self.aggregates(query).count(query)

    def groups(self, asked: Aggregation) -> Groups:
        """Return the groups that an aggregate asks for, its page of them; see `aggregate`."""
        return answer_groups(self.aggregates(asked.query), asked)

    def spreads(self, query: Query, of: Sequence[Measure] | None = None) -> list[GroupSpread]:
        """Return each measure's spread per group as plain values; see `summary` for a frame.

        `of`: the measures that are asked about, here and below; None for all of the table.
        """
        return spreads(self.aggregates(query), query, self.group_facet(query), of)

    def comparison(
        self, query: Query, of: Sequence[Measure] | None = None
    ) -> list[MeasureComparison]:
        """Return each measure over the rows beside the rest, and per group; see `compare`."""
        return compare(self.aggregates(query), query, self.group_facet(query), of)

    def comparison_record(self, query: Query) -> Summary:
        """Return the comparison as a JSON-ready object, with the counts of rows."""
        count, found = self.count(query), self.comparison(query)
        by, total = self.group_facet(query), len(self.dataset)
        return comparison_record(self.schema, by, count, total, found)

    def column_records(self, query: Query) -> list[ColumnProfileRecord]:
        """Return the same as JSON-ready objects, each beside the whole table."""
        return [column_record(profile) for profile in self.profiles(query)]

    def profiles(self, query: Query) -> list[ColumnProfile]:
        """Return what each column holds over the query's rows, beside the whole table."""
        return self.known_profiles.of(self.aggregates, query)

    @cached_property
    def known_profiles(self) -> Profiles:
        """What is known of the columns over the whole table."""
        return Profiles(self.dataset)

    def diagnosis(self, query: Query) -> Diagnosis:
        """Return how many rows each filter removes, and what to relax where no row is left."""
        return diagnose(self.schema, self.aggregates, query, len(self.dataset), self._commonest)

    def _commonest(self, query: Query, column: str, part: str) -> list[str | None]:
        """Return the commonest text of a column that contains a part; none where there is none."""
        asked, text = query.without(column).on_page(1, 1), self.schema.texts_by_name[column]
        page = column_values(self.dataset, self.aggregates(asked), asked, text, part)
        return [one.value for one in page.values]

    def diagnosis_record(self, query: Query) -> DiagnosisRecord:
        """Return the diagnosis as a JSON-ready object, its queries as canonical text."""
        return diagnosis_record(self.schema, self.diagnosis(query))

    def group_facet(self, query: Query) -> Facet | None:
        """Return the facet that groups: the query's `by`, else the first of 2 to 8 values."""
        return groups_of(self.schema, query)

    def group_means(self, query: Query) -> list[GroupMeans]:
        """Return the means per group as plain values; see `means` for a frame."""
        return self.aggregates(query).means(query, self.group_facet(query))

    def group_moments(
        self, query: Query, of: Sequence[Measure] | None = None
    ) -> list[GroupMoments]:
        """Return n, mean and standard deviation of each measure per group as plain values."""
        return self.aggregates(query).moments(query, self.group_facet(query), of)

    def records(self, query: Query) -> tuple[int, list[dict[str, Any]]]:
        """Return how many rows the query selects, and its page of them as JSON-ready objects.

        The objects may be shared between answers: they are not to be changed.
        """
        count, pieces = self.record_pieces(query)
        return count, list(chain.from_iterable(pieces))

    def record_pieces(self, query: Query) -> tuple[int, Iterator[list[dict[str, Any]]]]:
        """Return the same, the objects in pieces that are made as they are taken."""
        pieces, count = self.dataset.records(query)
        return self.count(query) if count is None else count, pieces

    def mean_records(self, query: Query) -> list[dict[str, Any]]:
        """Return the means per group as JSON-ready objects: `mean_<measure>` and the group."""
        by = self.group_facet(query)
        names = [mean_name(measure, by) for measure in self.schema.measures]
        return [
            dict(zip(names, group.means, strict=True)) | ({by.key: group.group} if by else {})
            for group in self.group_means(query)
        ]

    def scatter(
        self, query: Query, axes: tuple[str, str], count: int, in_log: Collection[str] = ()
    ) -> Scatter:
        """Return the query's `count` rows over two measures; missing values are not drawn.

        A density's bins are even in log for the measures `in_log`.
        """
        by = self.group_facet(query)
        if count > MOST_POINTS:
            density = self.aggregates(query).density(query, axes, by, in_log)
            return Scatter(None, density, int(density.counts.sum()))
        points = self._points(query, axes, by)
        return Scatter(points, None, sum(len(across) for across, _ in points.values()))

    def fine_density(
        self,
        query: Query,
        axes: tuple[str, str],
        extent: tuple[tuple[float, float], tuple[float, float]],
    ) -> Density | None:
        """Return the density within two spans in finer cells; None where there is none."""
        x, y = (self.schema.measure(name) for name in axes)
        return fine_density(self.dataset, query, (x, y), self.group_facet(query), extent)

    def facet_counts(
        self, query: Query, of: Sequence[Facet] | None = None
    ) -> dict[str, dict[FacetValue, int]]:
        """Return each facet's counts under all the other filters: what ticking would give."""
        return self.aggregates(query).count_facets(query, of)

    def value_page(self, question: ValuesQuestion) -> ValuePage:
        """Return the same as plain values, and how many there are on all pages."""
        aggregates = self.aggregates(question.query)
        return column_values(
            self.dataset, aggregates, question.query, question.column, question.search
        )

    @cached_property
    def whole_facet_counts(self) -> dict[str, dict[FacetValue, int]]:
        """Each facet's counts over the whole table."""
        return self.facet_counts(Query())

    def table_rows(self, query: Query, of: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return the query's page as objects of plain values by column name, or `of` some alone."""
        names = query.shown(self.schema.names) if of is None else of
        page = self.dataset.page(query)
        return records(page.select(*held_names(of)) if of else page, names)

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
            name, grid = measure.name, grid_of(measure)
            if name not in self._windows:
                whole = self.aggregates(Query()).cell_counts(Query(), name, None)
                self._windows[name] = window_of(grid, whole.sum(axis=0))
            window = self._windows[name]
            if window is not None:
                found[name] = clipped(grid, window, aggregates.cell_counts(query, name, by))
        return found

    @cached_property
    def _windows(self) -> dict[str, Window | None]:
        return {}

    @cached_property
    def whole_histograms(self) -> Mapping[str, Histogram]:
        """Each measure's histogram over the whole table, without groups."""
        return _WholeHistograms(self.aggregates(Query()))

    @cached_property
    def whole_histograms_in_log(self) -> Mapping[str, Histogram]:
        """The same with bins even in log, of the measures that offer a log scale."""
        return _WholeHistograms(self.aggregates(Query()), in_log=True)

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
        return _WholeStops(self)

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

    def histogram_records(self, asked: HistogramQuestion) -> list[dict[str, Any]]:
        """Return one column's histogram as objects: the group, `low`, `high` and `count`."""
        return histogram_records(self.aggregates(asked.query), asked)

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

    def rhythm(self, time: Time) -> Rhythm:
        """Return what is known of a time over the whole table; found at the first question."""
        if time.name not in self._rhythms:
            by = self.group_facet(Query())
            self._rhythms[time.name] = find_rhythm(self.dataset, time, by)
        return self._rhythms[time.name]

    @cached_property
    def _rhythms(self) -> dict[str, Rhythm]:
        return {}

    def prepare(self) -> None:
        """Make what the first question would wait for: the table's rollup, and its time's index."""
        _ = self.time_index

    def aggregates(self, query: Query) -> Aggregates:
        """Return what answers aggregates: the rollup where it is exact, else a scan."""
        rollup = self._timed or self.rollup
        return rollup if rollup is not None and rollup.answers(query) else self._scan

    @cached_property
    def rollup(self) -> Rollup | None:
        """The table at slider resolution, made at the first question; None: its engine answers."""
        return build_rollup(self.dataset)

    @cached_property
    def time_index(self) -> TimeIndex | None:
        """The rollup's rows by the table's time, made at the first question; None: it has none."""
        return build_time_index(self.dataset, self.rollup)

    @cached_property
    def _timed(self) -> TimedRollup | None:
        index, rollup = self.time_index, self.rollup
        return TimedRollup(rollup, index) if rollup is not None and index is not None else None

    @cached_property
    def _scan(self) -> Scan:
        return Scan(self.dataset)

    def _points(
        self, query: Query, axes: tuple[str, str], by: Facet | None
    ) -> dict[FacetValue, tuple[list[Any], list[Any]]]:
        """Return the x and y lists per group, in the facet's order, without missing values."""
        x, y = held_names(axes)
        asked = dict.fromkeys([x, y, *([held_name(by.name)] if by else [])])
        rows = self.dataset.select(query, tuple(asked))
        rows = rows.filter(~nw.col(x).is_null(), ~nw.col(y).is_null())
        points = self.dataset.collect(rows)
        if by is None:
            return {None: (points[x].to_list(), points[y].to_list())}
        found: dict[FacetValue, tuple[list[Any], list[Any]]] = {v: ([], []) for v in by.values}
        for value, across, up in plain_rows(points.select(held_name(by.name), x, y)):
            xs, ys = found[value]
            xs.append(across)
            ys.append(up)
        return found


class _WholeHistograms(dict[str, Histogram]):
    """Histograms of a whole table by measure, each made when it is first asked for."""

    def __init__(self, aggregates: Aggregates, in_log: bool = False) -> None:
        super().__init__()
        self._aggregates, self._in_log = aggregates, in_log

    def __missing__(self, name: str) -> Histogram:
        found = self._aggregates.histogram(Query(), name, None, self._in_log)
        self[name] = found
        return found


class _WholeStops(dict[str, "NDArray[np.int64]"]):
    """The rows of a whole table per stop by time, each counted when it is first asked for."""

    def __init__(self, explorer: Answers) -> None:
        super().__init__()
        self._explorer = explorer

    def __missing__(self, name: str) -> NDArray[np.int64]:
        counts = self._explorer.stops_beside(Query(), self._explorer.schema.times_by_name[name])
        if counts is None:
            raise KeyError(name)
        self[name] = counts.sum(axis=0)
        return self[name]
