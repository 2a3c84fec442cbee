"""How long a database may take: what is asked of it ends there, and the next is answered."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from engine_servers import Postgres, postgres
from slow_engines import SOON, ends_soon, opened

from iris_dash.core.deadline import within
from iris_dash.core.errors import QueryTooLong


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


SLOW = """
CREATE TABLE plain AS SELECT n AS _row, n % 3 AS n FROM generate_series(0, 9) n;
CREATE TABLE pace AS SELECT 600.0 AS seconds;
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
    end = time.monotonic() + 30  # a row takes ten minutes
    with psycopg.connect(server.url, autocommit=True) as connection:
        while True:
            count: int = connection.execute(asked).fetchone()[0]  # type: ignore[index]
            if not count or time.monotonic() > end:
                return count
            time.sleep(0.05)
