"""A column's values and how many rows have each: under the other filters, searched, by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, assert_never

import narwhals as nw

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.query.filters import Match, folded
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Filterable, Measure, Text, Time
from iris_dash.query.value_text import plain_text
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.filtering import clause
from iris_dash.tables.libraries import Series
from iris_dash.tables.row_set import N
from iris_dash.tables.values import plain_rows


@dataclass(frozen=True)
class ValueCount:
    """A value as JSON has it, None for missing, and how many rows have it."""

    value: Any
    count: int


@dataclass(frozen=True)
class ValuePage:
    """A page of a column's values in their order, and how many there are on all pages.

    `column`: the values as the table holds them; None of a facet.
    """

    values: list[ValueCount]
    total: int
    column: Series | None = None


def column_values(
    dataset: Dataset, aggregates: Aggregates, query: Query, column: Filterable, search: str
) -> ValuePage:
    """Return the query's page of a column's values, those that most rows have first.

    Counted are the rows that the query selects, whose filters are on other columns; values of none
    of them are left out. Of values with equal counts those of a facet stand in its own order,
    others ascending, the missing one last. `search`: values whose text contains it, in letters of
    any case; "": all. A query without a page: all values. Errors: as `Aggregates`.
    """
    start, stop = 0, None
    if query.page is not None and query.per_page is not None:
        start, stop = (query.page - 1) * query.per_page, query.page * query.per_page
    match column:
        case Facet():
            found = _facet_values(aggregates, query, column, search)
            return ValuePage(found[start:stop], len(found))
        case Text() | Time() | Measure():
            held = held_name(column.name)
            rows = dataset.select(query).group_by(held, drop_null_keys=False)
            counted = rows.agg(nw.len().alias(N))
            wanted = clause(dataset.schema, Match(column.name, has=(folded(search),)))
            page, total = dataset.groups_page(
                counted, wanted if search else None, ((N, True), (held, False)), start, stop
            )
            rows_of_values = plain_rows(page.select(held, N))
            values = [ValueCount(value, int(n)) for value, n in rows_of_values]
            return ValuePage(values, total, page[held])
        case _:
            assert_never(column)


def _facet_values(
    aggregates: Aggregates, query: Query, facet: Facet, search: str
) -> list[ValueCount]:
    wanted = Match(facet.name, has=(folded(search),) if search else ())
    counts = aggregates.count_facet(query, facet).items()
    found = [
        ValueCount(value, n)
        for value, n in counts
        if n and wanted.holds(None if value is None else plain_text(value))
    ]
    return sorted(found, key=lambda one: -one.count)
