"""A table on PostgreSQL made ready to serve, beside plain statements for what that asks of it."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from benchmarks.generate import departures
from iris_dash.explorer import Explorer

ROUNDS = 5

NUMBERS = {
    "year": 1,
    "month": 1,
    "day": 1,
    "dep_time": 20,
    "sched_dep_time": 20,
    "dep_delay": 5,
    "arr_time": 20,
    "sched_arr_time": 20,
    "arr_delay": 5,
    "flight": 50,
    "air_time": 5,
    "distance": 50,
    "hour": 1,
    "minute": 1,
}
"""The table's numbers, and the step of a slider over each."""

TEXTS = ("carrier", "tailnum", "origin", "dest")


def plain_statements() -> list[str]:
    """Return what a person would ask for the same: figures, values, and rows grouped by step."""
    figures = ["count(*)", "count(time_hour)"]
    figures += [f"count({c}), min({c}), max({c}), sum({c})" for c in NUMBERS]
    figures += [f"count({c}), min({c}), max({c})" for c in TEXTS]
    cells = [f"floor({c} / {step}.0)" if step > 1 else c for c, step in NUMBERS.items()]
    keys = ", ".join(("carrier", "origin", *cells))
    sums = ", ".join(f"sum({c})" for c in NUMBERS)
    groups = f"SELECT {keys}, count(*), {sums} FROM departures GROUP BY {keys}"
    return [
        f"SELECT {', '.join(figures)} FROM departures",
        *(f"SELECT DISTINCT {c} FROM departures" for c in TEXTS),
        # As a rollup is asked for: no more rows than pay.
        f"SELECT * FROM ({groups}) AS cells LIMIT 84195",
    ]


def ask_plainly(url: str) -> float:
    """Return how many seconds the plain statements take, one after the other."""
    import psycopg

    start = time.perf_counter()
    with psycopg.connect(url) as connection:
        for statement in plain_statements():
            connection.execute(statement).fetchall()
    return time.perf_counter() - start


def make_ready(address: str) -> float:
    """Return how many seconds opening the table and asking for its rollup takes."""
    start = time.perf_counter()
    explorer = Explorer.open(address)
    explorer.prepare()
    explorer.dataset.close()
    return time.perf_counter() - start


def main() -> None:
    """Measure alternating rounds on a PostgreSQL of its own, and print."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
    from engine_servers import postgres
    from processes import SERVE, running

    from iris_dash.commands.load import load_table, target_of

    with postgres() as database:
        address = f"{database.url}/departures"
        load_table(departures(), target_of(address))
        make_ready(address)
        plain, ours, served = [], [], []
        for _ in range(ROUNDS):
            plain.append(ask_plainly(database.url))
            ours.append(make_ready(address))
            start = time.perf_counter()
            with running((*SERVE, address), {"WEB_CONCURRENCY": "2"}):
                served.append(time.perf_counter() - start)
    print("\n| 336,776 rows of 19 columns on PostgreSQL | seconds | ratio |\n|---|---|---|")
    for what, taken in (
        ("plain statements for the same figures, values and groups", plain),
        ("opened and rolled up, or found not to", ours),
        ("`iris-dash serve` with 2 workers, from its start until ready", served),
    ):
        middle = statistics.median(taken)
        ratio = statistics.median(t / p for t, p in zip(taken, plain, strict=True))
        print(f"| {what} | {middle:.1f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
