"""Random tables of all kinds of columns, and what may be asked of groups of their rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
from group_reference import other_groups
from hypothesis import strategies as st
from reference import Row

from iris_dash import Explorer
from iris_dash.analysis.aggregate.asking import parse_aggregation_arguments
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


def other_answers(explorer: Explorer, rows: list[Row], by: list[str], of: list[str]) -> list[Any]:
    """Where an explorer's groups of these rows are not those of plain loops."""
    said = [("by", ",".join(by)), ("of", ",".join(of)), ("stat", ",".join(STATISTICS))]
    own = parse_aggregation_arguments(explorer.schema, said)
    return other_groups(explorer.groups(own).frame.rows(named=True), rows, by, of, STATISTICS)


def drawn_rows(draw: Random, count: int) -> list[Row]:
    """Rows like `some_rows`, where the threads of a cluster are no place for Hypothesis."""
    minutes = [timedelta(minutes=draw.randrange(600_000)) for _ in range(count)]
    return [
        {
            "kind": draw.choice(["a", "b", "c", None]),
            "name": draw.choice(["x", "y", "Zoë", None]),
            "when": draw.choice([None, *[datetime(1999, 12, 1) + since] * 3]),
            "day": draw.choice([None, *[date(1950, 1, 1) + timedelta(draw.randrange(700))] * 3]),
            "size": draw.choice([None, *[draw.randrange(-30, 31) / 10] * 3]),
            "n": draw.choice([None, *[draw.randrange(-5, 6)] * 3]),
        }
        for since in minutes
    ] + [ANCHOR]


def drawn_question(draw: Random) -> tuple[list[str], list[str]]:
    """Keys and measures like `questions`."""
    return draw.sample(KEYS, draw.randint(0, 3)), draw.sample(["size", "n"], draw.randint(1, 2))


def frame_of(rows: list[Row]) -> pl.DataFrame:
    """Return rows as a frame of all kinds of columns."""
    return pl.DataFrame(rows, schema=TYPES)
