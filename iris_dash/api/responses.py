"""Bytes and envelopes that every route answers with."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from iris_dash.errors import Problem

JSON = "application/json"


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON; NaN and infinity become null, dates ISO 8601."""
    return orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY)


def json_response(value: Any, status: int = 200) -> Response:
    """Return a value as a JSON answer."""
    return Response(json_bytes(value), status=status, mimetype=JSON)


def error_response(status: int, detail: str | tuple[Problem, ...]) -> Response:
    """Return the one error envelope: `detail` is a sentence, or the list of a query's problems."""
    if isinstance(detail, str):
        return json_response({"detail": detail}, status)
    problems = [
        {"type": p.type, "loc": list(p.loc), "msg": p.msg, "input": p.input} for p in detail
    ]
    return json_response({"detail": problems}, status)
