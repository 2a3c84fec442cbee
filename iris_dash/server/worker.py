"""One worker: how much it answers at once, and what it answers with."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from iris_dash.core.errors import DatasetError, in_one_line
from iris_dash.core.json_lines import all_as_json, tell
from iris_dash.engines import engine_address, load_engine
from iris_dash.server.awaited_bodies import AwaitedBodies
from iris_dash.server.metric_files import make_metric_files
from iris_dash.server.request_buffer import RequestBuffer
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.starting import Starting

if TYPE_CHECKING:
    from flask import Flask

    from iris_dash.config.settings import Settings

PLACES = 5
"""How many requests a worker answers at once; one client's three, or two while others ask too."""

BODIES = 60
"""How many requests may wait for their body at once; one client's half of these."""

REQUESTS = 120
"""How many may be under way at once, each with a thread; one client's half of these."""

BLOCKING_THREADS = REQUESTS + 8
"""The threads: a few are left to refuse what is too much, and to say that the server lives."""


class Told(NamedTuple):
    """What a worker is told at once, before it reads the settings: that takes a while."""

    run: RunFolder
    workers: int
    port: int
    proxies: int
    log: str
    max_body: int
    requires_login: bool


def told(run: RunFolder, settings: Settings) -> Told:
    """Return what a worker of a run is told of the settings."""
    return Told(
        run,
        settings.workers,
        settings.port,
        settings.proxies,
        settings.log,
        settings.max_body,
        settings.requires_login,
    )


def work(told: Told, *given: Any) -> None:
    """Be a worker of a run that Granian has started, as it would be itself.

    What prevents that is noted in the run's folder, and the process ends.
    """
    from granian.server.mp import MPServer

    all_as_json(told.log)
    try:
        MPServer._spawn_wsgi_worker(*given)
    except BaseException as error:  # a panic of Polars is no Exception
        told.run.fail(in_one_line(error))
        sys.exit(1)


def application(told: Told) -> RequestBuffer:
    """Return what a worker serves: at once that the table is awaited, then the run's table."""
    bodies = AwaitedBodies(BODIES)
    starting = Starting(
        partial(_table_server, told.run),
        told.run,
        told.workers,
        told.log,
        partial(_prepare, told, bodies),
        tells=not told.requires_login,
    )
    return RequestBuffer(starting, PLACES, bodies, REQUESTS, told.max_body, told.proxies)


def _prepare(told: Told, bodies: AwaitedBodies) -> None:
    """Look after the connections from now on, and load what a table's server needs."""
    # Python looks for another one, perhaps the working directory, while that is full.
    tempfile.tempdir = str(told.run.path.parent)
    _make_room_to_count(told)
    # Here, as a worker listens before this is loaded.
    import iris_dash.web.app  # noqa: F401
    from iris_dash.config.environment import read_settings
    from iris_dash.server.connections import PER_CLIENT, ConnectionGuard, open_connections

    seen, said = partial(open_connections, told.port), partial(tell, wanted=told.log)
    if told.proxies:
        # They hold the connections of all clients, and send whole requests.
        ConnectionGuard(seen, said).watch()
    else:
        ConnectionGuard(seen, said, PER_CLIENT, bodies.late).watch()
    with suppress(DatasetError):  # which the process that opens the table has too, and says
        address = engine_address(read_settings(os.environ).data)
        if address is not None:
            load_engine(address)


def _make_room_to_count(told: Told) -> None:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    try:
        if folder:
            make_metric_files(Path(folder))
    except OSError as error:
        # Before the client of Prometheus is loaded, which looks then.
        del os.environ["PROMETHEUS_MULTIPROC_DIR"]
        line = f"{folder}: cannot be written: {error.strerror}; a worker counts for itself alone"
        tell(line, told.log)


def _table_server(run: RunFolder, generation: int) -> Flask:
    from iris_dash.config.environment import read_settings
    from iris_dash.explorer import Explorer
    from iris_dash.server.shared_table import kept
    from iris_dash.web.app import create_app

    settings = read_settings(os.environ)
    explorer = kept(run.table(generation), settings.data)
    if explorer is None:
        explorer = Explorer(settings.open(kept_input=run.input))
    explorer.source = settings.data
    server: Flask = create_app(explorer, settings).server
    return server
