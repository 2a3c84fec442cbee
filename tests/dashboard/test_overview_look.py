"""How the cards of the overview stand: counts beside the trend, whatever room the means need."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.dashboard.views.overview import OVERVIEW


@pytest.mark.parametrize(
    ("measures", "is_stacked"),
    [(2, False), (4, False), (5, True), (9, True)],
    ids=["two", "a row", "over the page", "two rows"],
)
def test_counts_stand_beside_the_trend_and_wide_means_below(
    measures: int, is_stacked: bool
) -> None:
    start = datetime(2024, 1, 1)
    columns: dict[str, list[object]] = {
        "at": [start + timedelta(hours=i) for i in range(200)],
        "site": [f"s{i % 12}" for i in range(200)],
        "kind": ["a", "b"] * 100,
        # Each of another size: none shares an axis.
        **{f"m{n}": [i * 10.0**n + 0.5 for i in range(200)] for n in range(measures)},
    }
    look = OVERVIEW.look(Explorer.open(pl.DataFrame(columns)).schema).split()
    assert {"has-trend", "has-counts"} <= {*look}
    assert ("is-stacked" in look) is is_stacked


@pytest.mark.parametrize(
    ("values", "measures", "is_strip"),
    [(5, 3, True), (9, 3, False), (5, 5, False)],
    ids=["few counts", "many counts", "means over the page"],
)
def test_few_counts_are_a_strip_above_points_and_means(
    values: int, measures: int, is_strip: bool
) -> None:
    columns: dict[str, list[object]] = {
        "site": [f"s{i % values}" for i in range(200)],
        "kind": ["a", "b"] * 100,
        **{f"m{n}": [i * 10.0**n + 0.5 for i in range(200)] for n in range(measures)},
    }
    look = OVERVIEW.look(Explorer.open(pl.DataFrame(columns)).schema).split()
    assert "is-wide" not in look, "counts stand beside the points"
    assert ("has-strip" in look) is is_strip


@pytest.mark.parametrize(("rows", "size"), [(300, 8), (301, 6), (1_000, 6), (1_001, 5)])
def test_points_of_many_rows_are_small_whatever_is_selected(rows: int, size: int) -> None:
    table = pl.DataFrame({"x": [i + 0.5 for i in range(rows)], "y": [0.1 * i for i in range(rows)]})
    asked = {"axes": ["x", "y"], "ranges": {"x": [10, 20]}}
    points = answer_controls(Explorer.open(table), asked)["scatter"]["data"][0]
    assert (len(points["x"]), points["marker"]["size"]) == (10, size)
