"""A finger that swipes scrolls; one that rests first, or is on a slider's handle, filters."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pages import Page

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

PHONE = (390, 800)
FILTER = ".filter[data-column=petal_length] "
SPOT = """
const part = document.querySelector(arguments[0]);
part.scrollIntoView({block: "center"});
const {x, y, width, height} = part.getBoundingClientRect();
return [x + width * arguments[1], y + height * arguments[2]];
"""
REST_SECONDS = 0.6
"""So long a finger rests before it drags: longer than any scroll begins."""


@pytest.fixture
def phone(page: Page) -> Iterator[Page]:
    """Give a story a phone's page, whose pointer is a finger."""
    touches = "Emulation.setTouchEmulationEnabled"
    page.resize(*PHONE, phone=True)
    page.driver.execute_cdp_cmd(touches, {"enabled": True})
    yield page
    page.driver.execute_cdp_cmd(touches, {"enabled": False})


STILL = """
const done = arguments[0];
let [last, calm] = [scrollY, 0];
const look = () => {
  calm = scrollY === last ? calm + 1 : 0;
  last = scrollY;
  if (calm > 10) done();
  else requestAnimationFrame(look);
};
look();
"""
"""Ends when the page has stood still for ten frames: a swipe goes on for a while."""


def swipe(page: Page, selector: str, way: tuple[int, int], rest: float = 0) -> int:
    """Move a finger from a part's place; return how far the page was scrolled."""

    def touch(kind: str, *spots: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in spots]
        page.driver.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )

    page.driver.execute_async_script(STILL)
    x, y = page.run(SPOT, selector, 0.4, 0.6)
    before = page.run("return scrollY")
    touch("touchStart", (x, y))
    time.sleep(rest)
    for step in range(1, 9):
        touch("touchMove", (x + way[0] * step / 8, y + way[1] * step / 8))
    touch("touchEnd")
    page.settle()
    return int(page.run("return scrollY")) - int(before)


def test_a_swipe_scrolls_and_a_deliberate_drag_filters(phone: Page) -> None:
    page = phone
    page.open()
    page.expect_count(150)
    plane = "#scatter .nsewdrag"
    assert swipe(page, plane, (20, -200)) > 50
    assert page.search() == ""
    swipe(page, plane, (90, -60), rest=REST_SECONDS)
    page.until(lambda: "petal_width=" in page.search(), "a box on the scatter")
    page.open()
    page.expect_count(150)
    page.click("#filters-toggle")
    page.until(lambda: page.visible("#filters"), "the filters")
    for part in (".histogram", ".dash-slider-root"):
        assert swipe(page, FILTER + part, (15, -200)) > 50, part
        assert page.search() == "", part
    swipe(page, f"{FILTER}[role=slider]", (60, 0))
    page.until(lambda: page.search().startswith("?petal_length="), "a handle that is dragged")
    page.open()
    page.expect_count(150)
    page.click("#filters-toggle")
    swipe(page, f"{FILTER}.histogram", (60, 0), rest=REST_SECONDS)
    page.until(lambda: page.search().startswith("?petal_length="), "a drag over a histogram")
