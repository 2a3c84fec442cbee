"""What fails says so where it failed, and how to go on; the rest of the page goes on.

The server runs in this process, so that a story can break it: a chart, or every answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import polars as pl
import pytest
from accessibility import check_everywhere, open_at_rest
from engine_servers import PASSWORD, Postgres, postgres
from iris import flowers
from pages import ROWS, Page, story
from processes import running
from sample_tables import ROOT
from selenium.webdriver import Chrome
from served_here import served_here

from iris_dash import Explorer
from iris_dash.commands.load import load_table, target_of
from iris_dash.dashboard.views import overview, table
from iris_dash.web.app import create_app

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

COMPLAINTS = ("the server did not respond", "status of 4", "status of 5", " Object", "already read")
"""What the browser and Dash write on the console about an answer that is none."""

FAILURES = """
return Object.fromEntries([...document.querySelectorAll("[data-failure]")]
    .filter(place => place.offsetParent)
    .map(place => [place.dataset.failure, place.querySelector("p").innerText]));
"""
COVERED = """
return [...document.querySelector(arguments[0]).children]
    .filter(part => !part.matches(".failure") && getComputedStyle(part).visibility !== "hidden")
    .map(part => part.outerHTML.slice(0, 60));
"""
PAIRS = [("red" if i % 2 else "blue", float(i % 5), float(i % 3)) for i in range(400)]


class Product:
    """The product in this process; `refusal` is what every question gets instead of its answer."""

    def __init__(self) -> None:
        self.explorer = Explorer.open(ROOT / "data" / "iris.csv")
        self.app = create_app(self.explorer).server
        self.refusal: tuple[str, dict[str, str]] | None = None
        self.refused: list[float] = []
        self.url = ""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if self.refusal and environ["PATH_INFO"] == "/_dash-update-component":
            self.refused.append(time.monotonic())
            status, headers = self.refusal
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            start(status, [("Content-Type", "application/json"), *headers.items()])
            return [b'{"detail": "no"}']
        return self.app(environ, start)


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    served = Product()
    with served_here(served) as served.url:
        yield served


@pytest.fixture
def own(driver: Chrome, product: Product) -> Iterator[Page]:
    """Give a story its tab at the server of this process."""
    product.refusal, product.refused = None, []
    # What another story asked.
    product.explorer.cache.clear()
    yield from story(Page(driver, product.url))


def failures(page: Page) -> dict[str, str]:
    """Return what the page says of each part that failed, where it can be seen."""
    return dict(page.run(FAILURES))


def trouble(page: Page) -> str:
    """Return what the page says of a failure of everything; "" for none."""
    return page.text("#connection") if page.visible("#connection") else ""


def broken(*_: Any) -> Any:
    """Fail as a fault in the code would."""
    raise ZeroDivisionError("s3cret")


def test_a_chart_that_breaks_says_so_alone_and_comes_back(
    own: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = own
    page.open()
    page.expect_count(150)
    monkeypatch.setattr(overview, "means_figure", broken)
    page.toggle("setosa")
    said = "This chart could not be made; the reason is in the server's log."
    page.expect(lambda: failures(page), {"means": said})
    page.expect_count(100)
    page.expect(page.points, 100)
    place = page.find("[data-failure=means]")
    assert place.get_attribute("role") == "alert"
    assert page.run(COVERED, ".chart-box:has(#means)") == []
    assert not page.shows(".card:has(#means) .card-foot > *")
    assert "s3cret" not in page.run("return document.documentElement.outerHTML")
    assert trouble(page) == ""
    assert sum(record.exc_info is not None for record in caplog.records) == 1
    again = "[data-failure=means] [data-retry]"
    page.click(again)
    page.settle()
    assert failures(page) == {"means": said}
    monkeypatch.undo()
    page.click(again)
    page.expect(lambda: failures(page), {})
    page.expect(lambda: len(page.figure("means")), 2)
    assert page.run(COVERED, ".chart-box:has(#means)") != []
    assert page.search() == "?species=~not:setosa"


def test_axe_finds_no_fault_where_parts_failed(own: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "means_figure", broken)
    monkeypatch.setattr(table, "table_rows", broken)
    open_at_rest(own, "/?species=setosa")
    assert set(failures(own)) == {"means", "table"}
    check_everywhere(own)


def test_histograms_that_break_are_not_shown_as_they_were(
    own: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = own
    page.open()
    page.expect_count(150)
    monkeypatch.setattr("iris_dash.explorer.Explorer.histograms_beside", broken)
    page.toggle("setosa")
    page.expect(lambda: set(failures(page)), {"filters", "scatter"})
    page.expect_count(100)
    assert not page.shows(".histogram, .facet-count")
    monkeypatch.undo()
    page.click("[data-failure=filters] [data-retry]")
    page.expect(lambda: failures(page), {})
    assert page.visible(".histogram")


def test_too_many_questions_wait_as_long_as_they_are_told(own: Page, product: Product) -> None:
    page = own
    page.tolerated = COMPLAINTS
    page.open()
    page.expect_count(150)
    product.refusal = ("429 TOO MANY REQUESTS", {"Retry-After": "4"})
    page.toggle("setosa")
    page.until(lambda: "Too many questions" in trouble(page), "that it waits")
    assert page.visible("body.is-away")
    page.toggle("virginica")
    page.until(lambda: len(product.refused) == 2, "the question again")
    assert product.refused[1] - product.refused[0] >= 3.9
    product.refusal = None
    page.expect_count(50)
    assert page.ticked() == ["versicolor"]
    assert trouble(page) == ""


def test_a_login_that_ended_is_told_and_nothing_is_asked_without_one(
    own: Page, product: Product
) -> None:
    page = own
    page.tolerated = COMPLAINTS
    page.open()
    page.expect_count(150)
    product.refusal = ("401 UNAUTHORIZED", {})
    page.toggle("setosa")
    page.until(lambda: "Your login has ended" in trouble(page), "that the login ended")
    assert not page.shows("#connection [data-retry]")
    page.driver.execute_async_script("setTimeout(arguments[0], 2500)")
    assert len(product.refused) == 1
    product.refusal = None
    # A login elsewhere will do: the next touch is answered.
    page.toggle("virginica")
    page.expect_count(50)
    assert trouble(page) == ""
    product.refusal = ("401 UNAUTHORIZED", {})
    page.toggle("setosa")
    page.until(lambda: page.visible("#connection [data-reload]"), "a way back in")
    product.refusal = None
    page.click("#connection [data-reload]")
    page.expect_count(50)
    assert trouble(page) == ""


def test_try_again_now_does_not_wait(own: Page, product: Product) -> None:
    page = own
    page.tolerated = COMPLAINTS
    page.open()
    page.expect_count(150)
    product.refusal = ("503 SERVICE UNAVAILABLE", {"Retry-After": "60"})
    page.type_bound("Petal length", "from", "4.5")
    page.until(lambda: "does not answer" in trouble(page), "that nothing is answered")
    assert not page.shows("#connection [data-reload]")
    product.refusal = None
    page.click("#connection [data-retry]")
    page.expect_count(len(flowers(petal_length=(4.5, 6.9))))
    page.expect(lambda: trouble(page), "")


def test_a_fault_in_the_script_does_not_end_all_asking(own: Page) -> None:
    page = own
    page.tolerated = ("Callback error", "the page has no p")
    page.open()
    page.expect_count(150)
    page.run("document.querySelector('[data-failure=table] p').remove()")
    page.toggle("setosa")
    page.expect_count(100)
    page.toggle("versicolor")
    page.expect_count(50)


@pytest.fixture
def engine() -> Iterator[Postgres]:
    """Run a database with a table that is worth rolling up."""
    with postgres() as server:
        table = pl.DataFrame(PAIRS, schema=["group", "length", "width"], orient="row")
        load_table(table, target_of(f"{server.url}/pairs"))
        yield server


@pytest.fixture
def engine_page(driver: Chrome, engine: Postgres) -> Iterator[Page]:
    """Give a story its tab at a table that stays in a database."""
    with running(more={"IRIS_DASH_DATA": f"{engine.url}/pairs"}) as web:
        yield from story(Page(driver, web.url))
        assert "Traceback" not in web.printed()


def test_while_an_engine_is_away_what_is_rolled_up_goes_on(
    engine_page: Page, engine: Postgres
) -> None:
    page = engine_page
    page.open()
    page.expect_count(400, "400 rows")
    engine.stop()
    page.tick("group", "blue")
    page.until(lambda: set(failures(page)) == {"scatter", "table"}, "what failed")
    page.expect_count(200, "400 rows")
    page.expect(lambda: {trace["name"] for trace in page.figure("means")}, {"red"})
    for sentence in failures(page).values():
        assert sentence.startswith("The table cannot be asked now: ")
    for secret in (PASSWORD, "s3c"):
        assert secret not in page.run("return document.documentElement.outerHTML")
    assert trouble(page) == ""
    assert page.run(COVERED, ".table-box") == []
    assert page.text("#table-range") == "rows 1–10 of 200"
    engine.start()
    page.click("[data-failure=table] [data-retry]")
    page.expect(lambda: failures(page), {})
    reds = [[f"{x:.0f}", f"{y:.0f}"] for group, x, y in PAIRS if group == "red"]
    reds.sort()  # a table without places of its own is in the order of its columns
    page.expect(lambda: [row[1:] for row in page.run(ROWS)], reds[:10])
