"""Groups of ten million rows: medians and percentiles by two keys, beside Polars doing the same."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import polars as pl

from benchmarks.generate import ROWS, visits
from iris_dash.explorer import Explorer
from iris_dash.tables.description import TableDescription

TIMES = 5
OF = ("delay", "distance")


def plainly(frame: pl.DataFrame) -> pl.DataFrame:
    """Return medians and 95th percentiles by place and month, as Polars alone makes them."""
    figures = [pl.len()]
    for name in OF:
        figures += [pl.col(name).median().alias(f"median_{name}")]
        figures += [pl.col(name).quantile(0.95, "linear").alias(f"p95_{name}")]
    keys = "place", pl.col("time").dt.truncate("1mo")
    return frame.lazy().group_by(*keys).agg(figures).sort("place", "time").collect()


def taken(call: Callable[[], object]) -> float:
    """Return how many milliseconds a call takes, in the middle of a few."""
    found = []
    for _ in range(TIMES):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def main(rows: int = ROWS) -> None:
    """Measure and print."""
    frame = visits(rows)
    frame = frame.with_columns(pl.col("place").cast(pl.Enum(frame["place"].unique().sort())))
    explorer = Explorer.open(frame, TableDescription(facets=("place",), measures=OF))
    asked = {"by": "place,time:month", "of": ",".join(OF), "stat": "count,median,p95"}
    theirs = taken(lambda: plainly(frame))
    ours = taken(lambda: explorer.aggregate(**asked))
    what = "median and p95 of two measures by 304 places and month"
    print(f"\n| {rows:,} rows: {what} | ms | ratio |")
    print("|---|---|---|")
    print(f"| plain Polars | {theirs:.0f} | 1 |")
    print(f"| `Explorer.aggregate` | {ours:.0f} | {ours / theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
