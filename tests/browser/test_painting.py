"""A step of a slider is painted over what Plotly drew; Plotly then draws the very same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pages import Page

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

STEP = """
const [column, ends, done] = arguments;
const charts = [...document.querySelectorAll("#scatter, #means")]
    .map(one => one.querySelector(".js-plotly-plot"));
const marks = ".scatterlayer .point, .barlayer .point path, .yerror";
const shapes = (chart) => [...chart.querySelectorAll(marks)]
    .map(mark => mark.getAttribute(mark.matches(".yerror, .barlayer *") ? "d" : "transform"))
    .filter(shape => shape !== "M0,0Z" && shape !== "translate(-99,-99)");
const isDrawn = (chart) => chart.data.length === chart._fullData.length
    && chart.data.every((trace, i) => trace.y === chart._fullData[i].y);
const until = (holds, then) => holds() ? then() : requestAnimationFrame(() => until(holds, then));
const before = charts.map(chart => chart.data);
window.dash_clientside.set_props({role: "range", column}, {value: ends});
until(() => charts.every((chart, i) => chart.data !== before[i]), () => {
    const painted = charts.map(chart => isDrawn(chart) ? null : shapes(chart));
    until(() => charts.every(isDrawn), () => done([painted, charts.map(shapes)]));
});
"""


SHOWN = """
const [column, ends, done] = arguments;
const chart = document.querySelector("#scatter .js-plotly-plot");
const before = chart.data;
window.dash_clientside.set_props({role: "range", column}, {value: ends});
const seen = () => chart.data === before ? requestAnimationFrame(seen) : done();
seen();
"""


def numbers(shapes: list[str]) -> list[list[float]]:
    """Return the numbers of each shape; a bar without length is none."""
    found = [[float(n) for n in re.findall(r"-?[\d.]+", shape)] for shape in shapes]
    return [
        n
        for n, shape in zip(found, shapes, strict=True)
        if not shape.endswith("Z") or (n[1] != n[2] and n[0] != n[3])
    ]


STAND = """
return ["#scatter", "#means"].every(chart => document.querySelector(
    `${chart} .js-plotly-plot .trace`));
"""


def steps(page: Page, column: str, ends: list[list[float]]) -> list[list[Any]]:
    page.expect(lambda: page.run(STAND), True)
    return [page.driver.execute_async_script(STEP, column, one) for one in ends]


def assert_alike(painted: list[str], drawn: list[str]) -> None:
    for mine, plotlys in zip(numbers(painted), numbers(drawn), strict=True):
        # Plotly rounds the ends of bars to whole pixels where they touch.
        assert mine == pytest.approx(plotlys, abs=1), (mine, plotlys)


def assert_painted_alike(page: Page, column: str, ends: list[list[float]]) -> None:
    """Fail unless most steps are painted, and each as Plotly draws it."""
    found = steps(page, column, ends)
    seen = [pair for step in found for pair in zip(*step, strict=True) if pair[0] is not None]
    assert len(seen) > len(ends)  # of two charts
    for painted, drawn in seen:
        assert len(painted) > 10
        assert_alike(painted, drawn)


def test_what_is_painted_is_what_plotly_draws(page: Page) -> None:
    page.open()
    page.expect_count(150)
    ends = [[4.6, 7.9], [4.9, 7.9], [4.9, 7.0], [4.3, 7.5], [4.4, 7.9]]
    assert_painted_alike(page, "sepal_length", ends)


def test_subplots_and_what_is_missing_are_painted_alike(penguins: Page) -> None:
    penguins.open()
    penguins.expect(penguins.count, "344 of 344 penguins")
    ends = [[35.0, 59.6], [36.0, 59.6], [36.0, 55.0], [36.0, 45.0], [32.1, 58.0]]
    assert_painted_alike(penguins, "bill_length_mm", ends)


def test_a_chart_that_was_painted_can_be_pointed_at_at_once(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.expect(lambda: page.run(STAND), True)
    for ends in ([6.0, 7.9], [4.4, 7.9]):  # fewer points, then more
        page.driver.execute_async_script(SHOWN, "sepal_length", ends)
    page.drag("#scatter .nsewdrag[data-subplot=xy]", (0.3, 0.1), (0.8, 0.9))
    page.until(lambda: "petal_length" in page.search(), "the box's bounds")
