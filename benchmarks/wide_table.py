"""A table of 400 measures and 40 facets in a browser, beside the irises: both have 150 rows."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from benchmarks.generate import sensors

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
STEPS = 15

# Moves the lower end of a slider, each time past some rows; waits until charts and count show it.
STEP = """
const [column, low, high, done] = arguments;
const charts = [...document.querySelectorAll("#scatter, #means")]
    .map(one => one.querySelector(".js-plotly-plot"));
const drawn = charts.map(chart => {
    const before = chart.data;
    return new Promise(then => chart.on("plotly_afterplot", () => {
        if (chart.data !== before) then();
    }));
});
const counted = new Promise(then => new MutationObserver((_, observer) => {
    observer.disconnect();
    then();
}).observe(document.querySelector("#count"),
    {childList: true, characterData: true, subtree: true}));
const start = performance.now();
window.dash_clientside.set_props({role: "range", column}, {value: [low, high]});
Promise.all([...drawn, counted]).then(() => done(performance.now() - start));
"""
READY = "return Boolean(document.querySelector('#main:not(.is-loading) .js-plotly-plot .trace'))"


def steps(url: str, column: str, ends: tuple[float, float], step: float) -> list[float]:
    """Return the milliseconds that each of some steps of a slider takes in a browser."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from page_loads import FLAGS
    from waiting import wait_for

    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    for flag in (*FLAGS, *root):
        options.add_argument(flag)
    driver = Chrome(service=Service(shutil.which("chromedriver") or ""), options=options)
    try:
        driver.set_script_timeout(60)
        driver.get(url)
        wait_for(lambda: driver.execute_script(READY))
        low, high = ends
        taken = [
            driver.execute_async_script(STEP, column, low + place * step, high)
            for place in range(1, STEPS + 4)
        ]
        return taken[3:]
    finally:
        driver.quit()


def main() -> None:
    """Measure alternating rounds, each in a new browser, and print."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from page_loads import PageLoad, page_loads
    from processes import running

    loads: dict[str, list[PageLoad]] = {"iris": [], "wide": []}
    stepped: dict[str, list[float]] = {"iris": [], "wide": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sensors.csv"
        sensors().write_csv(path)
        with running() as iris, running(more={"IRIS_DASH_DATA": str(path)}) as wide:
            for _ in range(ROUNDS):
                loads["iris"] += page_loads(f"{iris.url}/", 1)
                loads["wide"] += page_loads(f"{wide.url}/", 1)
                stepped["iris"] += steps(f"{iris.url}/", "sepal_length", (4.3, 7.9), 0.1)
                stood = "/?_filters=sensor_000," + ",".join(f"state_{n}" for n in range(11))
                stepped["wide"] += steps(f"{wide.url}{stood}", "sensor_000", (0, 119), 6)
    print("\n| a page in Chromium, 150 rows | irises | 400 measures, 40 facets | ratio |")
    print("|---|---|---|---|")
    for what, unit, figures in (
        ("first load", "kB", {key: [one.size / 1e3 for one in loads[key]] for key in loads}),
        ("first chart", "ms", {key: [one.first_chart for one in loads[key]] for key in loads}),
        ("a step of a slider", "ms", stepped),
    ):
        one, other = (statistics.median(figures[key]) for key in ("iris", "wide"))
        print(f"| {what} | {one:,.0f} {unit} | {other:,.0f} {unit} | {other / one:.2f} |")


if __name__ == "__main__":
    main()
