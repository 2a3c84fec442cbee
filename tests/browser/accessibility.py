"""Whether a page at rest is accessible: axe in each size, and in each theme what it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

from examples import is_large
from pages import Page

AXE = Path(__file__).with_name("axe.min.js").read_text("utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
RULES = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ("color-contrast", "link-in-text-block")},
}
"""What is asked in each theme: everything, then what has to do with colours."""

RUN_AXE = """
const done = arguments[2];
// The thousands of shapes of a chart are nothing to read out or to press: see DRAWN.
const where = {include: [arguments[1]], exclude: [".main-svg > *"]};
axe.run(where, {runOnly: arguments[0], resultTypes: ["violations"]}).then(
    found => done(found.violations.flatMap(rule => rule.nodes.map(node => ({
        rule: rule.id, html: node.html,
        said: [...node.any, ...node.all, ...node.none].map(check => check.message).join("; ")})))),
    error => done([{rule: "axe itself", html: "", said: String(error)}]));
"""

DRAWN = """
return [...document.querySelectorAll(".main-svg > *, .main-svg > * *")]
    .filter(part => part.getAttributeNames().some(
        name => name === "role" || name === "tabindex" || name.startsWith("aria-"))
        || part.matches("a, foreignObject"))
    .map(part => part.outerHTML.slice(0, 160));
"""
"""What within a chart's drawing axe-core would judge: it knows nothing of the colours there."""

WIDE = (1400, 1000)
PHONE = (360, 800)
SIDEWAYS = "return Math.max(document.documentElement.scrollWidth, window.innerWidth)"


def faults(page: Page, part: str, scheme: str) -> list[str]:
    """Return what axe-core finds in a part of the page as it stands in a theme."""
    if not page.run("return Boolean(window.axe)"):
        page.run(AXE + ";window.axe = axe;")
    found = page.driver.execute_async_script(RUN_AXE, RULES[scheme], part)
    return [
        f"{one['rule']}: {one['html'][:160]}\n    {one['said']}"
        for one in found
        if not _close_thumbs(one)
    ]


def _close_thumbs(one: dict[str, Any]) -> bool:
    """Whether these are a slider's two thumbs nearer to each other than a finger is wide.

    A narrow range cannot look otherwise; the two numbers above set the same (WCAG 2.5.8, the
    exception "Equivalent").
    """
    return one["rule"] == "target-size" and "dash-slider-thumb" in one["html"]


TURNS = (
    (("light", WIDE), ("dark", PHONE)),
    (("dark", WIDE), ("light", PHONE)),
)
"""Two ways to see each theme and each size once."""


def turns(page: Page) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return in which themes and sizes to look: all where all is tried, else two by the address.

    In this order the page is resized once.
    """
    if is_large():
        return (("light", WIDE), ("dark", WIDE), ("dark", PHONE), ("light", PHONE))
    return TURNS[crc32(page.search().encode()) % 2]


def check_everywhere(page: Page, part: str = "html") -> None:
    """Ask axe-core wide and on a phone, of colours in the dark too; nothing scrolls sideways.

    Of each page everything is asked in one size and its dark colours in the other; by `make
    test-all` both in both.
    """
    for scheme, size in turns(page):
        page.prefer(scheme)
        page.resize(*size, phone=size == PHONE)
        theme = "return document.documentElement.dataset.bsTheme"
        page.expect(lambda: page.run(theme), scheme)  # noqa: B023 -- called before the next turn
        at_rest(page)
        found = faults(page, part, scheme) + page.run(DRAWN)
        assert not found, "\n".join([f"{scheme}, {size[0]} px:", *found])
        assert page.run(SIDEWAYS) <= size[0], f"{scheme}, {size[0]} px scrolls sideways"


def open_at_rest(page: Page, address: str) -> None:
    page.open(address)
    page.find("#main:not(.is-loading)")
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until nothing is asked and nothing dimmed: a change of theme asks a moment later."""
    page.settle()
    page.driver.execute_async_script("setTimeout(arguments[0], 100)")
    page.settle()
    page.until(lambda: not page.all("body.is-stale"), "an answer")
