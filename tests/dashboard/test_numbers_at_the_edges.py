"""Numbers at the ends of what floats and 64 bits hold, as the page shows and draws them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from page_views import KEYS

from iris_dash import Explorer
from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.question import look_of, read_question
from iris_dash.dashboard.page.measure_control import measure_control, number_input
from iris_dash.dashboard.page.table import table_rows

MOST = 1.7976931348623157e308
EDGES = {
    "x": [MOST, -MOST, 0.0, 1e308, -1e308, 5e-324] * 4,
    "p": [1e-300, 5e-324, 1.0, 0.05, 1e-9, 1e-310] * 4,
    "tiny": [5e-324, 1e-323, 0.0] * 8,
    "g": ["a", "b", "c"] * 8,
}
LEAST_DRAWN, MOST_DRAWN = 1e-300, 1.8e304
"""Beyond them Plotly fails, and the console says so."""


def numbers(part: Any) -> Iterator[float]:
    """Yield every number within a figure."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list | tuple):
        for one in part:
            yield from numbers(one)
    elif isinstance(part, float):
        yield part


@pytest.mark.parametrize("search", ["", "&p=..1e-300"])
@pytest.mark.parametrize("view", KEYS)
def test_plotly_is_given_no_number_that_it_fails_at(view: str, search: str) -> None:
    """The scatter and the means of such a table were empty, and sliders stood at wrong places."""
    explorer = Explorer.open(pl.DataFrame(EDGES))
    state, problems = read_address(explorer.schema, f"_view={view}{search}")
    assert problems == ()
    answer = answer_state(explorer, state, look_of(read_question(explorer.schema, {})))
    figures = [part for part in answer.values() if isinstance(part, dict) and "layout" in part]
    found = [abs(number) for number in numbers(figures) if number]
    assert all(LEAST_DRAWN <= number <= MOST_DRAWN for number in found)


def test_a_slider_ends_where_its_length_is_a_number() -> None:
    (slider,) = (
        part
        for part in measure_control(
            Explorer.open(pl.DataFrame(EDGES)).schema.measures[0]
        ).to_plotly_json()["props"]["children"]
        if part._type == "RangeSlider"
    )
    assert (slider.min, slider.max, slider.step) == (-1e303, 1e303, 2e301)


@pytest.mark.parametrize("low", [2**53 + 1, 2**64 - 3])
def test_whole_numbers_that_no_float_tells_apart_are_not_always_the_same(low: int) -> None:
    ids = pl.Series([low, low + 1, low + 2], dtype=pl.UInt64)
    (several,) = Explorer.open(pl.DataFrame({"n": ids})).schema.measures
    (one,) = Explorer.open(pl.DataFrame({"n": ids[:1]})).schema.measures
    assert (several.only, one.only) == (None, low)
    assert several.low < low < several.high


def test_a_box_has_room_for_what_a_browser_writes() -> None:
    """It writes numbers below 1e21 digit by digit: 18600000000000000000."""
    (measure,) = Explorer.open(
        pl.DataFrame({"n": pl.Series([0, 2**64 - 1], dtype=pl.UInt64)})
    ).schema.measures
    box = number_input("low", measure, "from", 0.0).children[1]
    assert box.style == {"width": "calc(20ch + 16px)"}


def answer_overview(frame: dict[str, Any]) -> dict[str, Any]:
    explorer = Explorer.open(pl.DataFrame(frame))
    state, _ = read_address(explorer.schema, "")
    return answer_state(explorer, state, look_of(read_question(explorer.schema, {})))


def test_a_chart_without_a_finite_number_says_so() -> None:
    """The mean of infinities was an empty frame."""
    frame = {"x": [math.inf, 1.0, 2.0, -math.inf], "k": ["a", "a", "b", "b"]}
    answer = answer_overview(frame)
    (said,) = answer["means"]["layout"]["annotations"]
    assert said["text"] == "Nothing to draw:<br>no rows here have a finite number"
    assert answer["means"]["data"] == []


def test_the_table_says_which_values_are_infinite() -> None:
    rows = [{"x": math.inf}, {"x": -math.inf}, {"x": 1.5}, {"x": None}]
    assert [row["x"] for row in table_rows(rows, None)] == ["∞", "−∞", 1.5, None]


def test_an_axis_is_titled_by_no_more_than_the_widest_chart_shows() -> None:
    frame = {"x" * 300: [1.5, 2.5, 4.0], "y": [3.5, 2.0, 1.0]}
    answer = answer_overview(frame)
    title = answer["scatter"]["layout"]["xaxis"]["title"]["text"]
    assert (len(title), title.count("…")) == (90, 1)
