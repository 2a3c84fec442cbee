"""Groups of ten million rows: medians and percentiles by keys and month, beside plain Polars."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence

import polars as pl

from benchmarks.generate import ROWS, pickings, visits
from iris_dash.analysis.aggregate.asking import make_aggregation
from iris_dash.explorer import Explorer
from iris_dash.tables.description import TableDescription

TIMES = 5
SITES = ("species", "site")


def plainly(
    frame: pl.DataFrame, facets: Sequence[str], time: str, of: Sequence[str], means: bool
) -> pl.DataFrame:
    """Return medians and 95th percentiles by facets and month, as Polars alone makes them."""
    figures = [pl.len()]
    for name in of:
        figures += [pl.col(name).mean().alias(f"mean_{name}")] * means
        figures += [pl.col(name).median().alias(f"median_{name}")]
        figures += [pl.col(name).quantile(0.95, "linear").alias(f"p95_{name}")]
    keys = *facets, pl.col(time).dt.truncate("1mo")
    return frame.lazy().group_by(*keys).agg(figures).sort(*facets, time).collect()


def taken(call: Callable[[], object], times: int = TIMES) -> float:
    """Return how many milliseconds a call takes, in the middle of a few."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def from_the_rollup(rows: int) -> list[tuple[str, float, float]]:
    """Return the rows of the table about measured flowers: what, milliseconds, ratio."""
    frame = pickings(rows)
    explorer = Explorer.open(frame)
    explorer.prepare()
    names = tuple(frame.columns[:4])
    asked = {"by": "species,site,picked:month", "of": ",".join(names)}
    asked["stat"] = "count,mean,median,p95"

    def ask(text: str = "") -> None:
        explorer.groups(make_aggregation(explorer.schema, explorer.query(text), asked))

    theirs = taken(lambda: plainly(frame, SITES, "picked", names, means=True))
    first = taken(ask, 1)
    again = taken(ask)
    sites = iter(("north", "east", "south", "west", "north&site=east"))
    of_site = taken(lambda: ask(f"site={next(sites)}"))
    lows = iter((1.5, 2.0, 2.5, 3.0, 3.5))
    bounded = taken(lambda: ask(f"petal_length={next(lows)}.."))
    figures = [
        ("rolled up: plain Polars, count, mean, median, p95 of four by 12 sites and month", theirs),
        ("rolled up: the same here, asked for the first time", first),
        ("rolled up: the same here", again),
        ("rolled up: the same of some sites, each asked for the first time", of_site),
        ("rolled up: the same above a petal length, each asked for the first time", bounded),
    ]
    return [(what, ms, ms / theirs) for what, ms in figures]


def off_the_rollup(rows: int) -> list[tuple[str, float, float]]:
    """Return the rows of the table about visits, whose rows are asked."""
    frame = visits(rows)
    frame = frame.with_columns(pl.col("place").cast(pl.Enum(frame["place"].unique().sort())))
    of = ("delay", "distance")
    explorer = Explorer.open(frame, TableDescription(facets=("place",), measures=of))
    explorer.prepare()
    asked = {"by": "place,time:month", "of": ",".join(of), "stat": "count,median,p95"}
    rounds = []
    for _ in range(TIMES):  # by turns, as a machine is not always as quick
        theirs = taken(lambda: plainly(frame, ("place",), "time", of, means=False), 1)
        ours = taken(lambda: explorer.aggregate(**asked), 1)
        rounds.append((ours / theirs, theirs, ours))
    ratio, theirs, ours = sorted(rounds)[TIMES // 2]
    what = "median and p95 of two by 304 places and month"
    return [
        (f"not rolled up: plain Polars, {what}", theirs, 1.0),
        ("not rolled up: the same here, `Explorer.aggregate`", ours, ratio),
    ]


def main(rows: int = ROWS) -> None:
    """Measure and print."""
    print(f"\n| groups of {rows:,} rows | ms | ratio |")
    print("|---|---|---|")
    for what, ms, ratio in (*from_the_rollup(rows), *off_the_rollup(rows)):
        print(f"| {what} | {ms:.0f} | {ratio:.3f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
