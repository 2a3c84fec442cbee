"""What a person sees and does on the page, in one object over a browser's tab."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    JavascriptException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

WAIT_SECONDS = 90
WINDOW = (1400, 1000)
WEB = ("http", "https", "ws", "wss")
SIDES = ("from", "to")
SHIFT = 8
"""The key's number for DevTools."""

Spot = tuple[float, float]
NOT_YET = [
    ElementClickInterceptedException,
    ElementNotInteractableException,
    JavascriptException,
    StaleElementReferenceException,
]

IDLE = """
const [done] = arguments;
const isSeen = (place) => getComputedStyle(place).display !== "none";
const stands = () => {
    // Dash loads the table's own script when it is first shown.
    const isToCome = document.querySelector("#table-title")?.offsetParent;
    return ![...document.querySelectorAll("[data-waits]")].some(isSeen)
        && !(isToCome && !document.querySelector("#table .dash-spreadsheet"));
};
const idle = () => {
    if (!window.store) return false;
    const {stored, completed, ...open} = window.store.getState().callbacks;
    return document.readyState === "complete" && Object.values(open).flat().length === 0
        && !document.querySelector("#main").classList.contains("is-loading")
        && !document.querySelector(".dash-graph--pending") && stands();
};
// What a callback changed is on the page a frame later.
if (!idle()) done(false);
else requestAnimationFrame(() => requestAnimationFrame(() => done(idle())));
"""
SPECIES = """
return Object.fromEntries([...document.querySelectorAll(".facet .form-check")].map(check => [
    check.querySelector(".facet-value").innerText,
    [check.querySelector("input").checked, check.querySelector(".facet-count").innerText]]));
"""
FACET = """
const fieldset = [...document.querySelectorAll("fieldset[data-facet]")]
    .find(one => one.dataset.facet === arguments[0]);
return [...fieldset.querySelectorAll(".form-check")].filter(check => check.offsetParent)
    .map(check => ({
        text: check.querySelector(".facet-value").textContent,
        ticked: check.querySelector("input").checked,
        count: check.querySelector(".facet-count").innerText,
        symbol: (check.querySelector(".glyph") || {innerText: ""}).innerText,
        dimmed: Boolean(check.querySelector(".no-rows"))}));
"""
EDGES = """
return Object.fromEntries([...document.querySelectorAll("#table td.dash-cell")]
    .filter(cell => getComputedStyle(cell).boxShadow !== "none")
    .map(cell => [cell.dataset.dashColumn, true]));
"""
BOUNDS = """
return Object.fromEntries([...document.querySelectorAll(".filter[data-measure]")].map(filter => [
    filter.dataset.measure, [...filter.querySelectorAll("input.bound")].map(e => e.value)]));
"""
ROWS = """
return [...document.querySelectorAll("#table tr")]
    .map(row => [...row.querySelectorAll("td.dash-cell")].map(cell => cell.textContent.trim()))
    .filter(row => row.length);
"""
FIGURE = """
return document.querySelector(`#${arguments[0]} .js-plotly-plot`).data
    .filter(trace => trace.opacity !== 0.3)
    .map(trace => ({name: trace.name, x: Array.from(trace.x || []), y: Array.from(trace.y || []),
                    type: trace.type, yaxis: trace.yaxis || "y"}));
"""
HISTOGRAM = """
const {paths, layout} = window.store.getState();
const store = paths.strs.histograms.reduce((at, key) => at[key], layout);
const named = ["column", "time"].map((key) => `.filter[data-${key}='${arguments[0]}']`);
const filter = document.querySelector(named.join());
const drawn = {all: [], inside: [], outside: []};
for (const path of filter.querySelectorAll(".histogram path")) {
    for (const bar of path.getAttribute("d").matchAll(/M\\S+ (\\S+)V(\\S+)H/g)) {
        drawn[path.getAttribute("class") || "inside"].push(Number(bar[1]) - Number(bar[2]));
    }
}
return {...store.props.data[arguments[0]], drawn};
"""
BOX = """
const part = document.querySelector(arguments[0]);
part.scrollIntoView({block: "center"});
return part.getBoundingClientRect().toJSON();
"""
CHIPS = """
return [...document.querySelectorAll("#chips .chip")].map(chip =>
    [...chip.querySelectorAll("span")].map(part => part.innerText));
"""
NUMBERS = """
return [...document.querySelectorAll(`${arguments[0]} .numbers tr`)]
    .map(row => [...row.children].map(cell => cell.textContent.trim()));
"""
DELAYED_ANSWERS = """
window.answerDelays = [];
const plain = window.fetch;
window.fetch = async (...request) => {
    const url = String(request[0].url || request[0]);
    const delay = url.includes("_dash-update-component") && window.answerDelays.shift();
    const answer = await plain(...request);
    if (delay) await new Promise(done => setTimeout(done, delay));
    await window.held;
    return answer;
};
"""
RECORD = """
window.recorded = [];
for (const selector of arguments) {
    const part = document.querySelector(selector);
    const keep = () => window.recorded.push([selector, part.textContent, performance.now()]);
    new MutationObserver(keep).observe(
        part, {childList: true, characterData: true, subtree: true});
}
"""


