"""Serving: the table opened once, Granian's workers, and the table that takes its place later."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from iris_dash.config.environment import RUN_FOLDER, options_environment, read_settings
from iris_dash.config.settings import Settings
from iris_dash.core.errors import FAULTS, IrisDashError, SettingsError, in_one_line
from iris_dash.server.request_buffer import RequestBuffer
from iris_dash.server.run_folder import OwnRun, RunFolder
from iris_dash.server.shared_table import kept, share
from iris_dash.server.starting import Starting
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.description import TableOptions
from iris_dash.tables.sources import Report
from iris_dash.web.auth import warning_without_login
from iris_dash.web.observing.json_lines import JsonLines, tell, wants_json

if TYPE_CHECKING:
    from flask import Flask

PLACES = 4
"""How many requests a worker answers at once."""

BLOCKING_THREADS = 64
"""How many it may hold: each half-sent body has a thread, all but as many as there are places."""

GRACE_SECONDS = 25
"""How long a worker may finish what it has begun; Heroku kills after 30."""

HEADER_SECONDS = 15
"""How long a client may take to send a request's headers."""

HEADER_BYTES = 128 * 1024
"""Most bytes of a request line and its headers; the longest address allowed fits in."""

FAILED = 2
"""Exit code of a start that bad input prevented."""

STEPS = 5
"""What the bar of a start counts: reading, hashing, looking at columns, summing up, sharing."""

READY = "ready"
"""What is reported in the end, when nothing more is begun."""

TIDY_SECONDS = 1


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
    Errors: DatasetError or SettingsError, before anything listens or if no worker can begin.
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
        tables.begin([dataset], steps)
        # Once it is shared the workers alone need it.
        del dataset
        try:
            _serve(settings, tables)
        finally:
            if run.failure:
                raise SettingsError(run.failure)


def _end(number: int, frame: Any) -> None:
    raise SystemExit(128 + number)


class Tables:
    """Hands the workers of a run its table, and another one whenever it is asked to.

    A table that cannot be opened is one line on standard error, and the one before it stays.
    """

    def __init__(self, run: RunFolder, settings: Settings) -> None:
        self._run = run
        self._settings = settings
        self._log = settings.log
        # Signal handlers may put into this one at any moment.
        self._asked: SimpleQueue[None] = SimpleQueue()
        self._fingerprint = ""

    def reopen(self, *signalled: object) -> None:
        """Open the table anew soon, in a thread."""
        self._asked.put(None)

    def begin(self, opened: list[Dataset], report: Report) -> None:
        """Hand over the one table of a list, in a thread which takes it off the list.

        So nothing else holds its rows afterwards. `report` hears what is begun, READY in the end.
        """
        Thread(target=self._work, args=(opened, report), daemon=True).start()

    def _work(self, opened: list[Dataset], report: Report) -> None:
        self._hand_over(opened.pop(), report)
        report(READY)
        before = ""
        while True:
            asked = self._is_asked()
            try:
                if asked:
                    self._open_anew()
                else:
                    self._run.tidy()
            except FAULTS as error:
                # Whatever it is: without this thread no signal would be heard any more.
                line = f"{in_one_line(error)}; the table served before stays"
                if asked or line != before:
                    tell(line, self._log, "error")
                before = line

    def _is_asked(self) -> bool:
        """Return whether the table is to be opened anew, after a moment at the latest."""
        try:
            self._asked.get(timeout=TIDY_SECONDS)
        except Empty:
            return False
        return True

    def _open_anew(self) -> None:
        dataset = self._settings.open()
        if dataset.fingerprint == self._fingerprint:
            tell("the table is the same as before", self._log, "info")
        else:
            self._hand_over(dataset)
            tell(f"{_size(dataset)} from now on", self._log, "info")

    def _hand_over(self, dataset: Dataset, report: Report = str) -> None:
        dataset.close()
        generation = self._run.generation + 1
        share(dataset, self._run.table(generation), report)
        self._run.publish(generation)
        self._fingerprint = dataset.fingerprint


class Steps:
    """The bar of a start, on standard error while that takes, if it is a terminal."""

    def __init__(self) -> None:
        form = "{desc:<20} {bar:30} {n}/{total} {elapsed}"
        self._bar = tqdm(total=STEPS, leave=False, disable=None, bar_format=form)
        self._begun = -1

    def __call__(self, begun: str) -> None:
        """Show what has begun; the last of it is that the table is ready."""
        self._begun += 1
        self._bar.n = self._begun
        self._bar.set_description_str(begun)
        if begun == READY:
            self.close()

    def print(self, line: str) -> None:
        """Print a line on standard output, above the bar."""
        self._bar.clear()
        print(line, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def _serve(settings: Settings, tables: Tables) -> None:
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    # Polars does not survive a fork, and this process has opened the table to check it.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "iris_dash.server.workers:starting_server",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=BLOCKING_THREADS,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1_000, max_buffer_size=HEADER_BYTES
        ),
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=_granians_log(settings),
    )
    # Granian takes this signal for itself, to start its workers anew.
    server.on_startup(partial(signal.signal, signal.SIGHUP, tables.reopen))
    server.serve()


def _granians_log(settings: Settings) -> dict[str, Any]:
    """Return where Granian says something: where this package does, and as it does."""
    text = {"class": "logging.StreamHandler", "formatter": "generic"}
    json = {"class": f"{JsonLines.__module__}.{JsonLines.__name__}"}
    console = {**(json if wants_json(settings.log) else text), "filters": ["meant"]}
    return {
        "filters": {"meant": {"()": f"{__name__}.{Meant.__name__}"}},
        "handlers": {"console": console, "access": text},
    }


class Meant(logging.Filter):
    """Leaves out that Granian finds 64 threads many: most of them only wait for a body."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is logged."""
        return "Python threads" not in record.getMessage()


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


def starting_server() -> RequestBuffer:
    """Return what a worker serves: at once that it is loading, then the run's table."""
    run = RunFolder(Path(os.environ[RUN_FOLDER]))
    settings = read_settings(os.environ)
    starting = Starting(partial(_worker_server, run), run, settings.workers, settings.log)
    return RequestBuffer(starting, PLACES, BLOCKING_THREADS - PLACES, settings.max_body)


def _worker_server(run: RunFolder, generation: int) -> Flask:
    from iris_dash.web.app import create_app

    settings = read_settings(os.environ)
    explorer = kept(run.table(generation))
    if explorer is not None:
        explorer.source = settings.data
    server: Flask = create_app(explorer, settings).server
    return server


def _greeting(dataset: Dataset, settings: Settings) -> str:
    """Return the line that a start prints."""
    return f"{_size(dataset)} at http://{_host(settings)}:{settings.port}"


def _size(dataset: Dataset) -> str:
    return f"{dataset.schema.title}: {len(dataset):,} {dataset.schema.rows}"


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
        where = f"HOST={settings.host} PORT={settings.port}"
        raise SettingsError(f"{where}: cannot listen there: {error.strerror}") from None
