"""Text with many values is asked by typing what it contains; what else is asked of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from accessibility import check_everywhere, open_at_rest
from iris import pause
from pages import Page, story
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from shared import shared_file

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

BOX = "[data-text=title] input"
FILMS = "title,kind,minutes\nStar Wars,a,121\nStarman,b,115\nA star,a,99\n,b,80\n"
FILMS += "".join(f"Film {n},{'ab'[n % 2]},{80 + n}\n" for n in range(60))


@pytest.fixture(scope="session")
def films_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve films, each with a title of its own."""
    with shared_file(common, "films.csv", lambda path: path.write_text(FILMS, "utf-8")) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def films(driver: Chrome, films_url: str) -> Iterator[Page]:
    """Give a story its tab at the films."""
    yield from story(Page(driver, films_url))


def asked(page: Page) -> str:
    """Return what the box holds."""
    return str(page.find(BOX).get_property("value"))


def test_what_is_typed_narrows_the_table_and_back_undoes_it(films: Page) -> None:
    page = films
    page.open()
    page.expect_count(64, "64 rows")
    page.find(BOX).send_keys("STAR", Keys.ENTER)
    page.expect_count(3, "64 rows")
    page.expect(page.search, "?title=~has:star")
    pause(page)
    page.find(BOX).send_keys(Keys.CONTROL, "a", Keys.NULL, "star w", Keys.TAB)
    page.expect_count(1, "64 rows")
    page.driver.back()
    page.expect_count(3, "64 rows")
    assert asked(page) == "star"
    page.driver.back()
    page.expect_count(64, "64 rows")
    assert asked(page) == ""


def test_what_an_address_asks_of_text_stays_while_other_controls_move(films: Page) -> None:
    page = films
    page.open("/?title=~not:Starman&title=~has:star&title=~present")
    page.expect_count(2, "64 rows")
    assert asked(page) == "star"
    page.tick("kind", "b")
    page.expect(page.search, "?kind=a&title=~not:Starman&title=~has:star")
    page.expect_count(2, "64 rows")
    page.find(BOX).send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.BACKSPACE, Keys.ENTER)
    page.expect(page.search, "?kind=a&title=~not:Starman")
    page.expect_count(32, "64 rows")
    assert page.find(".chip[aria-label^='Title not Starman']")
    page.click(".chip[aria-label^='Title not Starman']")
    page.expect(page.search, "?kind=a")
    page.expect_count(32, "64 rows")


def test_a_keyboard_asks_for_nothing_and_takes_the_step_back(films: Page) -> None:
    page = films
    open_at_rest(page, "/?kind=b")
    page.run("arguments[0].focus()", page.find(BOX))
    page.press("wars", Keys.ENTER)
    page.expect_count(0, "64 rows")
    page.click(".way-back button")
    page.expect_count(1, "64 rows")


def test_axe_finds_no_fault_in_the_box(films: Page) -> None:
    open_at_rest(films, "/?title=~has:star")
    check_everywhere(films)
