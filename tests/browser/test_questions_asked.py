"""How often the page asks the server: not at all as it opens, once for whatever else changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from iris import ALL_TICKED, FLOWERS, as_rows, flowers, pause
from pages import Page, story
from processes import running
from sample_tables import ROOT
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from iris_dash.commands.load import load_table, target_of

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

QUESTIONS = """
return performance.getEntriesByType("resource")
    .filter(entry => entry.name.includes("/_dash-update-component")).length;
"""
NO_OPENED_LAYOUT = """
const plain = window.fetch;
window.fetch = (...request) => String(request[0]).includes("/_dash-layout?")
    ? Promise.resolve(new Response("", {status: 414}))
    : plain(...request);
"""
FALLING = sorted(flowers("setosa", "versicolor"), key=lambda flower: -float(flower["petal_length"]))


def questions(page: Page) -> int:
    """Return how many questions the page has asked since it is open and at rest."""
    page.settle()
    return int(page.run(QUESTIONS))


def axes_of(page: Page, chart: str) -> list[str]:
    """Return the titles of a chart's axes."""
    layout = f"document.querySelector('#{chart} .js-plotly-plot')._fullLayout"
    return [str(page.run(f"return {layout}.{axis}.title.text")) for axis in ("xaxis", "yaxis")]


def test_a_page_opens_without_a_question(page: Page) -> None:
    page.open()
    page.expect_count(150)
    assert page.rows() == as_rows(FLOWERS[:10])
    assert page.species() == ALL_TICKED
    assert page.points() == 150
    assert [group["name"] for group in page.figure("means")] == [
        "setosa",
        "versicolor",
        "virginica",
    ]
    assert sum(page.histogram("petal_length")["all"]) == 150
    assert page.search() == ""
    assert questions(page) == 0


def test_a_click_into_a_bound_chooses_its_number(page: Page) -> None:
    """The caret stood before it, so that 6 made 67.9 of it."""
    page.open()
    page.expect_count(150)
    page.click(".filter[data-column=sepal_length] label:nth-of-type(2) input.bound")
    page.press("6", Keys.ENTER)
    page.expect(lambda: page.bounds()["Sepal length"], ("4.3", "6"))
    page.expect_count(len(flowers(sepal_length=(0, 6))))


def test_an_address_opens_without_a_question(page: Page) -> None:
    page.open(
        "/?species=setosa&species=versicolor&sepal_length=..7&sort=-petal_length&page=2"
        "&per_page=25&_x=sepal_width"
    )
    page.expect_count(100)
    assert page.rows() == as_rows(FALLING[25:50])
    assert page.find("#table .current-page").get_property("placeholder") == "2"
    assert page.ticked() == ["setosa", "versicolor"]
    assert page.bounds()["Sepal length"] == ("4.3", "7")
    assert page.thumb("Sepal length", "to").get_attribute("aria-valuenow") == "7"
    assert page.points() == 100
    assert axes_of(page, "scatter")[0].startswith("Sepal width")
    assert questions(page) == 0
    page.toggle("setosa")
    page.expect_count(50)
    page.expect(
        page.search,
        "?species=versicolor&sepal_length=..7.0&sort=-petal_length&per_page=25&_x=sepal_width",
    )
    assert questions(page) == 1


def test_a_step_of_a_slider_asks_once_and_only_its_controls_are_read(page: Page) -> None:
    """What of the answer is shown already, as the table's page, calls nothing again."""
    page.open()
    page.expect_count(150)
    page.settle()
    page.run(
        """
        const own = window.dash_clientside.dashboard, {ask} = own;
        window.read = 0;
        own.ask = (...given) => { window.read += 1; return ask(...given); };
        """
    )
    page.thumb("Petal length", "to").send_keys(Keys.ARROW_LEFT)
    page.expect_count(149)
    assert page.points() == 149
    assert questions(page) == 1
    assert page.run("return window.read") == 1


@pytest.mark.parametrize("view", ["distributions", "pairs", "compare", "table"])
def test_every_view_opens_without_a_question(page: Page, view: str) -> None:
    page.open(f"/?species=virginica&_view={view}")
    page.expect_count(50)
    assert page.search() == f"?species=virginica&_view={view}"
    assert questions(page) == 0


def test_a_page_past_the_last_opens_the_last_without_a_question(page: Page) -> None:
    page.open("/?page=99&per_page=10")
    page.expect_count(150)
    assert page.rows() == as_rows(FLOWERS[140:])
    page.expect(page.search, "?page=15&per_page=10")
    assert questions(page) == 0


def test_a_dark_narrow_page_opens_without_a_question(page: Page) -> None:
    page.prefer("dark")
    page.resize(400, 800, phone=True)
    page.open("/?sepal_length=5..")
    page.expect_count(len(flowers(sepal_length=(5, 9))))
    assert page.run("return document.documentElement.dataset.bsTheme") == "dark"
    assert questions(page) == 0


def test_back_reset_and_a_chip_ask_once(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.toggle("setosa")
    page.expect_count(100)
    pause(page)
    asked = questions(page)
    page.driver.back()
    page.expect_count(150)
    assert page.species() == ALL_TICKED
    assert page.search() == ""
    assert questions(page) == asked + 1
    page.driver.forward()
    page.expect_count(100)
    assert questions(page) == asked + 2
    pause(page)
    page.click("#filters .link-button")
    page.expect_count(150)
    assert page.rows() == as_rows(FLOWERS[:10])
    assert questions(page) == asked + 3
    # And what a hand does next is asked, though it is what was asked for before.
    page.toggle("setosa")
    page.expect_count(100)
    assert questions(page) == asked + 4


def test_a_page_whose_layout_cannot_hold_its_address_asks_once(page: Page) -> None:
    page.prepare(NO_OPENED_LAYOUT)
    page.open("/?species=setosa&sort=-sepal_width&page=2&per_page=10")
    page.expect_count(50)
    falling = sorted(flowers("setosa"), key=lambda flower: -float(flower["sepal_width"]))
    assert page.rows() == as_rows(falling[10:20])
    assert page.ticked() == ["setosa"]
    assert page.search() == "?species=setosa&sort=-sepal_width&page=2&per_page=10"
    assert questions(page) == 1


@pytest.fixture
def engine_page(driver: Chrome, tmp_path: Path) -> Iterator[Page]:
    """Give a story its tab at a table that stays on an engine."""
    address = f"duckdb://{tmp_path}/flowers.duckdb/flowers"
    load_table(pl.read_csv(ROOT / "data" / "iris.csv"), target_of(address))
    with running(more={"IRIS_DASH_DATA": address}) as web:
        yield from story(Page(driver, web.url))
        assert "Traceback" not in web.printed()


def test_a_page_of_a_table_on_an_engine_has_its_controls_set_and_asks_once(
    engine_page: Page,
) -> None:
    page = engine_page
    page.delay_answers()
    page.prepare("window.answerDelays = [2000];")
    page.open("/?species=setosa&sepal_length=5..")
    page.until(lambda: page.all("#filters"), "the filters")
    assert page.ticked() == ["setosa"]
    count = len(flowers("setosa", sepal_length=(5, 9)))
    page.expect_count(count, of="150 rows")
    assert page.bounds()["Sepal length"][0] == "5"
    assert questions(page) == 1
