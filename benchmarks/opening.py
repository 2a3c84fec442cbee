"""Text tables of ten million rows: time and memory of opening, beside plain `pl.read_csv`."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import psutil

from benchmarks.generate import ROWS, flowers, visits
from iris_dash.config.settings import Settings
from iris_dash.explorer import Explorer

ROUNDS = 5
MEMORY = Path("/proc/self/clear_refs")
FORGET_PEAK = "5"


def open_here(path: Path) -> pl.DataFrame:
    """Return the frame that is kept of an opened table."""
    frame = Explorer.open(path).dataset.in_memory()
    assert frame is not None
    found: pl.DataFrame = frame.to_native()
    return found


READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    "plain": pl.read_csv,
    "plain, with dates": partial(pl.read_csv, try_parse_dates=True),
    "here": open_here,
}


def peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def measure(reader: str, path: Path) -> dict[str, float]:
    """Return what one reading takes in this process: seconds, bytes at the most, bytes kept."""
    open_here(Path(Settings().data))  # so that nothing is imported meanwhile
    MEMORY.write_text(FORGET_PEAK)
    before, wall, cpu = psutil.Process().memory_info().rss, time.perf_counter(), time.process_time()
    frame = READERS[reader](path)
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {**taken, "peak": peak() - before, "kept": frame.estimated_size()}


def measured(reader: str, path: Path) -> dict[str, float]:
    """Return what one reading takes in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.opening", reader, str(path)]
    found: dict[str, float] = json.loads(subprocess.check_output(command))
    return found


def rows_of(name: str, path: Path, readers: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return the rows about one file, from alternating rounds; the first reader is its own 1."""
    found: dict[str, list[dict[str, float]]] = {reader: [] for reader in readers}
    for _ in range(ROUNDS):
        for reader in readers:
            found[reader].append(measured(reader, path))
    rows = []
    for reader, runs in found.items():
        shown, ratios = [], []
        for what in ("wall", "cpu"):
            shown.append(f"{statistics.median(run[what] for run in runs):.2f}")
            pairs = zip(runs, found[readers[0]], strict=True)
            ratios.append(f"{statistics.median(run[what] / one[what] for run, one in pairs):.2f}")
        words = f"{name}: {reader}, seconds of wall / of CPU"
        rows.append((words, " / ".join(shown), " / ".join(ratios)))
    most, kept = (
        statistics.median(run[what] for run in found["here"]) for what in ("peak", "kept")
    )
    words = f"{name}: memory at the most meanwhile here, beside the table that is kept"
    return [*rows, (words, f"{most / 1e6:,.0f} MB", f"{most / kept:.2f}")]


def main(rows: int = ROWS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        tables = {
            "flowers": (flowers, ("plain", "here")),
            "visits": (visits, ("plain", "plain, with dates", "here")),
        }
        print(f"\n| CSV of {rows:,} rows, opened | figure | ratio |\n|---|---|---|")
        for name, (make, readers) in tables.items():
            path = Path(folder) / f"{name}.csv"
            make(rows).write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
            shown = f"{name} ({path.stat().st_size / 1e6:.0f} MB)"
            for row in rows_of(shown, path, readers):
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(*map(int, sys.argv[1:]))
