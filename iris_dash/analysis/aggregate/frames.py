"""The groups of an aggregate as others take them: JSON-ready objects, pandas, words for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl
import polars.selectors as cs

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.query.group_keys import json_key, key_label, key_text
from iris_dash.query.schema import Facet, Schema
from iris_dash.tables.libraries import library_of
from iris_dash.tables.libraries.moments import moment_rows
from iris_dash.tables.pandas_values import facet_values

if TYPE_CHECKING:
    import pandas as pd


def json_keys(asked: Aggregation, groups: pl.DataFrame) -> list[str]:
    """Return what each column of the groups is called in JSON."""
    keys = {key_text(key): json_key(key) for key in asked.by}
    return [keys.get(name, name) for name in groups.columns]


def group_records(groups: pl.DataFrame, asked: Aggregation) -> list[dict[str, Any]]:
    """Return groups as JSON-ready objects; a missing group, and a missing figure, is None."""
    keys = json_keys(asked, groups)
    return [dict(zip(keys, row, strict=True)) for row in moment_rows(groups)]


def indexed(schema: Schema, groups: pl.DataFrame, asked: Aggregation) -> pd.DataFrame:
    """Return groups as a pandas frame, the keys its index, each of the type that rows have."""
    frame = library_of(nw.from_native(groups)).as_pandas(nw.from_native(groups), {})
    names = list(map(key_text, asked.by))
    for key, name in zip(asked.by, names, strict=True):
        if isinstance(key.column, Facet):
            frame[name] = facet_values(schema, key.column, groups[name].to_list())
    return frame.set_index(names) if names else frame


def longest_text(groups: pl.DataFrame) -> int:
    """Return how many characters the longest text of the groups has."""
    texts = groups.select(cs.string().str.len_chars().max())
    lengths = texts.row(0) if texts.width else ()
    return max((length for length in lengths if length is not None), default=0)


def words_of(asked: Aggregation) -> list[tuple[str, str]]:
    """Return what an aggregate asks beside its filters, for people: what is said, and what of."""
    said = {
        "Grouped by": ", ".join(map(key_label, asked.by)),
        "Statistics": ", ".join(output.name for output in asked.outputs),
        "Having": ", ".join(f"{one.output} {one.text}" for one in asked.having),
        "Order": ", ".join(f"{name}{' descending' * down}" for name, down in asked.sort),
    }
    return [(what, text) for what, text in said.items() if text]
