"""Random tables of all kinds of columns, and what may be asked of groups of their rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
from hypothesis import strategies as st
from reference import Row

from iris_dash.tables.description import TableDescription

KEYS = ["kind", "name", "when:month", "when:weekday", "when:week", "day:quarter", "size:0.3", "n:2"]
STATISTICS = "missing,distinct,min,max,median,sum,mean,interval,sd,p05,p95".split(",")  # noqa: SIM905

some_rows = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["a", "b", "c", None]),
        "name": st.sampled_from(["x", "y", "Zoë", None]),
        "when": st.none() | st.datetimes(datetime(1999, 12, 1), datetime(2001, 2, 1)),
        "day": st.none() | st.dates(date(1950, 1, 1), date(1952, 1, 1)),
        "size": st.none() | st.integers(-30, 30).map(lambda n: n / 10),
        "n": st.none() | st.integers(-5, 5),
    }
)
ANCHOR: Row = {
    "kind": "a",
    "name": "x",
    "when": datetime(2000, 1, 1),
    "day": date(1950, 1, 1),
    "size": 0.0,
    "n": 0,
}
"""A row with a value of each column, so that none is without any."""

TYPES: dict[str, Any] = {"kind": pl.String, "name": pl.String, "when": pl.Datetime("us")}
TYPES |= {"day": pl.Date, "size": pl.Float64, "n": pl.Int64}
ALL_KINDS = TableDescription(facets=("kind",), measures=("size", "n"))

questions = st.tuples(
    st.lists(st.sampled_from(KEYS), max_size=3, unique=True),
    st.lists(st.sampled_from(["size", "n"]), min_size=1, unique=True),
)
"""Keys, and the measures that statistics are of."""


def frame_of(rows: list[Row]) -> pl.DataFrame:
    """Return rows as a frame of all kinds of columns."""
    return pl.DataFrame(rows, schema=TYPES)
