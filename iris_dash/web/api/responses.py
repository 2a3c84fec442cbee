"""Bytes and envelopes that every route answers with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

import orjson
from flask import Request, Response, request
from typing_extensions import TypedDict
from werkzeug.http import parse_etags

from iris_dash.core import errors
from iris_dash.core.deadline import check
from iris_dash.core.release import release
from iris_dash.core.timing import span
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.values import as_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
JSON_OPTIONS = orjson.OPT_SERIALIZE_NUMPY

NEVER_KEPT = "no-store"
KEPT_A_SECOND = "public, max-age=0, s-maxage=1, stale-while-revalidate=2"
"""A cache that many share asks each second whether an answer is still right, and meanwhile repeats
it for two more, so that nobody waits for that: three seconds (four in nginx, which counts whole
ones) are the most by which it can be older than the table."""

ASKED_EACH_TIME = "no-cache"
"""A browser keeps it and asks each time whether it is still right; nginx does not keep it."""


class Problem(TypedDict):
    """One thing wrong with a query."""

    type: str
    loc: list[str | int]
    msg: str
    input: Any


class Problems(TypedDict):
    """Why a query cannot be asked, each reason."""

    detail: list[Problem]


class Error(TypedDict):
    """Why there is no answer, in a sentence."""

    detail: str


class Health(TypedDict):
    """That the server lives."""

    status: Literal["alive"]


class Readiness(TypedDict):
    """That the table can be asked now, and which it is."""

    status: Literal["ready"]
    rows: int
    fingerprint: str


@dataclass(frozen=True)
class Freshness:
    """How long the answers about a table may be kept, and what tells one from another.

    `private`: who asks decides what is answered, so nobody keeps it for others.
    """

    fingerprint: str
    private: bool

    def tag(self, *about: str) -> str:
        """Return the ETag of the answer to a question; it is known before the answer is made.

        Weak: the same rows could have other bytes, compressed or with the time in their receipt.
        """
        text = " ".join((release(), self.fingerprint, *about))
        return f'W/"{blake2b(text.encode(), digest_size=15).hexdigest()}"'

    def say(self, answer: Response, tag: str, kept: str) -> Response:
        """Return an answer that says how long it may be kept; one of its very bytes has its tag."""
        answer.headers.setdefault("ETag", tag)
        answer.headers["Cache-Control"] = f"private, {ASKED_EACH_TIME}" if self.private else kept
        if self.private:
            answer.headers.add("Vary", "Authorization")
        return answer


class WholeAnswer(Response):
    """An answer that is there as a whole: sent as it is, without a look at its headers again."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send it; what has no body, or is not whole after all, as any other."""
        whole: Any = self.response
        is_whole = isinstance(whole, list) and self.status_code == 200 and not self._on_close
        headers = self.headers.to_wsgi_list()
        # Not asked of the headers, which make an error of each one that is not there.
        if not is_whole or environ["REQUEST_METHOD"] == "HEAD" or "Location" in dict(headers):
            return super().__call__(environ, start_response)
        start_response(self.status, headers)
        pieces: list[bytes] = whole
        return pieces


def this_request() -> Request:
    """Return the request that is answered: itself, where Flask's `request` finds it each time."""
    found: Request = request.environ["werkzeug.request"]
    return found


def own_path(path: str) -> str:
    """Return a path of this server as clients ask for it: below the one that a proxy puts it at."""
    return request.script_root + path


def has_already(request: Request, tag: str) -> bool:
    """Return whether who asks says that they have the answer with that ETag."""
    known = request.environ.get("HTTP_IF_NONE_MATCH")
    if known is None:
        return False
    tags, own = parse_etags(known), tag_name(tag)
    return tags.contains_raw(tag) or any(strong.partition(".")[0] == own for strong in tags)


def tag_name(tag: str) -> str:
    """Return what stands in an ETag, without its signs; a kept file's own has a point behind it."""
    return tag.removeprefix("W/").strip('"')


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON; NaN and infinity become null, dates ISO 8601."""
    with span("json"):
        return as_json(value, JSON_OPTIONS)


def json_array(pieces: Iterable[list[Any]], most: int) -> bytes | None:
    """Return the values of all pieces as one JSON array; None where it has more than `most` bytes.

    Of larger ones no more is made than it takes to see that.

    >>> json_array([[1, 2], [], [3]], 10), json_array([[1, 2], [3]], 5), json_array([], 2)
    (b'[1,2,3]', None, b'[]')
    """
    made, length = [], 1
    with span("json"):
        for piece in pieces:
            check()
            if piece:
                made.append(as_json(piece, JSON_OPTIONS)[1:-1])
                length += len(made[-1]) + 1
                if length > most:
                    return None
        return b"[" + b",".join(made) + b"]"


def json_response(value: Any, status: int = 200) -> Response:
    """Return a value as a JSON answer that nobody keeps."""
    answer = Response(json_bytes(value), status=status, mimetype=JSON)
    answer.headers["Cache-Control"] = NEVER_KEPT
    return answer


def error_response(status: int, detail: str | tuple[errors.Problem, ...]) -> Response:
    """Return the one error envelope: `detail` is a sentence, or the list of a query's problems."""
    if isinstance(detail, str):
        return json_response(Error(detail=detail), status)
    problems = [Problem(type=p.type, loc=[*p.loc], msg=p.msg, input=p.input) for p in detail]
    return json_response(Problems(detail=problems), status)


def readiness(dataset: Dataset) -> Readiness:
    """Return which table is ready."""
    return Readiness(status="ready", rows=len(dataset), fingerprint=dataset.fingerprint)
