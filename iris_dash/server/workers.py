"""Serving: a table opened once, then the workers until the end; or one line that says why not."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from iris_dash.config.environment import RUN_FOLDER, options_environment, read_settings
from iris_dash.config.settings import Settings
from iris_dash.core.errors import IrisDashError, SettingsError, StartFailed, first_line
from iris_dash.server.progress_bar import Steps
from iris_dash.server.run_folder import OwnRun
from iris_dash.server.table_replacement import Tables, size_text
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.description import TableOptions
from iris_dash.web.auth import warning_without_login
from iris_dash.web.observing.json_lines import tell

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
    over the environment. The table is opened here and then made ready once for all workers, while
    they listen already and say that it is loading. SIGHUP opens it anew. A worker that dies is
    replaced.
    Errors: DatasetError or SettingsError, before anything listens; StartFailed if a worker cannot
    begin.
    """
    command = {"IRIS_DASH_DATA": source, "IRIS_DASH_SETTINGS": described_by}
    # Workers read them there.
    os.environ.update({name: text for name, text in command.items() if text})
    os.environ.update(options_environment(options or TableOptions()))
    settings = read_settings(os.environ, command)
    # What is shared goes even if this process is ended before Granian listens to signals.
    signal.signal(signal.SIGTERM, _end)
    with closing(Steps()) as steps, OwnRun() as run:
        tables = Tables(run, settings)
        signal.signal(signal.SIGHUP, tables.reopen)
        dataset = settings.open(steps)
        _check_port(settings)
        steps.print(_greeting(dataset, settings))
        warning = warning_without_login(settings)
        if warning:
            tell(warning, settings.log)
        os.environ[RUN_FOLDER] = str(run.path)
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(run.metrics))
        # Else glibc keeps what is free for up to 16 threads apart, and a worker grows for hours.
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        try:
            tables.begin([dataset], steps)
            # Once it is shared the workers alone need it.
            del dataset
            _supervise(run, settings, tables)
        finally:
            if run.failure:
                raise StartFailed(run.failure) from None


def _end(number: int, frame: Any) -> None:
    raise SystemExit(128 + number)


def _supervise(run: OwnRun, settings: Settings, tables: Tables) -> None:
    # Granian takes long to load, and no other command needs it.
    from iris_dash.server.supervisor import Supervisor

    try:
        Supervisor(run, settings, tables).serve()
    except RuntimeError as error:
        # Who else listens there has come since it was looked at.
        raise _cannot_listen(settings, first_line(error)) from None


def wsgi_server() -> Flask:
    """Return the Flask server that the environment's settings describe, for a WSGI server.

    What prevents it is one line on standard error and exit code 2, not a traceback.
    """
    from iris_dash.web.app import create_app

    try:
        server: Flask = create_app().server
        return server
    except IrisDashError as error:
        print(f"iris-dash: {error}", file=sys.stderr, flush=True)
        raise SystemExit(FAILED) from None


def _greeting(dataset: Dataset, settings: Settings) -> str:
    """Return the line that a start prints."""
    return f"{size_text(dataset)} at http://{_host(settings)}:{settings.port}"


def _host(settings: Settings) -> str:
    return f"[{settings.host}]" if ":" in settings.host else settings.host


def _check_port(settings: Settings) -> None:
    """Raise SettingsError unless the address is free, so that the reason is one line."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise _cannot_listen(settings, error.strerror) from None


def _cannot_listen(settings: Settings, reason: str | None) -> SettingsError:
    where = f"HOST={settings.host} PORT={settings.port}"
    return SettingsError(f"{where}: cannot listen there: {reason}")
