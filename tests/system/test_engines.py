"""The same questions to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from engine_answers import *  # noqa: F403 -- its tests are asked of `explorer` below
from engine_answers import explorer_at, loads_all_or_nothing
from engine_servers import Postgres, postgres
from odd_texts import check_texts, odd_texts_at

from iris_dash import Explorer


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres() as database:
        yield database


@pytest.fixture(scope="module")
def explorer(database: Postgres, frame: pl.DataFrame) -> Iterator[Explorer]:
    with explorer_at(database.url, frame) as explorer:
        yield explorer


def test_load_is_all_or_nothing(database: Postgres) -> None:
    loads_all_or_nothing(database.url)


def test_odd_texts(database: Postgres) -> None:
    with odd_texts_at(database.url) as explorer:
        check_texts(explorer)
