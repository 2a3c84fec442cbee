"""Numbers that lie far from zero, and near each other: the digits that tell them are shown."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import orjson
import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.dashboard.answer.question import Look
from iris_dash.dashboard.charts.figures import numbers_of
from iris_dash.dashboard.page.table import table_columns
from iris_dash.query.schema import Measure

SECONDS = [1_700_000_000 + 26 * i / 7 for i in range(1_000)]
"""Most of them were 1.7e+9."""

TABLE = pl.DataFrame(
    {
        "second": SECONDS,
        "day": [date(2024, 1, 1) + timedelta(days=i) for i in range(1_000)],
        "ratio": [(i + 1) / 7_001 for i in range(1_000)],
    }
)


@pytest.mark.parametrize(("name", "digits"), [("second", 11), ("ratio", 6)])
def test_a_table_shows_as_many_digits_as_tell_its_values(name: str, digits: int) -> None:
    columns = {column["id"]: column for column in table_columns(Explorer.open(TABLE).schema)}
    assert columns[name]["format"]["specifier"] == f".{digits}~g"
    shown = {f"{value:.{digits}g}" for value in TABLE[name]}
    assert len(shown) == TABLE[name].n_unique()


@pytest.mark.parametrize(
    ("low", "high", "is_far"),
    [
        (100_000.0, 100_099.0, True),
        (-100_099.0, -100_000.0, True),
        (100_000.0, 101_100.0, False),
        (999.0, 999.5, False),
        (1e15, 1e15 + 4, False),
        (5.0, 5.0, False),
    ],
)
def test_an_axis_far_from_zero_has_whole_numbers(low: float, high: float, is_far: bool) -> None:
    found = numbers_of(Measure("m", "M", "m", low=low, high=high))
    assert found.get("exponentformat") == ("none" if is_far else None)


@pytest.mark.parametrize(
    ("address", "chart", "axes"),
    [
        ("?_x=second&_y=ratio", "scatter", {"xaxis"}),
        ("?_x=ratio&_y=second", "scatter", {"yaxis"}),
        ("?_trend=mean:second", "trend", {"yaxis"}),
        ("?_view=compare&ratio=..0.05&_compared=of:second", "compared", {"xaxis"}),
        ("?_view=distributions", "distributions", {"xaxis"}),
        ("?_view=distributions&_distribution=box", "distributions", {"yaxis"}),
    ],
)
def test_each_axis_of_such_a_measure_is_one(address: str, chart: str, axes: set[str]) -> None:
    opened = open_address(Explorer.open(TABLE), {"search": address})
    layout = orjson.loads(orjson.dumps(opened[chart]))["layout"]
    whole = {axis for axis, look in layout.items() if axis[1:5] == "axis" and has_whole(look)}
    assert whole == axes


def has_whole(look: dict[str, Any]) -> bool:
    return look.get("exponentformat") == "none"


PRESSURES = pl.DataFrame(
    {"at": ["a", "a", "b", "b"], "hPa": [1013.0, 1013.5, 1014.0, 1015.0], "n": [1, 2, 3, 9]}
)
"""Their means are 1013.25 and 1014.5; they were 1,013 and 1,014."""


def test_statistics_of_such_a_measure_are_told_apart() -> None:
    explorer = Explorer.open(PRESSURES)
    opened = {}
    for view, choices in (
        ("overview", ""),
        ("summarise", "&_stat=mean&_of=hPa&_rows=at&_columns=none"),
        ("columns", ""),
        ("compare", "&at=a&_compared=of:hPa"),
    ):
        state, problems = read_address(explorer.schema, f"_view={view}{choices}")
        assert problems == ()
        opened[view] = repr(answer_state(explorer, state, Look(unfolded=("means",))))
    assert "1,013.25 (" in opened["overview"]
    assert {"1,013.2", "1,014.5"} <= set(re.findall(r"1,01\d\.\d", opened["summarise"]))
    assert "1,013.75" in opened["columns"]  # their median
    assert "mean 1,013.25, median 1,013.25, n = 2" in opened["compare"]
