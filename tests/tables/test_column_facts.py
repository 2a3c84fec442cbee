"""What a frame says of its columns is that of all its rows, however few say it."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest

from iris_dash.tables.column_facts import SAMPLE, FrameFacts

LONG = [*["a", "b", None] * SAMPLE, "c"]


@pytest.mark.parametrize(
    ("texts", "kind", "distinct"),
    [
        (LONG, pl.Enum(["a", "b", "c"]), 3),
        (LONG[:-1], pl.Enum(["a", "b", "c"]), 2),
        (LONG[:-1], pl.Enum(["a", "b"]), 2),
        (LONG, pl.String(), 3),
        (["a", "b"], pl.String(), 2),
        ([None, None], pl.Enum(["a"]), 0),
        ([], pl.String(), 0),
    ],
)
def test_distinct_values_are_those_of_all_rows(texts, kind, distinct):
    frame = nw.from_native(pl.DataFrame({"x": pl.Series(texts, dtype=kind)}), eager_only=True)
    assert FrameFacts(frame).distinct("x", 50) == distinct
