"""The main job from the first look to the link: find a group, narrow it, compare, hand it on.

Expected values come from the tables' files by plain Python.
"""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import fmean

import polars as pl
import pytest
from iris import flowers
from long_table import read_long
from page_views import KEYS
from pages import Page
from sample_tables import ROOT
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

Row = dict[str, str]

PENGUINS: list[Row] = list(
    csv.DictReader((ROOT / "data" / "penguins.csv").read_text().splitlines())
)
MOST_TABS = 80
SMALL = 30
"""Samples of fewer values are marked."""

WIDE = "return Math.max(document.documentElement.scrollWidth, window.innerWidth)"
TYPES = "return document.querySelector('#scatter .js-plotly-plot').data.map(one => one.type)"
PLANE = "#scatter .nsewdrag[data-subplot=xy]"


def within(rows: list[Row], measure: str, low: float) -> list[Row]:
    """Return the rows whose measure is not missing and at least so great."""
    return [row for row in rows if row[measure] and float(row[measure]) >= low]


def mean(rows: list[Row], measure: str) -> float:
    return fmean(float(row[measure]) for row in rows if row[measure])


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is on an element of a selector."""
    for _ in range(MOST_TABS):
        if page.run("return document.activeElement.matches(arguments[0])", selector):
            return
        page.press(Keys.TAB)
    raise AssertionError(f"{MOST_TABS} times Tab do not reach {selector}")


def expect_difference(page: Page, place: int, own: list[Row], rest: list[Row], name: str) -> None:
    """Check the row of a measure in the comparison: both n, both means, their difference."""
    page.until(lambda: len(page.numbers("#comparison")) > 2 + place, "the comparison")
    row = page.numbers("#comparison")[2 + place]
    for at, rows in ((3, own), (7, rest)):
        n = sum(bool(one[name]) for one in rows)
        assert row[at] == f"{n:,}{' *' if n < SMALL else ''}"
    read = [number(row[at].split("\n")[0]) for at in (4, 8)]
    assert read == pytest.approx([mean(own, name), mean(rest, name)], rel=1e-3)
    wanted = mean(own, name) - mean(rest, name)
    assert number(row[1].split("\n")[0]) == pytest.approx(wanted, rel=1e-3, abs=1e-3)


def test_the_whole_job_by_keyboard_alone(page: Page) -> None:
    page.open_clipboard()
    page.open()
    page.expect_count(150)
    for species in ("setosa", "virginica"):
        reach(page, f".facet input[value={species}]")
        page.press(Keys.SPACE)
    page.expect(page.ticked, ["versicolor"])
    page.expect_count(50)
    thumb = "[role=slider][aria-label='Petal length, from']"
    reach(page, thumb)
    page.press(Keys.PAGE_UP * 3)
    page.press(Keys.ARROW_RIGHT * 5)
    page.expect(lambda: page.bounds()["Petal length"], ("4.5", "6.9"))
    own = flowers("versicolor", petal_length=(4.5, 6.9))
    page.expect_count(len(own))
    reach(page, ".views input")
    page.press(Keys.ARROW_RIGHT * 3)
    page.until(lambda: page.visible("#comparison"), "the comparison")
    page.expect(page.search, "?species=versicolor&petal_length=4.5..&_view=compare")
    page.settle()
    rest = [flower for flower in flowers() if not chosen(flower)]
    expect_difference(page, 2, own, rest, "petal_length")
    reach(page, "[data-copy-link]")
    page.press(Keys.ENTER)
    wanted = f"{page.origin}/?species=versicolor&petal_length=4.5..&_view=compare"
    page.expect(page.copied, wanted)


def chosen(flower: Row) -> bool:
    """Whether the main story selects a flower."""
    return flower["species"] == "versicolor" and float(flower["petal_length"]) >= 4.5


def test_the_same_job_for_penguins_with_gaps_in_the_dark(penguins: Page) -> None:
    page = penguins
    page.prefer("dark")
    page.open_clipboard()
    page.open()
    page.expect_count(344, "344 penguins")
    page.click("fieldset[data-facet=species] .form-check:has([value=Gentoo]) .facet-value")
    gentoo = [row for row in PENGUINS if row["species"] == "Gentoo"]
    page.expect_count(len(gentoo), "344 penguins")
    page.type_bound("Body mass", "from", "5000")
    own = within(gentoo, "body_mass_g", 5000)
    page.expect_count(len(own), "344 penguins")
    assert [chip[1] for chip in page.chips()] == [
        f"· {left_out or 'no'} more without it"
        # The penguin without a mass goes as well.
        for left_out in (
            len(within(PENGUINS, "body_mass_g", 5000)) - len(own),
            len(gentoo) - len(own),
        )
    ]
    page.view("compare")
    page.until(lambda: page.visible("#comparison"), "the comparison")
    page.expect(page.search, "?species=Gentoo&body_mass_g=5000..&_view=compare")
    page.settle()
    rest = [row for row in PENGUINS if row not in own]
    assert len(own) + len(rest) == 344
    expect_difference(page, 3, own, rest, "body_mass_g")
    assert page.run("return document.documentElement.dataset.bsTheme") == "dark"
    page.click("[data-copy-link]")
    wanted = f"{page.origin}/?species=Gentoo&body_mass_g=5000..&_view=compare"
    page.expect(page.copied, wanted)
    page.driver.get(wanted)
    page.expect_count(len(own), "344 penguins")


def test_the_same_job_for_penguins_on_a_phone(penguins: Page) -> None:
    page = penguins
    page.resize(360, 800, phone=True)
    page.open()
    page.expect_count(344, "344 penguins")
    page.click("#filters-toggle")
    page.until(lambda: page.visible("#filters"), "the filters")
    page.click("fieldset[data-facet=species] .form-check:has([value=Gentoo]) .facet-value")
    page.type_bound("Body mass", "from", "5000")
    own = within([row for row in PENGUINS if row["species"] == "Gentoo"], "body_mass_g", 5000)
    page.expect_count(len(own), "344 penguins")
    assert page.run(WIDE) <= 360
    page.click("#filters-toggle")
    page.expect(lambda: page.visible("#filters"), False)
    for view in (*KEYS[1:], "compare"):
        page.view(view)
        page.expect(page.search, f"?species=Gentoo&body_mass_g=5000..&_view={view}")
        page.settle()
        assert page.run(WIDE) <= 360
    rest = [row for row in PENGUINS if row not in own]
    expect_difference(page, 3, own, rest, "body_mass_g")


def test_the_same_job_for_ten_million_rows_from_their_density(
    long_page: Page, long_file: Path
) -> None:
    page, frame = long_page, read_long(long_file)
    page.open_clipboard()
    page.open("/?_x=sepal_length&_y=sepal_width")
    page.expect_count(10_000_000, "10,000,000 rows")
    page.expect(lambda: set(page.run(TYPES)), {"heatmap", "bar"})
    page.settle()
    assert "per cell of" in page.text("#scatter-note")
    ranges = "return document.querySelector('#scatter .js-plotly-plot')._fullLayout.xaxis.range"
    before = page.run(ranges)
    page.drag(PLANE, (0.2, 0.95), (0.8, 0.05))
    page.until(lambda: len(page.chips()) == 2, "a filter per axis")
    page.settle()
    ends = {
        name: tuple(float(end) for end in page.bounds()[label])
        for name, label in (("sepal_length", "Sepal length"), ("sepal_width", "Sepal width"))
    }
    boxed = frame.filter(*(pl.col(name).is_between(*of) for name, of in ends.items()))
    total = "10,000,000 rows"
    page.expect_count(len(boxed), total)
    # Still too many for points: a box over a density alone was taken as well.
    assert 15_000 < len(boxed) < 10_000_000
    assert set(page.run(TYPES)) == {"heatmap", "bar"}
    # It is cut to where all but one in a hundred of the selected rows lie.
    left, right = page.run(ranges)
    assert before[0] <= left < right <= before[1]
    page.click("[data-pick=versicolor]")
    versicolor = boxed.filter(pl.col("species") == "versicolor")
    page.expect_count(len(versicolor), total)
    page.type_bound("Petal length", "from", "4.5")
    chosen = (pl.col("species") == "versicolor") & (pl.col("petal_length") >= 4.5)
    for name, of in ends.items():
        chosen &= pl.col(name).is_between(*of)
    own, rest = (frame.filter(one)["petal_length"] for one in (chosen, ~chosen))
    page.expect_count(len(own), total)
    page.view("compare")
    page.until(lambda: len(page.numbers("#comparison")) > 4, "the comparison")
    page.settle()
    row = page.numbers("#comparison")[4]
    assert [row[3], row[7]] == [f"{len(own):,}", f"{len(rest):,}"]
    means = [float(own.mean()), float(rest.mean())]  # type: ignore[arg-type]
    assert [number(row[at].split("\n")[0]) for at in (4, 8)] == pytest.approx(means, rel=1e-3)
    assert number(row[1].split("\n")[0]) == pytest.approx(means[0] - means[1], rel=1e-3, abs=1e-3)
    page.click("[data-copy-link]")
    page.expect(page.copied, page.run("return location.href"))
