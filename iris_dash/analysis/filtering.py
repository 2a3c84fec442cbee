"""The shared filter: a Query as conditions on rows, the same for every engine.

Conditions are Narwhals expressions. A short table answers the same conditions from NumPy arrays,
since an engine's fixed cost per question (some 0.4 ms) is then many times the work itself; the
tests hold both against a plain loop.
"""

from __future__ import annotations

import operator
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import reduce
from typing import Any, TypeGuard, TypeVar, assert_never

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.core.deadline import check, each
from iris_dash.query.filters import Choice, Filter, Interval
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet
from iris_dash.tables.column_facts import ROW
from iris_dash.tables.dataset import Dataset, EngineDataset, FrameDataset

Frame = nw.DataFrame[Any]
Rows = nw.DataFrame[Any] | nw.LazyFrame[Any]
Sliced = TypeVar("Sliced", Frame, NDArray[np.intp])

SHORT_TABLE = 20_000
"""Tables of at most this many rows are filtered with NumPy."""

SLICE = 250_000
"""Rows of a long table that are read in one piece for a file."""

FIRST_SLICE = 10_000
"""Rows that are looked through first for a page; each further look is at four times as many."""


def condition(query: Query) -> nw.Expr:
    """Return a query that restricts something as one condition on a row.

    Each filter is one clause; a row is selected when all of them hold.
    """
    return reduce(operator.and_, map(_clause, query.filters))


def _clause(one: Filter) -> nw.Expr:
    match one:
        case Choice(name, values):
            return _choice(name, values)
        case Interval(name, low, high):
            return _interval(name, low, high)
        case _:
            assert_never(one)


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


def restricts(query: Query) -> bool:
    """Return whether the query leaves out any row at all, as far as it can tell."""
    return bool(query.filters)


def is_short(dataset: Dataset) -> TypeGuard[FrameDataset]:
    """Return whether the table is so short that an engine's fixed cost outweighs the work."""
    return isinstance(dataset, FrameDataset) and len(dataset) <= SHORT_TABLE


def select_rows(dataset: Dataset, query: Query) -> Rows:
    """Return the rows that the query selects; of a long table or an engine's lazily.

    Frame: n rows, n may be 0; the dataset's columns and `_row`. Bounds are inclusive; a missing
    measure is never inside a bound. Sorting and paging are not applied here.
    """
    if is_short(dataset):
        if not restricts(query):
            return dataset.frame
        return dataset.frame[select_positions(dataset, query)]
    rows = dataset.rows()
    return rows.filter(condition(query)) if restricts(query) else rows


def gather(dataset: Dataset, rows: Rows) -> Frame:
    """Return lazy rows as a frame; a frame comes back as it is."""
    return dataset.collect(rows) if isinstance(rows, nw.LazyFrame) else rows


def select_positions(dataset: FrameDataset, query: Query) -> NDArray[np.intp]:
    """Return the places of the rows that the query selects, ascending, from the arrays."""
    every = np.ones(len(dataset), dtype=bool)
    masks = (mask for one in query.filters for mask in _masks(dataset, one))
    return np.flatnonzero(reduce(operator.and_, masks, every))


def _masks(dataset: FrameDataset, one: Filter) -> Iterator[NDArray[np.bool_]]:
    match one:
        case Choice(name, chosen):
            values = dataset.schema.facet(name).values
            allowed = np.array([value in chosen for value in values], dtype=bool)
            yield allowed[dataset.arrays[name]]
        case Interval(name, low, high):
            if low is not None:
                yield dataset.arrays[name] >= low
            if high is not None:
                yield dataset.arrays[name] <= high
        case _:
            assert_never(one)


def page_rows(dataset: Dataset, query: Query) -> Frame:
    """Return the query's page of its rows in its order; past the end: no rows; unpaged: all.

    Ties keep the dataset's order, missing values come last. A long table is never put into order
    as a whole for one page: the engine finds the first rows, and only the page is read.
    """
    if isinstance(dataset, EngineDataset):
        return dataset.collect(_asked_page(dataset, query))
    assert isinstance(dataset, FrameDataset)
    if is_short(dataset):
        rows = gather(dataset, select_rows(dataset, query))
        return page_slice(_sort(dataset, rows, query), query)
    if query.page is None or query.per_page is None:
        return dataset.frame[_ordered_positions(dataset, query, None)]
    stop = query.page * query.per_page
    if stop - query.per_page >= len(dataset):
        return dataset.frame[:0]
    if query.sort:
        places = _ordered_positions(dataset, query, stop)
    else:
        places = _first_positions(dataset, query, stop)
    return dataset.frame[page_slice(places, query)]


def _asked_page(dataset: EngineDataset, query: Query) -> nw.LazyFrame[Any]:
    rows = _asked_in_order(dataset, query)
    if query.page is None or query.per_page is None:
        return rows
    start = (query.page - 1) * query.per_page
    return dataset.engine.slice(rows, min(start, len(dataset)), query.per_page)


