"""PostgreSQL's own log says what it is asked: each fact once, for all workers of a server."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from engine_servers import Postgres, postgres
from pots import table
from processes import SERVE, running
from waiting import wait_for

from iris_dash.commands.load import load_table, target_of

ENTRY = re.compile(r"^\S+ \S+ \S+ \[\d+\] LOG:  (?:statement|execute [^:]*): ", re.MULTILINE)


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres() as database:
        load_table(table(), target_of(f"{database.url}/pots"))
        yield database


class Asked:
    """What a database logs from now on of what is asked of the rows of the table of pots."""

    def __init__(self, database: Postgres) -> None:
        self._log = database.folder / "log"
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("ALTER DATABASE postgres SET log_statement = 'all'")
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._start = self._log.stat().st_size

    def statements(self) -> list[str]:
        """Return what was asked since then, but that a row was read to see whether it answers."""
        entries = ENTRY.split(self._log.read_text()[self._start :])
        found = [" ".join(entry.split()) for entry in entries if '"pots"' in entry]
        return [s for s in found if s.startswith("COPY") and "LIMIT 1)" not in s]


def check_asked_once(statements: list[str]) -> None:
    """Counts, three columns' values, the decimals of the first rows and of all, and the rollup."""
    assert len(statements) == len(set(statements)) == 7
    assert sum("GROUP BY 1, 2" in statement for statement in statements) == 1
    assert sum(map(len, statements)) < 6_000


def serve(folder: Path, generation: int, workers: list[psutil.Process]) -> bool:
    """Whether two workers have noted in the run's folder that they serve a generation."""
    noted = [list(folder.glob(f"*/worker-{w.pid}.{generation}")) for w in workers]
    return len([note for note in noted if note]) == 2


def test_a_start_asks_each_fact_once_for_all_workers(database: Postgres, tmp_path: Path) -> None:
    asked = Asked(database)
    more = {"WEB_CONCURRENCY": "2", "TMPDIR": str(tmp_path)}
    with running((*SERVE, f"{database.url}/pots"), more) as web:
        check_asked_once(asked.statements())
        asked.forget()

        # A worker that replaces another has them from the run's folder.
        web.workers()[0].kill()
        wait_for(lambda: serve(tmp_path, 1, web.workers()))
        assert asked.statements() == []

        # SIGHUP makes them anew, for both workers.
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("UPDATE pots SET kiln = 3 WHERE kiln = 2")
        asked.forget()
        assert web.process is not None
        web.process.send_signal(signal.SIGHUP)
        wait_for(lambda: serve(tmp_path, 2, web.workers()))
        check_asked_once(asked.statements())
