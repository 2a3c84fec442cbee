"""Print one table of ratios from one run, with the machine's facts."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import pandas as pd

from benchmarks import (
    aggregates,
    callback,
    columns,
    drag,
    engine_start,
    express_callback,
    first_load,
    opening,
    ten_million,
    wide_table,
)
from iris_dash.config.settings import Settings
from iris_dash.server.worker import PLACES
from iris_dash.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 3
ROUNDS = 7


def median_ms(call: Callable[[], object], times: int = 100, warm_up: int = 20) -> float:
    """Return the median time of a call in milliseconds."""
    for _ in range(warm_up):
        call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def callback_request() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return our callback as Dash's own HTTP route answers it, and the plain Dash app's.

    Each call has another bound, so that no answer comes from a cache.
    """
    app = create_app(settings=Settings(log="none"))
    client = app.server.test_client()
    spec = callback.specification(client.get("/_dash-dependencies").get_json())
    lows = (4.3 + step % 1000 / 1000 for step in count())

    def ours() -> object:
        ranges = {"sepal_length": [next(lows), 7.9], "petal_width": [0.1, 2.2]}
        answer = client.post("/_dash-update-component", json=callback.body(spec, ranges))
        assert answer.status_code == 200, answer.text
        return answer.data

    frame = pd.read_csv(ROOT / "data" / "iris.csv")

    def theirs() -> object:
        ranges = {"sepal_length": [next(lows), 7.9], "petal_width": [0.1, 2.2]}
        return express_callback.update(frame, ["setosa", "versicolor", "virginica"], ranges)

    return ours, theirs


def requests_per_second(address: str, mode: str, path: str = "/range/") -> float:
    """Return what wrk measures with 8 connections, all answers 200."""
    run = subprocess.run(
        [
            "wrk", "-t1", "-c8", f"-d{SECONDS}s",
            "-s", str(ROOT / "benchmarks" / "range_requests.lua"), f"{address}{path}",
        ],
        env={**os.environ, "MODE": mode},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    if "Non-2xx" in run.stdout or "Socket errors" in run.stdout:
        raise RuntimeError(run.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    assert found
    return float(found[1])


def granian(target: str) -> list[str]:
    """Return the command that serves another application as this one is served, by one worker."""
    options = f"--interface wsgi --workers 1 --blocking-threads {PLACES} --log-level warning"
    where = "--host $HOST --port $PORT"
    return ["sh", "-c", f"exec {sys.executable} -m granian {options} {where} {target}"]


def uvicorn(target: str) -> list[str]:
    """Return the command that serves an ASGI application by one worker."""
    where = "--host $HOST --port $PORT"
    options = "--workers 1 --no-access-log --log-level warning"
    return ["sh", "-c", f"exec {sys.executable} -m uvicorn {options} {where} {target}"]


def routes() -> list[tuple[str, float, float]]:
    """Return (what, requests/s, ratio to the bare route or rival) from alternating rounds."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from processes import running

    names = {
        "bare": "bare Flask route returning a constant",
        "read": "the same after reading the body",
        "fresh": "POST /range/, another query each time",
        "same": "POST /range/, the same query",
        "list fresh": "FastAPI over a list, another query each time",
        "list same": "FastAPI over a list, the same query",
    }
    figures: dict[str, list[float]] = {name: [] for name in names}
    with (
        running() as ours,
        running(granian("benchmarks.bare_flask:server")) as bare,
        running(uvicorn("benchmarks.list_service:server")) as rival,
    ):
        for _ in range(ROUNDS):
            figures["bare"].append(requests_per_second(bare.url, "same"))
            figures["read"].append(requests_per_second(bare.url, "same", "/read/"))
            figures["fresh"].append(requests_per_second(ours.url, "fresh"))
            figures["same"].append(requests_per_second(ours.url, "same"))
            figures["list fresh"].append(requests_per_second(rival.url, "fresh"))
            figures["list same"].append(requests_per_second(rival.url, "same"))

    def beside(key: str, other: str) -> float:
        pairs = zip(figures[key], figures[other], strict=True)
        return statistics.median(rate / base for rate, base in pairs)

    rows = [
        (names[key], statistics.median(rates), beside(key, "bare"))
        for key, rates in figures.items()
    ]
    for key in ("fresh", "same"):
        rate = statistics.median(figures[key])
        rows.append((f"{names[key]}, beside the bare one that reads", rate, beside(key, "read")))
        rows.append((f"{names[key]}, beside FastAPI", rate, beside(key, f"list {key}")))
    return rows


def main() -> None:
    """Measure and print: 150 rows, the routes, the page in a browser, long tables."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    print(f"{date.today()}, Python {platform.python_version()}, {os.cpu_count()} cores,", end=" ")
    print(cpu[1] if cpu else platform.machine())
    ours, theirs = callback_request()
    one, other = median_ms(ours), median_ms(theirs)
    print("\n| dashboard, 150 rows, inside the server | median ms | ratio |\n|---|---|---|")
    print(f"| callback built with plotly.express | {other:.1f} | 1 |")
    print(f"| this dashboard's data callback | {one:.1f} | {one / other:.2f} |")
    print("\n| Granian, 1 worker, 8 connections | requests/s | ratio |\n|---|---|---|")
    for what, rate, ratio in routes():
        print(f"| {what} | {rate:,.0f} | {ratio:.2f} |")
    first_load.main(granian("benchmarks.plain_dash:server"))
    wide_table.main()
    drag.main(granian)
    ten_million.main()
    aggregates.main()
    columns.main()
    opening.main()
    engine_start.main()


if __name__ == "__main__":
    main()
