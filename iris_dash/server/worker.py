"""One worker: how much it answers at once, and what it answers with."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iris_dash.config.environment import RUN_FOLDER, read_settings
from iris_dash.config.settings import Settings
from iris_dash.core.errors import FAULTS, in_one_line
from iris_dash.server.connections import PER_CLIENT, ConnectionGuard, open_connections
from iris_dash.server.request_buffer import RequestBuffer
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.shared_table import kept
from iris_dash.server.starting import Starting
from iris_dash.web.observing.json_lines import tell

if TYPE_CHECKING:
    from flask import Flask

PLACES = 5
"""How many requests a worker answers at once; one client's all but one of these."""

BODIES = 60
"""How many requests may wait for their body at once; one client's half of these."""

REQUESTS = 120
"""How many may be under way at once, each with a thread; one client's half of these."""

BLOCKING_THREADS = REQUESTS + 8
"""The threads: a few are left to refuse what is too much, and to say that the server lives."""


def work(*given: Any) -> None:
    """Be a worker that Granian has started, as it would be itself.

    What prevents that is noted in the run's folder, and the process ends.
    """
    from granian.server.mp import MPServer

    try:
        MPServer._spawn_wsgi_worker(*given)
    except FAULTS as error:
        _run().fail(in_one_line(error))
        sys.exit(1)


def application() -> RequestBuffer:
    """Return what a worker serves: at once that it is loading, then the run's table."""
    run, settings = _run(), read_settings(os.environ)
    _guard(settings).watch()
    starting = Starting(partial(_table_server, run), run, settings.workers, settings.log)
    return RequestBuffer(starting, PLACES, BODIES, REQUESTS, settings.max_body, settings.proxies)


def _guard(settings: Settings) -> ConnectionGuard:
    return ConnectionGuard(
        partial(open_connections, settings.port),
        partial(tell, wanted=settings.log),
        None if settings.proxies else PER_CLIENT,
    )


def _run() -> RunFolder:
    return RunFolder(Path(os.environ[RUN_FOLDER]))


def _table_server(run: RunFolder, generation: int) -> Flask:
    from iris_dash.web.app import create_app

    settings = read_settings(os.environ)
    explorer = kept(run.table(generation), settings.data)
    if explorer is not None:
        explorer.source = settings.data
    server: Flask = create_app(explorer, settings).server
    return server
