"""One sentence of nine conditions is asked of flights: by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from accessibility import PHONE, WIDE, at_rest, check_everywhere, faults, open_at_rest
from flights import Flight, asked, make_flights, write_flights
from iris import pause
from pages import Page, story
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from shared import shared_file

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

OF = "20,000 rows"
WORDS = [
    "Carrier: AA, UA",
    "Time hour 2013-06 – 2013-08",
    "Time hour, weekday: Sat, Sun",
    "Tailnum begins with “n1”",
    "Dest not LAX",
    "Arr delay up to 0 or missing",
    "Hour 6 – 9 or from 16",
]
SENTENCE = (
    "?carrier=AA&carrier=UA&time_hour=2013-06..2013-08&time_hour:weekday=Sat&time_hour:weekday=Sun"
    "&tailnum=~starts:n1&dest=~not:LAX&arr_delay=..0&arr_delay=~missing&hour=6..9&hour=16.."
)
ADD = "[data-chooser=_filters] .column-box"
ADDED = "[data-chooser=_filters] [role=option]"
SUGGESTED = "[data-text={}] .suggestions:not([hidden]) [role=option]"
LOW, HIGH = ("[data-column={}] .bounds label:nth-of-type(" + n + ") input" for n in "12")
TEXTS = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"
FOCUS = "return document.activeElement.matches(arguments[0])"


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


def words(page: Page) -> list[str]:
    """Return what the chips say."""
    return [chip[0] for chip in page.chips()]


def suggested(page: Page, column: str, text: str) -> str:
    """Return where a suggestion that begins with a text stands in the list, once it does."""
    selector, found = SUGGESTED.format(column), list[str]()

    def stands() -> bool:
        found[:] = page.run(TEXTS, selector)
        return any(one.startswith(text) for one in found)

    page.until(stands, f"{text} among {found}")
    place = next(n for n, one in enumerate(found, 1) if one.startswith(text))
    return f"{selector}:nth-child({place})"


def add(page: Page, label: str, column: str) -> None:
    """Add a filter by typing a column's name and clicking it."""
    page.click(ADD)
    page.find(ADD).send_keys(column)
    page.expect(lambda: page.run(TEXTS, ADDED)[:1], [f"{label} {column}"])
    page.click(ADDED)
    page.find(f".standing [data-column={column}]")
    page.settle()


def test_the_sentence_by_mouse_then_its_link_and_back(
    page: Page, flights: list[Flight], driver: Chrome
) -> None:
    page.open()
    page.expect_count(20_000, OF)
    page.tick("carrier", "UA")
    page.tick("carrier", "AA")
    page.click("[data-text=dest] .text-search")
    page.find("[data-text=dest] .text-search").send_keys("lax")
    page.click(suggested(page, "dest", "LAX"))
    page.click("[data-text=dest] .leave-out")
    page.click("[data-text=tailnum] .text-search")
    page.find("[data-text=tailnum] .text-search").send_keys("N1")
    page.click(suggested(page, "tailnum", "begins with “N1”"))
    for box, month in enumerate(("2013-06", "2013-08"), 1):
        selector = f"[data-time=time_hour] .time-box:nth-of-type({box}) .time-bound"
        page.find(selector).send_keys(month, Keys.ENTER)
    page.click("[data-parts=time_hour] summary")
    for day in ("Sat", "Sun"):
        page.click(f".part input[value={day}]")
    add(page, "Hour", "hour")
    page.find(LOW.format("hour")).send_keys(Keys.CONTROL, "a", Keys.NULL, "6", Keys.ENTER)
    page.find(HIGH.format("hour")).send_keys(Keys.CONTROL, "a", Keys.NULL, "9", Keys.ENTER)
    page.settle()
    page.click("[data-column=hour] .another-span")
    page.find(LOW.format("hour")).send_keys(Keys.CONTROL, "a", Keys.NULL, "16", Keys.ENTER)
    add(page, "Arr delay", "arr_delay")
    page.find(HIGH.format("arr_delay")).send_keys(Keys.CONTROL, "a", Keys.NULL, "0", Keys.ENTER)
    page.settle()
    pause(page)
    page.choose("[data-column=arr_delay] select.missing", "~missing")
    found = sum(map(asked, flights))
    page.expect_count(found, OF)
    page.expect(lambda: words(page), WORDS)
    link = page.search()
    assert link.startswith(SENTENCE)
    # Who opens the link sees the same.
    page.driver.switch_to.new_window("tab")
    page.open("/" + link)
    page.expect_count(found, OF)
    assert words(page) == WORDS
    assert [v["text"] for v in page.facet("carrier") if v["ticked"]] == ["UA", "AA"]
    assert page.find("[data-text=dest] .chosen-value").text == "not LAX ×"
    assert page.find("[data-text=tailnum] .chosen-value").text == "begins with “n1” ×"
    assert page.find("[data-column=arr_delay] select.missing").get_property("value") == "~missing"
    page.driver.close()
    page.driver.switch_to.window(driver.window_handles[-1])
    page.driver.back()
    present = [f for f in flights if f["arr_delay"] is not None]
    page.expect_count(sum(map(asked, present)), OF)
    page.driver.forward()
    page.expect_count(found, OF)


