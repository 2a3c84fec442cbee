"""What PostgreSQL keeps in columns of every type, as rows, files and the page show it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from engine_servers import postgres
from kept_loads import keeps_or_refuses
from kept_types import BIG, MOODS, POSTGRES, POSTGRES_ROWS, asked_all, ids_between, means_of

from iris_dash import open_dataset


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with postgres() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(POSTGRES)
        yield server.url


@pytest.mark.parametrize("table", POSTGRES_ROWS)
def test_rows_files_and_page(place: str, table: str) -> None:
    """Infinite, ancient and distant days, overflow and underflow were errors that did not end."""
    rows = asked_all(f"{place}/{table}")
    assert POSTGRES_ROWS[table] in (None, rows)


def test_an_enum_has_its_own_order(place: str) -> None:
    assert open_dataset(f"{place}/moods").schema.facets[0].values == (*MOODS, None)


def test_bounds_are_exact(place: str) -> None:
    assert ids_between(f"{place}/bigs", BIG, BIG) == [BIG]


def test_means_of_large_numbers(place: str) -> None:
    """PostgreSQL's own mean of them is an error: it squares them."""
    assert means_of(f"{place}/large", "g") == {"a": [2e200], "b": [-1e200]}
    assert means_of(f"{place}/largest", "g") == {"a": [1.25e308], "b": [-1e308]}


def test_every_kind_of_value_is_loaded_or_refused(place: str, tmp_path: Path) -> None:
    """Decimals became floats, and nanoseconds were rounded."""
    keeps_or_refuses("postgresql", place, tmp_path)
