"""A brush over a histogram of FlexViz, whose cube answers in the browser: in a Python of its own.

It needs newer packages than this product pins, so they are installed apart, once; the scripts that
its page asks a CDN for come from npm.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.chromium import ROOT, chromium, mouse_at

if TYPE_CHECKING:
    from benchmarks.drag import Drags

PACKAGE = "flexviz==0.1.0b5"
SCRIPTS = ("plotly.js-dist-min@4.1.1", "gridstack@12.6.0")
PLACE = ROOT / ".venv" / "flexviz"
PYTHON = PLACE / "bin" / "python"
UV = Path(sys.executable).with_name("uv")

STEPS, APART = 10, 12
"""So many single moves of the brush's end, of so many pixels."""

BEGIN, WIDE = 10, 40
"""Where a brush begins in the chart, and how wide it is at first, in pixels."""

READY = "return document.querySelectorAll('.js-plotly-plot .bars, .js-plotly-plot .hm').length > 4"
# Its first chart selects instead of zooming: "cross-filter".
SELECT = "[...document.querySelectorAll('button')].find((one) => one.textContent === 'CF').click()"
PLOT = """
return document.querySelector(".js-plotly-plot .nsewdrag").getBoundingClientRect().toJSON();
"""
# After each move: when the next chart had other numbers, once that frame was painted.
WATCH = """
const [, other] = document.querySelectorAll(".js-plotly-plot");
const numbers = () => JSON.stringify(other.data.map(({y}) => [...(y ?? [])]));
const watch = {frames: [], taken: [], pictures: new Set(), moved: 0};
window.watched = watch;
document.addEventListener("mousemove", () => (watch.moved = performance.now()), true);
let last = performance.now();
let seen = numbers();
const look = (now) => {
    watch.frames.push(now - last);
    last = now;
    const is = numbers();
    if (is !== seen) {
        seen = is;
        watch.pictures.add(is);
        const {moved} = watch;
        setTimeout(() => watch.taken.push(performance.now() - moved));
    }
    requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
AGAIN = """
performance.clearResourceTimings();
window.watched.taken = [];
window.watched.frames = [];
window.watched.pictures.clear();
"""
WATCHED = """
const {frames, taken, pictures} = window.watched;
const asked = performance.getEntriesByType("resource")
    .filter(({name}) => name.includes("/dashboard/update")).length;
return {frames: frames.slice(1), taken, shown: pictures.size, asked};
"""


def install() -> None:
    """Install FlexViz into a Python of its own, and beside it the scripts of its page."""
    if not PYTHON.exists():
        subprocess.run([UV, "venv", "--quiet", PLACE, "--python", sys.executable], check=True)
    subprocess.run([UV, "pip", "install", "--quiet", "--python", PYTHON, PACKAGE], check=True)
    quietly = ("--silent", "--no-audit", "--no-fund")
    subprocess.run(["npm", "install", *quietly, "--prefix", PLACE, *SCRIPTS], check=True)


@contextmanager
def serving(path: Path) -> Iterator[str]:
    """Serve a file of flowers; yield the address of its dashboard."""
    from ports import free_port

    command = [PYTHON, ROOT / "benchmarks" / "brushed_flexviz.py", path, str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def measure(url: str, found: Drags) -> None:
    """Brush a histogram in a browser of its own: step by step, then as a slider is dragged."""
    from waiting import wait_for

    from benchmarks.drag import BETWEEN, MOVES, PIXELS, REST

    with chromium() as driver:
        driver.get(url)
        wait_for(lambda: driver.execute_script(READY))
        driver.execute_script(SELECT)
        time.sleep(REST)
        box = driver.execute_script(PLOT)
        x, y = box["x"] + BEGIN, box["y"] + box["height"] / 2

        mouse = mouse_at(driver, y)

        def watched() -> dict[str, Any]:
            return dict(driver.execute_script(WATCHED))

        mouse("mouseMoved", x, 0)
        time.sleep(REST)
        driver.execute_script(WATCH)
        mouse("mousePressed", x)
        mouse("mouseMoved", x := x + WIDE)
        wait_for(lambda: watched()["taken"])
        found.first.append(watched()["taken"][0])
        for _ in range(STEPS):
            time.sleep(REST)
            driver.execute_script(AGAIN)
            mouse("mouseMoved", x := x + APART)
            time.sleep(REST)
            found.keyed += watched()["taken"][-1:]
        driver.execute_script(AGAIN)
        for _ in range(MOVES):
            mouse("mouseMoved", x := x + PIXELS)
            time.sleep(BETWEEN)
        seen = watched()
        mouse("mouseReleased", x, 0)
        found.frames.append(seen["frames"])
        found.asked.append(seen["asked"])
        found.shown.append(seen["shown"])
