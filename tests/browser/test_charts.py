"""What is pointed at in a chart or beside it becomes a filter; zooming does not.

Expected values come from data/iris.csv by plain Python.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from iris import FLOWERS, SPECIES, Flower, flowers, pause
from pages import Page
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

HEIGHT = 40
PLANE = "#scatter .nsewdrag[data-subplot=xy]"
OPACITIES = """
const points = [...document.querySelectorAll("#scatter .scatterlayer .points path")];
return [...new Set(points.map(point => Number(getComputedStyle(point).opacity)))];
"""
SCATTER_RANGES = """
const layout = document.querySelector("#scatter .js-plotly-plot")._fullLayout;
return [layout.xaxis.range, layout.yaxis.range].map(ends => ends.map(Number));
"""
ZOOM = """
const button = [...document.querySelectorAll("#scatter .modebar-btn")]
    .find(one => one.dataset.attr === "dragmode" && one.dataset.val === arguments[0]);
button.click();
"""


def counts(some: list[Flower], column: str, edges: list[float]) -> list[int]:
    """Return how many flowers lie in each bin; the last one is closed."""
    values = [float(flower[column]) for flower in some]
    found = [sum(low - 1e-9 <= v < high - 1e-9 for v in values) for low, high in pairwise(edges)]
    found[-1] += sum(abs(value - edges[-1]) < 1e-9 for value in values)
    return found


def groups(shown: dict[str, Any]) -> list[list[int]]:
    return [group["counts"] for group in shown["groups"]]


def scaled(numbers: list[int], most: int) -> list[float]:
    return [HEIGHT * number / most for number in numbers if number]


def test_histograms_stand_above_the_sliders_in_front_of_the_whole_table(page: Page) -> None:
    page.open("/?species=setosa&species=virginica&petal_length=1.5..")
    page.expect_count(len(flowers("setosa", "virginica", petal_length=(1.5, 6.9))))
    shown = page.histogram("sepal_width")
    edges = shown["edges"]
    whole = counts(FLOWERS, "sepal_width", edges)
    assert sum(whole) == 150
    assert shown["all"] == whole
    left = [flowers(name, petal_length=(1.5, 6.9)) for name in ("setosa", "virginica")]
    assert groups(shown) == [counts(some, "sepal_width", edges) for some in left]
    assert shown["spans"] == [[None, None]]
    assert shown["drawn"]["all"] == pytest.approx(scaled(whole, max(whole)))
    bars = [bar for group in groups(shown) for bar in scaled(group, max(whole))]
    assert shown["drawn"]["inside"] == pytest.approx(bars)
    assert shown["drawn"]["outside"] == []


def test_a_histogram_follows_the_other_filters_and_fades_outside_its_own(page: Page) -> None:
    page.open("/?petal_length=1.5..5.0")
    page.expect_count(len(flowers(petal_length=(1.5, 5.0))))
    before = page.histogram("petal_length")
    edges, most = before["edges"], max(before["all"])
    assert before["spans"] == [[1.5, 5.0]]
    # Its own bounds take nothing from its bars.
    assert groups(before) == [counts(flowers(name), "petal_length", edges) for name in SPECIES]
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    beyond = [
        [n for n, at in zip(group, middles, strict=True) if not 1.5 <= at <= 5.0]
        for group in groups(before)
    ]
    assert sum(map(sum, beyond)) > 0
    outside = [bar for group in beyond for bar in scaled(group, most)]
    assert before["drawn"]["outside"] == pytest.approx(outside)
    page.toggle("versicolor")
    wanted = [counts(flowers(name), "petal_length", edges) for name in ("setosa", "virginica")]
    page.expect(lambda: groups(page.histogram("petal_length")), wanted)
    assert page.histogram("petal_length")["all"] == before["all"]


def test_a_drag_over_a_histogram_sets_bounds_and_two_ways_clear_them(page: Page) -> None:
    def bounds() -> tuple[str, str]:
        return page.bounds()["Petal length"]

    place = ".filter[data-column=petal_length] .histogram"
    cross = ".filter[data-column=petal_length] .clear-measure"
    page.open()
    page.expect_count(150)
    assert not page.visible(cross)
    # The slider spans 1.0 to 6.9, so that these spots are 2.475 and 4.245.
    page.drag(place, (0.25, 0.5), (0.55, 0.2))
    page.expect(bounds, ("2.5", "4.2"))
    page.expect_count(len(flowers(petal_length=(2.5, 4.2))))
    page.expect(page.search, "?petal_length=2.5..4.2")
    pause(page)
    page.drag(place, (0.9, 0.5), (0.6, 0.5))
    page.expect(bounds, ("4.5", "6.3"))
    page.expect_count(len(flowers(petal_length=(4.5, 6.3))))
    ActionChains(page.driver).double_click(page.find(place)).perform()
    page.expect(bounds, ("1", "6.9"))
    page.expect_count(150)
    page.expect(page.search, "")
    page.type_bound("Petal length", "from", "1.55")
    page.expect_count(len(flowers(petal_length=(1.55, 6.9))))
    page.click(cross)
    page.expect_count(150)
    page.expect(bounds, ("1", "6.9"))
    page.expect(lambda: page.visible(cross), False)
    page.expect(page.search, "")


def test_a_box_on_the_scatter_bounds_both_axes_and_leaves_them_where_they_are(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.expect(page.points, 150)
    ranges = page.run(SCATTER_RANGES)
    page.drag(PLANE, (0.3, 0.75), (0.62, 0.3))
    page.until(lambda: len(page.chips()) == 2, "a filter per axis")
    page.settle()
    (x0, x1), (y0, y1) = ranges
    ends = [x0 + (x1 - x0) * part for part in (0.3, 0.62)]
    ends += [y1 - (y1 - y0) * part for part in (0.75, 0.3)]
    shown = [float(end) for name in ("Petal length", "Petal width") for end in page.bounds()[name]]
    assert shown == pytest.approx(ends, abs=0.08)
    wanted = flowers(petal_length=(shown[0], shown[1]), petal_width=(shown[2], shown[3]))
    page.expect_count(len(wanted))
    assert 0 < len(wanted) < 150
    page.expect(page.points, len(wanted))
    assert page.run(SCATTER_RANGES) == ranges
    # The box itself is gone: its bounds are told by sliders and chips.
    assert page.all("#scatter .selectionlayer path") == []
    # And no point that is left looks as if it were not.
    assert page.run(OPACITIES) == [0.8]
    pause(page)
    page.driver.back()
    page.expect_count(150)


def test_zooming_into_the_scatter_filters_nothing_and_outlives_an_answer(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.expect(page.points, 150)
    before = page.run(SCATTER_RANGES)
    page.run(ZOOM, "zoom")
    page.drag(PLANE, (0.2, 0.8), (0.6, 0.3))
    page.until(lambda: page.run(SCATTER_RANGES) != before, "a zoom")
    page.settle()
    zoomed = page.run(SCATTER_RANGES)
    assert page.count() == "150 of 150 flowers"
    assert page.chips() == []
    assert page.search() == ""
    page.toggle("setosa")
    page.expect_count(100)
    page.expect(page.points, 100)
    assert page.run(SCATTER_RANGES) == zoomed


def test_a_click_on_a_mean_picks_its_group_and_shift_adds_one(page: Page) -> None:
    """What is filtered away stays, pale, to be picked beside it."""

    def bar(number: int) -> str:
        return f"#means .barlayer .trace:nth-child({number}) .point:first-child path"

    def strong() -> list[str]:
        return [trace["name"] for trace in page.figure("means")]

    page.open()
    page.expect_count(150)
    page.expect(strong, list(SPECIES))
    page.point(bar(2))
    page.expect(page.ticked, ["versicolor"])
    page.expect_count(50)
    page.expect(page.search, "?species=versicolor")
    page.expect(strong, ["versicolor"])
    page.settle()
    page.point(bar(1), shift=True)
    page.expect(page.ticked, ["setosa", "versicolor"])
    page.expect_count(100)
    page.expect(strong, ["setosa", "versicolor"])
    page.settle()
    page.point(bar(2))
    page.expect(page.ticked, ["versicolor"])
    page.expect_count(50)
    page.expect(strong, ["versicolor"])
    page.settle()
    page.point(bar(2))
    page.expect(page.ticked, list(SPECIES))
    page.expect_count(150)
    page.expect(strong, list(SPECIES))


def test_a_click_on_a_key_entry_picks_its_group(page: Page) -> None:
    def entry(species: str) -> str:
        return f"#means-key [data-pick={species}]"

    page.open("/?petal_length=..4.5")
    page.expect_count(len(flowers(petal_length=(1.0, 4.5))))
    page.click(entry("versicolor"))
    page.expect(page.ticked, ["versicolor"])
    page.expect_count(len(flowers("versicolor", petal_length=(1.0, 4.5))))
    page.expect(lambda: len(page.all("#means-key .key-button:not(.is-out)")), 1)
    # The others stay, pale: Shift adds one.
    page.shift_click(entry("virginica"))
    page.expect(page.ticked, ["versicolor", "virginica"])
    page.settle()
    page.click(entry("versicolor"))
    page.expect(page.ticked, ["versicolor"])
    page.settle()
    page.click(entry("versicolor"))
    page.expect(page.ticked, list(SPECIES))
    page.expect(page.search, "?petal_length=..4.5")
    page.settle()
    page.shift_click(entry("setosa"))
    page.expect(page.ticked, ["versicolor", "virginica"])
    page.expect_count(len(flowers("versicolor", "virginica", petal_length=(1.0, 4.5))))


def test_a_checkbox_toggles_and_its_text_picks(page: Page) -> None:
    def word(species: str) -> str:
        return f"fieldset[data-facet=species] .form-check:has([value={species}]) .facet-value"

    page.open()
    page.expect_count(150)
    page.toggle("setosa")
    page.expect(page.ticked, ["versicolor", "virginica"])
    page.click(word("setosa"))
    page.expect(page.ticked, ["setosa"])
    page.expect_count(50)
    page.shift_click(word("virginica"))
    page.expect(page.ticked, ["setosa", "virginica"])
    page.expect_count(100)
    page.shift_click(word("setosa"))
    page.expect(page.ticked, ["virginica"])
    page.click(word("virginica"))
    page.expect(page.ticked, list(SPECIES))
    page.expect_count(150)
    page.expect(page.search, "")


def test_a_sliders_thumb_goes_ten_steps_by_page_keys(page: Page) -> None:
    def bounds() -> tuple[str, str]:
        return page.bounds()["Petal length"]

    page.open()
    page.expect_count(150)
    thumb = page.thumb("Petal length", "from")
    thumb.send_keys(Keys.PAGE_UP)
    page.expect(bounds, ("2", "6.9"))
    thumb.send_keys(Keys.PAGE_UP, Keys.PAGE_UP)
    page.expect(bounds, ("4", "6.9"))
    thumb.send_keys(Keys.ARROW_LEFT)
    page.expect(bounds, ("3.9", "6.9"))
    page.thumb("Petal length", "to").send_keys(Keys.PAGE_DOWN)
    page.expect(bounds, ("3.9", "5.9"))
    thumb.send_keys(Keys.HOME)
    page.expect(bounds, ("1", "5.9"))
    page.expect_count(len(flowers(petal_length=(1.0, 5.9))))
    page.expect(page.search, "?petal_length=..5.9")


def test_without_groups_a_step_brings_none_back_and_a_choice_does(page: Page) -> None:
    page.open("/")
    page.expect_count(150)
    assert not page.visible("#colour-by")
    page.open("/?by=~none")
    page.expect_count(150)
    assert {trace["name"] for trace in page.dots()} == {"flowers"}
    page.type_bound("Petal length", "from", "1.5")
    page.expect_count(len(flowers(petal_length=(1.5, 6.9))))
    page.expect(page.search, "?petal_length=1.5..&by=~none")
    assert page.visible("#colour-by")
    page.choose("#colour-by", "species")
    page.expect(page.search, "?petal_length=1.5..")
    page.expect(lambda: page.visible("#colour-by"), False)
    assert len(page.dots()) == 3