def tab_to(page: Page, selector: str, back: bool = False) -> None:
    """Press Tab until the focus is on an element."""
    keys = (Keys.SHIFT, Keys.TAB, Keys.NULL) if back else (Keys.TAB,)
    for _ in range(150):
        if page.run(FOCUS, selector):
            return
        page.press(*keys)
    raise AssertionError(f"no Tab leads to {selector}")


def test_the_sentence_by_keyboard_alone(page: Page, flights: list[Flight]) -> None:
    page.open()
    page.expect_count(20_000, OF)
    for column in ("hour", "arr_delay"):
        tab_to(page, ADD)
        page.press(column)
        page.until(lambda: page.all(ADDED), "a column")
        page.press(Keys.ARROW_DOWN, Keys.ENTER)
        page.until(lambda column=column: page.all(f".standing [data-column={column}]"), column)
        page.settle()
        if column == "hour":
            tab_to(page, LOW.format(column))
            page.press(Keys.CONTROL, "a", Keys.NULL, "6", Keys.TAB, "9", Keys.ENTER)
            page.settle()
            tab_to(page, "[data-column=hour] .another-span")
            page.press(Keys.ENTER)
            page.expect(lambda: page.run(FOCUS, LOW.format("hour")), True)
            page.press(Keys.CONTROL, "a", Keys.NULL, "16", Keys.ENTER)
        else:
            tab_to(page, HIGH.format(column))
            page.press(Keys.CONTROL, "a", Keys.NULL, "0", Keys.ENTER)
            page.settle()
            tab_to(page, f"[data-column={column}] select.missing")
            page.press("or")
        page.settle()
        tab_to(page, ADD, back=True)
    for carrier in ("UA", "AA"):
        tab_to(page, f"fieldset[data-facet=carrier] input[value={carrier}]")
        page.press(Keys.SPACE)
    for month, role in (("2013-06", 1), ("2013-08", 2)):
        tab_to(page, f"[data-time=time_hour] .time-box:nth-of-type({role}) .time-bound")
        page.press(month, Keys.ENTER)
    tab_to(page, "[data-parts=time_hour] summary")
    page.press(Keys.ENTER)
    for day in ("Sat", "Sun"):
        tab_to(page, f".part input[value={day}]")
        page.press(Keys.SPACE)
    tab_to(page, "[data-text=tailnum] .text-search")
    page.press("N1")
    suggested(page, "tailnum", "begins with “N1”")
    page.press(Keys.ARROW_UP, Keys.ENTER)
    tab_to(page, "[data-text=dest] .text-search")
    page.press("lax")
    suggested(page, "dest", "LAX")
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    tab_to(page, "[data-text=dest] .leave-out")
    page.press(Keys.ENTER)
    page.expect_count(sum(map(asked, flights)), OF)
    page.expect(lambda: words(page), WORDS)


def test_axe_finds_no_fault_in_the_sentence_in_the_dark_and_on_a_phone(page: Page) -> None:
    open_at_rest(page, f"/{SENTENCE}")
    check_everywhere(page)
    page.prefer("dark")
    page.resize(*PHONE, phone=True)
    page.click("#filters-toggle")
    at_rest(page)
    assert not faults(page, "#filters", "light")
    assert not faults(page, "#filters", "dark")
    page.resize(*WIDE)


def test_a_tail_number_is_found_among_four_thousand(page: Page, flights: list[Flight]) -> None:
    page.open()
    page.expect_count(20_000, OF)
    page.click("[data-text=tailnum] .text-search")
    page.find("[data-text=tailnum] .text-search").send_keys("14228")
    page.click(suggested(page, "tailnum", "N14228"))
    page.expect_count(sum(f["tailnum"] == "N14228" for f in flights), OF)
    assert page.search() == "?tailnum=N14228"


def test_one_of_four_hundred_values_is_left_out(page: Page, flights: list[Flight]) -> None:
    page.open()
    page.expect_count(20_000, OF)
    page.click("fieldset[data-facet=gate] .facet-search")
    page.find("fieldset[data-facet=gate] .facet-search").send_keys("g31")
    page.until(lambda: len(page.facet("gate")) == 10, "ten gates")
    page.tick("gate", "G317")
    page.expect_count(sum(f["gate"] == "G317" for f in flights), OF)
    page.click("fieldset[data-facet=gate] .leave-out")
    page.expect_count(sum(f["gate"] != "G317" for f in flights), OF)
    assert page.search() == "?gate=~not:G317"


def test_days_are_picked_in_the_calendar_and_a_week_shows(
    page: Page, flights: list[Flight]
) -> None:
    page.open()
    page.expect_count(20_000, OF)
    for role, day in (("from", "2013-03-04"), ("until", "2013-03-10")):
        page.click(f"[data-time=time_hour] [data-pick={role}]")
        page.find("body").send_keys(Keys.ESCAPE)
        box = f"document.querySelector('[data-pick={role}]').parentElement"
        page.run(
            f"const one = {box}.querySelector('input[type=date]'); one.value = arguments[0];"
            "one.dispatchEvent(new Event('change'))",
            day,
        )
    week = [f for f in flights if f"{f['time_hour']:%Y-%m-%d}" in _days(4, 10)]
    page.expect_count(len(week), OF)
    assert page.search() == "?time_hour=2013-03-04..2013-03-10"


def _days(first: int, last: int) -> set[str]:
    return {f"2013-03-{day:02}" for day in range(first, last + 1)}
