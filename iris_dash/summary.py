"""Counts and means of selected rows, as small frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from iris_dash.dataset import Dataset, is_missing
from iris_dash.filtering import select_rows
from iris_dash.query import Query
from iris_dash.schema import Facet, FacetValue, Schema


@dataclass(frozen=True)
class GroupMeans:
    """The mean of every measure over one group: its facet value, its n rows, the means.

    `means` follows the schema's measures, in their units; None where a group has no value.
    """

    group: FacetValue
    n: int
    means: tuple[float | None, ...]


def mean_rows(rows: nw.DataFrame[Any], schema: Schema, by: Facet | None) -> list[GroupMeans]:
    """Return the means per group, in the facet's own order; groups without rows are left out.

    Means are arithmetic, over the values that are not missing. Without a facet there is one group.
    """
    names = [measure.name for measure in schema.measures]
    means = [nw.col(name).mean() for name in names]
    if by is None:
        if not len(rows):
            return []
        values = rows.select(*means).row(0) if names else ()
        return [GroupMeans(None, len(rows), tuple(_number(v) for v in values))]
    grouped = rows.group_by(by.name, drop_null_keys=False).agg(nw.len().alias("_n"), *means)
    found = {_key(row[0]): row for row in grouped.iter_rows()}
    return [
        GroupMeans(value, int(row[1]), tuple(_number(v) for v in row[2:]))
        for value in by.values
        if (row := found.get(_key(value))) is not None
    ]


def count_values(rows: nw.DataFrame[Any], facet: Facet) -> dict[FacetValue, int]:
    """Return how many rows have each value of the facet, in its order, zeros included."""
    grouped = rows.group_by(facet.name, drop_null_keys=False).agg(nw.len().alias("_n"))
    found = {_key(value): int(n) for value, n in grouped.iter_rows()}
    return {value: found.get(_key(value), 0) for value in facet.values}


def count_facets(
    dataset: Dataset, query: Query, rows: nw.DataFrame[Any]
) -> dict[str, dict[FacetValue, int]]:
    """Return each facet's counts under all the *other* filters: what ticking a value would give.

    `rows` are the query's own rows, reused for the facets that it does not restrict.
    """
    restricted = {name for name, _ in query.facets}
    return {
        facet.name: count_values(
            select_rows(dataset, query.without_facet(facet.name))
            if facet.name in restricted
            else rows,
            facet,
        )
        for facet in dataset.schema.facets
    }


def _key(value: Any) -> Any:
    return None if is_missing(value) else value


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)
