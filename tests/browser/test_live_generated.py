"""Generated questions and steps: all that a page draws of a live index is what the server answers.

Each case opens a page at a generated address, moves a slider by keys while no answer comes, and
compares what stands then with a page that is opened at the address that follows.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from live_pages import (
    ASKED,
    BARS,
    CELLS,
    FRAMES,
    HOLD,
    LINES,
    MARKS,
    SHOWN,
    await_answers,
    await_let_go,
    come_near,
    made_table,
    slider,
)
from numpy.typing import NDArray
from pages import Page
from selenium.webdriver.common.keys import Keys
from test_painting import assert_alike, numbers

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

CASES = 18
TALL = (1400, 3000)
"""A window in which all cards are in sight, so that all of them follow."""

KEYS = ((Keys.ARROW_RIGHT, Keys.PAGE_UP), (Keys.ARROW_LEFT, Keys.PAGE_DOWN))
"""Of each thumb those that narrow what is let in, by one step and by ten."""


def span(random: Random, values: list[Any]) -> str:
    """Return bounds between two of some values, one of which may be open."""
    low, high = sorted(random.sample(values, 2))
    return random.choice([f"{low}..{high}", f"{low}..", f"..{high}"])


def values_of(table: pl.DataFrame, column: str) -> list[Any]:
    """Return a column's values between its ends; bounds there say what an open one says."""
    return table[column].drop_nulls().unique().sort().to_list()[1:-1]


def of_orders(random: Random) -> tuple[str, str]:
    """Return the column of a slider of the orders, and an address."""
    table, column = made_table(), random.choice(["grade", "price", "delay", "day"])
    parts = [
        f"{name}={span(random, values_of(table, name))}"
        for name in ("grade", "price", "delay", "day")
        if name != column and random.random() < 0.3
    ]
    if column == "day" and random.random() < 0.4:
        first = date(2013, 1, 1) + timedelta(random.randrange(20))
        parts.append(f"day={first}..{first + timedelta(random.randrange(15, 35))}")
    parts += random.choice([[], [], ["colour=red", "colour=green"], ["colour=~not:blue"]])
    parts += random.choice([[], [], ["by=~none"]])
    parts += random.choice([[], [], ["_log=price"]])
    parts += random.choice([[], [], ["_trend=mean:price"]])
    return column, "/?" + "&".join(parts)


def of_visits(random: Random) -> tuple[str, str]:
    """Return the column of a slider of the visits, and an address."""
    column, parts = random.choice(["length", "time", "age"]), []
    if column != "age" and random.random() < 0.5:
        parts.append(f"age={span(random, [*range(11, 69)])}")
    if column != "length" and random.random() < 0.3:
        parts.append(f"length={span(random, [*range(1, 196)])}")
    parts += random.choice([[], ["kind=walk", "kind=swim"], ["kind=~not:ride"]])
    parts += random.choice([[], ["by=kind"], ["by=~none"]])
    return column, "/?" + "&".join(parts)


def with_length(marks: list[str]) -> list[str]:
    """Return marks without the bars of which nothing is seen."""
    return [mark for mark in marks if numbers([mark])]


def seen(page: Page) -> dict[str, Any]:
    """Return what each part of a page shows; of charts that are not there nothing."""
    scatter, means = (with_length(marks) for marks in page.run(MARKS))
    found = {"shown": page.run(SHOWN), "points": scatter, "means": means}
    found["lines"] = page.run(LINES)
    found["cells"] = page.run(CELLS)
    found["bars"] = dict(page.run(BARS))
    return found


def assert_followed(page: Page, column: str, address: str, random: Random) -> set[str]:
    """Fail unless what follows a slider is what the server answers; return the charts that did."""
    page.open(address)
    page.until(lambda: " of " in page.count(), "a count")
    page.settle()
    come_near(page, column)
    before = seen(page)
    page.run(HOLD)
    side = random.randrange(2)
    key = random.choice(KEYS[side])
    slider(page, column, side).send_keys(*[key] * random.randrange(1, 4))
    page.until(lambda: page.run(ASKED, "_dash-update") > 0, "a question")
    await_let_go(page, column)
    page.driver.execute_async_script(FRAMES)
    followed = seen(page)
    page.run("window.letGo(); window.held = undefined;")
    await_answers(page)
    page.driver.refresh()
    page.expect(page.count, followed["shown"]["count"])
    page.settle()
    page.until(lambda: len(seen(page)["means"]) == len(followed["means"]), "all marks")
    opened = seen(page)
    assert followed["shown"] == opened["shown"]
    charts = [name for name in opened if name != "shown" and opened[name]]
    moved = {name for name in charts if followed[name] != before[name]}
    # At rest a density has room for what is selected beyond its axes: they stand still till then.
    if "cells" in moved and edges(followed) != edges(opened):
        assert edges(followed) == edges(before)
        moved -= {"cells", "points"}
    if "cells" in moved:
        assert followed["cells"] == opened["cells"]
    if "bars" in moved:  # the commonest come first at rest: of those that stood each has its rows
        for value in {*followed["bars"]} & {*opened["bars"]} - {"others"}:
            assert followed["bars"][value] == opened["bars"][value]
    for name in moved & {"points", "means"}:
        assert_alike(followed[name], opened[name])
    if "lines" in moved:
        for one, other in zip(followed["lines"], opened["lines"], strict=True):
            assert_same_course(one, other)
    return moved


def edges(found: dict[str, Any]) -> list[Any]:
    """Return the edges of a density's cells, by group."""
    return [plane["edges"] for plane in found["cells"]]


def assert_same_course(one: str, other: str) -> None:
    """Fail unless two paths, or places of points, are a pixel apart at most.

    Plotly leaves corners out that hardly bend a line.
    """
    if not (one.startswith("M") and other.startswith("M")):
        assert_alike([one], [other])
        return
    for mine, yours in zip(pieces(one), pieces(other), strict=True):
        if (np.diff(mine[:, 0]) <= 0).any():  # upright: where a unit is cut short
            assert mine == pytest.approx(yours, abs=1)
            continue
        for (x, y), line in [(corner, yours) for corner in mine] + [(c, mine) for c in yours]:
            assert np.interp(x, line[:, 0], line[:, 1]) == pytest.approx(y, abs=1), (one, other)


def pieces(path: str) -> list[NDArray[np.float64]]:
    """Return the corners of each line of a path without gaps."""
    parts = path.removeprefix("M").split("M")
    return [np.array([c.split(",") for c in part.split("L")], dtype=float) for part in parts]


@pytest.mark.parametrize("kind", ["orders", "visits"])
def test_what_follows_a_slider_is_what_the_server_answers(
    request: pytest.FixtureRequest, kind: str
) -> None:
    page: Page = request.getfixturevalue(kind)
    make = {"orders": of_orders, "visits": of_visits}[kind]
    page.resize(*TALL)
    page.delay_answers()
    followed: Counter[str] = Counter()
    for case in range(CASES):
        random = Random(f"{kind} {case}")
        column, address = make(random)
        try:
            followed.update(assert_followed(page, column, address, random))
        except AssertionError as error:
            raise AssertionError(f"case {case}, {column} at {address}: {error}") from error
    wanted = {"orders": {"points", "means", "lines"}, "visits": {"cells", "means", "bars"}}[kind]
    assert {name for name, times in followed.items() if times > CASES / 3} >= wanted, followed
