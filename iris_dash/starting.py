"""What a worker answers while its table is made ready: that it lives, and that it is loading."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from threading import Thread
from typing import TYPE_CHECKING

import orjson

from iris_dash.errors import IrisDashError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RETRY_SECONDS = 2

LOADING = "loading the table; ask again in a moment"

PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{RETRY_SECONDS}">
<title>Loading…</title>
<body style="font-family: system-ui, sans-serif; margin: 3rem">
<p role="status">Loading the table; this page opens it as soon as it is ready.</p>
""".encode()

FAILED = 2


class Starting:
    """A WSGI application that hands over to the one that `make` returns, once it is made.

    Until then `/healthz` answers 200 and all else 503 with Retry-After: a page that asks again by
    itself for who wants HTML, the JSON envelope for everyone else. `/readyz` says 503 until
    `all_made` does, which is told when this one is. If it cannot be made, that is one line on
    standard error and the process ends with exit code 2.
    """

    def __init__(
        self, make: Callable[[], WSGIApplication], all_made: Callable[[], bool] = lambda: True
    ) -> None:
        self._made: WSGIApplication | None = None
        self._all_made = all_made
        Thread(target=self._make, args=(make,), daemon=True).start()

    def _make(self, make: Callable[[], WSGIApplication]) -> None:
        try:
            self._made = make()
            self._all_made()
        except IrisDashError as error:
            print(f"iris-dash: {error}", file=sys.stderr, flush=True)
            os._exit(FAILED)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        asks = environ["PATH_INFO"] == "/readyz"
        if self._made is not None and not (asks and not self._all_made()):
            return self._made(environ, start_response)
        if environ["PATH_INFO"] == "/healthz":
            start_response("200 OK", _headers("application/json"))
            return [orjson.dumps({"status": "alive"})]
        page = "text/html" in environ.get("HTTP_ACCEPT", "") and not asks
        kind = "text/html; charset=utf-8" if page else "application/json"
        wait = ("Retry-After", str(RETRY_SECONDS))
        start_response("503 Service Unavailable", [*_headers(kind), wait])
        return [PAGE if page else orjson.dumps({"detail": LOADING})]


def _headers(kind: str) -> list[tuple[str, str]]:
    return [("Content-Type", kind), ("Cache-Control", "no-store")]
