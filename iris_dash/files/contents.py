"""What a file is made of: a query's rows, its means per group, or the groups of an aggregate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import narwhals as nw
import polars as pl

from iris_dash.analysis.aggregate.frames import json_keys, longest_text, words_of
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.aggregates import GroupMeans
from iris_dash.analysis.mean_names import count_name, mean_name
from iris_dash.files.table import Table
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.words import query_in_words
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Types, library_of
from iris_dash.tables.libraries.plain_values import is_missing


def rows_table(dataset: Dataset, query: Query, types: Types, longest: Callable[[], int]) -> Table:
    """Return the query's rows in its order, with the columns that it shows.

    `types`: those of all columns in a file; `longest` tells the longest text of the table.
    """
    schema = dataset.schema
    shown = {name: types[name] for name in query.shown(schema.names)}
    return Table(
        types=shown,
        pieces=(library_of(piece).as_polars(piece, shown) for piece in dataset.slices(query)),
        keys=tuple(dataset.shown_keys(query)),
        words=query_in_words(schema, query),
        longest_text=longest,
        moments=frozenset(time.name for time in schema.times),
    )


def means_table(
    schema: Schema, query: Query, by: Facet | None, groups: Sequence[GroupMeans], types: Types
) -> Table:
    """Return a row for each group: its value, how many rows it has, each measure's mean."""
    columns: dict[str, pl.Series] = {}
    if by is not None:
        values = [group.group for group in groups]
        columns[by.name] = pl.Series(values, dtype=types[by.name])
    columns[count_name(by)] = pl.Series([group.n for group in groups], dtype=pl.Int64)
    for position, measure in enumerate(schema.measures):
        means = [group.means[position] for group in groups]
        columns[mean_name(measure, by)] = pl.Series(means, dtype=pl.Float64)
    frame = pl.DataFrame(columns)
    keys = tuple(by.key if by and name == by.name else name for name in columns)
    words = query_in_words(schema, query)
    return Table(dict(frame.schema), (piece for piece in (frame,)), keys, words, lambda: 0)


def groups_table(schema: Schema, asked: Aggregation, groups: pl.DataFrame) -> Table:
    """Return a row for each group of an aggregate, as they are."""
    return Table(
        types=dict(groups.schema),
        pieces=(piece for piece in (groups,)),
        keys=tuple(json_keys(asked, groups)),
        words=query_in_words(schema, asked.query) + words_of(asked),
        longest_text=lambda: longest_text(groups),
    )


def longest_of(dataset: Dataset, types: Types) -> int:
    """Return how many characters the longest text of a table has."""
    facets = dataset.schema.facets_by_name
    values = chain.from_iterable(facet.values for facet in facets.values())
    known = [len(value) for value in values if isinstance(value, str)]
    others = {*facets, *dataset.schema.times_by_name}  # a time is short
    texts = [name for name, kind in types.items() if kind == pl.String and name not in others]
    longest = [nw.col(held_name(name)).cast(nw.String()).str.len_chars().max() for name in texts]
    asked = dataset.collect(dataset.rows().select(*longest)).row(0) if texts else ()
    return max(known + [int(length) for length in asked if not is_missing(length)], default=0)