LOADED = """
return performance.getEntries().filter(entry => entry.entryType === "resource"
    || entry.entryType === "navigation").map(entry => entry.name);
"""


class Page:
    """A browser's tab at one server; `tolerated`: parts of console messages a story expects."""

    def __init__(self, driver: Chrome, origin: str) -> None:
        self.driver = driver
        self.origin = origin
        self.tolerated: tuple[str, ...] = ()

    # --- Opening and waiting

    def open(self, address: str = "/") -> None:
        """Load an address of the server afresh."""
        self.driver.get(self.origin + address)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns in the page."""
        return self.driver.execute_script(script, *arguments)

    def cdp(self, command: str, **arguments: Any) -> None:
        """Send a command of the DevTools protocol."""
        self.driver.execute_cdp_cmd(command, arguments)

    def until(self, holds: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS) -> None:
        """Wait until a condition holds."""
        wait = WebDriverWait(self.driver, seconds, 0.05, NOT_YET)
        try:
            wait.until(lambda _: holds())
        except TimeoutException:
            raise AssertionError(f"not within {seconds} s: {what}") from None

    def expect(self, read: Callable[[], Any], wanted: Any, seconds: float = WAIT_SECONDS) -> None:
        """Wait until what is read is what is wanted."""
        found: list[Any] = ["nothing"]

        def same() -> bool:
            found[0] = read()
            return bool(found[0] == wanted)

        try:
            self.until(same, "", seconds)
        except AssertionError:
            raise AssertionError(f"wanted {wanted!r}, the page has {found[0]!r}") from None

    def expect_count(
        self, count: int, of: str = "150 flowers", seconds: float = WAIT_SECONDS
    ) -> None:
        """Wait until the page says that so many rows match, and shows all that goes with them."""
        self.expect(self.count, f"{count:,} of {of}", seconds)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has nothing more to ask or to show."""
        script = self.driver.execute_async_script
        self.until(lambda: script(IDLE), "no callback under way, no chart being drawn")

    def resize(self, width: int, height: int, phone: bool = False) -> None:
        """Give the page a window of exactly this size."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )

    def prefer(self, scheme: str) -> None:
        """Let the system prefer light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.cdp("Emulation.setEmulatedMedia", features=features)

    def open_clipboard(self) -> None:
        """Let the page write to the clipboard and this object read it."""
        self.cdp(
            "Browser.grantPermissions",
            origin=self.origin,
            permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
        )
        self.cdp("Emulation.setFocusEmulationEnabled", enabled=True)

    def prepare(self, script: str) -> None:
        """Run a script before any other of every page that is opened from now on."""
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)

    def delay_answers(self) -> None:
        """Let `window.answerDelays` of the next page hold back answers by milliseconds each.

        A promise in `window.held` holds back all.
        """
        self.prepare(DELAYED_ANSWERS)

    def record(self, *selectors: str) -> None:
        """Keep each text that the first elements of selectors get from now on."""
        self.run(RECORD, *selectors)

    def recorded(self, selector: str) -> list[tuple[str, float]]:
        """Return the texts that an element got since it is recorded, with the milliseconds."""
        found = self.run("return window.recorded")
        return [(text, at) for part, text, at in found if part == selector]

    # --- What the page shows

    def find(self, selector: str) -> WebElement:
        """Return the first element of a selector, waiting for it."""
        self.until(lambda: self.all(selector), f"an element {selector}")
        return self.all(selector)[0]

    def all(self, selector: str) -> list[WebElement]:
        """Return the elements of a selector."""
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found

    def text(self, selector: str) -> str:
        """Return an element's visible text."""
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def visible(self, selector: str) -> bool:
        """Return whether there is such an element and each can be seen."""
        found = self.all(selector)
        return bool(found) and all(element.is_displayed() for element in found)

    def count(self) -> str:
        """Return the line of the count, such as "100 of 150 flowers"."""
        return self.text("#count")

    def search(self) -> str:
        """Return the query part of the address, with its "?"."""
        return str(self.run("return location.search"))

    def species(self) -> dict[str, tuple[bool, str]]:
        """Return per species whether it is ticked and the count beside it."""
        return {name: (ticked, count) for name, (ticked, count) in self.run(SPECIES).items()}

    def ticked(self) -> list[str]:
        """Return the species that are ticked."""
        return [name for name, (ticked, _) in self.species().items() if ticked]

    def facet(self, name: str) -> list[dict[str, Any]]:
        """Return text, ticked, count, symbol and dimmed of each checkbox that a facet shows."""
        return list(self.run(FACET, name))

    def coloured(self) -> list[str]:
        """Return the columns of the table that have a coloured edge."""
        return list(self.run(EDGES))

    def bounds(self) -> dict[str, tuple[str, str]]:
        """Return the texts of the two inputs of each measure."""
        return {label: (low, high) for label, (low, high) in self.run(BOUNDS).items()}

    def rows(self) -> list[list[str]]:
        """Return the rows that the table shows, as text, the species without its symbol."""
        return [[*row[:-1], row[-1].split()[-1]] for row in self.run(ROWS)]

    def figure(self, chart: str) -> list[dict[str, Any]]:
        """Return name, x and y of each of a chart's traces but the pale: groups filtered away."""
        return list(self.run(FIGURE, chart))

    def dots(self) -> list[dict[str, Any]]:
        """Return the scatter's traces of points, without the histograms beside them."""
        return [trace for trace in self.figure("scatter") if trace["type"] == "scatter"]

    def points(self) -> int:
        """Return how many points the scatter has."""
        return sum(len(trace["x"]) for trace in self.dots())

    def histogram(self, column: str) -> dict[str, Any]:
        """Return edges and counts above a slider, and in `drawn` the heights of its bars."""
        # A page may say its count before its script has drawn.
        self.until(lambda: self.run(HISTOGRAM, column)["drawn"]["all"], "bars above a slider")
        return dict(self.run(HISTOGRAM, column))

    def chips(self) -> list[list[str]]:
        """Return the parts of each chip: its filter's words, what it removes alone, a cross."""
        return list(self.run(CHIPS))

    def numbers(self, part: str) -> list[list[str]]:
        """Return the cells of the table of numbers within a part of the page, row by row."""
        return list(self.run(NUMBERS, part))

    def unfold_twins(self) -> None:
        """Unfold every chart's text twin that is in view, and wait until all are there."""
        for summary in self.all("details[data-twin] > summary"):
            if summary.is_displayed():
                summary.click()
        empty = "details[data-twin][open] > .twin-body:empty"
        self.until(lambda: not self.all(empty), "the twins' numbers")
        self.settle()

    def shows(self, selector: str) -> bool:
        """Return whether any element of a selector can be seen."""
        return any(element.is_displayed() for element in self.all(selector))

    def copied(self) -> str:
        """Return the text on the clipboard."""
        text: str = self.driver.execute_async_script(
            "navigator.clipboard.readText().then(arguments[0], error => arguments[0](`${error}`))"
        )
        return text

    # --- What a person does

    def click(self, selector: str) -> None:
        """Click the first element of a selector as soon as it can be clicked."""
        self.until(lambda: self.find(selector).click() is None, f"a click on {selector}")

    def toggle(self, name: str) -> None:
        """Click a species' checkbox."""
        self.click(f".facet input[value={name}]")

    def tick(self, facet: str, value: str) -> None:
        """Click the checkbox of a facet's value, both spelled as in the address."""
        self.click(f"fieldset[data-facet='{facet}'] .facet input[value='{value}']")

    def thumb(self, measure: str, side: str) -> WebElement:
        """Return a slider's thumb."""
        return self.find(f"[role=slider][aria-label='{measure}, {side}']")

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def view(self, name: str) -> None:
        """Choose a view."""
        self.click(f".views input[value='{name}']")

    def type_bound(self, measure: str, side: str, text: str) -> None:
        """Replace the text of one of a measure's inputs and press Enter."""
        label = f"label:nth-of-type({SIDES.index(side) + 1})"
        bound = self.find(f".filter[data-measure='{measure}'] {label} input.bound")
        bound.send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.ENTER)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a select by its value."""
        Select(self.find(selector)).select_by_value(value)

    def sort_by(self, column: str, add: bool = False) -> None:
        """Click a column's header, with Shift to add it to the order."""
        click = self.shift_click if add else self.click
        click(f"th[data-dash-column={column}] .column-header-name")

    def point(self, selector: str, spot: Spot = (0.5, 0.5), shift: bool = False) -> None:
        """Click where an element is, in parts of its width and height, whatever lies over it."""
        x, y = self.spot(selector, spot)
        common = {"x": x, "y": y, "modifiers": SHIFT if shift else 0}
        self.cdp("Input.dispatchMouseEvent", type="mouseMoved", **common)
        for kind in ("mousePressed", "mouseReleased"):
            event = {"type": kind, "button": "left", "clickCount": 1}
            self.cdp("Input.dispatchMouseEvent", **event, **common)

    def spot(self, selector: str, spot: Spot) -> Spot:
        """Return a spot of an element, given in parts of it, in the window's pixels.

        A chart that is being drawn moves its parts about, hence the wait.
        """
        boxes = [self.run(BOX, selector)]

        def still() -> bool:
            boxes.append(self.run(BOX, selector))
            return bool(boxes[-2] == boxes[-1])

        self.until(still, f"a place for {selector}")
        box = boxes[-1]
        return box["x"] + box["width"] * spot[0], box["y"] + box["height"] * spot[1]

    def shift_click(self, selector: str) -> None:
        """Click an element while Shift is held."""
        keys = ActionChains(self.driver)
        keys.key_down(Keys.SHIFT).click(self.find(selector)).key_up(Keys.SHIFT).perform()

    def drag(self, selector: str, start: Spot, end: Spot) -> None:
        """Drag the mouse over an element, between two spots in parts of its width and height."""
        ends = self.spot(selector, start), self.spot(selector, end)

        def mouse(kind: str, part: float, buttons: int) -> None:
            x, y = (a + (b - a) * part for a, b in zip(*ends, strict=True))
            button = "left" if buttons or kind == "mouseReleased" else "none"
            event = {"type": kind, "x": x, "y": y, "buttons": buttons, "button": button}
            self.cdp("Input.dispatchMouseEvent", **event, clickCount=int(kind != "mouseMoved"))

        mouse("mouseMoved", 0, 0)
        mouse("mousePressed", 0, 1)
        for step in range(1, 6):
            mouse("mouseMoved", step / 5, 1)
        mouse("mouseReleased", 1, 0)

    @contextmanager
    def hold(self, element: WebElement) -> Iterator[Callable[[int], None]]:
        """Hold the mouse on an element; the function given moves it sideways by pixels.

        Chromedriver forgets a pointer's capture between two chains of actions, hence DevTools.
        """
        box = self.run("return arguments[0].getBoundingClientRect().toJSON()", element)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def mouse(kind: str, buttons: int) -> None:
            event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons}
            self.cdp("Input.dispatchMouseEvent", **event, clickCount=int(kind != "mouseMoved"))

        def move(pixels: int) -> None:
            nonlocal x
            x += pixels
            mouse("mouseMoved", 1)

        mouse("mousePressed", 1)
        try:
            yield move
        finally:
            mouse("mouseReleased", 0)

    # --- What the browser recorded

    def complaints(self) -> list[str]:
        """Return the console's errors since the last call, without the tolerated ones."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE"
            and not any(part in entry["message"] for part in self.tolerated)
        ]

    def requests(self) -> list[str]:
        """Return the addresses on the network asked for since the last call.

        Chromedriver's log has lacked a whole tab's requests now and then, hence also what the page
        itself knows of its own.
        """
        events = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        asked = [
            str(event["params"]["request"]["url"])
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        asked += self.run(LOADED)
        return [url for url in asked if urlsplit(url).scheme in WEB]


def story(page: Page) -> Iterator[Page]:
    """Run a story in a new tab: no error in its console, no request to another host."""
    driver = page.driver
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    page.resize(*WINDOW)
    page.complaints()
    page.requests()
    yield page
    complaints, requests = page.complaints(), page.requests()
    driver.close()
    driver.switch_to.window(first)
    assert not complaints, "\n".join(complaints)
    assert requests, "the browser recorded no request"
    assert [url for url in requests if not url.startswith(f"{page.origin}/")] == []
