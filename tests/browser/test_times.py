"""A period is typed as coarse as wanted, or slid; what is no time is said, and asks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
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

FROM, UNTIL = (f"[data-time=day] .time-box:nth-of-type({n}) .time-bound" for n in (1, 2))
SAID = "[data-time=day] .time-said"
DAYS = {n: date(2024, n % 12 + 1, n % 28 + 1) for n in range(84)}
SALES = "day,shop,sold\n" + "".join(f"{day},{'ab'[n % 2]},{n}\n" for n, day in DAYS.items())


@pytest.fixture(scope="session")
def sales_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve seven sales of each month of a year."""
    with shared_file(common, "sales.csv", lambda path: path.write_text(SALES, "utf-8")) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def sales(driver: Chrome, sales_url: str) -> Iterator[Page]:
    """Give a story its tab at the sales."""
    yield from story(Page(driver, sales_url))


def write(page: Page, box: str, *keys: str) -> None:
    """Replace the text of a box."""
    page.find(box).send_keys(Keys.CONTROL, "a", Keys.NULL, *keys)


def written(page: Page) -> list[str]:
    """Return what the two boxes hold."""
    return [str(page.find(box).get_property("value")) for box in (FROM, UNTIL)]


LOW, HIGH = (f"[data-column=sold] .bounds label:nth-of-type({n}) input" for n in (1, 2))
OR = "[data-column=sold] .another-span"


def test_one_range_or_another_and_weekdays_by_mouse_and_by_link(sales: Page) -> None:
    """Of 84 sales numbered from 0 those up to 10, or from 60 on; then those of a weekend."""
    page = sales
    page.open()
    page.expect_count(84, "84 rows")
    write(page, LOW, "60", Keys.ENTER)
    page.expect_count(24, "84 rows")
    page.click(OR)
    page.expect(page.search, "?sold=60..")
    assert page.run("return document.activeElement") == page.find(LOW)
    write(page, HIGH, "10", Keys.ENTER)
    page.expect_count(35, "84 rows")
    page.expect(page.search, "?sold=..10&sold=60..")
    assert page.find(".chip").text.startswith("Sold up to 10 or from 60")
    assert page.find("[data-column=sold] .small-chip").text == "or from 60 ×"
    pause(page)
    page.click(".time-parts summary")
    for day in ("Sat", "Sun"):
        page.click(f".part input[value={day}]")
    weekend = [n for n, day in DAYS.items() if day.weekday() > 4 and (n <= 10 or n >= 60)]
    page.expect_count(len(weekend), "84 rows")
    address = "?day:weekday=Sat&day:weekday=Sun&sold=..10&sold=60.."
    page.expect(page.search, address)
    page.open(f"/{address}")
    page.expect_count(len(weekend), "84 rows")
    assert page.run("return document.querySelector('.time-parts').open") is True
    page.click("[data-column=sold] .small-chip")
    page.expect(page.search, "?day:weekday=Sat&day:weekday=Sun&sold=..10")
    page.click("[data-column=sold] .clear-measure")
    page.expect(page.search, "?day:weekday=Sat&day:weekday=Sun")


def test_a_day_is_picked_in_the_browsers_calendar_and_taken_away(sales: Page) -> None:
    page = sales
    page.open()
    page.expect_count(84, "84 rows")
    page.click("[data-time=day] [data-pick=from]")
    calendar = "document.querySelector('[data-time=day] input[type=date]')"
    assert page.run(f"return [{calendar}.min, {calendar}.value]") == ["2024-01-01", "2024-01-01"]
    page.find("body").send_keys(Keys.ESCAPE)
    changed = f"{calendar}.dispatchEvent(new Event('change'))"
    page.run(f"{calendar}.value = '2024-06-15'; {changed}")
    page.expect(page.search, "?day=2024-06-15..")
    page.expect(lambda: written(page), ["2024-06-15", ""])
    pause(page)
    page.click("[data-time=day] .clear-measure")
    page.expect(page.search, "")
    page.expect_count(84, "84 rows")


def test_a_period_is_typed_and_back_undoes_it(sales: Page) -> None:
    page = sales
    page.open()
    page.expect_count(84, "84 rows")
    write(page, FROM, "2024-06", Keys.ENTER)
    page.expect_count(49, "84 rows")
    page.expect(page.search, "?day=2024-06..")
    pause(page)
    write(page, UNTIL, "2024-08", Keys.TAB)
    page.expect_count(21, "84 rows")
    page.expect(page.search, "?day=2024-06..2024-08")
    assert page.find(".chip").text.startswith("Day 2024-06 – 2024-08")
    page.driver.back()
    page.expect_count(49, "84 rows")
    assert written(page) == ["2024-06", ""]
    page.click(".chip")
    page.expect_count(84, "84 rows")
    assert written(page) == ["", ""]


