"""Values of single columns as pandas has them, of the types that rows have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.libraries import Series, library_of

TYPES: dict[type, type[pl.DataType]] = {bool: pl.Boolean, int: pl.Int64}


def facet_values(schema: Schema, facet: Facet, values: Sequence[FacetValue]) -> Any:
    """Return values of a facet: categories where it was given as such, whole numbers, truth, text.

    Whole numbers and truth values with a missing one among them are nullable.

    >>> facet = Facet("k", "K", "k", (False, True, None))
    >>> str(facet_values(Schema((facet,), "Table"), facet, [True, None]).dtype)
    'boolean'
    """
    known = [value for value in facet.values if value is not None]
    types = [TYPES.get(type(value), pl.String) for value in known]
    dtype: Any = types[0] if types else pl.String
    if dtype is pl.String and facet.name in dict(schema.categories):
        dtype = pl.Enum(map(str, known))
    column = pl.Series(facet.name, list(values), dtype=dtype)
    return column_values(schema, facet.name, nw.from_native(column, series_only=True))


def column_values(schema: Schema, name: str, column: Series) -> Any:
    """Return values that stand in a column of the table, or of its type, in their order."""
    ways = dict(schema.categories)
    categories = {column.name: ways[name]} if name in ways else {}
    return library_of(column).as_pandas(column.to_frame(), categories)[column.name]
