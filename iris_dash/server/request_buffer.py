"""Requests buffered until their body is complete; then they take one of a few fair places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from iris_dash.server.awaited_bodies import AwaitedBodies
from iris_dash.server.fair_shares import FairPlaces, FairShare
from iris_dash.server.minimal_responses import minimal_response
from iris_dash.web.clients import client_of
from iris_dash.web.pieces import PIECE, in_small_pieces

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ALIVE = "/healthz"
"""What supervisors ask, who would end a server that is busy."""

READY = "/readyz"
"""What balancers ask, who would send nobody to a server that is busy: it has a place of its own."""

HALF_SENT = b'{"detail":"too many requests are half sent; ask again in a moment"}'

TOO_MANY = b'{"detail":"too many requests are under way; ask again in a moment"}'

WAITED_LONG = b'{"detail":"the question waited too long for others; ask again in a moment"}'

WAIT = 5
"""Seconds after which to ask again."""

LONGEST_WAIT = 30
"""Seconds after which a question that waited for its place is not begun: whoever asked it may be
gone, and what many who are gone have asked would keep all others waiting."""

AT_ONCE = 2 * PIECE
"""An answer of at most so many bytes leaves in one list: its thread need not wait for the client,
and what Granian holds for one who does not read is small."""


class RequestBuffer:
    """A WSGI application that reads a request's body before another one answers it.

    A request holds a thread from its headers to the last byte of its answer, and some of it may
    be waiting for its client: no more than `requests` are there at once, half of them at most for
    one client, and of these no more wait for a body than `bodies` have room for. One more is
    answered 503, and so is one that waited for its place for `LONGEST_WAIT`. No more than `places`
    are answered at once, half of them for one client. Whether the server lives is answered at any
    time, and whether it is ready by itself, one after the other. Bodies of more than `most` bytes
    are not read; whoever answers refuses them. An answer leaves in small pieces, no faster than it
    is read.
    `proxies`: how many in front say which client asks.
    """

    def __init__(
        self,
        app: WSGIApplication,
        places: int,
        bodies: AwaitedBodies,
        requests: int,
        most: int,
        proxies: int = 0,
    ) -> None:
        self._app = app
        self._places, self._ready = FairPlaces(places), FairPlaces(1)
        self._bodies = bodies
        self._requests = FairShare(requests)
        self._most = most
        self._proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if path == ALIVE:
            return self._app(environ, start_response)
        client = client_of(_address(environ, self._proxies))
        if not self._requests.take(client):
            return _refused(start_response, TOO_MANY)
        written = None
        try:
            if not self._read_body(environ, client):
                return _refused(start_response, HALF_SENT)
            with (self._ready if path == READY else self._places).held(client) as waited:
                if waited > LONGEST_WAIT:
                    return _refused(start_response, WAITED_LONG)
                answer = self._app(environ, start_response)
            if not (isinstance(answer, list) and sum(map(len, answer)) <= AT_ONCE):
                written = Written(answer, self._requests, client)
            return written or answer
        finally:
            if written is None:
                self._requests.give(client)

    def _read_body(self, environ: WSGIEnvironment, client: str) -> bool:
        """Read the body; return whether there was room to wait for it."""
        length = self._most if "HTTP_TRANSFER_ENCODING" in environ else _length(environ)
        if not 0 < length <= self._most:
            return True
        wait = self._bodies.begin(client, environ.get("REMOTE_ADDR", ""), length)
        if wait is None:
            return False
        try:
            # One byte more shows that a body without a length is too long.
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(self._most + 1))
        finally:
            self._bodies.end(client, wait)
        return True


class Written(Iterator[bytes]):
    """An answer in small pieces, each made when there is room for it; its share ends with it."""

    def __init__(self, answer: Iterable[bytes], share: FairShare, client: str) -> None:
        self._answer = answer
        self._pieces = in_small_pieces(answer)
        self._share: FairShare | None = share
        self._client = client

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """End the answer, however far it is."""
        share, self._share = self._share, None
        if share is None:
            return
        try:
            close = getattr(self._answer, "close", None)
            if close is not None:
                close()
        finally:
            share.give(self._client)

    __del__ = close


def _refused(start_response: StartResponse, body: bytes) -> list[bytes]:
    return minimal_response(start_response, "503 Service Unavailable", body, wait=WAIT)


def _address(environ: WSGIEnvironment, proxies: int) -> str | None:
    """Return who asks, as so many proxies in front say, or as they come themselves.

    Each proxy adds one address at the end, whatever stands before it, an open quote too.
    """
    said = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    address = said[-proxies].strip(' \t"') if 0 < proxies <= len(said) else ""
    return address or environ.get("REMOTE_ADDR")


def _length(environ: WSGIEnvironment) -> int:
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0