def test_what_is_no_time_is_said_and_asks_nothing(sales: Page) -> None:
    page = sales
    page.open("/?day=2024-03..2024-04")
    page.expect_count(14, "84 rows")
    assert written(page) == ["2024-03", "2024-04"]
    write(page, UNTIL, "soon", Keys.ENTER)
    page.expect(lambda: page.find(SAID).text.partition(";")[0], "“soon” is no such time")
    page.expect(page.search, "?day=2024-03..")
    write(page, UNTIL, "2024-04-01T09", Keys.ENTER)
    page.expect(lambda: page.find(SAID).text.partition(";")[0], "“2024-04-01T09” is no such time")
    write(page, UNTIL, "2024-02-29", Keys.ENTER)
    said = "2024-03 is later than 2024-02-29: change one of them."
    page.expect(lambda: page.find(SAID).text, said)
    page.expect_count(sold("2024-03", "2099"), "84 rows")
    write(page, FROM, "2024-02-29", Keys.ENTER)
    page.expect(lambda: page.run(f"return document.querySelector('{SAID}').innerText"), "")
    page.expect_count(0, "84 rows")


def sold(first: str, last: str) -> int:
    """Return how many sales there are from one day to another."""
    return sum(first <= str(day) <= last for day in DAYS.values())


def said(page: Page) -> list[str | None]:
    """Return what the two thumbs of the slider say."""
    thumbs = [page.thumb("Day", side) for side in ("from", "to")]
    return [thumb.get_attribute("aria-valuetext") for thumb in thumbs]


def test_a_period_is_slid_by_key_by_mouse_and_by_typing(sales: Page) -> None:
    """363 days from the first sale to the last: a stop each, and a bar of each seven."""
    page = sales
    page.open()
    page.expect_count(84, "84 rows")
    page.expect(lambda: said(page), ["2024", "2024-12-28"])
    bars = page.histogram("day")
    assert bars["values"][:2] == [[0, 6], [7, 13]]
    assert (len(bars["all"]), sum(bars["all"])) == (52, 84)
    assert bars["drawn"]["outside"] == []
    thumb = page.thumb("Day", "from")
    thumb.send_keys(Keys.ARROW_RIGHT)
    page.expect(page.search, "?day=2024-01-02..")
    page.expect(lambda: written(page), ["2024-01-02", ""])
    page.expect_count(sold("2024-01-02", "2024-12-28"), "84 rows")
    assert said(page) == ["2024-01-02", "2024-12-28"]
    pause(page)
    write(page, FROM, "2024-05-30", Keys.ENTER)
    page.expect_count(sold("2024-05-30", "2024-12-28"), "84 rows")
    page.thumb("Day", "from").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    page.expect(page.search, "?day=2024-06..")  # the first of June, as short as it can be said
    with page.hold(page.thumb("Day", "to")) as move:
        for _ in range(4):
            move(-10)
    page.expect(lambda: written(page)[0], "2024-06")
    last = written(page)[1]
    assert "2024-10" < last < "2024-12"
    page.expect_count(sold("2024-06-01", last), "84 rows")
    page.expect(page.search, f"?day=2024-06..{last}")
    assert said(page) == ["2024-06", last]
    assert page.histogram("day")["drawn"]["outside"]
    page.run(
        "document.querySelector('[data-time=day] .histogram').dispatchEvent("
        "new MouseEvent('dblclick', {bubbles: true}))"
    )
    page.expect(page.search, "")
    page.expect(lambda: written(page), ["", ""])
    page.expect(lambda: said(page), ["2024", "2024-12-28"])


def test_a_drag_over_the_bars_bounds_a_time_and_a_link_opens_so(sales: Page) -> None:
    page = sales
    page.open("/?day=2024-03..2024-04&day=2024-11")
    page.expect_count(21, "84 rows")
    page.expect(lambda: said(page), ["2024-03", "2024-04"])
    spans = page.histogram("day")["spans"]
    assert spans == [[59.5, 120.5], [304.5, 334.5]]  # the 60th day of 2024 is February's last
    page.drag("[data-time=day] .histogram", (0.25, 0.5), (0.5, 0.5))
    # A quarter and a half of 362 steps, to a pixel or two.
    page.expect(lambda: written(page)[0] in ("2024-03-31", "2024-04", "2024-04-02"), True)
    first, last = written(page)
    assert last in ("2024-06-29", "2024-06", "2024-07-01")
    page.expect(page.search, f"?day={first}..{last}&day=2024-11")
    page.click("[data-time=day] .clear-measure")
    page.expect(page.search, "")
    page.expect_count(84, "84 rows")


def test_axe_finds_no_fault_in_the_boxes(sales: Page) -> None:
    open_at_rest(sales, "/?day=2024-06")
    check_everywhere(sales)
