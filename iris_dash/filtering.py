"""The shared filter: a Query as conditions on rows, the same for every engine."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import narwhals as nw

from iris_dash.dataset import ROW, Dataset
from iris_dash.query import Query

Frame = nw.DataFrame[Any]


def condition(query: Query) -> nw.Expr | None:
    """Return the query as one condition on a row, or None when it restricts nothing.

    Each restricted column is one clause; a row is selected when all of them hold.
    """
    clauses = [_choice(name, values) for name, values in query.facets]
    clauses += [_interval(name, low, high) for name, low, high in query.bounds]
    return reduce(operator.and_, clauses) if clauses else None


def _choice(name: str, values: tuple[Any, ...]) -> nw.Expr:
    column = nw.col(name)
    given = [value for value in values if value is not None]
    # One value as equality: half the time of a membership test on a short table.
    chosen = column == given[0] if len(given) == 1 else column.is_in(given)
    return chosen | column.is_null() if None in values else chosen


def _interval(name: str, low: float | None, high: float | None) -> nw.Expr:
    if low is not None and high is not None:
        return nw.col(name).is_between(low, high, closed="both")
    return nw.col(name) >= low if low is not None else nw.col(name) <= high


def select_rows(dataset: Dataset, query: Query) -> Frame:
    """Return the rows that the query selects, in the dataset's order.

    Frame: n rows, n may be 0; the dataset's columns and `_row`. Bounds are inclusive; a missing
    measure is never inside a bound. Sorting and paging are not applied here.
    """
    selected = condition(query)
    return dataset.frame if selected is None else dataset.frame.filter(selected)


def sort_rows(rows: Frame, query: Query) -> Frame:
    """Return the rows in the query's order; ties keep the dataset's; missing values come last."""
    if not query.sort:
        return rows
    names = [name for name, _ in query.sort]
    descending = [down for _, down in query.sort]
    return rows.sort(*names, ROW, descending=[*descending, False], nulls_last=True)


def page_rows(rows: Frame, query: Query) -> Frame:
    """Return the query's page of the rows in its order; past the end: no rows; unpaged: all."""
    if query.page is None or query.per_page is None:
        return sort_rows(rows, query)
    start = (query.page - 1) * query.per_page
    if start >= len(rows):
        return rows[:0]
    return sort_rows(rows, query)[start : start + query.per_page]
