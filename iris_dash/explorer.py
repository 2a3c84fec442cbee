"""One dataset behind one door: every face of the product asks an Explorer and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import narwhals as nw

from iris_dash.dataset import Dataset, open_dataset, plain_rows
from iris_dash.export import csv_chunks
from iris_dash.filtering import is_short, page_rows, page_slice, select_positions, select_rows
from iris_dash.query import Query, parse_query
from iris_dash.query_string import format_query
from iris_dash.schema import Facet, FacetValue, Schema
from iris_dash.summary import GroupMeans, count_facets, mean_rows
from iris_dash.table_settings import TableSettings

if TYPE_CHECKING:
    import pandas as pd


Answer = TypeVar("Answer")

MOST_CACHED_ROWS = 1_000
"""Answers with more rows than this are made anew each time."""


@dataclass(frozen=True)
class View:
    """What the dashboard shows of one query, from one selection of its rows."""

    count: int
    facet_counts: dict[str, dict[FacetValue, int]]
    means: list[GroupMeans]
    points: dict[FacetValue, tuple[list[Any], list[Any]]]
    page: list[dict[str, Any]]


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

    def __init__(self, dataset: Dataset, cache: Cache | None = None) -> None:
        self.dataset = dataset
        self.cache = cache

    @classmethod
    def open(cls, source: Any, settings: TableSettings | None = None) -> Explorer:
        """Return an Explorer of a file (path) or data frame; DatasetError if it is no table."""
        return cls(open_dataset(source, settings))

    @property
    def schema(self) -> Schema:
        """The table's facets and measures, with labels, units and values."""
        return self.dataset.schema

    def query(self, **filters: Any) -> Query:
        """Return the Query of these filters, checked against the table.

        A facet's name takes a value, a list of values or None (no restriction); `lower` and
        `upper` a number per measure, inclusive; `sort`, `by`, `page`, `per_page` as on the wire.
        Errors: QueryError naming each bad value and the valid ones.
        """
        return parse_query(self.schema, filters)

    def text(self, query: Query) -> str:
        """Return the query's canonical text, as in the address bar."""
        return format_query(self.schema, query)

    def cached(self, kind: str, query: Query, make: Callable[[], Answer]) -> Answer:
        """Return the answer of that kind to the query: the kept one, or a new one from `make`.

        The key is the data's fingerprint and the query's canonical text, so that another table,
        or the same one changed, never answers. Large answers are not kept.
        """
        if self.cache is None:
            return make()
        key = f"{self.dataset.fingerprint} {kind} {self.text(query)}"
        kept: Answer | None = self.cache.get(key)
        if kept is None:
            kept = make()
            if (query.per_page or len(self.dataset)) <= MOST_CACHED_ROWS:
                self.cache.set(key, kept)
        return kept

    def count(self, query: Query | None = None) -> int:
        """Return how many rows the query selects; its page does not matter."""
        return len(select_rows(self.dataset, query or Query()))

    def rows(self, query: Query | None = None) -> pd.DataFrame:
        """Return every row that the query selects, in its order.

        Frame: n rows, n may be 0; the table's columns under their own names, measures in the
        schema's units; a new index from 0. The query's page does not matter: see `page`.
        """
        return self._pandas((query or Query()).unpaged())

    def page(self, query: Query) -> pd.DataFrame:
        """Return the query's page of rows: at most `per_page`; past the end an empty frame."""
        return self._pandas(query if query.page else query.on_page(1, query.per_page or 100))

    def means(self, query: Query | None = None) -> pd.DataFrame:
        """Return the mean of every measure per group, over the rows that the query selects.

        Frame: one row per group with rows, in the facet's order: the facet's column, `n` (rows)
        and `mean_<measure>` in the measure's unit, NaN where a group has no value.
        Errors: none beyond the query's own.
        """
        import pandas as pd

        by = self.group_facet(query or Query())
        groups = self.group_means(query or Query())
        columns: dict[str, list[Any]] = {by.name: [g.group for g in groups]} if by else {}
        columns["n"] = [group.n for group in groups]
        for position, measure in enumerate(self.schema.measures):
            columns[f"mean_{measure.name}"] = [group.means[position] for group in groups]
        return pd.DataFrame(columns)

    def group_facet(self, query: Query) -> Facet | None:
        """Return the facet that groups: the query's `by`, else the first; None without facets."""
        if query.by is not None:
            return self.schema.facet(query.by)
        return self.schema.facets[0] if self.schema.facets else None

    def group_means(self, query: Query) -> list[GroupMeans]:
        """Return the means per group as plain values; see `means` for a frame."""
        rows = select_rows(self.dataset, query)
        return mean_rows(rows, self.schema, self.group_facet(query))

    def records(self, query: Query) -> tuple[int, list[dict[str, Any]]]:
        """Return how many rows the query selects, and its page of them as JSON-ready objects.

        The objects may be shared between answers: they are not to be changed.
        """
        if is_short(self.dataset) and not query.sort:
            places = select_positions(self.dataset, query)
            everything = self._short_records
            return len(places), [everything[place] for place in page_slice(places, query).tolist()]
        rows = select_rows(self.dataset, query)
        return len(rows), self._records(page_rows(rows, query))

    def mean_records(self, query: Query) -> list[dict[str, Any]]:
        """Return the means per group as JSON-ready objects: `mean_<measure>` and the group."""
        by = self.group_facet(query)
        names = [f"mean_{measure.name}" for measure in self.schema.measures]
        return [
            dict(zip(names, group.means, strict=True)) | ({by.key: group.group} if by else {})
            for group in self.group_means(query)
        ]

    def view(self, query: Query, axes: tuple[str, str] | None) -> View:
        """Return all that the dashboard shows of a query; `axes` name the scatter's measures.

        The page is the query's, or the last one if the rows end before it.
        """
        rows = select_rows(self.dataset, query)
        by = self.group_facet(query)
        page = page_rows(rows, query)
        if not len(page) and len(rows) and query.per_page:
            page = page_rows(rows, query.on_page(-(-len(rows) // query.per_page), query.per_page))
        return View(
            count=len(rows),
            facet_counts=count_facets(self.dataset, query, rows),
            means=mean_rows(rows, self.schema, by),
            points=_points(rows, *axes, by) if axes else {},
            page=self._records(page, by_key=False),
        )

    def csv(self, query: Query) -> Iterator[bytes]:
        """Yield every row that the query selects as CSV, header first, in pieces."""
        rows = page_rows(select_rows(self.dataset, query), query)
        return csv_chunks(rows.select(*self.schema.names))

    @cached_property
    def _short_records(self) -> list[dict[str, Any]]:
        return self._records(self.dataset.frame)

    def _pandas(self, query: Query) -> pd.DataFrame:
        import pandas as pd

        rows = page_rows(select_rows(self.dataset, query), query)
        columns = {}
        for name in self.schema.names:
            series = rows[name]
            plain = series.dtype.is_numeric() and not series.is_null().any()
            columns[name] = series.to_numpy() if plain else series.to_list()
        return pd.DataFrame(columns)

    def _records(self, rows: nw.DataFrame[Any], by_key: bool = True) -> list[dict[str, Any]]:
        keys = [column.key if by_key else column.name for column in self.schema.columns]
        # Stops before `_row`, the frame's last column.
        return [dict(zip(keys, row, strict=False)) for row in plain_rows(rows)]


def _points(
    rows: nw.DataFrame[Any], x: str, y: str, by: Facet | None
) -> dict[FacetValue, tuple[list[Any], list[Any]]]:
    """Return the x and y lists per group, in the facet's order; missing values are left out."""
    points = rows.filter(~nw.col(x).is_null(), ~nw.col(y).is_null())
    if by is None:
        return {None: (points[x].to_list(), points[y].to_list())}
    found: dict[FacetValue, tuple[list[Any], list[Any]]] = {v: ([], []) for v in by.values}
    for value, across, up in plain_rows(points.select(by.name, x, y)):
        xs, ys = found[value]
        xs.append(across)
        ys.append(up)
    return found
