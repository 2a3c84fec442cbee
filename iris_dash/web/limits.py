"""What one client may ask: sizes, time, how often, and how many files at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from ipaddress import ip_address
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING

from flask import Flask, Response, after_this_request, current_app, request
from werkzeug.exceptions import (
    BadRequest,
    RequestEntityTooLarge,
    RequestURITooLarge,
    TooManyRequests,
)
from werkzeug.middleware.proxy_fix import ProxyFix

from iris_dash.config.readers import PROXY_HEADERS
from iris_dash.config.settings import Settings
from iris_dash.core.deadline import within
from iris_dash.web.redis import redis_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXPORT = "/export"
"""How the paths begin whose answers are files of rows."""

RETRY_SECONDS = 5
"""When to ask again for a file, where too many are being written."""

CUT = b'"This file is incomplete: its server could not go on'
"""The end of a file that fails: a quote that is not closed, on a line of its own, is no CSV; nor is
it JSON or the next message of an Arrow stream."""

HOST = re.compile(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
PREFIX = re.compile(r"(/(?!\.\.?(/|$))[\w.~%+@-]+)*/?", re.ASCII)
SCHEMES = ("http", "https")
LONGEST = 255

ORIGINAL = "werkzeug.proxy_fix.orig"
"""What a request's environment has where a proxy's word was taken."""


def limit(server: Flask, settings: Settings) -> None:
    """Hold a server's clients to the settings' limits; the first that is crossed is the answer."""
    _set_wsgi_app(server, _timed(server.wsgi_app, settings.query_seconds))
    if settings.proxies:
        _trust_proxies(server, settings.proxies, settings.proxy_headers)
    _check_requests(server, settings)
    if settings.rate:
        # Not above: a server without a rate need not load what counting takes.
        from iris_dash.web.rate import limit_rate

        limit_rate(server, settings.rate, redis_of(server, settings))


def _set_wsgi_app(server: Flask, app: WSGIApplication) -> None:
    server.wsgi_app = app  # type: ignore[method-assign, assignment]


def _timed(app: WSGIApplication, seconds: float) -> WSGIApplication:
    """Return the application with a deadline for each answer; what it streams is made after it."""

    def timed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with within(seconds):
            return app(environ, start_response)

    return timed


def _trust_proxies(server: Flask, proxies: int, headers: Collection[str]) -> None:
    """Believe what so many proxies in front say of who asks, and how, in these headers.

    The path is said by one of them, whichever it is: the nearest that says one counts.
    """
    hops = {f"x_{name}": proxies if name in headers else 0 for name in PROXY_HEADERS}
    hops["x_prefix"] = min(hops["x_prefix"], 1)
    _set_wsgi_app(server, ProxyFix(server.wsgi_app, **hops))


def _check_requests(server: Flask, settings: Settings) -> None:
    """Look at each request before it is answered; in one place, as this is done for every one."""
    most = settings.max_url
    places = BoundedSemaphore(settings.exports)

    @server.before_request
    def check() -> None:
        environ = request.environ
        path = environ["PATH_INFO"]
        if len(path) + len(environ.get("QUERY_STRING", "")) >= most:
            raise RequestURITooLarge(
                f"the address is too long; at most {most:,} bytes are read. "
                "A query can be sent as JSON too, by POST"
            )
        wrong = wrong_header(
            environ.get("HTTP_HOST", ""),
            environ["wsgi.url_scheme"],
            environ["SCRIPT_NAME"],
            # Without a proxy's word it is the server's, which may be a socket's.
            environ.get("REMOTE_ADDR", "") if ORIGINAL in environ else "",
        )
        if wrong:
            raise BadRequest(wrong)
        if "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = _Body(environ["wsgi.input"], settings.max_body)
        if path.startswith(EXPORT) and request.url_rule is not None:
            _take_place(places, settings)


@lru_cache(maxsize=1_024)
def wrong_header(host: str, scheme: str, prefix: str, client: str) -> str | None:
    """Return which header, the client's or a proxy's, says what cannot be; None: all can.

    >>> wrong_header("example.org", "https", "/data", "192.0.2.7")
    >>> wrong_header("example.org", "https", "//evil.example", "192.0.2.7")
    'X-Forwarded-Prefix: expected a path such as /data'
    """
    rules: tuple[tuple[str, str, Callable[[str], object], str], ...] = (
        ("Host or X-Forwarded-Host", host, HOST.fullmatch, "a host such as example.org"),
        ("X-Forwarded-Proto", scheme, SCHEMES.__contains__, "http or https"),
        ("X-Forwarded-Prefix", prefix, PREFIX.fullmatch, "a path such as /data"),
        ("X-Forwarded-For", client, _is_address, "IP addresses"),
    )
    for name, value, is_right, expected in rules:
        if value and (len(value) > LONGEST or not is_right(value)):
            return f"{name}: expected {expected}"
    return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class _Body:
    """A body without a length; 413 where it goes on after its most, at which Werkzeug cuts it."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._rest = most

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most so many."""
        piece = self._stream.read(size)
        self._rest -= len(piece)
        if self._rest < 0 or (self._rest == 0 and self._stream.read(1)):
            raise RequestEntityTooLarge
        return piece


def _take_place(places: BoundedSemaphore, settings: Settings) -> None:
    """Take a place among the files that are written; the answer gives it back, or its last piece.

    So many may be written at once that other questions find a thread.
    """
    if not places.acquire(blocking=False):
        raise TooManyRequests(
            f"{settings.exports} files are being written now, as many as may be at once; "
            "Retry-After says when to ask again",
            retry_after=RETRY_SECONDS,
        )
    place = _Place(places)

    @after_this_request
    def keep(answer: Response) -> Response:
        if answer.status_code != 200 or not answer.is_streamed or request.method == "HEAD":
            place.give_back()
            return answer
        pieces = _Held(iter(answer.iter_encoded()), place, settings.query_seconds)
        answer.response = pieces
        try:
            # Before the headers leave, so that what fails at once has a status of its own.
            pieces.begin()
        except Exception as error:
            return current_app.make_response(current_app.handle_user_exception(error))
        return answer


class _Place:
    """A place that is taken, and given back once: when nobody holds it any more at the latest."""

    def __init__(self, places: BoundedSemaphore) -> None:
        self._places: BoundedSemaphore | None = places

    def give_back(self) -> None:
        places, self._places = self._places, None
        if places is not None:
            places.release()

    __del__ = give_back


class _Held(Iterator[bytes]):
    """A file's pieces, each with the time of an answer; its place is given back at its end.

    That is after the last piece, where one fails, or where the server closes it since its client
    is gone. A file that fails says so at its end, in words that are of no format, and then raises:
    Granian (2.8) ends an answer that fails as if it were whole.
    """

    def __init__(self, pieces: Iterator[bytes], place: _Place, seconds: float) -> None:
        self._pieces = pieces
        self._place = place
        self._seconds = seconds
        self._first: bytes | None = None
        self._error: Exception | None = None

    def begin(self) -> None:
        """Make the first piece, within the time of the answer, or raise what prevents it."""
        try:
            self._first = next(self._pieces, b"")
        except Exception:
            self.close()
            raise

    def __next__(self) -> bytes:
        if self._first is not None:
            piece, self._first = self._first, None
            return piece
        if self._error is not None:
            raise self._error
        try:
            with within(self._seconds):
                return next(self._pieces)
        except StopIteration:
            self.close()
            raise
        except Exception as error:
            self.close()
            self._error = error
            return CUT

    def close(self) -> None:
        """End the file, however far it is."""
        try:
            getattr(self._pieces, "close", lambda: None)()
        finally:
            self._place.give_back()
