"""A request's body or arguments as a Query."""

from __future__ import annotations

import json
from typing import Any

import orjson
from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from iris_dash.errors import Problem, QueryError
from iris_dash.query import Query, parse_query
from iris_dash.query_string import parse_arguments
from iris_dash.schema import Schema


def read_query(schema: Schema, request: Request) -> Query:
    """Return the Query of a GET's arguments or a POST's JSON body.

    Errors: QueryError (422) for a wrong query; 400 for a body that is no JSON, 415 for a content
    type other than JSON.
    """
    arguments = request.args.items(multi=True)
    if request.method != "POST":
        return parse_arguments(schema, arguments)
    if request.mimetype != "application/json":
        given = request.mimetype or "none"
        raise UnsupportedMediaType(f"expected Content-Type: application/json, not {given}")
    stray = [
        Problem("unknown_key", ("query", key), f"{key}: a POST has its query in the body", value)
        for key, value in arguments
    ]
    if stray:
        raise QueryError(stray)
    return parse_query(schema, _json(request.get_data(cache=False)))


def _json(body: bytes) -> Any:
    try:
        if b"NaN" in body or b"Infinity" in body:
            # Not JSON, but read here so that the answer names the number's place.
            return json.loads(body)
        return orjson.loads(body)
    except (ValueError, RecursionError) as error:
        reason = str(error) if body.strip() else "the body is empty"
        raise BadRequest(
            f"the body is not JSON: {reason}; expected an object such as {{}}"
        ) from None
