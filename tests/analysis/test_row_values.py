"""A long table's values by number: figures of any rows and of the rest are counted, exactly."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.analysis import row_values
from iris_dash.analysis.row_values import RowValues
from iris_dash.analysis.scan import Scan
from iris_dash.tables.description import TableDescription

SAID = TableDescription(facets=("glaze",), measures=("height", "weight"))


def pots(heights: list[float | None], weights: list[float | None]) -> Explorer:
    """Pots of two glazes by turns, of which no two are alike."""
    glaze = ["amber" if place % 2 else "blue" for place in range(len(heights))]
    columns = {"glaze": glaze, "height": heights, "weight": weights}
    types = {"height": pl.Float64, "weight": pl.Float64}
    return Explorer.open(pl.DataFrame(columns, schema_overrides=types), SAID)


HEIGHTS = [1.5, 2.0, None, 2.5, 9.0, 4.5]
WEIGHTS = [10.0, 20.0, 30.0, 40.0, math.inf, 60.0]


def test_a_comparison_needs_no_row(monkeypatch):
    explorer = pots(HEIGHTS, [10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
    assert explorer.rollup.n is None
    for method in ("moments", "values_between", "cell_counts"):
        monkeypatch.setattr(Scan, method, None)
    height, weight = explorer.comparison(explorer.query("height=2..9"))
    own, rest = height.selected, height.rest
    assert (own.n, own.missing, own.mean, own.min, own.max) == (4, 0, 4.5, 2.0, 9.0)
    assert (own.q1, own.median, own.q3) == (2.375, 3.5, 5.625)
    assert own.std == pytest.approx(math.sqrt((2.5**2 + 2**2 + 4.5**2) / 3))
    assert (rest.n, rest.missing, rest.mean, rest.std) == (1, 1, 1.5, None)
    assert (weight.rest.n, weight.rest.min, weight.rest.median) == (2, 10.0, 20.0)
    blue = next(group.sample for group in height.groups if group.group == "blue")
    assert (blue.n, blue.median) == (1, 9.0)


def test_what_has_no_number_is_scanned_beside_what_has():
    explorer = pots(HEIGHTS, WEIGHTS)
    height, weight = explorer.comparison(explorer.query("glaze=amber"))
    assert (height.selected.mean, height.rest.mean) == (3.0, 5.25)
    assert (weight.selected.mean, weight.rest.mean, weight.rest.median) == (40.0, None, 30.0)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ([0.1, 0.3, None], [1, 3, 0]),
        ([-0.5, 0.0], [1, 6]),
        ([0.1 + 0.2, 0.1], None),
        ([1.0, math.inf], None),
        ([0.0, float(2**16)], None),
        ([0.0, float(2**16 - 2)], [1, 2**16 - 1]),
    ],
)
def test_a_value_has_its_number_where_all_have_one(values, numbers):
    explorer = pots(values, values)
    measure = explorer.schema.measure("height")
    found = RowValues(explorer.dataset.in_memory()).numbers(measure)
    assert (None if found is None else found.of.tolist()) == numbers
    if found is not None:
        known = np.concatenate([[math.nan], found.values])[found.of]
        assert np.array_equal(known, np.array(values, dtype=float), equal_nan=True)


def test_a_table_of_very_many_numbers_keeps_none(monkeypatch):
    monkeypatch.setattr("iris_dash.analysis.rollup.MOST_NUMBERS", 11)
    assert pots(HEIGHTS, WEIGHTS).rollup.row_values is None
    monkeypatch.setattr("iris_dash.analysis.rollup.MOST_NUMBERS", 12)
    assert pots(HEIGHTS, WEIGHTS).rollup.row_values is not None
    assert row_values.MOST_NUMBERS >= 336_776 * 19
