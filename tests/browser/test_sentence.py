"""Flights are asked one sentence of many conditions: by mouse, by keys alone, on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from accessibility import PHONE, SIDEWAYS, WIDE, at_rest, check_everywhere, faults, open_at_rest
from flight_page import FROM, OF, TABLE, TEXTS, UNTIL, choose, open_table, suggested, words, write
from flights import Flight, asked
from iris import pause
from pages import WINDOW, Page, story
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

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
LOW, HIGH = ("[data-column={}] .bounds label:nth-of-type(" + n + ") input" for n in "12")
MISSING = "[data-column=arr_delay] select.missing"
FOCUS = "return document.activeElement.matches(arguments[0])"


@pytest.fixture
def page(driver: Chrome, flights_url: str) -> Iterator[Page]:
    """Give a story its tab at the flights."""
    yield from story(Page(driver, flights_url))


def stands(page: Page, column: str) -> None:
    """Wait until an added filter stands with its histogram; a page once hung over others there."""
    page.until(lambda: page.all(f".standing [data-column={column}]"), f"a filter of {column}")
    assert page.histogram(column)["drawn"]["all"]
    page.settle()


def add(page: Page, label: str, column: str) -> None:
    """Add a filter by typing a column's name and clicking it."""
    page.click(ADD)
    page.find(ADD).send_keys(column)
    page.expect(lambda: page.run(TEXTS, ADDED)[:1], [f"{label} {column}"])
    page.click(ADDED)
    stands(page, column)


def test_the_sentence_by_mouse_then_its_link_and_back(page: Page, flights: list[Flight]) -> None:
    """Nothing is waited for until a filter is added: what was just chosen was lost over that."""
    open_table(page)
    page.tick("carrier", "UA")
    page.tick("carrier", "AA")
    choose(page, "dest", "lax", "LAX")
    page.click("[data-text=dest] .leave-out")
    choose(page, "tailnum", "N1", "begins with “N1”")
    write(page, FROM, "2013-06", Keys.ENTER)
    write(page, UNTIL, "2013-08", Keys.ENTER)
    page.click("[data-parts=time_hour] summary")
    for day in ("Sat", "Sun"):
        page.click(f".part input[value={day}]")
    add(page, "Hour", "hour")
    write(page, LOW.format("hour"), "6", Keys.ENTER)
    write(page, HIGH.format("hour"), "9", Keys.ENTER)
    page.until(lambda: "Hour 6 – 9" in words(page), "a range of hours")
    page.click("[data-column=hour] .another-span")
    write(page, LOW.format("hour"), "16", Keys.ENTER)
    page.until(lambda: "Hour 6 – 9 or from 16" in words(page), "another range of hours")
    page.settle()
    write(page, HIGH.format("arr_delay"), "0", Keys.ENTER)
    present = [flight for flight in flights if flight["arr_delay"] is not None]
    page.expect_count(sum(map(asked, present)), OF)
    pause(page)
    page.choose(MISSING, "~missing")
    found = sum(map(asked, flights))
    page.expect_count(found, OF)
    page.expect(lambda: words(page), WORDS)
    link = page.search()
    assert link == f"{SENTENCE}&{TABLE}"
    # Who opens the link sees the same.
    own = page.driver.current_window_handle
    page.driver.switch_to.new_window("window")
    page.resize(*WINDOW)
    page.open(f"/{link}")
    page.expect_count(found, OF)
    page.expect(lambda: words(page), WORDS)
    assert {v["text"] for v in page.facet("carrier") if v["ticked"]} == {"UA", "AA"}
    assert [page.find(box).get_property("value") for box in (FROM, UNTIL)] == ["2013-06", "2013-08"]
    assert page.find("[data-text=dest] .chosen-value").text == "not LAX ×"
    assert page.find("[data-text=tailnum] .chosen-value").text == "begins with “n1” ×"
    assert page.find(MISSING).get_property("value") == "~missing"
    assert page.find("[data-column=hour] .small-chip").text == "or from 16 ×"
    page.driver.close()
    page.driver.switch_to.window(own)
    page.driver.back()
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


def add_by_keys(page: Page, column: str) -> None:
    """Add a filter by typing its column's name; it has the focus then."""
    page.press(column)
    page.until(lambda: page.all(ADDED), "a column")
    page.press(Keys.ENTER)
    stands(page, column)
    page.until(lambda: page.run(FOCUS, f"[data-column={column}] *"), f"the focus in {column}")


def test_the_sentence_by_keyboard_alone(page: Page, flights: list[Flight]) -> None:
    open_table(page)
    tab_to(page, ADD)
    add_by_keys(page, "hour")
    tab_to(page, LOW.format("hour"))
    page.press(Keys.CONTROL, "a", Keys.NULL, "6", Keys.TAB)
    page.press(Keys.CONTROL, "a", Keys.NULL, "9", Keys.ENTER)
    page.until(lambda: words(page) == ["Hour 6 – 9"], "a range of hours")
    tab_to(page, "[data-column=hour] .another-span")
    page.press(Keys.ENTER)
    page.expect(lambda: page.run(FOCUS, LOW.format("hour")), True)
    page.press(Keys.CONTROL, "a", Keys.NULL, "16", Keys.ENTER)
    page.until(lambda: words(page) == ["Hour 6 – 9 or from 16"], "another range")
    tab_to(page, HIGH.format("arr_delay"))
    page.press(Keys.CONTROL, "a", Keys.NULL, "0", Keys.ENTER)
    page.until(lambda: "Arr delay up to 0" in words(page), "a range of delays")
    tab_to(page, MISSING)
    page.press("or")
    for carrier in ("UA", "AA"):
        tab_to(page, f"fieldset[data-facet=carrier] input[value='{carrier}']")
        page.press(Keys.SPACE)
    for box, month in ((FROM, "2013-06"), (UNTIL, "2013-08")):
        tab_to(page, box)
        page.press(month, Keys.ENTER)
    tab_to(page, "[data-parts=time_hour] summary")
    page.press(Keys.ENTER)
    for day in ("Sat", "Sun"):
        tab_to(page, f".part input[value={day}]")
        page.press(Keys.SPACE)
    tab_to(page, "[data-text=tailnum] .text-search")
    page.press("N1")
    suggested(page, "tailnum", "begins with “N1”")
    for _ in range(20):
        page.press(Keys.ARROW_UP)
        (active,) = page.run(TEXTS, "[data-text=tailnum] [aria-selected=true]")
        if active.startswith("begins with"):
            break
    page.press(Keys.ENTER)
    tab_to(page, "[data-text=dest] .text-search")
    page.press("lax")
    suggested(page, "dest", "LAX")
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    tab_to(page, "[data-text=dest] .leave-out")
    page.press(Keys.ENTER)
    page.expect_count(sum(map(asked, flights)), OF)
    page.expect(lambda: words(page), WORDS)


def test_axe_finds_no_fault_in_the_sentence_and_a_phone_says_its_count(
    page: Page, flights: list[Flight]
) -> None:
    open_at_rest(page, f"/{SENTENCE}&{TABLE}")
    check_everywhere(page)
    page.resize(*PHONE, phone=True)
    page.expect(page.count, f"{sum(map(asked, flights)):,} of {OF}")
    box = page.run("return document.querySelector('#count').getBoundingClientRect().toJSON()")
    assert box["width"] > 0
    assert 0 <= box["top"] < box["bottom"] <= PHONE[1]
    page.click("#filters-toggle")
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        at_rest(page)
        assert not faults(page, "#filters", scheme)
        assert page.run(SIDEWAYS) == PHONE[0]
    page.prefer("light")
    page.resize(*WIDE)
