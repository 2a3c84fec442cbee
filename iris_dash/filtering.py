"""The shared filter: a Query as conditions on rows, the same for every engine.

Conditions are Narwhals expressions. A short table answers the same conditions from NumPy arrays,
since an engine's fixed cost per question (some 0.4 ms) is then many times the work itself; the
tests hold both against a plain loop.
"""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any, TypeVar

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.dataset import ROW, Dataset
from iris_dash.query import Query

Frame = nw.DataFrame[Any]
Rows = TypeVar("Rows", Frame, NDArray[np.intp])

SHORT_TABLE = 20_000
"""Tables of at most this many rows are filtered with NumPy."""


def condition(query: Query) -> nw.Expr:
    """Return a query that restricts something as one condition on a row.

    Each restricted column is one clause; a row is selected when all of them hold.
    """
    clauses = [_choice(name, values) for name, values in query.facets]
    clauses += [_interval(name, low, high) for name, low, high in query.bounds]
    return reduce(operator.and_, clauses)


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
    if not query.facets and not query.bounds:
        return dataset.frame
    if is_short(dataset):
        return dataset.frame[select_positions(dataset, query)]
    return dataset.frame.filter(condition(query))


def is_short(dataset: Dataset) -> bool:
    """Return whether the table is so short that an engine's fixed cost outweighs the work."""
    return len(dataset) <= SHORT_TABLE


def select_positions(dataset: Dataset, query: Query) -> NDArray[np.intp]:
    """Return the places of the rows that the query selects, ascending, from the arrays."""
    masks = [np.ones(len(dataset), dtype=bool)]
    for name, chosen in query.facets:
        values = dataset.schema.facet(name).values
        allowed = np.array([value in chosen for value in values], dtype=bool)
        masks.append(allowed[dataset.arrays[name]])
    for name, low, high in query.bounds:
        numbers = dataset.arrays[name]
        if low is not None:
            masks.append(numbers >= low)
        if high is not None:
            masks.append(numbers <= high)
    return np.flatnonzero(reduce(operator.and_, masks))


def sort_rows(rows: Frame, query: Query) -> Frame:
    """Return the rows in the query's order; ties keep the dataset's; missing values come last."""
    if not query.sort:
        return rows
    names = [name for name, _ in query.sort]
    descending = [down for _, down in query.sort]
    return rows.sort(*names, ROW, descending=[*descending, False], nulls_last=True)


def page_rows(rows: Frame, query: Query) -> Frame:
    """Return the query's page of the rows in its order; past the end: no rows; unpaged: all."""
    return page_slice(sort_rows(rows, query), query)


def page_slice(ordered: Rows, query: Query) -> Rows:
    """Return the query's page of rows, or of their places, that are in order already."""
    if query.page is None or query.per_page is None:
        return ordered
    start = min((query.page - 1) * query.per_page, len(ordered))
    return ordered[start : start + query.per_page]
