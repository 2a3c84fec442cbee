"""Random tables with values on, between and next to grid points."""

from __future__ import annotations

import math
from unittest.mock import patch

import polars as pl
from hypothesis import strategies as st

from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.tables.description import TableDescription

SAID = TableDescription(
    facets=("colour",),
    measures=("size", "count"),
    columns={"size": {"step": 0.1}, "count": {"step": 2}},
)


TIMES = 16


rows_of_tables = st.lists(
    st.tuples(
        st.sampled_from(["red", "blue", None]),
        # On the grid, between its points, next to a point, missing and infinite.
        st.one_of(
            st.none(),
            st.integers(-15, 15).map(lambda n: n / 10),
            st.integers(-150, 150).map(lambda n: n / 100),
            st.sampled_from([0.1 + 0.2, 0.3, math.nextafter(0.3, 0), math.inf, -math.inf]),
        ),
        st.none() | st.integers(-9, 9),
    ),
    min_size=1,
    max_size=20,
).filter(
    lambda rows: (
        any(r[1] is not None and math.isfinite(r[1]) for r in rows)
        and any(r[2] is not None for r in rows)
    )
)


slider_ends = st.tuples(st.integers(-18, 18), st.integers(-18, 18)).map(sorted)


def table(rows):
    """The rows, each sixteen times, so that a rollup pays."""
    schema = {"colour": pl.String, "size": pl.Float64, "count": pl.Int64}
    return pl.DataFrame(rows * TIMES, schema=schema, orient="row")


def per_row(dataset):
    """The table at slider resolution with a cell per row, as where a rollup does not pay."""
    with patch("iris_dash.analysis.rolling_up.MOST_CELLS", 0):
        rollup = build_rollup(dataset)
    assert rollup.n is None
    return rollup
