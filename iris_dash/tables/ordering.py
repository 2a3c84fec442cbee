"""The order of rows: as a query sorts them, and its page of what is in order."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, TypeVar

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet

Some = TypeVar("Some", nw.DataFrame[Any], nw.LazyFrame[Any])
Sliced = TypeVar("Sliced", nw.DataFrame[Any], NDArray[np.intp])


def in_order(rows: Some, query: Query, unordered: Mapping[str, Facet], ties: Sequence[str]) -> Some:
    """Return the rows in the query's order, missing values last, then in that of `ties`.

    A facet is sorted in its own order; `unordered` are the facets by name whose columns do not
    know it: those are sorted by their values' places, which stand in columns of their own then.
    """
    keys, descending = [], []
    for i, (name, down) in enumerate(query.sort):
        key = held_name(name)
        if name in unordered:
            key = f"_place{i}"
            rows = rows.with_columns(_place(unordered[name]).alias(key))
        keys.append(key)
        descending.append(down)
    last = [name for name in ties if name not in keys]
    return rows.sort(*keys, *last, descending=descending + [False] * len(last), nulls_last=True)


def ordered_groups(
    groups: nw.LazyFrame[Any], order: Sequence[tuple[str, bool]]
) -> nw.LazyFrame[Any]:
    """Return what rows were grouped into by these columns, missing values last."""
    names, descending = zip(*order, strict=True)
    return groups.sort(*names, descending=list(descending), nulls_last=True)


def _place(facet: Facet) -> nw.Expr:
    """Return the place of a facet's value among its values; null for a missing one."""
    column = nw.col(held_name(facet.name))
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
