"""Parquet files of up to a billion rows, asked where they lie, beside plain statements of DuckDB.

Takes minutes, gigabytes of disk for the files, and its own command: `make bench-large`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.chromium import ROOT
from benchmarks.drag import ROWS, Drags, measure
from benchmarks.generate import SEED, flowers
from benchmarks.ten_million import resident

if TYPE_CHECKING:
    from processes import Server

IN_A_FILE = 10_000_000
ROUNDS = 3
MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


def write_files(folder: Path, rows: int) -> None:
    """Write flowers, measured, in files of ten million rows; those that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(-(-rows // IN_A_FILE)):
        write_file(folder / f"part-{number:05}.parquet", number, min(IN_A_FILE, rows))


def write_file(path: Path, number: int, rows: int) -> None:
    """Write one file, wholly or not at all."""
    if not path.exists():
        part = path.with_suffix(".part")
        flowers(rows, seed=SEED + number).write_parquet(part, row_group_size=1_000_000)
        part.rename(path)


def plain_statements() -> list[str]:
    """Return what a person would ask for the same: figures, values, and rows grouped by value."""
    figures = [f"count({c}), min({c}), max({c}), sum({c})" for c in MEASURES]
    keys = ", ".join((*MEASURES, "species"))
    return [
        f"SELECT count(*), {', '.join(figures)} FROM files",
        "SELECT species, count(*) FROM files GROUP BY species",
        f"SELECT {keys}, count(*) FROM files GROUP BY {keys}",
    ]


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ask_plainly(folder: Path, statements: Sequence[str]) -> float:
    """Return how many seconds plain statements take over the files, one after the other."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW files AS FROM read_parquet('{folder}/*.parquet')")
        start = time.perf_counter()
        for one in statements:
            connection.execute(one).fetchall()
        return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    import processes

    processes.START_SECONDS = 3_600
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000_000)
    asked.add_argument("--folder", type=Path, help="for the files, which stay there")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = (options.folder or Path(place, "flowers")).resolve()
        write_files(folder, options.rows)
        address = f"parquet://{folder}?kept={place}/kept"
        server = processes.Server((*processes.SERVE, address), {"WEB_CONCURRENCY": "1"})
        plain = ask_plainly(folder, plain_statements())
        print(f"\n| {options.rows:,} measured flowers in files | seconds | ratio |\n|---|---|---|")
        print(f"| plain DuckDB: figures, values, and rows grouped by value | {plain:.1f} | 1 |")

        def start(what: str) -> None:
            taken = seconds(server.start)
            print(f"| ready to serve: {what} | {taken:.1f} | {taken / plain:.2f} |", flush=True)

        start("the first start")
        server.stop()
        more = folder / "part-99999.parquet"
        write_file(more, 99_999, min(IN_A_FILE, options.rows))
        try:
            start("with one more file")
            server.stop()
        finally:
            more.unlink()
        start("the second start")
        try:
            _ask(folder, server)
        finally:
            server.stop()


def _ask(folder: Path, server: Server) -> None:
    """Print what a sorted page and a drag take, and the worker's memory after them."""
    assert server.process is not None
    sort = "SELECT * FROM files ORDER BY petal_length DESC NULLS LAST LIMIT 10"
    plain = min(ask_plainly(folder, [sort]) for _ in range(ROUNDS))
    pages = f"{server.url}/range/?sort=-petal_length&per_page=10&page="
    taken = [seconds(partial(_read, f"{pages}{page}")) for page in range(1, ROUNDS + 1)]
    print(f"| plain DuckDB: the first rows of a sort | {plain:.2f} | 1 |")
    print(f"| a sorted page by HTTP | {min(taken):.2f} | {min(taken) / plain:.2f} |")
    drags = Drags()
    for _ in range(ROUNDS):
        measure(f"{server.url}/", drags)
    print("\n| a slider over them | |\n|---|---|")
    for what, text in zip(ROWS, drags.texts(), strict=True):
        print(f"| {what} | {text} |")
    print(f"| resident memory of the worker after that | {resident(server.process.pid):.0f} MB |")


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
    return body


if __name__ == "__main__":
    main()
