"""The process that opens a run's table and shares it: it may take long, and memory, or be killed.

The server's own process hears signals meanwhile, and workers answer that the table is awaited. What
the opening needs ends with it: memory, connections, and the files that it fetched or unpacked.
"""

from __future__ import annotations

import os
import signal
import tempfile
from contextlib import closing, nullcontext
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

from iris_dash.config.settings import Settings
from iris_dash.core.errors import IrisDashError, in_one_line
from iris_dash.core.json_lines import all_as_json, tell
from iris_dash.core.processes import end_in_words
from iris_dash.core.progress import unheard
from iris_dash.server.address import shown_url
from iris_dash.server.run_folder import RunFolder
from iris_dash.web.auth import warning_without_login


class Shared(NamedTuple):
    """A table that was opened: what it is, in words, and its fingerprint."""

    size: str
    fingerprint: str


class OpenerFailed(IrisDashError):  # noqa: N818 -- it says what happened
    """A table could not be opened and shared; the message is one line that says why."""


class Opener:
    """Opens the table of a run in a process of its own, one at a time."""

    def __init__(self, run: RunFolder, settings: Settings) -> None:
        self._run = run
        self._settings = settings
        self._lock = Lock()
        self._process: BaseProcess | None = None
        self._ended = False

    def open(self, generation: int, before: str) -> Shared:
        """Open the table and share it as a generation, unless its fingerprint is the one `before`.

        Errors: OpenerFailed.
        """
        spawn = get_context("spawn")
        ours, theirs = spawn.Pipe(duplex=False)
        with ours:
            with self._lock, theirs:
                if self._ended:
                    raise OpenerFailed("the server ends")
                given = (theirs, self._run.path, self._settings, generation, before)
                process = self._process = spawn.Process(target=_work, args=given)
                process.start()
            try:
                answer = ours.recv()
            except EOFError:
                answer = None
            process.join()
        if isinstance(answer, Shared):
            return answer
        ended = f"the process that opens the table {end_in_words(process.exitcode)}"
        raise OpenerFailed(answer or ended)

    def close(self) -> None:
        """End what is being opened; nothing is opened any more."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()
                self._process.join()


def _work(
    answer: Connection, folder: Path, settings: Settings, generation: int, before: str
) -> None:
    """Open and share a table, and send what it is; or one line that says why there is none."""
    # A terminal sends it to all its processes; the server ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    all_as_json(settings.log)
    Thread(target=_end_with_server, daemon=True).start()
    run = RunFolder(folder)
    tempfile.tempdir = str(run.temporary)
    try:
        answer.send(open_and_share(run, settings, generation, before))
    except BaseException as error:  # a panic of Polars is no Exception
        answer.send(in_one_line(error))
    # Threads of an engine's library may wait for ever, and memory need not be given back by hand.
    os._exit(0)


def _end_with_server() -> None:
    server = parent_process()
    assert server is not None
    connection.wait([server.sentinel])
    os._exit(1)


def open_and_share(run: RunFolder, settings: Settings, generation: int, before: str) -> Shared:
    """Open a table and share it with the workers, unless its fingerprint is the one `before`.

    How far that is with the first one is noted in the run's folder; what it is, printed. Errors:
    DatasetError, EngineAway, NoRoom.
    """
    # Here, as the server's own process needs none of it.
    from iris_dash.server.progress_bar import Steps
    from iris_dash.server.shared_table import share

    first = generation == 1
    with closing(Steps(run.awaited)) if first else nullcontext(unheard) as report:
        dataset = settings.open(report, run.input)
        with closing(dataset):
            size = f"{dataset.schema.title}: {len(dataset):,} {dataset.schema.rows}"
            if notes := dataset.schema.notes:
                tell(f"{dataset.schema.title}: {'; '.join(notes)}", settings.log, "info")
            if isinstance(report, Steps):
                report.print(f"{size} at {shown_url(settings)}")
                warning = warning_without_login(settings)
                if warning:
                    tell(warning, settings.log)
            if dataset.fingerprint != before:
                table = run.table(generation)
                share(dataset, table, report, settings.workers, settings.log)
    return Shared(size, dataset.fingerprint)
