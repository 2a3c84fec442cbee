"""What a slider needs of a column is that of all its values, in whatever chunks they lie."""

from __future__ import annotations

import narwhals as nw
import pandas as pd
import polars as pl
import pytest

from iris_dash.tables import extent

EMPTY, NONE = pl.Series([], dtype=pl.Float64), pl.Series([None], dtype=pl.Float64)
PIECES = (
    pl.Series([0.5, 1.5]),
    EMPTY,
    pl.Series([None, float("inf"), -2.25, float("nan")]),
    NONE,
    pl.Series([8.25]),
)


@pytest.fixture(params=["chunks", "one chunk", "pandas"])
def numbers(request) -> nw.Series:
    whole = pl.concat(PIECES, rechunk=request.param != "chunks")
    native = whole.to_pandas() if request.param == "pandas" else whole
    assert isinstance(native, pd.Series) or native.n_chunks() > 1 or request.param == "one chunk"
    return nw.from_native(native, series_only=True)


@pytest.mark.parametrize("most", [1, 2, 3, 1 << 20])
def test_an_extent_is_of_all_chunks(numbers, monkeypatch, most):
    monkeypatch.setattr(extent, "SLICE", most)
    assert extent.finite_extent(numbers) == extent.Extent(-2.25, 8.25, 2, 2.0)


def test_of_chunks_without_a_finite_value_there_is_none():
    whole = pl.concat([EMPTY, NONE, pl.Series([float("inf")])], rechunk=False)
    assert extent.finite_extent(nw.from_native(whole, series_only=True)) is None
