"""What each of many columns holds, beside Polars finding the same figures in one lazy select."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl
import polars.selectors as cs

from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.web.api.responses import json_bytes

TIMES = 3
COLUMNS, ROWS = 1_000, 100_000
TEXTS = 20
"""So many of the columns are words, a quarter of the others whole numbers."""


def table(columns: int, rows: int) -> pl.DataFrame:
    """Return numbers of two decimals and whole ones, and words, each with some missing."""
    draw = np.random.default_rng(11)
    words = np.array([f"word {n}" for n in range(300)])
    found = {}
    for place in range(columns):
        if place % (columns // TEXTS) == 0:
            found[f"c{place}"] = pl.Series(words[draw.integers(0, len(words), rows)])
        elif place % 4 == 0:
            found[f"c{place}"] = pl.Series(draw.integers(0, 5_000, rows))
        else:
            found[f"c{place}"] = pl.Series(draw.normal(100, 20, rows).round(2))
    missing = pl.Series(draw.random(rows) < 0.05)
    return pl.DataFrame(found).with_columns(
        pl.when(~missing).then(pl.col(name)).alias(name) for name in list(found)[::3]
    )


def plainly(frame: pl.DataFrame) -> object:
    """Return the same figures as Polars alone finds them."""
    every, numbers = pl.all(), cs.numeric()
    figures = frame.lazy().select(
        every.null_count().name.suffix("_missing"),
        every.n_unique().name.suffix("_distinct"),
        *(
            getattr(numbers, figure)().name.suffix(f"_{figure}")
            for figure in ("min", "max", "mean", "median")
        ),
    )
    texts = frame.select(cs.string()).get_columns()
    counts = [text.value_counts(sort=True).head(5) for text in texts]
    return figures.collect(), counts


def taken(make: Callable[[], Callable[[], object]]) -> float:
    """Return how many seconds a call takes, in the middle of a few, each made anew."""
    found = []
    for _ in range(TIMES):
        call = make()
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main(columns: int = COLUMNS, rows: int = ROWS) -> None:
    """Measure and print."""
    frame = table(columns, rows)
    explorer = Explorer.open(frame)
    explorer.prepare()

    def asked() -> Callable[[], object]:
        # As if nothing had been asked before.
        vars(explorer).pop("known_profiles", None)
        return lambda: json_bytes(explorer.column_records(Query()))

    theirs = taken(lambda: lambda: plainly(frame))
    ours = taken(asked)
    print(f"\n| {columns:,} columns of {rows:,} rows: what each holds | s | ratio |")
    print("|---|---|---|")
    print(f"| plain Polars, without notes | {theirs:.1f} | 1 |")
    print(f"| `/columns/`, with notes | {ours:.1f} | {ours / theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
