"""What is asked of an engine in this process ends at the deadline, and the next is answered."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import duckdb
import narwhals as nw
import polars as pl
import pytest
from clock import Clock
from slow_engines import SOON, ends_soon, opened

from iris_dash import open_dataset
from iris_dash.core.deadline import within
from iris_dash.core.errors import QueryTooLong
from iris_dash.engines.base import Engine
from iris_dash.query.filters import Interval
from iris_dash.query.query import Query


def endless(engine: Engine) -> nw.LazyFrame:
    return engine.table().select(nw.len().alias("n"))


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


def test_a_table_in_memory_is_looked_at_between_its_steps():
    frame = pl.DataFrame({"n": range(30_000)})
    dataset = open_dataset(frame)
    with within(0.01):
        time.sleep(0.02)
        for query in (Query(sort=(("n", True),)).on_page(1, 10), narrowed().on_page(1, 10)):
            with pytest.raises(QueryTooLong):
                dataset.page(query)
    slow = nw.from_native(pl.LazyFrame({"n": [1]}).map_batches(_sleeping))
    with within(0.05), pytest.raises(QueryTooLong):
        dataset.collect(slow)
    with within(60):
        assert len(dataset.page(narrowed().on_page(1, 10))) == 10


def narrowed() -> Query:
    return Query((Interval("n", low=5.0),))


def _sleeping(frame: pl.DataFrame) -> pl.DataFrame:
    time.sleep(0.1)
    return frame


def test_a_files_rows_may_take_longer_than_one_answer(clock: Clock):
    dataset = open_dataset(pl.DataFrame({"n": range(600_000)}))  # three slices
    taken = 0
    with within(0.5):
        for piece in dataset.slices(Query()):
            clock.sleep(0.4)
            taken += len(piece)
    assert taken == 600_000
