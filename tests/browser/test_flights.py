"""Of flights like those of New York a person finds what four thousand values hide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flights import Flight, make_flights, write_flights
from pages import Page, story
from selenium.webdriver import Chrome
from shared import shared_file

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

OF = "20,000 rows"
SUGGESTED = "[data-text={}] .suggestions:not([hidden]) [role=option]"
TEXTS = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"


@pytest.fixture(scope="session")
def flights() -> list[Flight]:
    """Make the flights once."""
    return make_flights()


@pytest.fixture(scope="session")
def flights_url(serve: Callable[..., str], common: Path, flights: list[Flight]) -> Iterator[str]:
    """Serve twenty thousand flights, with gates to choose from."""
    write = lambda path: write_flights(path, flights)  # noqa: E731 -- one line, once
    with shared_file(common, "flights.csv", write) as path:
        yield serve(IRIS_DASH_DATA=str(path), IRIS_DASH_FACETS="carrier,origin,gate")


@pytest.fixture
def page(driver: Chrome, flights_url: str) -> Iterator[Page]:
    """Give a story its tab at the flights."""
    yield from story(Page(driver, flights_url))


def suggested(page: Page, column: str, text: str) -> str:
    """Return where a suggestion that begins with a text stands in the list, once it does."""
    selector, found = SUGGESTED.format(column), list[str]()

    def stands() -> bool:
        found[:] = page.run(TEXTS, selector)
        return any(one.startswith(text) for one in found)

    page.until(stands, f"{text} among {found}")
    place = next(n for n, one in enumerate(found, 1) if one.startswith(text))
    return f"{selector}:nth-child({place})"


def test_a_tail_number_is_found_among_four_thousand(page: Page, flights: list[Flight]) -> None:
    page.open()
    page.expect_count(20_000, OF)
    page.click("[data-text=tailnum] .text-search")
    page.find("[data-text=tailnum] .text-search").send_keys("14228")
    page.click(suggested(page, "tailnum", "N14228"))
    page.expect_count(sum(f["tailnum"] == "N14228" for f in flights), OF)
    assert page.search() == "?tailnum=N14228"
