"""What one client may ask: sizes, time, how often, and how many files at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import IO, TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from iris_dash.config.readers import NO_RATE, PROXY_HEADERS
from iris_dash.config.settings import Settings
from iris_dash.core.deadline import within
from iris_dash.web.api.responses import this_request
from iris_dash.web.auth import is_loopback
from iris_dash.web.endpoints import FILES
from iris_dash.web.export_places import FilePlaces, take_place
from iris_dash.web.rate import limit_rate
from iris_dash.web.redis import redis_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ODD = re.compile(r"//|/\.{1,2}(/|\Z)|[\\\x00-\x1f\x7f]|\A[^/]")
"""What no path in its one canonical form has: what looks at paths, also in front of the product,
must not take two spellings for two things, or one for another."""

SPELLING = "no address here has a double slash, a dot segment, a backslash or a control character"

HOST = re.compile(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
PREFIX = re.compile(r"(/(?!\.\.?(/|$))[\w.~%+@-]+)*/?", re.ASCII)
SCHEMES = ("http", "https")
LONGEST = 255
TOO_LONG = "?"
"""What stands for a header that is too long to be right: no rule allows it, and it is kept."""

DEFAULT_RATE = "6000 per minute"
"""A hundred a second: who drags a slider makes some 20, and a page opens with 40."""

ORIGINAL = "werkzeug.proxy_fix.orig"
"""What a request's environment has where a proxy's word was taken."""


def limit(server: Flask, settings: Settings) -> None:
    """Hold a server's clients to the settings' limits; the first that is crossed is the answer."""
    _set_wsgi_app(server, _timed(server.wsgi_app, settings.query_seconds))
    if settings.proxies:
        _trust_proxies(server, settings.proxies, settings.proxy_headers)
    _check_requests(server, settings)
    rate = rate_of(settings)
    if rate is not None:
        limit_rate(server, rate, redis_of(server, settings), settings.proxies)


def rate_of(settings: Settings) -> str | None:
    """Return how often a client may ask; where only this machine asks, as often as it likes.

    >>> rate_of(Settings()), rate_of(Settings(host="0.0.0.0"))
    (None, '6000 per minute')
    >>> rate_of(Settings(host="0.0.0.0", rate="none")), rate_of(Settings(rate="9 per day"))
    (None, '9 per day')
    """
    if settings.rate is None:
        return None if is_loopback(settings.host) else DEFAULT_RATE
    return None if settings.rate == NO_RATE else settings.rate


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


def limit_admitted(server: Flask, settings: Settings) -> None:
    """Hold those who may ask to what there is: one spelling of each address, places for files.

    Whoever may not ask holds no place, and does not learn what there is. Where others than this
    machine ask, one client has half of the places.
    """
    alone = is_loopback(settings.host) and not settings.proxies
    places = FilePlaces(settings.exports, settings.exports if alone else settings.exports // 2 or 1)

    @server.before_request
    def admit() -> None:
        this = this_request()
        if ODD.search(this.environ["PATH_INFO"]):
            raise NotFound(SPELLING)
        if this.endpoint in FILES:
            take_place(places, settings)


def wrong_header(host: str, scheme: str, prefix: str, client: str) -> str | None:
    """Return which header, the client's or a proxy's, says what cannot be; None: all can.

    >>> wrong_header("example.org", "https", "/data", "192.0.2.7")
    >>> wrong_header("example.org", "https", "//evil.example", "192.0.2.7")
    'X-Forwarded-Prefix: expected a path such as /data'
    """
    given = (host, scheme, prefix, client)
    if max(map(len, given)) <= LONGEST:
        return _wrong(*given)
    return _wrong(*(value if len(value) <= LONGEST else TOO_LONG for value in given))


@lru_cache(maxsize=1_024)
def _wrong(*given: str) -> str | None:
    rules: tuple[tuple[str, Callable[[str], object], str], ...] = (
        ("Host or X-Forwarded-Host", HOST.fullmatch, "a host such as example.org"),
        ("X-Forwarded-Proto", SCHEMES.__contains__, "http or https"),
        ("X-Forwarded-Prefix", PREFIX.fullmatch, "a path such as /data"),
        ("X-Forwarded-For", _is_address, "IP addresses"),
    )
    for value, (name, is_right, expected) in zip(given, rules, strict=True):
        if value and not is_right(value):
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
