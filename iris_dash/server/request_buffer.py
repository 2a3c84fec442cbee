"""Requests buffered until their body is complete; only then do they take one of few threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from iris_dash.server.minimal_responses import minimal_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ALIVE = "/healthz"
"""What supervisors ask, who would end a server that is busy."""

FULL = b'{"detail":"too many requests are half sent; ask again in a moment"}'

WAIT = 5
"""Seconds after which to ask again."""


class RequestBuffer:
    """A WSGI application that reads a request's body before another one answers it.

    A body that stays half sent then holds a thread, of which there are many, but none of the
    `places`: no more requests than these are answered at once. Nor does it hold the last threads:
    more than `bodies` are not waited for at once, but answered 503. Bodies of more than `most`
    bytes are not read; whoever answers refuses them. Whether the server lives is answered at any
    time.
    """

    def __init__(self, app: WSGIApplication, places: int, bodies: int, most: int) -> None:
        self._app = app
        self._places = FairSemaphore(places)
        self._bodies = BoundedSemaphore(bodies)
        self._most = most

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] == ALIVE:
            return self._app(environ, start_response)
        if "HTTP_TRANSFER_ENCODING" in environ or 0 < _length(environ) <= self._most:
            if not self._bodies.acquire(blocking=False):
                return minimal_response(start_response, "503 Service Unavailable", FULL, wait=WAIT)
            try:
                # One byte more shows that a body without a length is too long.
                environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(self._most + 1))
            finally:
                self._bodies.release()
        self._places.take()
        try:
            return self._app(environ, start_response)
        finally:
            self._places.give()


class FairSemaphore:
    """A semaphore in which whoever waits longest is next; Python's own lets others in before."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[Lock] = deque()
        self._lock = Lock()

    def take(self) -> None:
        """Take a place, as soon as there is one."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def give(self) -> None:
        """Give it to the next one."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


def _length(environ: WSGIEnvironment) -> int:
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0
