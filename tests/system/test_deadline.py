"""How long an answer may take: what is asked of an engine ends there, and the next is answered."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import duckdb
import narwhals as nw
import polars as pl
import psycopg
import pytest
from engine_servers import Postgres, postgres

from iris_dash import open_dataset
from iris_dash.analysis.filtering import page_rows, row_slices
from iris_dash.core.deadline import at_most, check, each, ended_by, left, renew, within
from iris_dash.core.errors import QueryTooLong
from iris_dash.engines import Engine, engine_address, open_engine
from iris_dash.query.query import Query

SOON = 0.3
LATE = 20
"""Seconds within which what takes for ever has ended, on a slow machine too."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


def test_without_a_deadline_nothing_is_too_long():
    check()
    renew()
    assert left() is None
    assert at_most(3) == 3


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("iris_dash.core.deadline.time", clock)
    return clock


def test_the_time_of_a_block_is_over_after_it_and_an_outer_one_goes_on(clock: Clock):
    with within(60):
        with within(0.5):
            assert at_most(3) == 0.5
            clock.sleep(0.25)
            assert (at_most(3), at_most(0.125)) == (0.25, 0.125)
            check()
            clock.sleep(0.5)
            assert (at_most(3), left()) == (0, -0.25)
            with pytest.raises(QueryTooLong, match=r"longer than 0\.5 s"):
                check()
        check()
        assert left() == 59.25
    assert left() is None


def test_other_threads_have_no_part_in_it():
    seen: list[float | None] = []
    with within(60):
        thread = threading.Thread(target=lambda: seen.append(left()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_each_piece_has_the_whole_time(clock: Clock):
    def slow() -> Iterator[int]:
        for number in range(4):
            clock.sleep(0.4)
            yield number

    with within(0.5):
        assert list(each(slow())) == [0, 1, 2, 3]

    def slower() -> Iterator[int]:
        yield 0
        clock.sleep(0.3)
        yield 1

    with within(0.2):
        pieces = each(slower())
        assert next(pieces) == 0
        with pytest.raises(QueryTooLong):
            next(pieces)
        assert next(pieces, None) is None


def test_a_piece_that_is_dropped_closes_what_makes_them():
    closed = []

    def made() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    pieces = each(made())
    assert next(pieces) == 1
    pieces.close()
    assert closed == [True]


def test_a_block_is_ended_at_the_deadline_and_never_after_it(monkeypatch: pytest.MonkeyPatch):
    cancelled = threading.Event()

    def interrupted() -> None:
        assert cancelled.wait(LATE)
        raise RuntimeError("as an engine says")

    with within(0.05), pytest.raises(QueryTooLong), ended_by(cancelled.set):
        interrupted()
    other = threading.Event()
    with within(60), pytest.raises(RuntimeError), ended_by(other.set):
        raise RuntimeError("its own error stays")
    timer = Mock()
    monkeypatch.setattr("iris_dash.core.deadline.Timer", timer)
    with within(60), ended_by(other.set):
        pass
    seconds, end = timer.call_args.args
    end()  # as a timer does that was about to
    assert 50 < seconds <= 60
    assert not other.is_set()


def test_a_cancel_that_fails_is_no_error_of_its_own():
    called = threading.Event()

    def fail() -> None:
        called.set()
        raise OSError("the connection is lost")

    with within(0.05), pytest.raises(QueryTooLong), ended_by(fail):
        assert called.wait(LATE)


def ends_soon(engine: Engine, rows: nw.LazyFrame) -> None:
    """What would take for ever is ended, and the engine then answers as before."""
    begun = time.monotonic()
    with within(SOON), pytest.raises(QueryTooLong, match="longer than"):
        engine.collect(rows)
    assert SOON <= time.monotonic() - begun < LATE


def endless(engine: Engine) -> nw.LazyFrame:
    return engine.table().select(nw.len().alias("n"))


def opened(address: str) -> Engine:
    found = engine_address(address)
    assert found is not None
    return open_engine(found)


def test_duckdb_ends_a_query(tmp_path: Path):
    file = tmp_path / "t.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE few AS SELECT range AS n FROM range(3)")
        connection.execute(
            "CREATE VIEW many AS SELECT a.range % 7 + b.range % 3 AS n "
            "FROM range(10000000) a, range(10000000) b WHERE a.range % 3 <> b.range % 5"
        )
    many, few = opened(f"duckdb:///{file}/many"), opened(f"duckdb:///{file}/few")
    try:
        ends_soon(many, many.table().select(nw.col("n").sum()))
        with within(SOON), pytest.raises(QueryTooLong):
            list(many.batches(many.table().select(nw.col("n").sum())))
        with within(60):
            assert many.collect(many.table().head(1)).height == 1
        assert few.collect(few.table())["n"].to_list() == [0, 1, 2]
    finally:
        many.close()
        few.close()


def test_sqlite_ends_a_query(tmp_path: Path):
    file = tmp_path / "t.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE few AS SELECT 1 AS n UNION ALL SELECT 2")
        connection.execute(
            "CREATE VIEW many AS WITH RECURSIVE c(n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c"
        )
    connection.close()
    many, few = opened(f"sqlite:///{file}/many"), opened(f"sqlite:///{file}/few")
    ends_soon(many, endless(many))
    with within(60):
        assert many.collect(many.table().head(2)).height == 2
    assert few.collect(few.table()).height == 2
    many.close()
    few.close()


