"""A log scale as a person meets it: offered, switched, moved, drawn over, linked, read aloud.

Eight hundred towns whose sizes double ten times; expected counts come from the list itself.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from accessibility import check_everywhere, open_at_rest
from iris import pause
from pages import Page
from selenium.webdriver.common.keys import Keys
from shared import shared_file

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

SIZES = [round(50 * 2 ** (i / 80)) for i in range(801)]
LEAST, GREATEST = 50, 51_200
SWITCH = ".filter[data-column='{}'] .log-switch input"
VALUES = """
return [...document.querySelectorAll(`.filter[data-column='${arguments[0]}'] [role=slider]`)]
    .map(thumb => ["aria-valuetext", "aria-valuenow"].map(key => thumb.getAttribute(key)))
    .map(([text, now]) => [text, Number(now)]);
"""
AXES = """
const layout = document.querySelector(`#${arguments[0]} .js-plotly-plot`)._fullLayout;
return [layout.xaxis.type, layout.yaxis.type];
"""
DOMAINS = """
const layout = document.querySelector("#distributions .js-plotly-plot")._fullLayout;
return [layout.xaxis.domain, layout.xaxis2.domain, layout.xaxis3.domain];
"""
BARS = """
const histogram = document.querySelector(".filter[data-column='population'] .histogram");
return [...histogram.querySelector("path.all").getAttribute("d").matchAll(/M(\\S+) .*?H(\\S+)V/g)]
    .map(bar => [Number(bar[1]), Number(bar[2])]);
