"""What the faces of the product ask of one dataset, answered in plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

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
    GroupMeans,
    GroupMoments,
)
from iris_dash.analysis.beside_question import BesideQuestion, beside_text
from iris_dash.analysis.column_values import ValuePage, column_values
from iris_dash.analysis.comparison import MeasureComparison, compare
from iris_dash.analysis.diagnosis import Diagnosis, diagnose
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
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.analysis.time_indexing import build_time_index
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.core.timing import span
from iris_dash.explorer.shortened import Answer, made_long, shortened
from iris_dash.query.model import query_model
from iris_dash.query.names import held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema
from iris_dash.query.schema_record import SchemaRecord, schema_record
from iris_dash.query.url import format_query
from iris_dash.query.value_text import FacetValue
from iris_dash.query.values_question import ValuesQuestion
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.values import records

AnyQuestion = Query | Aggregation | HistogramQuestion | BesideQuestion | ValuesQuestion
"""What a route is asked."""


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

    def text(self, query: AnyQuestion) -> str:
        """Return the query's canonical text, as in the address bar; other questions have theirs."""
        if type(query) is Query:
            return format_query(self.schema, query)
        if isinstance(query, Aggregation):
            return aggregation_text(self.schema, query)
        if isinstance(query, HistogramQuestion):
            return histogram_text(self.schema, query)
        if isinstance(query, BesideQuestion):
            return beside_text(self.schema, query)
        assert isinstance(query, ValuesQuestion)
        return query.text(self.schema)

    def cached(
        self,
        kind: str,
        asked: Query | str,
        make: Callable[[], Answer],
        is_kept: Callable[[], bool] = lambda: True,
    ) -> Answer:
        """Return the answer of that kind to what is asked: the kept one, or a new one from `make`.

        The key is the data's fingerprint and the query's canonical text (or the text that stands
        for what is asked), so that another table, or the same one changed, never answers. Not
        kept are answers that are too long, and those of which `is_kept` says no once they are made.
        """
        kept: Answer | None = self.kept(kind, asked)
        if kept is not None:
            return kept
        with span("query"):
            made = make()
        if is_kept():
            self.keep(kind, asked, made)
        return made

    def kept(self, kind: str, asked: Query | str) -> Any:
        """Return the kept answer of that kind to what is asked, None if there is none."""
        kept = None if self.cache is None else self.cache.get(self._key(kind, asked))
        return None if kept is None else made_long(kept)

    def keep(self, kind: str, asked: Query | str, made: Answer) -> None:
        """Keep an answer of that kind, unless it is too long."""
        short = None if self.cache is None else shortened(made)
        if self.cache is not None and short is not None:
            self.cache.set(self._key(kind, asked), short)

    def _key(self, kind: str, asked: Query | str) -> str:
        text = asked if isinstance(asked, str) else self.text(asked)
        return f"{self.dataset.fingerprint} {kind} {text}"

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

    def record_pieces(
        self, query: Query, written: bool = False
    ) -> tuple[int, Iterator[list[dict[str, Any]]]]:
        """Return the same, the objects in pieces that are made as they are taken.

        `written`: they are wanted as JSON alone, and may be Fragments of it.
        """
        pieces, count = self.dataset.records(query, written)
        return self.count(query) if count is None else count, pieces

    def mean_records(self, query: Query) -> list[dict[str, Any]]:
        """Return the means per group as JSON-ready objects: `mean_<measure>` and the group."""
        by = self.group_facet(query)
        names = [mean_name(measure, by) for measure in self.schema.measures]
        return [
            dict(zip(names, group.means, strict=True)) | ({by.key: group.group} if by else {})
            for group in self.group_means(query)
        ]

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

    def histogram_records(self, asked: HistogramQuestion) -> list[dict[str, Any]]:
        """Return one column's histogram as objects: the group, `low`, `high` and `count`."""
        return histogram_records(self.aggregates(asked.query), asked)

    def prepare(self) -> None:
        """Make what the first question would wait for: rollup, its time's index, a query's form."""
        _ = self.time_index
        query_model(self.schema)

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
