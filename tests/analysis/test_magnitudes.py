"""Numbers of every size: means, deviations and quartiles against fractions, whatever the offset.

Tables in memory, rolled up and asked row by row; whole numbers up to 2^53, floats from 1e-290 to
1e290, and whole numbers of 64 bits for what a float can say of them.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.explorer import Explorer
from iris_dash.query.names import held_name
from iris_dash.tables.description import TableDescription
from iris_dash.tables.values import floats

SAID = TableDescription(facets=("f",), measures=("x",))

wholes = st.tuples(
    st.integers(-(2**52), 2**52) | st.sampled_from([100_000, -100_000, 2**31, 2**40]),
    st.integers(1, 1_000_000),
).map(lambda drawn: [drawn[0] + drawn[1] * i for i in range(100)])
lengths = st.tuples(
    st.floats(-1, 1), st.floats(0.001, 1), st.integers(-290, 290), st.booleans()
).map(lambda drawn: [(drawn[0] * drawn[3] + drawn[1] * i) * 10.0 ** drawn[2] for i in range(100)])
powers = st.integers(-300, 300).map(lambda power: [float(f"{i}e{power}") for i in range(100)])
large = st.integers(-9 * 10**18, 9 * 10**18).map(lambda low: [low + i for i in range(100)])


def close(found: float | None, wanted: Fraction, scale: float) -> bool:
    return found is not None and abs(Fraction(found) - wanted) <= Fraction(scale) * Fraction(1e-12)


def deviation(offsets: list[Fraction]) -> float:
    """Return a standard deviation, whose square no float may hold."""
    unit = max(map(abs, offsets)) or Fraction(1)
    variance = sum((offset / unit) ** 2 for offset in offsets) / (len(offsets) - 1)
    return float(unit) * math.sqrt(variance)


def check(values: list[float], deviations: bool = True) -> None:
    count = 8 * len(values)
    rows = [values[i % len(values)] for i in range(count)]
    frame = pl.DataFrame({"x": rows, "f": ["ab"[i % 3 == 0] for i in range(count)]})
    explorer = Explorer.open(frame, SAID)
    explorer.rollup = build_rollup(explorer.dataset)
    query, by = explorer.query(), explorer.schema.facet("f")
    scanned = Scan(explorer.dataset).moments(query, by)
    for group, moments in zip(explorer.spreads(query), scanned, strict=True):
        own = [row for i, row in enumerate(rows) if "ab"[i % 3 == 0] == group.group]
        scale = max(map(abs, map(float, own)))
        exact = [Fraction(value) for value in own]
        mean = sum(exact) / len(exact)
        found = group.measures[0]
        assert close(found.mean, mean, scale)
        assert close(moments.means[0], mean, scale)
        if deviations:
            wanted = deviation([value - mean for value in exact])
            assert found.std == pytest.approx(wanted, rel=1e-6, abs=0)
            assert moments.deviations[0] == pytest.approx(wanted, rel=1e-6, abs=0)
        quartiles = np.quantile(np.array(own, dtype=float), [0, 0.25, 0.5, 0.75, 1])
        shown = (found.min, found.q1, found.median, found.q3, found.max)
        for one, wanted in zip(shown, quartiles, strict=True):
            assert close(one, Fraction(float(wanted)), scale)


spread = st.lists(
    st.floats(1e-3, 1e6) | st.sampled_from([0.1 + 0.2, math.inf, -math.inf, 0.0, -0.0]),
    min_size=2,
).filter(lambda values: len({value for value in values if math.isfinite(value)}) > 1)


@given(wholes | lengths | powers | spread)
@examples(1)
def test_numbers_have_the_cells_that_the_expression_gives_them(values):
    """Two ways to the same cells: by NumPy, and as an engine is asked."""
    frame = pl.DataFrame({"x": [*values, None]})
    dataset = Explorer.open(frame).dataset
    assume(dataset.schema.measures)
    for measure in dataset.schema.measures:
        grid, held = grid_of(measure), dataset.in_memory()[held_name("x")]
        wanted = dataset.in_memory().select(grid.cells().alias("cell"))["cell"].to_list()
        assert grid.cells_of(floats(held)).tolist() == wanted


@given(wholes | lengths | powers)
@examples(0.5)
def test_figures_of_numbers_of_any_size_equal_exact_ones(values):
    check(values)


@given(large)
@examples(0.25)
def test_figures_of_large_whole_numbers_are_as_near_as_floats_are(values):
    check(values, deviations=False)


@pytest.mark.parametrize("low", [100_000, 2**31, -(2**40), 2**53 - 200, 9 * 10**18])
def test_a_long_table_far_from_zero_has_its_quartiles(low):
    check([low + i for i in range(100)], deviations=low < 2**53)


LONG = 2**53 + 1


@pytest.mark.parametrize("library", [pl.DataFrame, pd.DataFrame])
def test_least_and_greatest_of_long_whole_numbers_are_exact(library):
    """They were floats, which do not tell 2^53 + 1 from 2^53."""
    numbers = [LONG, LONG + 1, -LONG, LONG + 7, LONG]
    frame = library({"f": ["a", "a", "b", "b", "c"], "x": numbers, "y": [1.5, 2, 3, 4, 5]})
    explorer = Explorer.open(frame, TableDescription(facets=("f",), measures=("x", "y")))
    found = explorer.summary()
    ends = found[found["measure"] == "x"][["min", "max"]].to_numpy().tolist()
    assert ends == [[LONG, LONG + 1], [-LONG, LONG + 7], [LONG, LONG]]
    assert found[found["measure"] == "y"]["max"].tolist() == [2.0, 4.0, 5.0]
    explorer.rollup = build_rollup(explorer.dataset)
    (record, _) = explorer.comparison_record(explorer.query(f=["a", "c"]))["measures"]
    assert (record["selected"]["min"], record["selected"]["max"]) == (LONG, LONG + 1)
    assert (record["rest"]["min"], record["rest"]["max"]) == (-LONG, LONG + 7)
