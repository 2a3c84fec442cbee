"""A table of 440 columns: a filter is found by name, added, set, sent and taken away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from accessibility import PHONE, SIDEWAYS, WIDE, at_rest, faults, open_at_rest
from iris import pause
from pages import Page, story
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from shared import shared_file

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

STATES = [f"state_{n}" for n in range(40)]
SENSORS = [f"sensor_{n:03}" for n in range(400)]
FIRST = STATES[:12]
COLUMN = (STATES + SENSORS)[316]
"""The column number 317; it has the values from 0 to 59 once each."""

BOX = "[data-chooser=_filters] .column-box"
OPTIONS = "[data-chooser=_filters] [role=option]"
STANDING = "return [...document.querySelectorAll('.filter-away')].map(one => one.dataset.away)"
EMPTY = ".standing .histogram:empty"


def write_wide(path: Path) -> None:
    """Write sixty rows of forty facets and four hundred measures."""
    lines = [",".join([*STATES, *SENSORS])]
    for row in range(60):
        states = ("abc"[(row + n) % 3] for n in range(len(STATES)))
        lines.append(",".join([*states, *(str((row * 7 + n) % 60) for n in range(len(SENSORS)))]))
    path.write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="session")
def wide_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve the wide table."""
    with shared_file(common, "wide.csv", write_wide) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def wide(driver: Chrome, wide_url: str) -> Iterator[Page]:
    """Give a story its tab at the wide table."""
    yield from story(Page(driver, wide_url))


def standing(page: Page) -> list[str]:
    """Return the columns whose filters stand, in their order."""
    return list(page.run(STANDING))


def test_a_keyboard_adds_a_filter_sets_it_and_takes_it_away(wide: Page) -> None:
    page = wide
    page.open()
    page.expect_count(60, "60 rows")
    assert standing(page) == FIRST
    assert len(page.all(".filter")) == 12
    page.run("arguments[0].focus()", page.find(BOX))
    page.press("276")
    page.expect(lambda: [one.text for one in page.all(OPTIONS)], [f"Sensor 276 {COLUMN}"])
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    page.expect(lambda: standing(page), [COLUMN, *FIRST])
    page.expect_count(60, "60 rows")
    page.expect(page.search, f"?_filters={','.join([COLUMN, *FIRST])}")
    # It has the focus, and its histogram.
    focus = "return document.activeElement.closest('.standing')?.querySelector('legend, "
    focus += ".measure-label')?.textContent"
    page.expect(lambda: page.run(focus), "Sensor 276")
    page.until(lambda: not page.all(EMPTY), "a histogram")
    pause(page)
    page.type_bound("Sensor 276", "to", "9")
    page.expect_count(10, "60 rows")
    page.expect(page.search, f"?{COLUMN}=..9")
    page.driver.back()
    page.expect_count(60, "60 rows")
    assert standing(page) == [COLUMN, *FIRST]
    assert page.bounds()["Sensor 276"] == ("0", "59")
    page.driver.back()
    page.expect(lambda: standing(page), FIRST)
    page.driver.forward()
    page.expect(lambda: standing(page), [COLUMN, *FIRST])
    page.run("arguments[0].focus()", page.find(f".filter-away[data-away={COLUMN}]"))
    page.press(Keys.ENTER)
    page.expect(lambda: standing(page), FIRST)
    page.expect(page.search, "")
    page.expect(lambda: page.run("return document.activeElement.matches(arguments[0])", BOX), True)


def test_a_mouse_adds_a_filter_and_its_link_opens_alike(wide: Page) -> None:
    page = wide
    page.open("/?_view=compare")
    page.expect_count(60, "60 rows")
    assert page.find("[data-chooser=_measures] summary").get_property("textContent") == (
        "8 of 400 measures"
    )
    page.click(BOX)
    page.find(BOX).send_keys("sensor 276")
    page.click(OPTIONS)
    page.expect(lambda: standing(page), [COLUMN, *FIRST])
    page.settle()
    page.drag(f".filter[data-column={COLUMN}] .histogram", (0.0, 0.5), (0.34, 0.5))
    page.until(lambda: page.chips(), "a chip")
    page.settle()
    address, count = page.search(), page.count()
    assert address.startswith(f"?{COLUMN}=..")
    # Opened anew, as who gets the link does.
    page.open(f"/{address}")
    page.expect(page.count, count)
    page.settle()
    assert standing(page) == [COLUMN, *FIRST]
    assert len(page.all(".filter")) == 13
    # The rows of its selection beside the rest: eight measures.
    assert len(page.all("#comparison tbody tr")) == 8
    page.click(f".filter-away[data-away={COLUMN}]")
    page.expect_count(60, "60 rows")
    assert standing(page) == FIRST
    page.expect(page.search, "?_view=compare")


