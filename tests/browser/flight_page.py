"""The page at the flights, as their stories use it."""

from __future__ import annotations

from flights import COUNT
from pages import Page
from selenium.webdriver.common.keys import Keys

OF = f"{COUNT:,} rows"
TABLE = "_view=table"
SUGGESTED = "[data-text={}] .suggestions:not([hidden]) [role=option]"
FROM, UNTIL = (f"[data-time=time_hour] .time-box:nth-of-type({n}) .time-bound" for n in (1, 2))
TEXTS = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"


def open_table(page: Page) -> None:
    """Open the flights at the view that has no charts to wait for."""
    page.open(f"/?{TABLE}")
    page.expect_count(COUNT, OF)


def words(page: Page) -> list[str]:
    """Return what the chips say."""
    return [chip[0] for chip in page.chips()]


def write(page: Page, box: str, *keys: str) -> None:
    """Replace the text of a box."""
    page.find(box).send_keys(Keys.CONTROL, "a", Keys.NULL, *keys)


def suggested(page: Page, column: str, text: str) -> str:
    """Return where a suggestion that begins with a text stands in the list, once it does."""
    selector, found = SUGGESTED.format(column), list[str]()

    def stands() -> bool:
        found[:] = page.run(TEXTS, selector)
        return any(one.startswith(text) for one in found)

    page.until(stands, f"{text} among {column}'s suggestions")
    place = next(n for n, one in enumerate(found, 1) if one.startswith(text))
    return f"{selector}:nth-child({place})"


def choose(page: Page, column: str, typed: str, text: str) -> None:
    """Choose from what a column of text suggests for a few letters."""
    box = f"[data-text={column}] .text-search"
    page.click(box)
    page.find(box).send_keys(typed)
    page.click(suggested(page, column, text))
