"""A box over the lines over time: the page follows it, and asks once, when it is let go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import polars as pl
import pytest
from live_pages import ASKED, FRAMES, LINES, SHOWN, made_table
from pages import Page, story
from selenium.webdriver import Chrome

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

PLANE = "#trend .nsewdrag[data-subplot=xy]"
PLOT = "#trend .js-plotly-plot"
BOX = "return document.querySelectorAll('#trend .select-outline').length"
DAYS = [date(2013, 1, 1) + timedelta(day) for day in range(6 * 365)]
TO_TREND = "document.querySelector('#trend').scrollIntoView({block: 'center'})"


def open_near(page: Page, address: str) -> None:
    """Open a page, and come near the lines: the index of their time is asked."""
    page.open(address)
    page.until(lambda: " of 400" in page.count(), "orders")
    page.settle()
    page.until(lambda: page.run(LINES), "lines")
    page.run(TO_TREND)
    x, y = page.spot(PLANE, (0.3, 0.4))
    page.cdp("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    page.until(lambda: page.run(ASKED, "_live-index") > 0, "the index of the time")
    page.settle()


def between(search: str) -> tuple[date, date]:
    """Return the two days of an address."""
    first, last = search.removeprefix("?day=").split("&")[0].split("..")
    return date.fromisoformat(first), date.fromisoformat(last)


def test_the_page_follows_a_box_over_the_lines(orders: Page) -> None:
    page = orders
    open_near(page, "/")
    lines, counts = page.run(LINES), {page.count()}
    with page.hold(page.find(PLANE)) as move:
        for _ in range(5):
            move(24)
            page.until(lambda: page.count() not in counts, "it is followed")
            counts.add(page.count())
        assert page.run(BOX) > 0  # Plotly's, which an answer would take away
        assert page.run(LINES) == lines
        assert page.run(ASKED, "_dash-update") == 0
        shown = page.run(SHOWN)
    page.until(lambda: page.run(ASKED, "_dash-update") > 0, "the answer at rest")
    page.until(lambda: "day=" in page.search(), "the address")
    page.settle()
    assert page.run(ASKED, "_dash-update") == 1
    assert page.run(SHOWN) == shown
    first, last = between(page.search())
    left = made_table().filter(pl.col("day").is_between(first, last))
    assert page.count() == f"{len(left)} of 400 rows"
    assert page.run(LINES) != lines
    page.driver.refresh()
    page.expect(page.count, shown["count"])
    page.settle()
    assert page.run(SHOWN) == shown


def test_without_an_index_a_box_asks_once_it_is_let_go(orders: Page) -> None:
    page = orders
    page.prepare(
        "const plain = window.fetch; window.fetch = (...request) =>"
        " String(request[0]).includes('_live-index') ? Promise.reject(new TypeError())"
        " : plain(...request);"
    )
    page.open()
    page.until(lambda: " of 400" in page.count(), "orders")
    page.settle()
    page.until(lambda: page.run(LINES), "lines")
    page.run(TO_TREND)
    with page.hold(page.find(PLANE)) as move:
        for _ in range(10):
            move(12)
        page.driver.execute_async_script(FRAMES)
        assert page.count() == "400 of 400 rows"
        assert page.run(ASKED, "_dash-update") == 0
    page.until(lambda: "day=" in page.search(), "the address")
    page.settle()
    first, last = between(page.search())
    left = made_table().filter(pl.col("day").is_between(first, last))
    page.expect(page.count, f"{len(left)} of 400 rows")


def test_what_is_no_box_changes_nothing(orders: Page) -> None:
    page = orders
    open_near(page, "/?day=2013-01-05..2013-02-20")
    before, address = page.count(), page.search()
    with page.hold(page.find(PLANE)) as move:
        move(6)  # less than Plotly takes for one
        page.driver.execute_async_script(FRAMES)
    page.settle()
    assert (page.count(), page.search()) == (before, address)
    page.run(
        "window.Plotly.relayout(document.querySelector(arguments[0]), {dragmode: 'zoom'})", PLOT
    )
    with page.hold(page.find(PLANE)) as move:
        for _ in range(10):
            move(12)
        page.driver.execute_async_script(FRAMES)
        assert page.count() == before
    page.settle()
    assert (page.count(), page.search()) == (before, address)


@pytest.fixture
def years(
    driver: Chrome, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """Give a story its tab at six years, whose lines are per month: their slider has weeks."""
    path = tmp_path_factory.mktemp("years") / "years.parquet"
    pl.DataFrame({"day": DAYS, "n": [i % 7 for i in range(len(DAYS))]}).write_parquet(path)
    yield from story(Page(driver, serve(IRIS_DASH_DATA=str(path))))


def test_a_box_over_units_that_the_slider_does_not_tell_is_asked_at_its_end(years: Page) -> None:
    page = years
    page.open()
    page.until(lambda: f"of {len(DAYS):,}" in page.count(), "days")
    page.settle()
    page.until(lambda: page.run(LINES), "lines")
    page.run(TO_TREND)
    with page.hold(page.find(PLANE)) as move:
        for _ in range(10):
            move(12)
        page.driver.execute_async_script(FRAMES)
        assert page.run(ASKED, "_dash-update") == 0
    page.until(lambda: "day=" in page.search(), "the address")
    page.settle()
    first, last = page.search().removeprefix("?day=").split("..")
    left = [day for day in map(str, DAYS) if first <= day and day[: len(last)] <= last]
    page.expect(page.count, f"{len(left):,} of {len(DAYS):,} rows")
    assert page.run(ASKED, "_dash-update") == 1