def test_a_group_of_a_chart_whose_filter_does_not_stand_brings_it(wide: Page) -> None:
    page = wide
    page.open("/?by=state_20")
    page.expect_count(60, "60 rows")
    page.click("#means-key .key-button[data-pick=b]")
    page.expect_count(20, "60 rows")
    page.expect(page.search, "?state_20=b&by=state_20")
    assert standing(page) == ["state_20", *FIRST]


def test_views_and_rows_show_other_columns_when_asked(wide: Page) -> None:
    page = wide
    page.open("/?_view=table")
    page.expect_count(60, "60 rows")
    heads = "return [...document.querySelectorAll('#table th')].map(one => one.dataset.dashColumn)"
    assert page.run(heads) == (STATES + SENSORS)[:20]
    page.click(".table-card summary")
    page.click("[data-chooser=columns] [data-away=state_0]")
    page.expect(lambda: page.run(heads), STATES[1:20])
    box = "[data-chooser=columns] .column-box"
    page.find(box).send_keys("276", Keys.ENTER)
    page.expect(lambda: page.run(heads), [*STATES[1:20], COLUMN])
    page.settle()
    names = ",".join([*STATES[1:20], COLUMN])
    page.expect(page.search, f"?columns={names}&_view=table")


def test_axe_finds_no_fault_in_the_box_and_its_list(wide: Page) -> None:
    page = wide
    open_at_rest(page, f"/?_filters={COLUMN},state_3")
    for size in (WIDE, PHONE):
        page.resize(*size, phone=size == PHONE)
        if size == PHONE:
            page.click("#filters-toggle")
        at_rest(page)
        page.click(BOX)
        page.find(BOX).send_keys("7")
        page.until(lambda: page.all(OPTIONS), "entries")
        found = faults(page, "html", "light")
        assert not found, "\n".join([f"{size[0]} px:", *found])
        assert page.run(SIDEWAYS) <= size[0]


LINES = "return document.querySelectorAll('.lines tbody tr').length"
LABELS = "return [...document.querySelectorAll('.lines tbody .line-label')].map(e => e.textContent)"
SWITCH = "[data-does={}][data-name={}]"


def test_lines_of_columns_are_made_as_they_are_scrolled_to(wide: Page) -> None:
    page = wide
    page.open("/?_view=columns")
    page.until(lambda: page.run(LINES), "lines")
    first = page.run(LINES)
    assert first < 100
    assert page.text(".line-count") == "440 columns"
    page.run("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.until(lambda: first < page.run(LINES) < 440, "more lines")
    page.run("arguments[0].value = 'sensor 27'", page.find(".line-search"))
    page.run("arguments[0].focus()", page.find(".line-search"))
    page.press("6")
    page.expect(lambda: page.run(LABELS), ["Sensor 276"])
    # Each switch is an address; the focus stays on it.
    page.click(SWITCH.format("filter", COLUMN))
    page.expect(lambda: standing(page), [COLUMN, *FIRST])
    page.expect(lambda: page.find(SWITCH.format("filter", COLUMN)).aria_role, "button")
    pressed = "return [document.activeElement.dataset.does, document.activeElement.ariaPressed]"
    page.expect(lambda: page.run(pressed), ["filter", "true"])
    assert page.run(LABELS) == ["Sensor 276"]
    page.press(Keys.ENTER)
    page.expect(lambda: standing(page), FIRST)
    page.click(SWITCH.format("listed", COLUMN))
    page.until(lambda: f",{COLUMN}" in page.search(), "the column in the table")
    page.resize(*PHONE, phone=True)
    at_rest(page)
    assert page.run(SIDEWAYS) == PHONE[0]


def test_lines_of_columns_in_order_by_keyboard(page: Page) -> None:
    page.open("/?_view=columns&species=setosa")
    page.expect(lambda: len(page.run(LABELS)), 5)
    kinds = "return [...document.querySelectorAll('.line-kinds button')].map(e => e.innerText)"
    assert page.run(kinds) == ["All 5", "Category 1", "Number 4"]
    page.run("document.querySelector('[data-order=distinct]').focus()")
    page.press(Keys.ENTER)
    page.expect(
        lambda: page.run(LABELS),
        ["Petal length", "Sepal length", "Sepal width", "Petal width", "Species"],
    )
    order = "return document.querySelector('[data-sorts=distinct]').ariaSort"
    assert page.run(order) == "descending"
    page.click("[data-kind=category]")
    page.expect(lambda: page.run(LABELS), ["Species"])
    page.click(SWITCH.format("listed", "species"))
    page.until(lambda: "columns=sepal_length" in page.search(), "the table without species")
    page.click(SWITCH.format("go", "species"))
    page.expect(
        lambda: page.run("return document.activeElement.closest('fieldset')?.dataset.facet"),
        "species",
    )
