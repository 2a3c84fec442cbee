"""A box suggests values while one types; what is chosen stands below it, let in or left out."""

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
LIST = "[data-text=title] [role=option]"
CHOSEN = "[data-text=title] .chosen-value"
MORE = "fieldset[data-facet=city] .facet-more"
OUT = "[data-text=title] .leave-out"
CITIES = [f"City {n:02}" for n in range(1, 41)]
FILMS = "title,kind,minutes,city\n"
FILMS += "Star Wars,a,121,City 01\nStarman,b,115,City 01\nA star,a,99,City 02\n,b,80,City 40\n"
FILMS += "".join(
    f"Film {n},{'ab'[n % 2]},{80 + n},{CITIES[n * n // 90 % 40]}\n" for n in range(120)
)

SLOW_FIRST = """const plain = window.fetch; let first = true;
window.fetch = (url, options) => {
  if (!String(url).includes("/values/") || !first) return plain(url, options);
  first = false;
  window.late = new Promise((then) => setTimeout(then, 1500)).then(() => plain(url, options));
  return window.late;
};"""


@pytest.fixture(scope="session")
def films_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve films, each with a title of its own, from forty cities."""
    with shared_file(
        common, "films-of-cities.csv", lambda path: path.write_text(FILMS, "utf-8")
    ) as path:
        yield serve(IRIS_DASH_DATA=str(path), IRIS_DASH_FACETS="kind,city")


@pytest.fixture
def films(driver: Chrome, films_url: str) -> Iterator[Page]:
    """Give a story its tab at the films."""
    yield from story(Page(driver, films_url))


def listed(page: Page, selector: str) -> list[str]:
    """Return the texts of what is listed, in one line each."""
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)"
    return [" ".join(str(text).split()) for text in page.run(script, selector)]


def test_a_value_is_found_by_typing_chosen_and_left_out_by_keyboard(films: Page) -> None:
    page = films
    page.open("/?kind=a")
    page.expect_count(62, "124 rows")
    page.run("arguments[0].focus()", page.find(BOX))
    page.press("STAR")
    parts = ["contains “STAR”", "begins with “STAR”"]
    page.expect(lambda: listed(page, LIST), ["A star 1", "Star Wars 1", *parts])
    page.press("!")
    page.expect(lambda: listed(page, LIST), ["no value contains “STAR!”"])
    page.press(Keys.ARROW_DOWN, Keys.BACKSPACE)
    page.expect(lambda: listed(page, LIST), ["A star 1", "Star Wars 1", *parts])
    page.press(Keys.ESCAPE)
    page.expect(lambda: page.visible(LIST), False)
    assert page.find(BOX).get_property("value") == "STAR"
    page.press(Keys.ARROW_DOWN)
    page.expect(lambda: page.visible(LIST), True)
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    active = page.find(BOX).get_attribute("aria-activedescendant")
    assert page.find(f"#{active}").text.startswith("Star Wars")
    page.press(Keys.ENTER)
    page.expect_count(1, "124 rows")
    assert (page.search(), listed(page, CHOSEN)) == (
        "?kind=a&title=Star%20Wars",
        ["Star Wars ×"],
    )
    page.press(Keys.TAB, Keys.TAB, Keys.ENTER)
    page.expect_count(61, "124 rows")
    assert (page.search(), listed(page, CHOSEN)) == (
        "?kind=a&title=~not:Star%20Wars",
        ["not Star Wars ×"],
    )
    # Without a choice Enter asks for what is typed, beside what is chosen.
    page.run("arguments[0].focus()", page.find(BOX))
    page.press("star", Keys.ENTER)
    page.expect_count(1, "124 rows")
    assert page.search() == "?kind=a&title=~not:Star%20Wars&title=~has:star"
    pause(page)
    page.press(Keys.TAB, Keys.ENTER)
    page.expect_count(2, "124 rows")
    assert page.run("return document.activeElement.matches(arguments[0])", BOX)
    page.driver.back()
    page.expect_count(1, "124 rows")
    page.expect(lambda: listed(page, CHOSEN), ["not Star Wars ×"])
    assert page.find(OUT).get_attribute("aria-pressed") == "true"


def test_a_late_answer_never_shows_over_a_newer_one_and_a_click_chooses(films: Page) -> None:
    page = films
    page.open("/?title=~starts:film&title=~not:Film%203")
    page.expect_count(119, "124 rows")
    assert listed(page, CHOSEN) == ["not Film 3 ×", "begins with “film” ×"]
    page.run(SLOW_FIRST)
    page.find(BOX).send_keys("m")
    page.until(lambda: page.run("return !!window.late"), "the first question")
    page.find(BOX).send_keys("an")
    found = ["Starman 1", "contains “man”", "begins with “man”"]
    page.expect(lambda: listed(page, LIST), found)
    page.driver.execute_async_script("window.late.then(() => setTimeout(arguments[0], 100))")
    assert listed(page, LIST) == found
    page.click(OUT)
    page.find(BOX).send_keys(Keys.END, Keys.BACKSPACE * 3, "Film 11")
    page.expect(lambda: listed(page, LIST)[:2], ["Film 11 1", "Film 110 1"])
    page.click(f"{LIST}:nth-child(2)")
    chosen = ["Film 3 ×", "begins with “film” ×", "Film 110 ×"]
    page.expect(lambda: listed(page, CHOSEN), chosen)
    page.expect_count(2, "124 rows")


def test_axe_finds_no_fault_in_a_list_of_suggestions(films: Page) -> None:
    open_at_rest(films, "/?title=Starman&title=~missing")
    films.find(BOX).send_keys("f")
    films.until(lambda: films.visible(LIST), "suggestions")
    check_everywhere(films)


def test_of_many_values_ticks_choose_and_a_switch_leaves_out(films: Page) -> None:
    page = films
    page.open("/?kind=a&kind=b")
    page.expect_count(124, "124 rows")
    shown = page.facet("city")
    assert len(shown) == 8
    assert not any(value["ticked"] for value in shown)
    counts = [int(value["count"]) for value in shown]
    assert counts == sorted(counts, reverse=True)
    more = page.find(MORE)
    assert more.text == "32 more…"
    page.tick("city", "City 01")
    page.expect(page.search, "?city=City%2001")
    # By keyboard: the other values, the last of them, and all but these two.
    page.run("arguments[0].focus()", more)
    page.press(Keys.ENTER)
    page.expect(lambda: len(page.facet("city")), 40)
    assert more.get_attribute("aria-expanded") == "true"
    last = page.find("fieldset[data-facet=city] .form-check:last-child input")
    page.run("arguments[0].focus()", last)
    page.press(Keys.SPACE)
    page.run("arguments[0].focus()", more)
    page.press(Keys.ENTER)
    page.expect(lambda: sum(value["ticked"] for value in page.facet("city")), 2)
    page.expect(lambda: more.text, "31 more…")
    page.expect(lambda: page.search().count("city="), 2)
    chosen = page.search()
    pause(page)
    page.press(Keys.TAB, Keys.ENTER)
    page.expect(page.search, chosen.replace("city=", "city=~not:"))
    page.driver.back()
    page.expect(page.search, chosen)
    out = "fieldset[data-facet=city] .leave-out"
    page.expect(lambda: page.find(out).get_attribute("aria-pressed"), "false")
    page.click("fieldset[data-facet=city] .facet-none")
    page.expect_count(124, "124 rows")
    check_everywhere(page)


def test_an_address_of_anyones_shows_right_in_a_facet_of_many_values(films: Page) -> None:
    page = films
    page.open("/?" + "&".join(f"city={city.replace(' ', '%20')}" for city in CITIES[:30]))
    page.settle()
    assert page.find("fieldset[data-facet=city] .leave-out").get_attribute("aria-pressed") == "true"
    ticked = {value["text"] for value in page.facet("city") if value["ticked"]}
    assert ticked == set(CITIES[30:])
    page.click("#filters .card-head .link-button")
    page.expect_count(124, "124 rows")
    assert not any(value["ticked"] for value in page.facet("city"))
