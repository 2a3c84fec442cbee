"""What SQLite and DuckDB keep in columns of every type, as rows, files and the page show it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from kept_types import (
    BIG,
    DUCKDB,
    DUCKDB_ROWS,
    MOODS,
    SQLITE,
    SQLITE_ROWS,
    asked_all,
    ids_between,
    means_of,
)

from iris_dash import open_dataset


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("kept")
    with closing(sqlite3.connect(folder / "a.sqlite")) as connection:
        connection.executescript(SQLITE)
    with closing(duckdb.connect(str(folder / "a.duckdb"))) as connection:
        connection.execute(DUCKDB)
    return {name: f"{name}://{folder}/a.{name}" for name in ("sqlite", "duckdb")}


@pytest.mark.parametrize("table", SQLITE_ROWS)
def test_sqlite(places: dict[str, str], table: str) -> None:
    """A value of another kind than its column's was an endless 503."""
    assert asked_all(f"{places['sqlite']}/{table}") == SQLITE_ROWS[table]


@pytest.mark.parametrize("table", DUCKDB_ROWS)
def test_duckdb(places: dict[str, str], table: str) -> None:
    """Infinity was a panic of Polars, which passed by whoever handles errors."""
    assert asked_all(f"{places['duckdb']}/{table}") == DUCKDB_ROWS[table]


def test_an_enum_has_its_own_order(places: dict[str, str]) -> None:
    assert open_dataset(f"{places['duckdb']}/moods").schema.facets[0].values == MOODS


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_bounds_are_exact(places: dict[str, str], engine: str) -> None:
    assert ids_between(f"{places[engine]}/big", BIG, BIG) == [BIG]
    assert ids_between(f"{places[engine]}/big", BIG, 2**64) == [BIG, BIG + 1]


def test_a_collation_parts_nothing_from_its_answers(places: dict[str, str]) -> None:
    found = means_of(f"{places['sqlite']}/colours", "c")
    assert found == {"RED": [3.0], "Red": [1.0], "red": [2.0]}
