"""A request's body or arguments as a Query."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import orjson
from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from iris_dash.analysis.aggregate.asking import parse_aggregation, parse_aggregation_arguments
from iris_dash.analysis.aggregate.histogram import (
    HistogramQuestion,
    parse_histogram,
    parse_histogram_arguments,
)
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.beside_question import (
    BesideQuestion,
    parse_beside,
    parse_beside_arguments,
)
from iris_dash.core.errors import Problem, QueryError, list_names, shorten
from iris_dash.core.remembered import remembered
from iris_dash.query.body import parse_query
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.values_question import VALUES_KEYS, ValuesQuestion, values_question

JSON = "application/json"

Parse = Callable[[Schema, bytes], Query]

SHORT = 2_048
"""Questions of at most this many bytes are remembered with the Query that they ask."""

MOST_BYTES = 4_000_000
"""How much is kept of the arguments that were read last, and as much of bodies."""


def read_option(request: Request, key: str) -> tuple[bool, bytes]:
    """Return whether a GET's arguments ask for an option with 1, and its other arguments.

    Errors: QueryError for another value than 1 and 0, and where it is given twice.
    """
    parts = request.query_string.split(b"&")
    own = [part for part in parts if part.partition(b"=")[0] == key.encode()]
    values = [value for _, value in _pairs(b"&".join(own))]
    if not own:
        return False, request.query_string
    if values not in (["0"], ["1"]):
        said = f"expected 1 or 0, not {shorten(values[-1])!r}"
        message = f"{key}: {said if len(values) == 1 else 'is given twice'}"
        raise QueryError([Problem("unknown_value", ("query", key), message, values[-1])])
    return values == ["1"], b"&".join(part for part in parts if part not in own)


def read_query(schema: Schema, request: Request, arguments: bytes | None = None) -> Query:
    """Return the Query of a GET's arguments or a POST's JSON body.

    `arguments`: a GET's where they are not all that it has.
    Errors: QueryError (422) for a wrong query; 400 for a body that is no JSON, 415 for a content
    type other than JSON.
    """
    if request.method != "POST":
        asked = _arguments(request, arguments)
        return _remembered(schema, asked, _parse_arguments, _arguments_query)
    return _remembered(schema, _body(request), _parse_body, _body_query)


def read_values(schema: Schema, request: Request, arguments: bytes | None = None) -> ValuesQuestion:
    """Return what a GET's arguments or a POST's JSON body ask of a column's values.

    Errors: as `read_query`.
    """
    if request.method == "POST":
        body = _json(_body(request))
        given = {key: body.pop(key, None) for key in VALUES_KEYS} if isinstance(body, dict) else {}
        query, place = parse_query(schema, body), "body"
    else:
        asked = _arguments(request, arguments)
        pairs, place = _pairs(asked), "query"
        own = [(key, text) for key, text in pairs if key in VALUES_KEYS]
        given = dict(own)
        if len(given) < len(own):
            _refuse_twice(own)
        query = parse_arguments(schema, (pair for pair in pairs if pair[0] not in VALUES_KEYS))
    if given.get("column") is None:
        names = list_names(column.name for column in schema.filterable)
        message = f"column: which one? columns are {names}"
        raise QueryError([Problem("missing", (place, "column"), message)])
    return values_question(schema, query, given["column"], given.get("search"), place)


def _refuse_twice(pairs: list[tuple[str, str]]) -> NoReturn:
    key, text = next(pair for pair in pairs if [k for k, _ in pairs].count(pair[0]) > 1)
    raise QueryError([Problem("repeated", ("query", key), f"{key} is given twice", text)])


def read_aggregation(
    schema: Schema, request: Request, arguments: bytes | None = None
) -> Aggregation:
    """Return the Aggregation of a GET's arguments or a POST's JSON body; see `read_query`."""
    if request.method != "POST":
        asked = _arguments(request, arguments)
        return parse_aggregation_arguments(schema, _pairs(asked))
    return parse_aggregation(schema, _json(_body(request)))


def read_histogram(
    schema: Schema, request: Request, arguments: bytes | None = None
) -> HistogramQuestion:
    """Return the question of a GET's arguments or a POST's JSON body; see `read_query`."""
    if request.method != "POST":
        asked = _arguments(request, arguments)
        return parse_histogram_arguments(schema, _pairs(asked))
    return parse_histogram(schema, _json(_body(request)))


def read_beside(schema: Schema, request: Request, arguments: bytes | None = None) -> BesideQuestion:
    """Return the question of a GET's arguments or a POST's JSON body; see `read_query`."""
    if request.method != "POST":
        asked = _arguments(request, arguments)
        return parse_beside_arguments(schema, _pairs(asked))
    return parse_beside(schema, _json(_body(request)))


def read_json(request: Request) -> Any:
    """Return the value of a POST's JSON body; errors: as `read_query`."""
    return _json(_body(request))


