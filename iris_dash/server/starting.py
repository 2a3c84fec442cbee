"""What a worker answers: that its table is made ready, the table, then the one that follows it."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Iterable
from html import escape
from multiprocessing import connection, parent_process
from threading import Thread
from typing import TYPE_CHECKING

import orjson

from iris_dash.core.errors import IrisDashError, in_one_line
from iris_dash.core.json_lines import tell
from iris_dash.server.minimal_responses import minimal_response
from iris_dash.server.run_folder import LOOK_SECONDS, RunFolder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RETRY_SECONDS = 2

LOADING = "loading the table"

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{seconds}">
<title>Loading…</title>
<body style="font-family: system-ui, sans-serif; margin: 3rem">
<p role="status">Loading the table; this page opens it as soon as it is ready.</p>
<p>{awaited}</p>
"""


class Starting:
    """A WSGI application that hands over to the one that `make` returns for a generation.

    In a run's first workers it answers at once: `/healthz` 200 and all else 503 with Retry-After,
    a page that asks again by itself for who wants HTML, the JSON envelope for everyone else, both
    with what is awaited, unless who asks would have to log in to hear of the table (`tells`);
    `/readyz` says 503 until all workers are ready. What making one needs is meanwhile got ready
    (`prepare`). If the first one cannot be made, the run ends with the reason. A worker that
    replaces one that died listens only when it can answer.

    When the run's folder names another generation, that one is made beside the old one, which
    answers until then, and finishes what it has begun. If it cannot be made, that is one line on
    standard error, and it is tried again.
    """

    def __init__(
        self,
        make: Callable[[int], WSGIApplication],
        run: RunFolder,
        workers: int = 1,
        log: str = "none",
        prepare: Callable[[], object] = lambda: None,
        tells: bool = True,
    ) -> None:
        self._log = log
        self._tells = tells
        self._prepare = prepare
        self._make = make
        self._run = run
        self._workers = workers
        self._made: WSGIApplication | None = None
        self._generation = 0
        if run.all_answer(workers):
            self._replace()
        Thread(target=self._live, daemon=True).start()

    def _live(self) -> None:
        if self._made is None and not self._begin():
            return
        while not _parent_ended():
            if not self._follow():
                time.sleep(RETRY_SECONDS)
        # A worker that is left alone would hold the port for ever.
        os.kill(os.getpid(), signal.SIGTERM)

    def _begin(self) -> bool:
        """Serve the first generation as soon as there is one; return whether it could be made."""
        try:
            self._prepare()
            while not self._run.generation:
                if _parent_ended():
                    os._exit(0)
            self._take()
        except BaseException as error:
            self._run.fail(in_one_line(error))
            parent = parent_process()
            if parent and parent.pid:
                os.kill(parent.pid, signal.SIGTERM)
            return False
        return True

    def _replace(self) -> None:
        """Serve the newest generation before anything listens, as soon as its table is there."""
        self._prepare()
        while self._made is None:
            try:
                self._take()
            except IrisDashError as error:
                tell(f"{error}; trying again", self._log, "error")
                time.sleep(RETRY_SECONDS)

    def _follow(self) -> bool:
        """Serve the newest generation; return whether it could be made."""
        try:
            if self._run.generation > self._generation:
                self._take()
        except BaseException as error:
            # A panic of Polars too: without this thread no other generation would be served.
            tell(f"{in_one_line(error)}; trying again", self._log, "error")
            return False
        return True

    def _take(self) -> None:
        generation, follows = self._run.generation, self._made is not None
        self._made = self._make(generation)
        self._generation = generation
        self._run.note(generation)
        if follows:
            # What went with the old application refers to itself, and to a mapped table.
            gc.unfreeze()
            gc.collect()
        # What is there now stays: to look through all of it is a pause of a tenth of a second.
        gc.freeze()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        made = self._made
        asks = environ["PATH_INFO"] == "/readyz"
        if made is not None and not (asks and not self._run.all_answer(self._workers)):
            return made(environ, start_response)
        if environ["PATH_INFO"] == "/healthz":
            return minimal_response(start_response, "200 OK", orjson.dumps({"status": "alive"}))
        awaited = self._run.awaited.read() if self._tells else ""
        page = "text/html" in environ.get("HTTP_ACCEPT", "") and not asks
        return minimal_response(
            start_response,
            "503 Service Unavailable",
            _page(awaited) if page else _envelope(awaited),
            "text/html; charset=utf-8" if page else "application/json",
            RETRY_SECONDS,
        )


def _page(awaited: str) -> bytes:
    shown = escape(awaited[:1].upper() + awaited[1:])
    return PAGE.format(seconds=RETRY_SECONDS, awaited=shown).encode()


def _envelope(awaited: str) -> bytes:
    what = f"{LOADING}: {awaited}" if awaited else LOADING
    return orjson.dumps({"detail": f"{what}; ask again in a moment"})


def _parent_ended() -> bool:
    """Wait a moment; return whether the process that started this one ended meanwhile."""
    parent = parent_process()
    if parent is None:
        time.sleep(LOOK_SECONDS)
        return False
    return bool(connection.wait([parent.sentinel], LOOK_SECONDS))
