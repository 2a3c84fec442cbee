"""One dataset behind one door: every face of the product asks an Explorer and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.answer import Groups, answer_groups
from iris_dash.analysis.aggregate.asking import aggregation_text, make_aggregation
from iris_dash.analysis.aggregate.frames import indexed
from iris_dash.analysis.aggregate.histogram import (
    HistogramQuestion,
    histogram_records,
    histogram_text,
    make_histogram,
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
from iris_dash.analysis.judgment import groups_of
from iris_dash.analysis.mean_names import count_name, mean_name
from iris_dash.analysis.profile.profiles import ColumnProfile, Profiles
from iris_dash.analysis.profile.records import ColumnProfile as ColumnProfileRecord
from iris_dash.analysis.profile.records import column_record, profile_frame
from iris_dash.analysis.quartiles import GroupSpread, spreads
from iris_dash.analysis.records import Diagnosis as DiagnosisRecord
from iris_dash.analysis.records import Summary, comparison_record, diagnosis_record
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scan import Scan
from iris_dash.analysis.time_bars import of_units
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.analysis.time_indexing import build_time_index
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.analysis.trend import Rhythm, Trend, find_rhythm, find_trend
from iris_dash.core.timing import span
from iris_dash.files import Export, Table, find_format
from iris_dash.files.contents import groups_table, longest_of, means_table, rows_table
from iris_dash.files.receipt import Receipt, What
from iris_dash.files.table import file_types
from iris_dash.query.asked import Asked, query_of, read_conditions, read_text
from iris_dash.query.names import free_name, held_name, held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema, Time
from iris_dash.query.schema_record import SchemaRecord, schema_record
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.table_text import table_html, table_text
from iris_dash.query.url import format_query
from iris_dash.query.value_text import FacetValue
from iris_dash.query.values_question import ValuesQuestion, values_question
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.description import TableDescription, TableOptions, description_of
from iris_dash.tables.libraries import Types, library_of
from iris_dash.tables.opening import open_dataset
from iris_dash.tables.values import plain_rows, records

if TYPE_CHECKING:
    import pandas as pd


Answer = TypeVar("Answer", bytes, tuple[int, bytes])
"""What is kept: an answer as it is sent, some with how many rows there are. A cache may be shared
by servers, so it is bytes that travel.
"""

Names = str | Sequence[str]
"""Names as one text, "a,b", or several."""

LIBRARY = (
    *("open", "schema", "query", "count", "rows", "page", "means", "summary"),
    *("aggregate", "histogram", "values", "columns", "export"),
)
"""The names of a library; `dir` shows no others."""

MOST_POINTS = 15_000
"""With more rows than this a scatter is a density: a browser draws no more points fluently."""

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


class Explorer:
    """Answers questions about one dataset.

    >>> import pandas
    >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
    >>> explorer = Explorer.open(table)
    >>> query = explorer.query(colour="red", lower={"height": 2})
    >>> explorer.count(query)
    1
    >>> explorer.rows(query)
      colour  height
    0    red     2.5
    """

    def __init__(
        self, dataset: Dataset, cache: Cache | None = None, source: str | None = None
    ) -> None:
        self.dataset = dataset
        self.cache = cache
        self.source = source

    @classmethod
    def open(
        cls,
        source: Any,
        description: TableDescription | None = None,
        *,
        facets: Sequence[str] | None = None,
        measures: Sequence[str] | None = None,
        settings: str | Path | Mapping[str, Any] | None = None,
    ) -> Explorer:
        """Return an Explorer of a table: a path, an address, a data frame of any library.

        Polars (lazy ones too), pandas (an index with names becomes columns), Arrow tables, batches
        and readers, DuckDB relations, and whatever exports Arrow or the dataframe protocol.

        `facets`, `measures`: the columns of each kind, instead of those that the values suggest;
        `settings`: a TOML file that describes the table (`title`, `[columns.height] unit = "cm"`),
        or the same as a mapping. Errors: DatasetError, one line with the reason.
        """
        named = str(source) if isinstance(source, str | Path) else None
        if settings is not None:
            description = description_of(settings)
        options = TableOptions.model_validate({"facets": facets, "measures": measures})
        return cls(open_dataset(source, description, options), source=named)

    def __dir__(self) -> list[str]:
        # What a library is asked; the faces of the product ask more of it, in plain values.
        return [*LIBRARY, *(name for name in super().__dir__() if name.startswith("__"))]

    def __repr__(self) -> str:
        return f"<Explorer of {self.schema.title}: {table_text(self.schema, len(self.dataset))}>"

    def _repr_html_(self) -> str:
        return table_html(self.schema, len(self.dataset))

    @property
    def schema(self) -> Schema:
        """The table's facets and measures, with labels, units and values."""
        return self.dataset.schema

    def schema_record(self) -> SchemaRecord:
        """Return the table's columns as a JSON-ready object, without looking at a row."""
        dataset = self.dataset
        return schema_record(self.schema, len(dataset), dataset.fingerprint)

    def query(self, text: str = "", /, **conditions: Any) -> Query:
        """Return the Query of these conditions, or of a text, checked against the table.

        A column's name takes a value, a list of alternatives (None among them: missing), or a
        mapping: `from` and `to` (a number, a time or its ISO 8601 text; inclusive), `not`, `has`,
        `starts`, `present`. None: no restriction. `where` is a mapping of the same, for columns of
        any name; `lower` and `upper` hold a bound per column; `search`, `sort`, `by`, `columns`,
        `page`, `per_page` as on the wire. Values may be NumPy's, pandas's, Polars's. The text is
        what an address has behind its `?`.

        Errors: QueryError naming each bad value and the valid ones.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> explorer = Explorer.open(table)
        >>> explorer.count(explorer.query(colour={"not": "blue"}, height={"from": 2}))
        1
        >>> explorer.query("height=2..") == explorer.query(height={"from": 2})
        True
        """
        if text:
            if conditions:
                raise TypeError("a query is a text or conditions, not both")
            return read_text(self.schema, text)
        return read_conditions(self.schema, conditions)

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

    def count(self, query: Asked = None) -> int:
        """Return how many rows the query selects; its page does not matter."""
        query = query_of(self.schema, query)
        return self.aggregates(query).count(query)

    def rows(self, query: Asked = None) -> pd.DataFrame:
        """Return every row that the query selects, in its order.

        Frame: n rows, n may be 0; the table's columns under their own names, measures in the
        schema's units; a new index from 0. The query's page does not matter: see `page`.
        """
        return self._pandas(query_of(self.schema, query).unpaged())

    def page(self, query: Asked = None) -> pd.DataFrame:
        """Return the query's page of rows: at most `per_page`; past the end an empty frame."""
        query = query_of(self.schema, query)
        return self._pandas(query if query.page else query.on_page(1, query.per_page or 100))

    def means(self, query: Asked = None) -> pd.DataFrame:
        """Return the mean of every measure per group, over the rows that the query selects.

        Frame: one row per group with rows, in the facet's order: the facet's column, `n` (rows;
        `count` where the facet is called n) and `mean_<measure>` in the measure's unit, NaN where a
        group has no value.
        Errors: none beyond the query's own.
        """
        import pandas as pd

        query = query_of(self.schema, query)
        by, groups = self.group_facet(query), self.group_means(query)
        columns: dict[str, list[Any]] = {by.name: [g.group for g in groups]} if by else {}
        columns[count_name(by)] = [group.n for group in groups]
        for position, measure in enumerate(self.schema.measures):
            columns[mean_name(measure, by)] = [group.means[position] for group in groups]
        return pd.DataFrame(columns)

    def aggregate(
        self,
        query: Asked = None,
        *,
        by: Names = (),
        of: Names = (),
        stat: Names = (),
        having: Names | dict[str, Any] = (),
        sort: Names = (),
        totals: bool = False,
        empty: bool = False,
    ) -> pd.DataFrame:
        """Return statistics of any columns per group, over the rows that the query selects.

        `by`: up to three keys: a facet, text, a time at a unit (`"day:month"`), a part of a time
        (`"day:weekday"`), bins of a measure (`"distance:500"`); `of`: columns; `stat`: `count`,
        `share` of rows, `missing`, `distinct`, `sum`, `mean`, `interval`, `sd`, `min`, `max`,
        `median`, `p01` … `p99` of columns. `having`: which groups (`"count:30.."`); `sort`: outputs
        or keys, `-` in front means descending; `totals`: also without the last key, and over all;
        `empty`: also the groups of facets and times that have no rows.

        Frame: one row per group, the keys its index, in their own order unless sorted; counts as
        whole numbers, the others in the column's unit, missing where there is no such number.
        Errors: QueryError naming each thing that is wrong and what is valid.

        >>> import pandas
        >>> pots = {"glaze": ["red", "blue", "red", "red"], "height": [1.5, 2.0, 2.5, 8.0]}
        >>> explorer = Explorer.open(pandas.DataFrame(pots))
        >>> explorer.aggregate(by="glaze", of="height", stat="count,median,p95").reset_index()
          glaze  count  median_height  p95_height
        0  blue      1            2.0        2.00
        1   red      3            2.5        7.45
        """
        own = {"by": by, "of": of, "stat": stat, "having": having, "sort": sort}
        said = own | {"totals": totals, "empty": empty}
        asked = make_aggregation(self.schema, query_of(self.schema, query), said)
        return indexed(self.groups(asked).frame, asked)

    def groups(self, asked: Aggregation) -> Groups:
        """Return the groups that an aggregate asks for, its page of them; see `aggregate`."""
        return answer_groups(self.dataset, asked)

    def summary(self, query: Asked = None) -> pd.DataFrame:
        """Return how each measure's values lie in each group, over the rows the query selects.

        Frame: one row per group with rows and measure, in the facet's and the schema's order: the
        facet's column, `measure`, `n` (values), `missing` (rows without one), then in the
        measure's unit `mean`, `std` (n - 1 in the divisor), `min`, `q1`, `median`, `q3`, `max`
        (quartiles interpolate linearly); NaN where there is no such number. Of whole numbers beyond
        2⁵³ `min` and `max` are exact, in columns of Python's own numbers.
        """
        import pandas as pd

        query = query_of(self.schema, query)
        by = self.group_facet(query)
        names = [measure.name for measure in self.schema.measures]
        taken = {by.name} if by else ()
        rows: list[dict[str, Any]] = [
            ({by.name: spread.group} if by else {})
            | {free_name("measure", taken): name}
            | {free_name(kind, taken): number for kind, number in asdict(measure).items()}
            for spread in self.spreads(query)
            for name, measure in zip(names, spread.measures, strict=True)
        ]
        frame = pd.DataFrame(rows)
        if any(measure.is_long for measure in self.schema.measures):
            for name in (free_name("min", taken), free_name("max", taken)):
                frame[name] = pd.Series([row[name] for row in rows], dtype=object)
        return frame

    def spreads(self, query: Query, of: Sequence[Measure] | None = None) -> list[GroupSpread]:
        """Return each measure's spread per group as plain values; see `summary` for a frame.

        `of`: the measures that are asked about, here and below; None for all of the table.
        """
        return spreads(self.aggregates(query), query, self.group_facet(query), of)

    def comparison(
        self, query: Asked = None, of: Sequence[Measure] | None = None
    ) -> list[MeasureComparison]:
        """Return each measure over the selected rows beside the rest, and per group, in its unit.

        In the schema's order. Means with 95 % intervals, quartiles, their difference (Welch) and
        Hedges' g; None where there is no such number. Errors: none beyond the query's own.
        """
        query = query_of(self.schema, query)
        return compare(self.aggregates(query), query, self.group_facet(query), of)

    def comparison_record(self, query: Query) -> Summary:
        """Return the comparison as a JSON-ready object, with the counts of rows."""
        count, found = self.count(query), self.comparison(query)
        by, total = self.group_facet(query), len(self.dataset)
        return comparison_record(self.schema, by, count, total, found)

    def columns(self, query: Asked = None) -> pd.DataFrame:
        """Return what each column holds, over the rows that the query selects.

        Frame: one row per column, its name the index, in the table's order: `label`, `unit`, `kind`
        (facet, measure, time, text, other), `role`, `type`; `count` (rows), `missing`, `distinct`;
        in the column's unit `min`, `max`, `mean`, `median`, None where there is no such number;
        `top`, its commonest values with their counts; `notes`, what is worth knowing of the whole
        table. Errors: none beyond the query's own.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> Explorer.open(table).columns()[["kind", "distinct", "median"]].reset_index()
             name     kind  distinct median
        0  colour    facet         2   None
        1  height  measure         3    2.0
        """
        return profile_frame(self.profiles(query_of(self.schema, query)))

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

    def diagnosis(self, query: Asked = None) -> Diagnosis:
        """Return how many rows each filter removes, and what to relax where no row is left."""
        asked, total = query_of(self.schema, query), len(self.dataset)
        return diagnose(self.schema, self.aggregates, asked, total, self._commonest)

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

    def facet_counts(
        self, query: Query, of: Sequence[Facet] | None = None
    ) -> dict[str, dict[FacetValue, int]]:
        """Return each facet's counts under all the other filters: what ticking would give."""
        return self.aggregates(query).count_facets(query, of)

    def values(
        self,
        column: str,
        query: Asked = None,
        search: str = "",
        page: int = 1,
        per_page: int = 100,
    ) -> pd.DataFrame:
        """Return a page of a column's values, those that most rows have first.

        Frame: at most `per_page` rows, `value` and `count`: the rows with that value among those
        that the query's filters on other columns select; past the end no rows. Of values with equal
        counts those of a facet stand in its own order, others ascending, the missing one (None)
        last. `search`: values that contain this text, in letters of any case.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> explorer = Explorer.open(table)
        >>> explorer.values("colour")
          value  count
        0   red      2
        1  blue      1
        >>> explorer.values("colour", explorer.query(lower={"height": 2}), search="E", per_page=1)
          value  count
        0  blue      1

        Errors: QueryError for a column that no filter may name (facets, text, times and measures
        are), a search in times or measures, and a page that is none.
        """
        import pandas as pd

        paging = self.query(page=page, per_page=per_page)
        asked = query_of(self.schema, query).on_page(paging.page or 1, paging.per_page or 100)
        found = self.value_page(values_question(self.schema, asked, column, search)).values
        values = pd.Series([one.value for one in found], dtype=object)
        counts = pd.Series([one.count for one in found], dtype="int64")
        return pd.DataFrame({"value": values, "count": counts})

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
        """Return the rows over every two of some measures, each pair once."""
        return {
            (x, y): self.scatter(query, (x, y), count)
            for i, y in enumerate(names)
            for x in names[:i]
        }

    def histogram(
        self,
        column: str,
        query: Asked = None,
        *,
        by: str | None = None,
        bins: int | None = None,
        unit: str | None = None,
    ) -> pd.DataFrame:
        """Return how many of the query's rows lie in each bin of a measure or unit of a time.

        `bins`: at most so many (50) of whole slider steps; `unit`: `"month"`, say; `by`: a facet
        whose values are counted apart. Frame: one row per bin, of each group: the facet's column if
        there is one, `low`, `high` (in the measure's unit; of a time the unit's texts), `count`.
        Errors: QueryError naming what is wrong and what is valid.

        >>> import pandas
        >>> table = pandas.DataFrame({"colour": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})
        >>> Explorer.open(table).histogram("height", bins=2)["count"].tolist()
        [1, 2]
        """
        import pandas as pd

        asked = query_of(self.schema, query)
        asked = replace(asked, by=None if by is None else self.query(by=by).by)
        own = {"column": column, "bins": bins, "unit": unit}
        said = {key: value for key, value in own.items() if value is not None}
        return pd.DataFrame(self.histogram_records(make_histogram(self.schema, asked, said)))

    def histogram_records(self, asked: HistogramQuestion) -> list[dict[str, Any]]:
        """Return one column's histogram as objects: the group, `low`, `high` and `count`."""
        return histogram_records(self.dataset, self.aggregates(asked.query), asked)

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

    def csv(self, query: Query) -> Iterator[bytes]:
        """Yield every row that the query selects as CSV, header first, in pieces."""
        return self.export("csv", query).pieces

    def export(
        self,
        suffix: str,
        query: Query | Aggregation | str | None = None,
        what: What = "rows",
        link: str = "",
    ) -> Export:
        """Return a file of the query's rows in its order, of the means per group, or of groups.

        `suffix` is that of one of `iris_dash.files.FORMATS`, "csv" say; `link` is the dashboard's
        address at the query, for the receipt. The pieces are made as they are taken.
        Errors: KeyError for another format, QueryError if a spreadsheet cannot hold the rows.
        """
        file_format = find_format(suffix)
        if isinstance(query, Aggregation):
            return self.groups_file(suffix, query, self.groups(query), link)
        query = query_of(self.schema, query)
        table, rows = self._means_table(query) if what == "means" else self._rows_table(query)
        receipt = self._receipt(query, what, rows, link)
        return Export(receipt, file_format.write(table, receipt))

    def groups_file(
        self, suffix: str, asked: Aggregation, groups: Groups, link: str = ""
    ) -> Export:
        """Return a file of groups that are there already; see `export`."""
        table, frame = groups_table(self.schema, asked, groups.frame), groups.frame
        receipt = self._receipt(asked, "groups", len(frame), link)
        return Export(receipt, find_format(suffix).write(table, receipt))

    def _receipt(self, query: Query | Aggregation, what: What, rows: int, link: str) -> Receipt:
        return Receipt(
            title=self.schema.title,
            what=what,
            query=self.text(query),
            fingerprint=self.dataset.fingerprint,
            rows=rows,
            link=link,
            time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )

    def _rows_table(self, query: Query) -> tuple[Table, int]:
        count = self.count(query)
        if query.page is not None and query.per_page is not None:
            count = max(0, min(count - (query.page - 1) * query.per_page, query.per_page))
        types = self.file_types
        return rows_table(self.dataset, query, types, lambda: self._longest_text), count

    def _means_table(self, query: Query) -> tuple[Table, int]:
        by, groups = self.group_facet(query), self.group_means(query)
        return means_table(self.schema, query, by, groups, self.file_types), len(groups)

    @cached_property
    def file_types(self) -> Types:
        """The type of each column in a file."""
        return file_types(self.dataset)

    @cached_property
    def _longest_text(self) -> int:
        """How many characters the table's longest text has."""
        return longest_of(self.dataset, self.file_types)

    def _pandas(self, query: Query) -> pd.DataFrame:
        names = query.shown(self.schema.names)
        rows = self.dataset.page(query).select(*held_names(names))
        categories = {held_name(name): way for name, way in self.schema.categories}
        frame = library_of(rows).as_pandas(rows, categories)
        return frame.set_axis(list(names), axis=1)

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

    def __init__(self, explorer: Explorer) -> None:
        super().__init__()
        self._explorer = explorer

    def __missing__(self, name: str) -> NDArray[np.int64]:
        counts = self._explorer.stops_beside(Query(), self._explorer.schema.times_by_name[name])
        if counts is None:
            raise KeyError(name)
        self[name] = counts.sum(axis=0)
        return self[name]
