"""Serving: workers that listen at once, the table opened for them, or one line why not."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from typing import TYPE_CHECKING, Any

from iris_dash.config.environment import RUN_FOLDER, options_environment, read_settings
from iris_dash.config.settings import Settings
from iris_dash.core.errors import IrisDashError, StartFailed, first_line
from iris_dash.core.json_lines import all_as_json, tell_end
from iris_dash.server.address import cannot_listen, listening_address
from iris_dash.server.metric_files import NEEDED
from iris_dash.server.run_folder import OwnRun
from iris_dash.server.table_opener import Opener
from iris_dash.server.table_replacement import Tables
from iris_dash.tables.description import TableOptions

if TYPE_CHECKING:
    from flask import Flask

FAILED = 2
"""Exit code of a start that bad input prevented."""


def serve(
    source: str | None = None,
    options: TableOptions | None = None,
    described_by: str | None = None,
) -> None:
    """Serve a table until interrupted, with Granian, at the settings' address.

    `options` are what is said of the table, over its description, the file `described_by`, and
    over the environment. The table is opened once for all workers, while they listen already and
    say how far that is. SIGHUP opens it anew. A worker that dies is replaced.
    Errors: DatasetError or SettingsError, before anything listens, for what is wrong at a glance;
    StartFailed if the table cannot be opened, or a worker cannot begin.
    """
    command = {"IRIS_DASH_DATA": source, "IRIS_DASH_SETTINGS": described_by}
    # Workers read them there.
    os.environ.update({name: text for name, text in command.items() if text})
    os.environ.update(options_environment(options or TableOptions()))
    settings = read_settings(os.environ, command)
    all_as_json(settings.log)
    settings.check_files()
    address = listening_address(settings)
    early = EarlySignal()
    signal.signal(signal.SIGTERM, early.note)
    signal.signal(signal.SIGINT, early.note)
    with (
        OwnRun(settings.workers * NEEDED) as run,
        closing(Tables(run, Opener(run, settings), settings.log)) as tables,
    ):
        signal.signal(signal.SIGHUP, tables.reopen)
        os.environ[RUN_FOLDER] = str(run.path)
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(run.metrics))
        # Else glibc keeps what is free for up to 16 threads apart, and a worker grows for hours.
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        try:
            tables.begin()
            _supervise(run, settings, tables, address, early)
        finally:
            if run.failure:
                raise StartFailed(run.failure) from None


class EarlySignal:
    """Notes a signal that comes before Granian listens to signals; the start ends when it does.

    Nothing is raised where it comes: an import may swallow that, or never give its lock back.
    """

    def __init__(self) -> None:
        self._number = 0

    def note(self, number: int, frame: Any) -> None:
        """Handle a signal."""
        self._number = number

    def end(self) -> None:
        """End the start if there was one."""
        if self._number:
            raise SystemExit(128 + self._number)


def _supervise(
    run: OwnRun, settings: Settings, tables: Tables, address: str, early: EarlySignal
) -> None:
    # Granian takes long to load, and no other command needs it.
    from iris_dash.server.supervisor import Supervisor

    try:
        Supervisor(run, settings, tables, address, early.end).serve()
    except RuntimeError as error:
        # Who else listens there has come since it was looked at.
        raise cannot_listen(settings, first_line(error)) from None


def wsgi_server() -> Flask:
    """Return the Flask server that the environment's settings describe, for a WSGI server.

    What prevents it is one line on standard error and exit code 2, not a traceback.
    """
    from iris_dash.web.app import create_app

    try:
        server: Flask = create_app().server
        return server
    except IrisDashError as error:
        tell_end(error)
        raise SystemExit(FAILED) from None
