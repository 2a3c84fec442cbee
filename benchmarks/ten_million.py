"""Ten million rows: views, pages, files and memory, beside Polars doing the same work."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import psutil

from benchmarks import callback
from benchmarks.generate import codes, flowers, pickings, titles
from iris_dash.explorer import Explorer

AXES = ("petal_length", "petal_width")
STEPS = 40
PEOPLE = 8
SECONDS = 5
Row = tuple[str, str, str]


def timed(calls: Iterator[Callable[[], object]]) -> list[float]:
    """Return how many milliseconds each call takes."""
    taken = []
    for call in calls:
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def percentile(taken: list[float], share: float) -> float:
    """Return the value that this share of the times do not exceed."""
    return sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


def six_views(explorer: Explorer, **bounds: dict[str, float | str]) -> None:
    """Four histograms, means and a density, after a step of a slider."""
    query = explorer.query(**bounds)
    aggregates, by = explorer.aggregates(query), explorer.schema.facets[0]
    aggregates.density(query, AXES, by)
    aggregates.histograms(query, by, AXES)
    aggregates.means(query, by)


def polars_six_views(frame: pl.DataFrame, selected: pl.Expr) -> None:
    """The same in plain Polars: six groupings of one filter, collected together."""
    rows = frame.lazy().filter(selected)
    names = frame.columns[:4]
    views = []
    for name in names:
        first, last = frame[name].min(), frame[name].max()
        width = (last - first) / 50
        bins = ((pl.col(name) - first) / width).cast(pl.Int32).alias("bin")
        views.append(rows.group_by("species", bins).agg(pl.len()))
    views.append(rows.group_by("species").agg(pl.len(), *(pl.col(n).mean() for n in names)))
    plane = [
        ((pl.col(name) - frame[name].min()) / ((frame[name].max() - frame[name].min()) / 100))
        .cast(pl.Int32)
        .alias(axis)
        for name, axis in zip(AXES, "xy", strict=True)
    ]
    views.append(rows.group_by("species", *plane).agg(pl.len()))
    pl.collect_all(views)


def views_rows(kind: str, frame: pl.DataFrame) -> list[Row]:
    """Return the rows of the table about one generated table, in this process."""
    explorer = Explorer.open(frame)
    start = time.perf_counter()
    rollup = explorer.rollup
    built = time.perf_counter() - start
    lows = [
        4.5 + 0.05 * (i % 20) if kind == "continuous" else 4.5 + 0.1 * (i % 10)
        for i in range(STEPS)
    ]
    lows = [round(low, 2) for low in lows]
    upper = {"petal_length": 6.5}

    def step(low: float) -> None:
        six_views(explorer, lower={"sepal_length": low}, upper=upper)

    def plain_step(low: float) -> None:
        chosen = (pl.col("sepal_length") >= low) & (pl.col("petal_length") <= 6.5)
        polars_six_views(frame, chosen)

    ours, theirs = [], []
    for low in lows[:10]:
        theirs += timed(iter([partial(plain_step, low)]))
        ours += timed(iter([partial(step, low)]))
    for low in lows[10:]:
        ours += timed(iter([partial(step, low)]))
    base = statistics.median(theirs)
    cells = f"{len(rollup):,} cells" if rollup and rollup.n is not None else "a cell per row"
    rows = [
        (f"{kind}: six views in plain Polars", f"{base:.0f} ms", "1"),
        (
            f"{kind}: six views here, median / p95, first touch included",
            f"{statistics.median(ours):.1f} / {percentile(ours, 0.95):.1f} ms",
            f"{statistics.median(ours) / base:.3f}",
        ),
        (f"{kind}: made ready at start ({cells})", f"{built:.1f} s", ""),
    ]
    if kind == "measured":
        selected = (pl.col("sepal_length") >= 4.5) & (pl.col("petal_length") <= 6.5)
        top = timed(
            iter([lambda: frame.lazy().filter(selected).top_k(10, by="sepal_width").collect()] * 9)
        )
        query = explorer.query(
            lower={"sepal_length": 4.5},
            upper={"petal_length": 6.5},
            sort="-sepal_width",
            per_page=10,
        )
        page = timed(iter([lambda: explorer.records(query)] * 9))
        base = statistics.median(top)
        rows += [
            ("a sorted page of 10: Polars' top_k", f"{base:.0f} ms", "1"),
            (
                "a sorted page of 10 here, with its count",
                f"{statistics.median(page):.0f} ms",
                f"{statistics.median(page) / base:.2f}",
            ),
        ]
    return rows


def time_rows() -> list[Row]:
    """Return the rows of the table about a slider over the seconds of a year."""
    frame = pickings()
    explorer = Explorer.open(frame)
    _ = explorer.rollup
    start = time.perf_counter()
    index = explorer.time_index
    built = time.perf_counter() - start
    days = [date(2013, 3, 1) + timedelta(days=i) for i in range(STEPS // 2)]
    end, upper = datetime(2013, 9, 1), {"picked": "2013-08", "petal_length": 6.5}

    def step(day: date) -> None:
        six_views(explorer, lower={"picked": str(day)}, upper=upper)

    def plain_step(day: date) -> None:
        inside = (pl.col("picked") >= day) & (pl.col("picked") < end)
        polars_six_views(frame, inside & (pl.col("petal_length") <= 6.5))

    ours, theirs = [], []
    for day in days:
        theirs += timed(iter([partial(plain_step, day)]))
        ours += timed(iter([partial(step, day)]))
    base = statistics.median(theirs)
    cells = f"{index.cells:,} cells" if index else "no index"
    return [
        ("a year to the second: six views in plain Polars", f"{base:.0f} ms", "1"),
        (
            "a year to the second: six views here after a step of the time's slider, median / p95",
            f"{statistics.median(ours):.1f} / {percentile(ours, 0.95):.1f} ms",
            f"{statistics.median(ours) / base:.3f}",
        ),
        (
            f"a year to the second: put into the order of time at start ({cells})",
            f"{built:.1f} s",
            "",
        ),
    ]


def text_rows() -> list[Row]:
    """Return the rows of the table about titles that contain a text."""
    frame = titles()
    explorer = Explorer.open(frame)
    parts = [f"winter {n}" for n in range(11, 20)]
    ours, theirs = [], []
    for part in parts:
        small = pl.col("title").str.to_lowercase()
        plain = frame.lazy().filter(small.str.contains(part, literal=True)).select(pl.len())
        theirs += timed(iter([plain.collect]))
        query = explorer.query(where={"title": {"has": part}})
        ours += timed(iter([partial(explorer.count, query)]))
    base = statistics.median(theirs)
    return [
        ("titles that contain a text, counted: Polars", f"{base:.0f} ms", "1"),
        (
            "the same here, `~has:`",
            f"{statistics.median(ours):.0f} ms",
            f"{statistics.median(ours) / base:.2f}",
        ),
    ]


def values_rows() -> list[Row]:
    """Return the rows of the table about the values of a column that has very many."""
    frame = codes()
    explorer = Explorer.open(frame)
    top = frame.lazy().group_by("code").len().top_k(100, by="len")
    ours, theirs = [], []
    for _ in range(5):
        theirs += timed(iter([top.collect]))
        ours += timed(iter([lambda: explorer.values("code")]))
    base = statistics.median(theirs)
    return [
        ("the commonest of 100,000 values: Polars' group_by and top_k", f"{base:.0f} ms", "1"),
        (
            "the same here, ties in order, with their number",
            f"{statistics.median(ours):.0f} ms",
            f"{statistics.median(ours) / base:.2f}",
        ),
    ]


def workers_of(server_pid: int) -> list[psutil.Process]:
    """Return a server's workers."""
    children = psutil.Process(server_pid).children(recursive=True)
    return [child for child in children if child.memory_info().rss > 80e6]


