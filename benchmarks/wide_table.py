"""A table of 400 measures and 40 facets in a browser, beside the irises: both have 150 rows."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chromium import chromium
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
# Presses a key on a slider's thumb; waits for the frame that shows it.
KEY = """
const [column, done] = arguments;
const filter = document.querySelector(`.filter[data-column="${column}"]`);
const [thumb] = filter.querySelectorAll("[role=slider]");
const box = filter.querySelector("input.bound");
const before = box.value;
thumb.focus();
const start = performance.now();
const key = {key: "ArrowRight", code: "ArrowRight", keyCode: 39, which: 39, bubbles: true};
thumb.dispatchEvent(new KeyboardEvent("keydown", key));
const seen = () => requestAnimationFrame(() => setTimeout(() => {
    if (box.value === before) seen();
    else done(performance.now() - start);
}));
seen();
"""
INDEXED = "return performance.getEntriesByName(location.origin + '/_live-index').length > 0"
READY = "return Boolean(document.querySelector('#main:not(.is-loading) .js-plotly-plot .trace'))"


def steps(
    url: str, column: str, ends: tuple[float, float], step: float
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of some steps of a slider: by keys, and of those that are asked."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from waiting import wait_for

    with chromium() as driver:
        driver.get(url)
        wait_for(lambda: driver.execute_script(READY))
        time.sleep(1)  # nobody takes a slider at once, while the page puts the last parts in place
        low, high = ends
        asked = [
            driver.execute_async_script(STEP, column, low + place * step, high)
            for place in range(1, STEPS + 4)
        ]
        driver.execute_async_script(STEP, column, low, high)
        driver.execute_async_script(KEY, column)
        wait_for(lambda: driver.execute_script(INDEXED))
        keyed = [driver.execute_async_script(KEY, column) for _ in range(STEPS + 3)]
        return keyed[3:], asked[3:]


def main() -> None:
    """Measure alternating rounds, each in a new browser, and print."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from page_loads import PageLoad, page_loads
    from processes import running

    loads: dict[str, list[PageLoad]] = {"iris": [], "wide": []}
    keyed: dict[str, list[float]] = {"iris": [], "wide": []}
    asked: dict[str, list[float]] = {"iris": [], "wide": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sensors.csv"
        sensors().write_csv(path)
        with running() as iris, running(more={"IRIS_DASH_DATA": str(path)}) as wide:
            for _ in range(ROUNDS):
                loads["iris"] += page_loads(f"{iris.url}/", 1)
                loads["wide"] += page_loads(f"{wide.url}/", 1)
                stood = "/?_filters=sensor_000," + ",".join(f"state_{n}" for n in range(11))
                for key, one in (
                    ("iris", (f"{iris.url}/", "sepal_length", (4.3, 7.9), 0.1)),
                    ("wide", (f"{wide.url}{stood}", "sensor_000", (0, 115), 6)),
                ):
                    by_key, by_question = steps(*one)
                    keyed[key] += by_key
                    asked[key] += by_question
    print("\n| a page in Chromium, 150 rows | irises | 400 measures, 40 facets | ratio |")
    print("|---|---|---|---|")
    for what, unit, figures in (
        ("first load", "kB", {key: [one.size / 1e3 for one in loads[key]] for key in loads}),
        ("first chart", "ms", {key: [one.first_chart for one in loads[key]] for key in loads}),
        ("a step of a slider, by a key", "ms", keyed),
        ("a step that is asked", "ms", asked),
    ):
        one, other = (statistics.median(figures[key]) for key in ("iris", "wide"))
        print(f"| {what} | {one:,.0f} {unit} | {other:,.0f} {unit} | {other / one:.2f} |")


if __name__ == "__main__":
    main()