def refuse_what_is_not_asked(request: Request) -> None:
    """Raise QueryError where a request that asks nothing has arguments or a body."""
    if request.query_string:
        _refuse_arguments(request.query_string, f"{request.path} has no keys")
    _refuse_body(request, "nothing is read from it here")


def _arguments(request: Request, arguments: bytes | None) -> bytes:
    """Return a GET's arguments, if not others are given; QueryError where it has a body."""
    _refuse_body(request, "a GET has its query in the address; ask by POST with a body")
    return request.query_string if arguments is None else arguments


def _refuse_body(request: Request, told: str) -> None:
    environ = request.environ
    is_announced = environ.get("CONTENT_LENGTH", "") not in ("", "0")
    if not (is_announced or "HTTP_TRANSFER_ENCODING" in environ):
        return
    if body := request.get_data(cache=False):
        text = body.decode("utf-8", errors="replace")
        raise QueryError([Problem("unknown_body", ("body",), f"the body: {told}", text)])


def _body(request: Request) -> bytes:
    """Return a POST's body; errors: 415 for a content type other than JSON, QueryError."""
    environ = request.environ
    if environ.get("CONTENT_TYPE") != JSON and request.mimetype != JSON:
        given = request.mimetype or "none"
        raise UnsupportedMediaType(f"expected Content-Type: application/json, not {given}")
    if request.query_string:
        _refuse_arguments(request.query_string, "a POST has its query in the body")
    length, body = environ.get("CONTENT_LENGTH", ""), environ["wsgi.input"]
    if isinstance(body, BytesIO) and length.isdigit() and length.isascii():
        # It is here as a whole: what Werkzeug looks at in a stream takes longer than to read it.
        size = int(length)
        if size <= (request.max_content_length or 0):
            return body.read(size)
    return request.get_data(cache=False)


def _remembered(schema: Schema, given: bytes, parse: Parse, remembered: Parse) -> Query:
    return remembered(schema, given) if len(given) <= SHORT else parse(schema, given)


def _parse_arguments(schema: Schema, query_string: bytes) -> Query:
    return _with_text(schema, parse_arguments(schema, _pairs(query_string)))


def _parse_body(schema: Schema, body: bytes) -> Query:
    return _with_text(schema, parse_query(schema, _json(body)))


def _with_text(schema: Schema, query: Query) -> Query:
    """Return a query with its text, which is asked for next and is kept with it."""
    format_query(schema, query)
    return query


def _size(query: Query) -> int:
    return SHORT + query.size


_arguments_query = remembered(MOST_BYTES, _size)(_parse_arguments)
_body_query = remembered(MOST_BYTES, _size)(_parse_body)


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    text = query_string.decode("utf-8", errors="replace")
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def _refuse_arguments(query_string: bytes, told: str) -> None:
    stray = _pairs(query_string)
    if stray:
        raise QueryError(
            Problem("unknown_key", ("query", key), f"{shorten(key)}: {told}", value)
            for key, value in stray
        )


def _json(body: bytes) -> Any:
    try:
        if b"NaN" in body or b"Infinity" in body:
            # Not JSON, but read here so that the answer names the number's place.
            return json.loads(body)
        found = orjson.loads(body)
        if body.count(b":") > _keys(found):  # a text with a colon, or a key that is there twice
            json.loads(body, object_pairs_hook=_once)
        return found
    except QueryError:
        raise
    except (ValueError, RecursionError) as error:
        reason = str(error) if body.strip() else "the body is empty"
        raise BadRequest(
            f"the body is not JSON: {reason}; expected an object such as {{}}"
        ) from None


def _keys(value: Any) -> int:
    """Return how many keys the objects in a JSON value have."""
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; QueryError where it says a key twice, of which one would not count."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise QueryError(
            Problem("repeated", ("body", name), f"{shorten(name)} is given twice", found[name])
            for name in found
            if names.count(name) > 1
        )
    return found
