"""The replaced package's questions, asked of the default table: lists of plain objects."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from iris_dash.config.environment import read_settings
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query


@lru_cache(maxsize=1)
def default_explorer() -> Explorer:
    """Return the Explorer of the default table, opened once: `IRIS_DASH_DATA` or the one shipped.

    Errors: DatasetError if it cannot be opened.
    """
    settings = read_settings(os.environ)
    return Explorer(settings.open())


class IrisQuery(Query):
    """A query of the default table, checked as it is made.

    Arguments: a facet by its name (`species`: a value, a list of values or None), `lower` and
    `upper` (a number per measure, inclusive, in the measure's unit), `sort`, `by`, `page`,
    `per_page`. Errors: QueryError naming each bad value and the valid ones.

    >>> IrisQuery(species="setosa", upper={"sepal_length": 5.1}).filters
    (Choice(name='species', values=('setosa',)), Interval(name='sepal_length', low=None, high=5.1))
    """

    def __new__(cls, /, **filters: Any) -> Query:  # type: ignore[misc]
        """Return a plain Query, which equals any other that asks the same."""
        return default_explorer().query(**filters)


def column_range(query: Query) -> list[dict[str, Any]]:
    """Return the rows that the query selects, in the table's order unless it sorts.

    One object per row, n may be 0: each measure under its name, in cm for the default table, and
    the facet `species` under the key `label`. A query with a page gives that page only.

    >>> query = IrisQuery(species="setosa", lower={"petal_length": 1.8})
    >>> [flower["petal_length"] for flower in column_range(query)]
    [1.9, 1.9]
    """
    return default_explorer().records(query)[1]


def get_mean(query: Query) -> list[dict[str, Any]]:
    """Return the arithmetic mean of every measure per group, over the rows the query selects.

    One object per group with rows, in the facet's order: `mean_<measure>`, in cm for the default
    table, and the group under the facet's key (`label` for species). Nothing selected: [].

    >>> for mean in get_mean(IrisQuery(species=["setosa", "versicolor"])):
    ...     print(mean["label"], round(mean["mean_sepal_length"], 3))
    setosa 5.006
    versicolor 5.936
    """
    return default_explorer().mean_records(query)