def _asked_in_order(dataset: EngineDataset, query: Query) -> nw.LazyFrame[Any]:
    """Return an engine's rows in the query's order, ties in the table's.

    An engine knows text but not a facet's order, so a facet is sorted by its values' places.
    """
    rows, keys, descending = _with_sort_keys(dataset, select_rows(dataset, query), query)
    assert isinstance(rows, nw.LazyFrame)
    ties = [name for name in dataset.order if name not in keys]
    ways = [*descending, *(False for _ in ties)]
    ordered = rows.sort(*keys, *ties, descending=ways, nulls_last=True)
    return ordered.select(*dataset.schema.names)


def _with_sort_keys(
    dataset: Dataset, rows: Rows, query: Query
) -> tuple[Rows, list[str], list[bool]]:
    """Return the rows with what sorts them, those columns' names, and which of them descend.

    A facet is sorted in its own order: by its values' places where its column does not know it.
    """
    keys, descending = [], []
    for i, (name, down) in enumerate(query.sort):
        facet = next((f for f in dataset.schema.facets if f.name == name), None)
        if facet is not None and not _is_in_order(dataset, facet):
            name = f"_place{i}"
            rows = rows.with_columns(_place(facet).alias(name))
        keys.append(name)
        descending.append(down)
    return rows, keys, descending


def _is_in_order(dataset: Dataset, facet: Facet) -> bool:
    """Return whether sorting the facet's column gives the facet's own order."""
    if not isinstance(dataset, FrameDataset):
        return False
    if isinstance(dataset.frame.schema[facet.name], nw.Enum):
        return True
    known: list[Any] = [value for value in facet.values if value is not None]
    return known == sorted(known)


def _place(facet: Facet) -> nw.Expr:
    """Return the place of a facet's value among its values; null for a missing one."""
    column = nw.col(facet.name)
    places = [
        nw.when(column == value).then(nw.lit(place)).otherwise(nw.lit(0))
        for place, value in enumerate(facet.values)
        if value is not None and place
    ]
    known = reduce(operator.add, places, nw.lit(0))
    return nw.when(~column.is_null()).then(known)


def page_slice(ordered: Sliced, query: Query) -> Sliced:
    """Return the query's page of rows, or of their places, that are in order already."""
    if query.page is None or query.per_page is None:
        return ordered
    start = min((query.page - 1) * query.per_page, len(ordered))
    return ordered[start : start + query.per_page]


def row_slices(dataset: Dataset, query: Query) -> Iterator[Frame]:
    """Yield the query's rows in its order, in pieces, none of them larger than a slice.

    Unsorted rows are read as they are yielded; a sort holds one whole number per row meanwhile.
    Each piece has the time of an answer. Errors: EngineAway, QueryTooLong.
    """
    if query.page is not None or is_short(dataset):
        yield page_rows(dataset, query)
    elif isinstance(dataset, EngineDataset):
        with closing(dataset.engine.batches(_asked_in_order(dataset, query))) as batches:
            for batch in batches:
                yield nw.from_native(batch, eager_only=True)
    else:
        assert isinstance(dataset, FrameDataset)
        yield from each(_frame_slices(dataset, query))


def _frame_slices(dataset: FrameDataset, query: Query) -> Generator[Frame]:
    if query.sort:
        places = _ordered_positions(dataset, query, None)
        for start in range(0, len(places), SLICE):
            yield dataset.frame[places[start : start + SLICE]]
    else:
        for start in range(0, len(dataset), SLICE):
            piece = dataset.frame[start : start + SLICE]
            yield piece.filter(condition(query)) if restricts(query) else piece


def _sort(dataset: FrameDataset, rows: Frame, query: Query) -> Frame:
    if not query.sort:
        return rows
    keyed, keys, descending = _with_sort_keys(dataset, rows, query)
    assert isinstance(keyed, nw.DataFrame)
    ordered = keyed.sort(*keys, ROW, descending=[*descending, False], nulls_last=True)
    return ordered.select(*rows.columns)


def _ordered_positions(dataset: FrameDataset, query: Query, most: int | None) -> NDArray[np.intp]:
    """Return the places of the first `most` selected rows in the query's order, None: of all."""
    rows = select_rows(dataset, query)
    if query.sort:
        rows, keys, descending = _with_sort_keys(dataset, rows, query)
        rows = rows.select(*keys, ROW)
        rows = rows.sort(*keys, ROW, descending=[*descending, False], nulls_last=True)
    rows = rows.select(ROW)
    found = gather(dataset, rows if most is None else rows.head(most))
    return np.asarray(found[ROW].to_numpy(), dtype=np.intp)


def _first_positions(dataset: FrameDataset, query: Query, most: int) -> NDArray[np.intp]:
    """Return the places of the first `most` selected rows, looking no further than they lie."""
    if not restricts(query):
        return np.arange(min(most, len(dataset)))
    found: list[NDArray[np.intp]] = []
    start, length = 0, FIRST_SLICE
    while start < len(dataset) and sum(map(len, found)) < most:
        check()
        piece = dataset.frame[start : start + length].lazy().filter(condition(query))
        places = piece.select(ROW).head(most).collect()[ROW].to_numpy()
        found.append(np.asarray(places, dtype=np.intp))
        start, length = start + length, length * 4
    return np.concatenate(found)[:most]
