"""Every error of the server as the one JSON envelope, turned into HTTP once, here."""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from iris_dash.core.errors import EngineAway, NoRoom, QueryError, QueryTooLong
from iris_dash.web.api.responses import error_response, own_path

RETRY_SECONDS = 5

log = logging.getLogger(__name__)


def register_error_handlers(server: Flask) -> None:
    """Make the server answer every error in the envelope, never with a page or a traceback."""
    server.register_error_handler(QueryError, _query_error)
    server.register_error_handler(EngineAway, _engine_away)
    server.register_error_handler(QueryTooLong, _query_too_long)
    server.register_error_handler(NoRoom, _no_room)
    server.register_error_handler(HTTPException, _http_error)
    server.register_error_handler(Exception, _unexpected_error)


def _query_error(error: QueryError) -> Response:
    return error_response(422, error.problems)


def _engine_away(error: EngineAway) -> Response:
    log.warning("%s %s: %s", request.method, request.path, error)
    answer = error_response(503, f"the table cannot be asked now: {error}")
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _query_too_long(error: QueryTooLong) -> Response:
    """Answer without Retry-After: the same question would take as long."""
    log.warning("%s %s: %s", request.method, request.path, error)
    other = f", or ask for a file, {own_path('/export.csv')}"
    if request.path.startswith("/export"):
        whole = request.path.endswith((".xlsx", ".parquet"))
        other = ", or take it as CSV, which is sent as it is made" if whole else ""
    return error_response(503, f"{error}; narrow the query{other}")


def _no_room(error: NoRoom) -> Response:
    log.error("%s %s: %s", request.method, request.path, error)
    said = "the server has no room for this file now; ask for fewer rows, or for CSV"
    answer = error_response(503, said)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    detail = error.description or error.name
    if isinstance(error, NotFound) and error.description == NotFound.description:
        asked, docs = own_path(request.path), own_path("/docs/")
        detail = f"there is nothing at {asked}; see {docs} for what there is"
    elif isinstance(error, RequestEntityTooLarge):
        detail = f"the body is too large; at most {request.max_content_length} bytes are read"
    elif status == 405:
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        asked = own_path(request.path)
        detail = f"{request.method} is not answered at {asked}; methods are {allowed}"
    answer = error_response(status, detail)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            answer.headers[name] = value
    return answer


def _unexpected_error(error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_response(500, "the server failed to answer; the reason is in its log")
