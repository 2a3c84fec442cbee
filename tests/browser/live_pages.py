"""A slider that is dragged, as its stories move it, and what they read of the page meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from pages import Page
from selenium.webdriver import ActionChains

SHOWN = """
const paths = [...document.querySelectorAll(".filter .histogram")].map((place) => [
    (place.closest(".filter").dataset.column ?? place.closest(".filter").dataset.time),
    [...place.querySelectorAll("path")].map((path) => path.outerHTML)]);
const checks = [...document.querySelectorAll(".facet .form-check")].map((check) => [
    check.querySelector("input").value, check.querySelector(".facet-count").textContent,
    Boolean(check.querySelector(".no-rows"))]);
const boxes = [...document.querySelectorAll("input.bound, .time-bound")].map((box) => box.value);
const thumbs = [...document.querySelectorAll("[role=slider]")].map(
    (thumb) => [thumb.getAttribute("aria-valuetext"), thumb.ariaLabel]);
const chips = [...document.querySelectorAll("#chips .chip")].filter((chip) => !chip.hidden).map(
    (chip) => [chip.dataset.column, ...[...chip.children].map((part) => part.textContent)]);
return {count: document.querySelector("#count").textContent, chips, checks, boxes, thumbs,
    histograms: Object.fromEntries(paths)};
"""
ASKED = """
return performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => name.includes(arguments[0])).length;
"""
FRAMES = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
ANSWERED = """
const [asked, answered] = ["asked", "answered"].map(
    (id) => window.dash_component_api.getLayout(id).props.data);
return asked.n === answered.n;
"""
"""Whether the question that was sent last has its answer; a newer one may wait for that."""
LET_GO = """
const [column] = arguments;
const filter = document.querySelector(
    `.filter:is([data-column="${column}"], [data-time="${column}"])`);
const role = filter.dataset.column === undefined ? "period" : "range";
const told = window.dash_component_api.getLayout({role, column}).props.value;
const thumbs = [...filter.querySelectorAll("[role=slider]")];
return String(told) === String(thumbs.map((thumb) => thumb.getAttribute("aria-valuenow")));
"""
HOLD = "window.held = new Promise((done) => { window.letGo = done; });"
LINES = """
return [...document.querySelectorAll("#trend .js-line, #trend .point")]
    .map((mark) => mark.getAttribute(mark.matches(".point") ? "transform" : "d"));
"""
MARKS = """
const marks = ".scatterlayer .point, .barlayer .point path, .yerror";
return [...document.querySelectorAll("#scatter, #means")].map((chart) =>
    [...chart.querySelectorAll(marks)]
        .map((mark) => mark.getAttribute(mark.matches(".scatterlayer *") ? "transform" : "d"))
        .filter((shape) => shape && shape !== "M0,0Z" && shape !== "translate(-99,-99)"));
"""
CELLS = """
return document.querySelector("#scatter .js-plotly-plot").data
    .filter((trace) => trace.type === "heatmap")
    .map(({meta, x, y, zmax, z}) => {
        const kinds = {f4: Float32Array, f8: Float64Array};
        const numbers = z.bdata
            ? new kinds[z.dtype](Uint8Array.from(atob(z.bdata), (c) => c.charCodeAt(0)).buffer)
            : z.flatMap((row) => [...row]);
        return {meta, edges: [...x, ...y], zmax, cells: [...numbers].map((n) => n || 0)};
    });
"""
BARS = """
return [...document.querySelectorAll(".bars > li > *")].map((line) =>
    [line.dataset.pick ?? "others", line.querySelector(".bar-count").firstChild.textContent]);
"""
ROWS = 400


def made_table() -> pl.DataFrame:
    """Orders with what a slider may stand for: whole numbers, tails, a log scale, days, gaps."""
    at = range(ROWS)
    return pl.DataFrame(
        {
            "colour": [("red", "green", "blue", None)[i % 4] for i in at],
            "grade": [None if i % 31 == 0 else 1 + i * i % 7 for i in at],
            "price": [round(1.5 * 1.02 ** (i % 397), 2) for i in at],
            "delay": [(i * 37 % 61) - 20 if i % 83 else 900 + i for i in at],
            "day": [None if i % 29 == 0 else date(2013, 1, 1) + timedelta(i * 7 % 60) for i in at],
        }
    )


def slider(page: Page, column: str, side: int) -> Any:
    """Return a thumb of a column's slider."""
    named = f".filter:is([data-column='{column}'], [data-time='{column}'])"
    return page.all(f"{named} [role=slider]")[side]


def come_near(page: Page, column: str) -> None:
    """Move the pointer onto a slider, and wait until its index is here."""
    asked = page.run(ASKED, "_live-index")
    ActionChains(page.driver).move_to_element(slider(page, column, 0)).perform()
    page.until(lambda: page.run(ASKED, "_live-index") > asked, f"an index of {column}")


def open_with_answers_in_hand(page: Page, address: str = "/") -> None:
    """Open a page whose answers `HOLD` keeps back."""
    page.delay_answers()
    page.open(address)


def await_let_go(page: Page, column: str) -> None:
    """Wait until a slider that keys moved is let go, which it is some time after the last one.

    Dash has been told earlier where some stand: those with tails, or a log scale.
    """

    def is_let_go() -> bool:
        page.driver.execute_async_script("setTimeout(arguments[0], 300)")
        return bool(page.run(LET_GO, column))

    page.until(is_let_go, f"{column} is let go")


def await_answers(page: Page) -> None:
    """Wait until the page rests, and what waited for an answer was asked and has its own."""

    def rests() -> bool:
        page.settle()
        return bool(page.run(ANSWERED))

    page.until(rests, "the answer to the last step")


def made_visits() -> pl.DataFrame:
    """So many rows that they are a density, with tails that are not drawn at first."""
    at = range(60_000)
    return pl.DataFrame(
        {
            "kind": [("walk", "ride", "swim")[i * i % 7 % 3] for i in at],
            "town": [f"T{i * i % 23:02}" for i in at],
            "length": [
                (i * 7919 % 100) + (i * 104729 % 97) + (900 if i % 311 == 0 else 0) for i in at
            ],
            "time": [
                (i * 7919 % 100) * 2 + (i * 31 % 40) + (5000 if i % 401 == 0 else 0) for i in at
            ],
            "age": [None if i % 97 == 0 else 10 + i % 60 for i in at],
        }
    )
