"""The largest questions and answers of a table with very many columns: bytes, and memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from stress.questions import Client, Question
from stress.targets import Fleet, one

COLUMNS, ROWS = 600, 1_700
PATIENCE = 600
"""Seconds in which an answer comes on a busy machine too; what is measured is its size."""

MOST_BYTES = 32_000_000
MOST_GROWTH = 400_000_000
"""Bytes by which the worker may grow: its caches, and what the allocator keeps of one answer."""


@contextmanager
def very_wide() -> Iterator[Fleet]:
    """Run one worker over a table of 601 columns."""
    with TemporaryDirectory(prefix="very-wide") as folder:
        path = Path(folder) / "wide.parquet"
        columns = {
            f"measure_{n:04d}": [(row * 7 + n) % 50 / 10 for row in range(ROWS)]
            for n in range(COLUMNS)
        }
        pl.DataFrame({"kind": ["a", "b", "c", "d"] * (ROWS // 4), **columns}).write_parquet(path)
        with one(path, workers=1) as fleet:
            yield fleet


def held_in_bounds(fleet: Fleet, turns: int = 200) -> tuple[str, bool]:
    """Ask what was dear: whole pages, errors without end, and ever new long questions."""
    client = Client(fleet.url, timeout=PATIENCE)
    worker = fleet.replicas[0].workers()[0]
    largest = 0

    def ask(question: Question, status: int) -> None:
        nonlocal largest
        reply = client.ask(question)
        assert reply.status == status, (question.path[:80], reply.status, reply.body[:200])
        largest = max(largest, len(reply.body))

    def errors(turn: int) -> Iterator[Question]:
        yield Question("page", "/range/?per_page=10000")
        yield Question("keys", "/range/", _json({f"k{turn}_{n}": 1 for n in range(50_000)}))
        yield Question("names", "/range/?" + "&".join(f"k{turn}_{n}=1" for n in range(1_000)))
        yield Question("long", "/range/", _json({"kind": f"{turn}" * 100_000}))

    ask(Question("page", "/range/?per_page=1663"), 200)
    before = worker.memory_info().rss
    for turn in range(turns):
        if turn % 20 == 0:
            ask(Question("page", f"/range/?per_page=1663&measure_0001=..{5 + turn}"), 200)
            for question in errors(turn):
                ask(question, 422)
        bounds = {f"measure_{n:04d}": -turn - n / 10 for n in range(COLUMNS)}
        ask(Question("bounds", "/range/", _json({"lower": bounds, "per_page": 1})), 200)
    grown = worker.memory_info().rss - before
    client.close()
    measured = f"the largest answer {largest / 1e6:.1f} MB, memory {grown / 1e6:+.0f} MB"
    return measured, largest <= MOST_BYTES and grown <= MOST_GROWTH


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()
