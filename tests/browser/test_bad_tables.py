"""Tables that nobody draws well open to pages that say what there is, without an empty frame."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_tables import TABLES
from pages import Page, story
from selenium.webdriver import Chrome

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

SIZES = {"wide": (1400, 1000), "phone": (360, 800)}
VIEWS = "return [...document.querySelectorAll('.views input')].map((one) => one.value)"
FAULTS = """
const found = [];
const whole = document.documentElement;
if (whole.scrollWidth > whole.clientWidth + 1) found.push("the page scrolls sideways");
if (document.querySelector(".failure:not([hidden])")) found.push("a card failed");
for (const card of document.querySelectorAll(".main .card")) {
    if (!card.offsetParent) continue;
    const name = card.querySelector("h2").textContent.slice(0, 40);
    const box = card.querySelector(".card-box");
    if (box && box.getBoundingClientRect().height < 8) found.push(`${name}: nothing in it`);
    const plot = card.querySelector(".js-plotly-plot");
    if (!plot?.offsetParent) continue;
    const hasMarks = plot.querySelector(".points path, .lines path, .boxlayer path, image, .hm");
    if (!hasMarks && !plot.querySelector(".annotation")) found.push(`${name}: an empty frame`);
    const frame = plot.getBoundingClientRect();
    for (const text of plot.querySelectorAll("text")) {
        const { left, right, top, bottom, width } = text.getBoundingClientRect();
        const isCut = left < frame.left - 12 || right > frame.right + 12
            || top < frame.top - 12 || bottom > frame.bottom + 12;
        if (width && isCut && !text.closest(".annotation"))
            found.push(`${name}: ${text.textContent.slice(0, 30)} is cut`);
    }
}
return found;
"""

TITLE = """
const title = document.querySelector("#scatter .infolayer .xtitle");
const axis = document.querySelector("#scatter .nsewdrag");
return title && [title.textContent,
    title.getBoundingClientRect().width <= axis.getBoundingClientRect().width + 1];
"""

LETTERS = "return document.querySelector('#scatter .infolayer .xtitle').dataset.letters"


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Serve all the tables by one process."""
    command = [sys.executable, str(Path(__file__).with_name("bad_tables.py"))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n").split("\t") for _ in TABLES]
        try:
            yield dict(lines)
        finally:
            process.terminate()


def test_a_title_of_an_axis_has_as_many_letters_as_fit_beside_it(
    driver: Chrome, addresses: dict[str, str]
) -> None:
    for page in story(Page(driver, addresses["long labels"])):
        page.open("/?_x=" + "x" * 300)
        page.until(lambda page=page: page.run(TITLE), "a title")
        letters = {}
        for size in ("wide", "phone", "wide"):
            width, height = SIZES[size]
            page.resize(width, height, phone=size == "phone")
            page.settle()
            page.expect(lambda page=page: page.run(TITLE)[1], True)
            text = page.run(TITLE)[0]
            assert set(text) == {"X", "x", "…"}
            letters.setdefault(size, len(text))
            assert letters[size] == len(text)
            # A chart that is painted over keeps what its pictures are made by.
            page.run("document.querySelector('#scatter .js-plotly-plot').emit('plotly_afterplot')")
            assert page.run(LETTERS) == str(len(text))
        assert letters["wide"] > letters["phone"]


@pytest.mark.parametrize("name", TABLES)
def test_every_view_says_what_there_is(
    driver: Chrome, addresses: dict[str, str], name: str
) -> None:
    for page in story(Page(driver, addresses[name])):
        page.open()
        page.until(lambda page=page: page.run(VIEWS), "the views")
        page.settle()
        for view in page.run(VIEWS):
            page.resize(*SIZES["wide"])
            page.run(f"document.querySelector('.views input[value={view}]').click()")
            page.until(
                lambda page=page, view=view: page.shows(f".main.view-{view}"), f"the view {view}"
            )
            for size, (width, height) in SIZES.items():
                page.resize(width, height, phone=size == "phone")
                page.settle()
                page.expect(lambda page=page: page.run(FAULTS), [])
