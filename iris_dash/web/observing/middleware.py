"""WSGI middleware that observes: what came, what was answered, how long it took."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any

from prometheus_client import Gauge

from iris_dash.core.errors import first_line
from iris_dash.core.timing import Trace, listening

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What the id of a request looks like that a proxy in front may say."""

AT_ONCE = 1_000_000
"""An answer of at most so many bytes goes to the server in one list, which Granian sends faster."""

LONGEST_QUERY = 2_000
"""Longer queries are cut in the log: a pipe takes up to 4,096 bytes in one piece, so that lines of
several workers do not mix."""

FOUND = {"memory": "hit memory", "redis": "hit redis", "nowhere": "miss"}


@dataclass(slots=True)
class Observed:
    """One request and its answer.

    `route` is the rule that the path follows, None if none does; `cut` whether the answer's end
    was not sent.
    """

    trace: Trace
    environ: WSGIEnvironment
    begun: float
    route: str | None = None
    status: int = 0
    length: int | None = None
    seconds: float = 0.0
    cut: bool = False

    def timings(self) -> str:
        """Return the Server-Timing header, in milliseconds."""
        parts = [f"total;dur={(perf_counter() - self.begun) * 1000:.2f}"]
        trace = self.trace
        if trace.found is not None:
            parts.append(f'cache;desc="{FOUND[trace.found]}"')
        parts += [f"{name};dur={seconds * 1000:.2f}" for name, seconds in trace.spans]
        return ", ".join(parts)

    def line(self) -> dict[str, Any]:
        """Return what the log says of it."""
        trace, environ = self.trace, self.environ
        fields = {
            "level": "error" if self.status >= 500 or trace.error else "info",
            "request_id": trace.id,
            "method": environ["REQUEST_METHOD"],
            "route": self.route,
            "query": trace.query and trace.query[:LONGEST_QUERY],
            "rows": trace.rows,
            "status": self.status,
            "ms": round(self.seconds * 1000, 2),
            "bytes": self.length,
            "client": environ.get("REMOTE_ADDR"),
        }
        if trace.who is not None:
            fields["who"] = trace.who
        if self.cut:
            fields["cut"] = True
        if trace.error is not None:
            fields["error"] = trace.error
        return fields


class ObservingMiddleware:
    """A WSGI application whose answers have an id and timings, and are told of when they end.

    A streamed answer ends when its last piece is taken, or when nobody takes more. `streaming`
    counts how many are on their way; `trusts_ids` says that a proxy in front names the requests.
    """

    def __init__(
        self,
        app: WSGIApplication,
        tell: Callable[[Observed], None],
        streaming: Gauge,
        trusts_ids: bool = False,
    ) -> None:
        self._app = app
        self._tell = tell
        self._streaming = streaming
        self._trusts_ids = trusts_ids
        # Seeded by the system, once: to ask it each time hands the interpreter to another thread.
        self._random = Random()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        seen = Observed(Trace(self._id(environ)), environ, perf_counter())

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            seen.status = int(status[:3])
            seen.route = _rule(environ)
            for name, value in headers:
                if name == "Content-Length" or name.lower() == "content-length":
                    seen.length = int(value)
                    break
            named = [
                *headers,
                ("X-Request-Id", seen.trace.id),
                ("Server-Timing", seen.timings()),
            ]
            return start_response(status, named, error) if error else start_response(status, named)

        with listening(seen.trace):
            body = self._app(environ, start)
            # What has no body may have no length either.
            no_body = environ["REQUEST_METHOD"] == "HEAD" or seen.status in (204, 304)
            if seen.length is None and not no_body:
                return Streamed(body, seen, self._tell, self._streaming)
            if (seen.length or 0) <= AT_ONCE:
                body = _whole(body)
            seen.seconds = perf_counter() - seen.begun
            self._tell(seen)
            return body

    def _id(self, environ: WSGIEnvironment) -> str:
        given = environ.get("HTTP_X_REQUEST_ID") if self._trusts_ids else None
        return (
            given
            if given is not None and ID.fullmatch(given)
            else f"{self._random.getrandbits(64):016x}"
        )


def _rule(environ: WSGIEnvironment) -> str | None:
    """Return the rule that a request's path follows, which Flask knows until it has answered."""
    request = environ.get("werkzeug.request")
    rule = None if request is None else request.url_rule
    return None if rule is None else str(rule.rule)


def _whole(body: Iterable[bytes]) -> list[bytes]:
    """Return the pieces of a body, which is then at its end."""
    try:
        return list(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


class Streamed:
    """The pieces of an answer that is made as it is sent."""

    def __init__(
        self,
        body: Iterable[bytes],
        seen: Observed,
        tell: Callable[[Observed], None],
        streaming: Gauge,
    ) -> None:
        self._body = body
        self._pieces = iter(body)
        self._seen = seen
        self._tell = tell
        self._streaming = streaming
        self._open = True
        seen.length = 0
        seen.cut = True
        streaming.inc()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        seen = self._seen
        try:
            with listening(seen.trace):
                piece = next(self._pieces)
        except StopIteration:
            seen.cut = False
            self.close()
            raise
        except Exception as error:
            seen.trace.error = f"{type(error).__name__}: {first_line(error)}"
            self.close()
            raise
        seen.length = (seen.length or 0) + len(piece)
        return piece

    def close(self) -> None:
        """End the answer, and tell of it."""
        if not self._open:
            return
        self._open = False
        seen = self._seen
        try:
            with listening(seen.trace):
                close = getattr(self._body, "close", None)
                if close is not None:
                    close()
        finally:
            self._streaming.dec()
            seen.seconds = perf_counter() - seen.begun
            self._tell(seen)