SLOW = """
CREATE TABLE plain AS SELECT n AS _row, n % 3 AS n FROM generate_series(0, 9) n;
CREATE TABLE pace AS SELECT 60.0 AS seconds;
CREATE VIEW slow AS SELECT _row, n, pg_sleep(seconds)::text AS pause FROM plain, pace;
"""


def test_postgresql_ends_a_query_in_the_database(server: Postgres):
    with psycopg.connect(server.url) as connection:
        connection.execute(SLOW)
    engine = opened(f"{server.url}/slow")
    ends_soon(engine, engine.table())
    assert sleeping(server) == 0
    with within(SOON), pytest.raises(QueryTooLong):
        list(engine.batches(engine.table()))
    assert sleeping(server) == 0
    with psycopg.connect(server.url) as connection:
        connection.execute("UPDATE pace SET seconds = 0")
    with within(60):
        assert engine.collect(engine.table().select("n").head(3)).height == 3
    engine.close()


def sleeping(server: Postgres) -> int:
    """How many others' queries still run, a moment after they were ended."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pause%' "
        "AND state = 'active' AND pid <> pg_backend_pid()"
    )
    end = time.monotonic() + 30  # less than one row takes
    with psycopg.connect(server.url, autocommit=True) as connection:
        while True:
            count: int = connection.execute(asked).fetchone()[0]  # type: ignore[index]
            if not count or time.monotonic() > end:
                return count
            time.sleep(0.05)


def test_a_table_in_memory_is_looked_at_between_its_steps():
    frame = pl.DataFrame({"n": range(30_000)})
    dataset = open_dataset(frame)
    with within(0.01):
        time.sleep(0.02)
        for query in (Query(sort=(("n", True),)).on_page(1, 10), narrowed().on_page(1, 10)):
            with pytest.raises(QueryTooLong):
                page_rows(dataset, query)
    slow = nw.from_native(pl.LazyFrame({"n": [1]}).map_batches(_sleeping))
    with within(0.05), pytest.raises(QueryTooLong):
        dataset.collect(slow)
    with within(60):
        assert len(page_rows(dataset, narrowed().on_page(1, 10))) == 10


def narrowed() -> Query:
    return Query(bounds=(("n", 5.0, None),))


def _sleeping(frame: pl.DataFrame) -> pl.DataFrame:
    time.sleep(0.1)
    return frame


def test_a_files_rows_may_take_longer_than_one_answer(clock: Clock):
    dataset = open_dataset(pl.DataFrame({"n": range(600_000)}))  # three slices
    taken = 0
    with within(0.5):
        for piece in row_slices(dataset, Query()):
            clock.sleep(0.4)
            taken += len(piece)
    assert taken == 600_000
