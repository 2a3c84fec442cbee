"""The same questions to every engine within this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from engine_answers import *  # noqa: F403 -- its tests are asked of `explorer` below
from engine_answers import (
    AGGREGATES,
    AT_START,
    ROWS,
    SAID,
    asked_at_start,
    explorer_at,
    loads_all_or_nothing,
    test_aggregates,
)
from mongo_stand_in import stand_in

from iris_dash import Explorer
from iris_dash.engines import parquet_folder
from iris_dash.tables.engine_dataset import EngineDataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def place_of(engine: str, folder: Path) -> str:
    """Where an engine of this process has its tables: a file, or a folder."""
    (folder / engine).mkdir(exist_ok=True)
    file = "" if engine in ("chdb", "parquet") else f"/tables.{engine}"
    return f"{engine}://{folder / engine}{file}"


@pytest.fixture(scope="module", params=["polars", "pandas", "duckdb", "parquet", "chdb", "mongodb"])
def explorer(
    request: pytest.FixtureRequest, frame: pl.DataFrame, folder: Path
) -> Iterator[Explorer]:
    if request.param == "polars":
        yield Explorer.open(frame.drop("_row"), SAID)
    elif request.param == "pandas":
        yield Explorer.open(pd.DataFrame(ROWS), SAID)
    elif request.param == "mongodb":
        with stand_in(), explorer_at("mongodb://host/tables", frame) as explorer:
            yield explorer
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parquet_folder, "PART", 100)  # several files of Parquet
            with explorer_at(place_of(request.param, folder), frame) as explorer:
                yield explorer


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "chdb", "parquet"])
def test_load_is_all_or_nothing(tmp_path: Path, folder: Path, engine: str) -> None:
    """DuckDB writes no file that this process still reads; chDB knows one folder in a process."""
    loads_all_or_nothing(place_of(engine, folder if engine == "chdb" else tmp_path))


def test_mongodb_loads_all_or_nothing() -> None:
    with stand_in():
        loads_all_or_nothing("mongodb://host/tables")


def test_sqlite_is_asked_for_each_fact_once(frame: pl.DataFrame, tmp_path: Path) -> None:
    with explorer_at(place_of("sqlite", tmp_path), frame) as explorer:
        assert isinstance(explorer.dataset, EngineDataset)
        assert asked_at_start(explorer.dataset.engine) == AT_START


def test_sqlite_answers_aggregates(frame: pl.DataFrame, tmp_path: Path) -> None:
    """It has no percentiles of its own, and times are text there."""
    with explorer_at(place_of("sqlite", tmp_path), frame) as explorer:
        for asked in AGGREGATES:
            test_aggregates(explorer, "everything", *asked)
