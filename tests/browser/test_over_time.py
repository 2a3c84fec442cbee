"""In the Trend view a drag takes a period, and a click the rows of a cell of the calendar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flight_page import OF
from flights import Flight
from iris import pause
from pages import Page, story
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

VIEW = "_view=trend"


@pytest.fixture
def page(driver: Chrome, flights_url: str) -> Iterator[Page]:
    """Give a story its tab at the flights."""
    yield from story(Page(driver, flights_url))


def test_a_drag_takes_a_period_and_a_click_a_cell_of_the_calendar(
    page: Page, flights: list[Flight]
) -> None:
    page.open(f"/?{VIEW}&_unit=month&_lines=none")
    page.expect_count(len(flights), OF)
    # A busy browser takes two clicks further apart: charts that are drawn from now on wait for it.
    page.run("Plotly.setPlotConfig({doubleClickDelay: 30000})")
    place = "#over-time .nsewdrag"
    page.drag(place, (0.3, 0.5), (0.6, 0.5))
    page.expect(lambda: "time_hour=2013-" in page.search(), True)
    _, _, period = page.search().partition("time_hour=")
    first, last = period.split("&")[0].split("..")
    own = [f"{flight['time_hour']:%Y-%m}" for flight in flights]
    page.expect_count(sum(first <= month <= last for month in own), OF)
    pause(page)
    ActionChains(page.driver).double_click(page.find(place)).perform()
    page.expect_count(len(flights), OF)
    # The middle of seven days and of 24 hours, of which the cell begins there.
    page.click("#calendar .nsewdrag")
    page.expect(lambda: "time_hour:weekday=Thu" in page.search(), True)
    _, _, hour = page.search().partition("time_hour:hour_of_day=")
    hours = [
        flight
        for flight in flights
        if flight["time_hour"].weekday() == 3
        and flight["time_hour"].hour == int(hour.split("&")[0])
    ]
    page.expect_count(len(hours), OF)


def test_a_cell_of_the_calendar_and_of_the_table_by_keyboard_alone(
    page: Page, flights: list[Flight]
) -> None:
    """No key reached a cell: the table kept them all, and a chart has none."""
    page.open(f"/?{VIEW}")
    page.expect_count(len(flights), OF)
    page.until(lambda: page.all(".cell-keys [data-cell]"), "the calendar's cells")
    assert len(page.all(".cell-keys [tabindex='0']")) == 1
    page.run("document.querySelector(\".cell-keys [tabindex='0']\").focus()")
    page.press(Keys.ARROW_DOWN)
    page.press(Keys.END)
    page.press(Keys.ARROW_LEFT)
    place, words = page.run(
        "const {cell, words} = document.activeElement.dataset; return [cell, words]"
    )
    row, column = map(int, place.split())
    assert (row, words[:9]) == (1, f"Tue {column:02}:00")
    page.press(Keys.ENTER)
    own = [f for f in flights if (f["time_hour"].weekday(), f["time_hour"].hour) == (1, column)]
    page.expect_count(len(own), OF)
    page.open("/?_view=table")
    page.expect_count(len(flights), OF)
    page.until(lambda: page.all("#table td.dash-cell[tabindex='0']"), "the table's cells")
    assert len(page.all("#table td.dash-cell[tabindex='0']")) == 1
    page.run("document.querySelector(\"#table td.dash-cell[tabindex='0']\").focus()")
    page.press(Keys.ARROW_DOWN)
    page.press(Keys.END)
    page.press(Keys.ENTER)
    page.until(lambda: page.all(".cell-menu button"), "the cell's menu")
    assert page.run("return document.activeElement.textContent") == "Only this"
    page.press(Keys.ESCAPE)
    assert page.run("return document.activeElement.matches('td.dash-cell[tabindex=\"0\"]')")
    page.press(Keys.HOME)
    name, value = page.run(
        "const cell = document.activeElement; return [cell.dataset.dashColumn, cell.textContent]"
    )
    page.press(Keys.ENTER)
    page.until(lambda: page.all(".cell-menu button"), "the cell's menu")
    page.press(Keys.ENTER)
    page.expect(lambda: f"{name}={value.split()[-1]}" in page.search(), True)
