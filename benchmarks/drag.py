"""A slider that is dragged, and stepped by keys, beside a plain Dash page and FlexViz."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

from benchmarks import brush
from benchmarks.chromium import ROOT, chromium, mouse_at
from benchmarks.generate import flowers
from iris_dash.config.settings import DEFAULT_DATA

ROUNDS = 3
KEYS = 10
MOVES, PIXELS, BETWEEN = 60, 3, 0.016
"""A drag: so many moves of so many pixels, so many seconds apart."""

REST = 1.2
"""Seconds after which an answer to a step has come and is drawn, or is waited for no more."""

READY = "return document.querySelectorAll('#scatter .main-svg, #means .main-svg').length > 1"
THUMB = """
const [thumb] = document.querySelectorAll("[data-column=sepal_length] [role=slider]");
return thumb ?? document.querySelector("#sepal_length [role=slider]");
"""
# Presses a key; done when the count is another and both charts are drawn.
KEY = """
const [thumb, done] = arguments;
const count = document.querySelector("#count");
const charts = [...document.querySelectorAll("#scatter, #means")]
    .map((one) => one.closest(".js-plotly-plot") ?? one.querySelector(".js-plotly-plot"));
const drawn = charts.map((chart) => new Promise((then) => {
    const before = chart.data;
    chart.on("plotly_afterplot", () => chart.data !== before && then());
}));
const counted = new Promise((then) => new MutationObserver((_, observer) => {
    observer.disconnect();
    then();
}).observe(count, {childList: true, characterData: true, subtree: true}));
thumb.focus();
const start = performance.now();
const key = {key: "ArrowRight", code: "ArrowRight", keyCode: 39, which: 39, bubbles: true};
thumb.dispatchEvent(new KeyboardEvent("keydown", key));
// Whoever draws at once does so before the frame; a timer that it sets runs once it is painted.
const seen = () => setTimeout(() => done(performance.now() - start));
Promise.all([...drawn, counted]).then(() => requestAnimationFrame(seen));
"""
WATCH = """
performance.clearResourceTimings();
window.watched = {frames: [], counts: new Set(), goes: true};
let last = performance.now();
const look = (now) => {
    window.watched.frames.push(now - last);
    last = now;
    window.watched.counts.add(document.querySelector("#count").textContent);
    if (window.watched.goes) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
WATCHED = """
const {frames, counts} = window.watched;
window.watched.goes = false;
const asked = performance.getEntriesByType("resource")
    .filter(({name}) => name.includes("_dash-update-component")).length;
return {frames: frames.slice(1), shown: counts.size - 1, asked};
"""


@dataclass
class Drags:
    """What some rounds measured: milliseconds to the last repaint, and of drags."""

    first: list[float] = field(default_factory=list)
    keyed: list[float] = field(default_factory=list)
    frames: list[list[float]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)

    def texts(self) -> list[str]:
        """Return a text per row of the printed table."""
        frames = [one for drag in self.frames for one in drag]
        longest = statistics.median(max(drag) for drag in self.frames)
        return [
            f"{statistics.median(self.first):.0f} ms",
            f"{statistics.median(self.keyed):.0f} ms",
            f"{statistics.median(self.asked):.0f}",
            f"{statistics.median(self.shown):.0f}",
            f"{statistics.median(frames):.1f} / {percentile(frames, 0.95):.1f} / {longest:.0f} ms",
        ]


ROWS = (
    "key (a brush: move) to the last repaint, the first time",
    "the same, median",
    "requests in a drag of 60 moves",
    "different counts (a brush: charts) shown in it",
    "its frames: median / 95th percentile / longest",
)


def percentile(taken: Sequence[float], share: float) -> float:
    """Return the value that this share of the times do not exceed."""
    return sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


def measure(url: str, found: Drags) -> None:
    """Step a slider by keys, and drag it, in a browser of its own."""
    from waiting import wait_for

    with chromium() as driver:
        driver.get(url)
        wait_for(lambda: driver.execute_script(READY))
        time.sleep(REST)
        thumb = driver.execute_script(THUMB)
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", thumb)
        found.first.append(driver.execute_async_script(KEY, thumb))
        for _ in range(KEYS):
            time.sleep(REST)
            found.keyed.append(driver.execute_async_script(KEY, thumb))
        time.sleep(REST)
        _drag(driver, thumb, found)


def _drag(driver: Chrome, thumb: Any, found: Drags) -> None:
    box = driver.execute_script("return arguments[0].getBoundingClientRect().toJSON()", thumb)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    mouse = mouse_at(driver, y)
    mouse("mouseMoved", x, 0)
    time.sleep(REST)  # as a hand takes
    driver.execute_script(WATCH)
    mouse("mousePressed", x)
    for move in range(1, MOVES + 1):
        mouse("mouseMoved", x + move * PIXELS)
        time.sleep(BETWEEN)
    watched = driver.execute_script(WATCHED)
    mouse("mouseReleased", x + MOVES * PIXELS, 0)
    found.frames.append(watched["frames"])
    found.asked.append(watched["asked"])
    found.shown.append(watched["shown"])


def main(server_of: Any) -> None:
    """Measure alternating rounds over three tables, and print; `server_of`: serves a target."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from processes import running

    brush.install()
    with tempfile.TemporaryDirectory() as folder:
        tables = {"150 rows": Path(DEFAULT_DATA)}
        for kind in ("measured", "continuous"):
            path = Path(folder) / f"{kind}.arrow"
            flowers(measured=kind == "measured").write_ipc(path)
            tables[f"ten million {kind}"] = path
        for name, path in tables.items():
            ours, plain, brushed = Drags(), Drags(), Drags()
            rival = server_of("benchmarks.dragged_dash:server")
            # Each alone and begun anew, so that none has anything ready from the round before.
            for _ in range(ROUNDS):
                with running(rival, more={"PLAIN_TABLE": str(path)}) as server:
                    measure(f"{server.url}/", plain)
                with brush.serving(path) as url:
                    brush.measure(url, brushed)
                with running(more={"IRIS_DASH_DATA": str(path)}) as server:
                    measure(f"{server.url}/", ours)
            print(f"\n| a slider, {name} | plain Dash | FlexViz | this dashboard |")
            print("|---|---|---|---|")
            columns = (ROWS, plain.texts(), brushed.texts(), ours.texts())
            for row in zip(*columns, strict=True):
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    from benchmarks.__main__ import granian

    main(granian)