"""


def write_towns(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kind", "population", "height", "a measure with quite a long name indeed"])
        for i, size in enumerate(SIZES):
            writer.writerow(["ab"[i % 2], size, 1 + i % 150, i % 40])
    path.with_suffix(".toml").write_text('rows = "towns"\n')


@pytest.fixture(scope="session")
def towns_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    with shared_file(common, "towns.csv", write_towns) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def towns(page: Page, towns_url: str) -> Page:
    page.origin = towns_url
    return page


def count_of(low: float, high: float = math.inf) -> int:
    return sum(low <= size <= high for size in SIZES)


def bounds(page: Page) -> tuple[float, float]:
    low, high = page.bounds()["Population"]
    return float(low), float(high)


def test_a_log_scale_is_offered_switched_and_kept(towns: Page) -> None:
    page = towns
    page.open()
    page.expect_count(801, "801 towns")
    shown = [switch for switch in page.all(".log-switch") if switch.is_displayed()]
    boxes = [box for switch in shown for box in switch.find_elements("css selector", "input")]
    assert [(box.aria_role, box.accessible_name) for box in boxes] == [
        ("checkbox", "Log scale for Population")
    ]
    even = page.histogram("population")["all"]
    assert sum(even[:5]) > 400

    page.point(SWITCH.format("population"))
    page.expect(page.search, "?_log=population")
    page.expect(lambda: page.run(AXES, "scatter"), ["log", "linear"])
    page.settle()
    in_log = page.histogram("population")
    assert sum(in_log["all"]) == 801
    assert max(in_log["all"]) < 30
    assert bounds(page) == (LEAST, GREATEST)
    assert page.run(VALUES, "population") == [[str(LEAST), 0], [str(GREATEST), 100]]
    widths = [right - left for left, right in page.run(BARS)]
    assert max(widths) < 2 * min(widths)
    assert page.count() == "801 of 801 towns"
    pause(page)

    page.view("distributions")
    page.expect(lambda: page.run(AXES, "distributions")[0], "log")
    page.expect(page.search, "?_view=distributions&_log=population")
    pause(page)
    page.find(SWITCH.format("population")).send_keys(Keys.SPACE)
    page.expect(page.search, "?_view=distributions")
    page.expect(lambda: page.run(AXES, "distributions")[0], "linear")
    assert page.run(VALUES, "population") == [[None, LEAST], [None, GREATEST]]
    page.driver.back()
    page.expect(lambda: page.run(AXES, "distributions")[0], "log")
    page.expect(lambda: page.run(VALUES, "population")[1], [str(GREATEST), 100])
    page.driver.back()
    page.driver.back()
    page.expect(page.search, "")
    page.expect(lambda: page.run(VALUES, "population")[1], [None, GREATEST])
    page.driver.forward()
    page.expect(lambda: page.run(VALUES, "population")[1], [str(GREATEST), 100])
    page.driver.refresh()
    page.expect_count(801, "801 towns")
    page.expect(lambda: page.run(VALUES, "population")[1], [str(GREATEST), 100])


def test_an_answer_that_comes_after_a_newer_step_back_is_not_shown(towns: Page) -> None:
    page = towns
    page.delay_answers()
    page.open()
    page.expect_count(801, "801 towns")
    page.point(SWITCH.format("population"))
    page.expect(page.search, "?_log=population")
    page.settle()
    pause(page)
    page.view("distributions")
    page.expect(page.search, "?_view=distributions&_log=population")
    page.settle()
    page.run("window.answerDelays = [600]; history.back();")
    page.expect(page.search, "?_log=population")
    page.run("history.back();")
    page.expect(page.search, "")
    page.expect(lambda: page.run(VALUES, "population")[1], [None, GREATEST])
    pause(page)
    assert page.run(VALUES, "population")[1] == [None, GREATEST]
    assert page.search() == ""
    page.driver.forward()
    page.expect(lambda: page.run(VALUES, "population")[1], [str(GREATEST), 100])


def test_keys_move_by_a_step_of_the_log_scale_and_numbers_stay_exact(towns: Page) -> None:
    page = towns
    page.open("/?_log=population")
    page.expect_count(801, "801 towns")
    stops = page.run(
        "return JSON.parse(document.querySelector(`[data-column='population']`).dataset.stops)"
    )
    low = page.thumb("Population", "from")
    low.send_keys(Keys.ARROW_RIGHT)
    page.expect(lambda: bounds(page), (stops[1], GREATEST))
    page.expect_count(count_of(stops[1]), "801 towns")
    page.expect(lambda: page.run(VALUES, "population")[0][0], f"{stops[1]:g}")
    low.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    page.expect(lambda: bounds(page), (stops[2], GREATEST))
    low.send_keys(Keys.PAGE_UP)
    page.until(lambda: 1.8 < bounds(page)[0] / stops[2] < 2.2, "a tenth of ten doublings")
    page.type_bound("Population", "from", "123.4")
    page.expect_count(count_of(123.4), "801 towns")
    page.expect(page.search, "?population=124..&_log=population")
    page.expect(lambda: page.run(VALUES, "population")[0][0], "123.4")
    # The other thumb leaves what was typed alone.
    page.thumb("Population", "to").send_keys(Keys.ARROW_LEFT)
    page.expect(lambda: bounds(page), (123.4, stops[-2]))
    page.expect_count(count_of(123.4, stops[-2]), "801 towns")
    page.click(".filter[data-column='population'] .clear-measure")
    page.expect(page.search, "?_log=population")
    page.expect_count(801, "801 towns")


def test_a_drag_over_the_histogram_or_the_scatter_sets_plain_numbers(towns: Page) -> None:
    page = towns
    page.open("/?_log=population")
    page.expect_count(801, "801 towns")
    page.drag(".filter[data-column='population'] .histogram", (0.2, 0.5), (0.6, 0.5))
    page.until(lambda: bounds(page) != (LEAST, GREATEST), "bounds")
    page.settle()
    low, high = bounds(page)
    # A fifth of ten doublings is two of them.
    assert low == pytest.approx(LEAST * 2**2, rel=0.08)
    assert high == pytest.approx(LEAST * 2**6, rel=0.08)
    page.expect_count(count_of(low, high), "801 towns")
    assert page.search() == f"?population={low:g}..{high:g}&_log=population"
    assert page.chips()[0][0] == f"Population {low:g} – {high:g}"
    page.press(Keys.ESCAPE)
    page.click(".sidebar .link-button")
    page.expect(page.search, "?_log=population")

    page.expect_count(801, "801 towns")
    page.drag("#scatter .nsewdrag", (0.3, 0.05), (0.7, 0.95))
    page.until(lambda: bounds(page) != (LEAST, GREATEST), "bounds")
    page.settle()
    low, high = bounds(page)
    # Of the axis 3 % of the span are margin at either end.
    assert math.log2(low / LEAST) == pytest.approx(10 * (0.3 * 1.06 - 0.03), abs=0.25)
    assert math.log2(high / LEAST) == pytest.approx(10 * (0.7 * 1.06 - 0.03), abs=0.25)
    # What holds on the other scale holds on this one: the same query.
    found = page.count()
    page.find(SWITCH.format("population")).send_keys(Keys.SPACE)
    page.until(lambda: "_log" not in page.search(), "the log scale off")
    assert bounds(page) == (low, high)
    assert page.count() == found


def test_an_unknown_log_scale_is_reported_and_the_rest_applies(towns: Page) -> None:
    page = towns
    page.open("/?_log=height,population&population=..100")
    page.expect_count(count_of(0, 100), "801 towns")
    assert "unknown log scale 'height'; log scales are population" in page.text("#notices")
    page.expect(page.search, "?population=..100&_log=population")


def test_axe_finds_no_fault_with_a_log_scale(towns: Page) -> None:
    open_at_rest(towns, "/?_log=population&population=100..2000")
    check_everywhere(towns)


def test_axe_finds_no_fault_in_distributions_in_log(towns: Page) -> None:
    open_at_rest(towns, "/?_log=population&_view=distributions&_distribution=violin")
    check_everywhere(towns)
    towns.resize(360, 800, phone=True)
    towns.expect(lambda: towns.run(DOMAINS), [[0, 1]] * 3)
    towns.resize(1400, 1000)
    towns.until(lambda: towns.run(DOMAINS)[1][0] > 0.5, "two plots beside each other")
