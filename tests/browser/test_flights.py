"""Of flights like those of New York a person finds one, leaves one gate out, picks a period."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flight_page import FROM, OF, TABLE, UNTIL, choose, open_table, write
from flights import Flight
from pages import Page, story
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

GATE = "fieldset[data-facet=gate]"
LEAST = "[data-column=distance] [role=slider]"
PICK = """
const calendar = document.querySelector(`[data-pick=${arguments[0]}] ~ input[type=date]`);
calendar.value = arguments[1];
calendar.dispatchEvent(new Event("change"));
"""


@pytest.fixture
def page(driver: Chrome, flights_url: str) -> Iterator[Page]:
    """Give a story its tab at the flights."""
    yield from story(Page(driver, flights_url))


def test_a_tail_number_is_found_among_four_thousand(page: Page, flights: list[Flight]) -> None:
    open_table(page)
    choose(page, "tailnum", "14228", "N14228")
    page.expect_count(sum(flight["tailnum"] == "N14228" for flight in flights), OF)
    page.expect(page.search, f"?tailnum=N14228&{TABLE}")


def test_one_of_four_hundred_gates_is_left_out(page: Page, flights: list[Flight]) -> None:
    open_table(page)
    page.click(f"{GATE} .facet-search")
    page.find(f"{GATE} .facet-search").send_keys("g31")
    page.expect(lambda: {one["text"][:3] for one in page.facet("gate")}, {"G31"})
    assert len(page.facet("gate")) == 10
    page.tick("gate", "G317")
    own = sum(flight["gate"] == "G317" for flight in flights)
    page.expect_count(own, OF)
    page.click(f"{GATE} .leave-out")
    page.expect_count(len(flights) - own, OF)
    page.expect(page.search, f"?gate=~not:G317&{TABLE}")
    assert page.find(".chip").text.startswith("Gate: all but G317")


def test_the_numbers_beside_a_slider_are_where_its_column_ends(
    page: Page, flights: list[Flight]
) -> None:
    """A slider of steps of 50 begins at 50: its box said so, and the nearest flight goes 80."""
    distances = [flight["distance"] for flight in flights]
    ends = str(min(distances)), str(max(distances))
    page.open(f"/?{TABLE}&distance={ends[0]}..{ends[1]}")
    page.expect_count(len(flights), OF)
    page.expect(lambda: page.bounds()["Distance"], ends)
    page.expect(page.search, f"?{TABLE}")
    page.run("document.querySelector(arguments[0]).focus()", LEAST)
    page.press(Keys.ARROW_RIGHT)
    page.expect_count(sum(distance >= 100 for distance in distances), OF)
    page.press(Keys.ARROW_LEFT)
    page.expect_count(len(flights), OF)
    page.expect(lambda: page.bounds()["Distance"], ends)
    assert page.run("return document.querySelector(arguments[0]).ariaValueText", LEAST) == ends[0]


def within(flights: list[Flight], first: str, last: str) -> str:
    """Return the line of the count of the flights from a day or month to another one."""
    days = [f"{flight['time_hour']:%Y-%m-%d}" for flight in flights]
    return (
        f"{sum(first <= day[: len(first)] and day[: len(last)] <= last for day in days):,} of {OF}"
    )


def test_a_period_is_typed_then_picked_then_dragged(page: Page, flights: list[Flight]) -> None:
    open_table(page)
    write(page, FROM, "2013-03", Keys.ENTER)
    page.expect(page.count, within(flights, "2013-03", "2013-12"))
    page.click("[data-time=time_hour] [data-pick=until]")
    page.find("body").send_keys(Keys.ESCAPE)
    page.run(PICK, "until", "2013-03-10")
    page.expect(page.count, within(flights, "2013-03", "2013-03-10"))
    page.expect(page.search, f"?time_hour=2013-03..2013-03-10&{TABLE}")
    page.settle()
    page.drag("[data-time=time_hour] .histogram", (0.5, 0.5), (0.75, 0.5))
    ends = lambda: [str(page.find(box).get_property("value")) for box in (FROM, UNTIL)]  # noqa: E731
    # A half and three quarters of a year, to a pixel or two.
    page.until(lambda: ends()[1][:7] in ("2013-09", "2013-10"), "three quarters of a year")
    first, last = ends()
    assert first[:7] in ("2013-06", "2013-07")
    page.expect(page.count, within(flights, first, last))
    page.expect(page.search, f"?time_hour={first}..{last}&{TABLE}")
