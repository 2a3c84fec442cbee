"""A run's table opened in this process: quicker than in one of its own, and it can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from waiting import PATIENCE

from iris_dash.config.settings import Settings
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.table_opener import Shared, open_and_share
from iris_dash.server.table_replacement import Tables


class OpensHere:
    """Opens and shares as the process for it does."""

    def __init__(self, run: RunFolder, settings: Settings) -> None:
        self._run = run
        self._settings = settings

    def open(self, generation: int, before: str) -> Shared:
        return open_and_share(self._run, self._settings, generation, before)

    def close(self) -> None:
        pass


@contextmanager
def tables_here(run: RunFolder, path: object) -> Iterator[Tables]:
    """Begin the tables of a run, those of a file; nothing of them goes on after the block."""
    tables = Tables(run, OpensHere(run, Settings(data=str(path), log="none")), "none")
    begun = tables.begin()
    try:
        yield tables
    finally:
        tables.close()
        begun.join(PATIENCE)
        assert not begun.is_alive()