def resident(server_pid: int) -> float:
    """Return the resident memory of a server's workers in MB."""
    return sum(worker.memory_info().rss for worker in workers_of(server_pid)) / 1e6


def own(server_pid: int) -> list[float]:
    """Return the memory that each worker shares with no other process (USS) in MB."""
    return [worker.memory_full_info().uss / 1e6 for worker in workers_of(server_pid)]


def unmapped(server_pid: int) -> float:
    """Return a server's workers' memory beside mapped files, whose pages the kernel may drop."""
    memory = [worker.memory_info() for worker in workers_of(server_pid)]
    return sum(m.rss - m.shared for m in memory) / 1e6


def brush(address: str, bodies: list[bytes]) -> tuple[float, float]:
    """Return callbacks per second of eight people brushing at once, and the median ms of one.

    Each asks what nobody has asked before, so that no answer comes from a cache.
    """
    until, counts, taken = time.monotonic() + SECONDS, [], []

    def person(number: int) -> None:
        own = iter(bodies[number::PEOPLE])
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        done = 0
        while time.monotonic() < until:
            start = time.perf_counter()
            connection.request(
                "POST",
                "/_dash-update-component",
                next(own),
                {"Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            taken.append((time.perf_counter() - start) * 1000)
            done += 1
        counts.append(done)

    people = [threading.Thread(target=person, args=(i,)) for i in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return sum(counts) / SECONDS, statistics.median(taken)


def served_rows(path: Path, frame: pl.DataFrame) -> list[Row]:
    """Return the rows of the table about a served file of the measured table."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
    from processes import SERVE, running

    raw = frame.estimated_size() / 1e6
    with running([*SERVE, str(path)], {"WEB_CONCURRENCY": "2"}) as server:
        assert server.process
        second = min(own(server.process.pid))
    start = time.perf_counter()
    with running([*SERVE, str(path)]) as server:
        ready = time.perf_counter() - start
        assert server.process
        idle, unmapped_idle = resident(server.process.pid), unmapped(server.process.pid)
        with urllib.request.urlopen(f"{server.url}/_dash-dependencies") as answer:
            spec = callback.specification(json.load(answer))
        asked = [
            {
                "sepal_length": [round(4 + i / 10, 1), 99.0],
                "petal_length": [0.0, round(6.9 - j / 10, 1)],
                "sepal_width": [round(2 + k / 10, 1), 99.0],
            }
            for k in range(10)
            for j in range(30)
            for i in range(30)
        ]
        bodies = [json.dumps(callback.body(spec, ranges)).encode() for ranges in asked]
        rate, middle = brush(server.url, bodies)
        after = unmapped(server.process.pid)
        lines, start = 0, time.perf_counter()
        before = most = unmapped(server.process.pid)
        with urllib.request.urlopen(f"{server.url}/export.csv?petal_length=..4.3") as answer:
            while piece := answer.read(4_000_000):
                lines += piece.count(b"\n")
                most = max(most, unmapped(server.process.pid))
        exported = (lines - 1) / (time.perf_counter() - start) / 1e6
    start = time.perf_counter()
    for offset in range(0, len(frame), 250_000):
        frame[offset : offset + 250_000].write_csv(os.devnull)
    written = len(frame) / (time.perf_counter() - start) / 1e6
    return [
        ("ready to serve, from an Arrow file", f"{ready:.1f} s", ""),
        (
            "resident memory of the worker, beside the raw columns",
            f"{idle:.0f} MB",
            f"{idle / raw:.2f}",
        ),
        (
            "what a second worker adds (memory of its own), beside the raw columns",
            f"{second:.0f} MB",
            f"{second / raw:.2f}",
        ),
        (f"{PEOPLE} people brushing at once", f"{rate:.0f} callbacks/s", f"median {middle:.0f} ms"),
        (
            "memory after that, beside idle, mapped files aside",
            f"{after:.0f} MB",
            f"{after / unmapped_idle:.2f}",
        ),
        ("Polars writing CSV slices to /dev/null", f"{written:.1f} M rows/s", "1"),
        (
            f"CSV of {lines - 1:,} rows over HTTP",
            f"{exported:.1f} M rows/s",
            f"{exported / written:.2f}",
        ),
        ("memory growth during it, mapped files aside", f"{most - before:.0f} MB", ""),
    ]


def main() -> None:
    """Measure and print."""
    print("\n| 10,000,000 rows | figure | ratio |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("measured", "continuous"):
            frame = flowers(measured=kind == "measured")
            rows = views_rows(kind, frame)
            if kind == "measured":
                path = Path(folder) / "measured.arrow"
                frame.write_ipc(path)
                rows += served_rows(path, frame)
            if kind == "measured":
                rows += values_rows() + text_rows() + time_rows()
            for row in rows:
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
