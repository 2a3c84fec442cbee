"""The routes: rows, means and files of a query, by GET and by POST; how the server is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import flask_openapi3_swagger
from flask import Blueprint, Request, Response, request, send_from_directory

from iris_dash.analysis.aggregate.frames import group_records
from iris_dash.analysis.aggregate.histogram import HistogramQuestion
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.beside_question import BesideQuestion
from iris_dash.config.settings import Settings
from iris_dash.core.timing import note
from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS, Format
from iris_dash.files.receipt import What
from iris_dash.query.model import most_rows
from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import Schema
from iris_dash.query.values_question import ValuesQuestion
from iris_dash.web.api.accepted import accepted_format
from iris_dash.web.api.aggregates import refuse_many_groups
from iris_dash.web.api.exports import LONGEST_HEADER, Exports
from iris_dash.web.api.openapi import openapi_document
from iris_dash.web.api.refusals import (
    place,
    refuse_long_page,
    refuse_too_many,
    refuse_wide_groups,
    rows_on_page,
    too_large,
)
from iris_dash.web.api.requests import (
    read_aggregation,
    read_beside,
    read_histogram,
    read_option,
    read_query,
    read_values,
    refuse_what_is_not_asked,
)
from iris_dash.web.api.responses import (
    ASKED_EACH_TIME,
    JSON,
    KEPT_A_SECOND,
    Freshness,
    Health,
    WholeAnswer,
    has_already,
    json_array,
    json_bytes,
    json_response,
    own_path,
    readiness,
    this_request,
)

Question = TypeVar(
    "Question", Query, Aggregation, HistogramQuestion, BesideQuestion, ValuesQuestion
)
Paged = TypeVar("Paged", Query, Aggregation)

SWAGGER_FILES = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
BOTH = ("GET", "POST")

EXPORTS: dict[str, What] = {
    "/export": "rows",
    "/export/means": "means",
    "/export/aggregate": "groups",
}
"""What the files at a path hold; their suffix is their format."""


VALUES_AT_ONCE = 1_000
"""Values that are written at once, before it is looked how long they are."""

MOST_BYTES = 32_000_000
"""Bytes of one JSON answer of rows; those of a table with long texts reach them first."""


def create_blueprint(explorer: Explorer, settings: Settings | None = None) -> Blueprint:
    """Return the JSON routes over one explorer."""
    settings = settings or Settings()
    routes = Blueprint("api", __name__)
    schema = explorer.schema
    freshness = Freshness(explorer.dataset.fingerprint, settings.requires_login)
    exports = Exports(explorer, settings)

    def asked(
        about: str,
        make: Callable[[Question], Response],
        read: Callable[[Schema, Request, bytes | None], Question],
        unchanged: Callable[[str], Response] = _unchanged,
        kept: str = KEPT_A_SECOND,
        arguments: bytes | None = None,
    ) -> Response:
        """Return what `make` answers to what this request asks, a query as `read` reads it.

        By GET with how long it may be kept, and if who asks has it already, what `unchanged` says.
        """
        this = this_request()
        query = read(schema, this, arguments)
        text = explorer.text(query)
        note(query=text)
        if this.method == "POST":
            return make(query)
        tag = freshness.tag(about, text)
        answer = unchanged(tag) if has_already(this, tag) else make(query)
        return freshness.say(answer, tag, kept)

    def rows_answer(wanted: Format | None, query: Query) -> Response:
        most = most_rows(schema, settings.max_page)
        refuse_long_page(query, most)

        def made() -> tuple[int, bytes]:
            if wanted is None:
                return _encoded_rows(explorer, query, most)
            total = explorer.count(query)
            if query.page is None:
                refuse_too_many(total, most)
            return total, b"".join(explorer.export(wanted.suffix, query).pieces)

        total, body = explorer.cached(_kind("range", wanted), query, made)
        return paged_answer("/range/", wanted, query, total, body)

    def groups_answer(wanted: Format | None, query: Aggregation) -> Response:
        most = min(query.most, settings.max_page)
        refuse_many_groups(place(), query, None, most)

        def made() -> tuple[int, bytes]:
            groups = explorer.groups(query)
            refuse_many_groups(place(), query, groups.total, most)
            if wanted is None:
                return groups.total, json_bytes(group_records(groups.frame, query))
            written = explorer.groups_file(wanted.suffix, query, groups)
            return groups.total, b"".join(written.pieces)

        total, body = explorer.cached(_kind("aggregate", wanted), explorer.text(query), made)
        return paged_answer("/aggregate/", wanted, query, total, body)

    def paged_answer(
        path: str, wanted: Format | None, query: Query | Aggregation, total: int, body: bytes
    ) -> Response:
        note(rows=rows_on_page(query, total))
        return paged(body, wanted, query, total, f"{path}?")

    def values_answer(question: ValuesQuestion) -> Response:
        refuse_long_page(question.query, most_rows(schema, settings.max_page))
        total, body = explorer.cached(
            "values", question.text(schema), lambda: _encoded_values(explorer, question)
        )
        return paged(body, None, question.query, total, f"/values/?{question.arguments}&")

    def paged(
        body: bytes, wanted: Format | None, query: Query | Aggregation, total: int, path: str
    ) -> Response:
        answer = WholeAnswer(body, mimetype=wanted.media_type if wanted else JSON)
        answer.headers["X-Total-Count"] = str(total)
        links = page_links(path, explorer, query, total)
        if 0 < len(links) <= LONGEST_HEADER:
            answer.headers["Link"] = links
        return answer

    def record_answer(kind: str, record: Callable[[Query], Any], query: Query) -> Response:
        refuse_wide_groups(explorer, query, kind)
        body = explorer.cached(kind, query, lambda: json_bytes(record(query)))
        return WholeAnswer(body, mimetype=JSON)

    def as_accepted(
        kind: str,
        make: Callable[[Format | None, Paged], Response],
        read: Callable[[Schema, Request, bytes | None], Paged],
    ) -> Response:
        """Return the answer as JSON, or as the file that `Accept` asks for."""
        wanted = accepted_format(this_request())
        unchanged = partial(_unchanged, media_type=wanted.media_type if wanted else JSON)
        answer = asked(_kind(kind, wanted), partial(make, wanted), read, unchanged)
        answer.headers.add("Vary", "Accept")
        return answer

    def histogram_answer(query: HistogramQuestion) -> Response:
        def made() -> bytes:
            return json_bytes(explorer.histogram_records(query))

        body = explorer.cached("histogram", explorer.text(query), made)
        return WholeAnswer(body, mimetype=JSON)

    def beside_answer(query: BesideQuestion) -> Response:
        refuse_wide_groups(explorer, Query(by=NO_GROUPS), "compare")

        def made() -> bytes:
            return json_bytes(explorer.beside_record(query))

        return WholeAnswer(explorer.cached("compare", explorer.text(query), made), mimetype=JSON)

    def record(kind: str, made: Callable[[Query], Any]) -> Response:
        return asked(kind, partial(record_answer, kind, made), read_query)

    def export(file_format: Format, what: What) -> Response:
        # The receipt in a file holds the dashboard's address.
        about = f"{what}.{file_format.suffix} {request.url_root}"
        variant, arguments, prefix = file_format.variant, None, b""
        if variant and request.method != "POST":
            wanted, arguments = read_option(request, variant.key)
            if wanted:
                about, prefix = f"{variant.key} {about}", variant.prefix
        unchanged = partial(exports.unchanged, file_format)
        reading: Any = read_aggregation if what == "groups" else read_query

        def make(query: Query | Aggregation) -> Response:
            tag = freshness.tag(about, explorer.text(query))
            return exports.answer(file_format, what, prefix, tag, query)

        return asked(about, make, reading, unchanged, ASKED_EACH_TIME, arguments)

    answers: dict[str, Callable[[], Response]] = {
        "/range": partial(as_accepted, "range", rows_answer, read_query),
        "/aggregate": partial(as_accepted, "aggregate", groups_answer, read_aggregation),
        "/histogram": partial(asked, "histogram", histogram_answer, read_histogram),
        "/compare": partial(asked, "compare", beside_answer, read_beside),
        "/values": partial(asked, "values", values_answer, read_values),
        "/columns": partial(record, "columns", explorer.column_records),
        "/stats/mean": partial(record, "mean", explorer.mean_records),
        "/stats/summary": partial(record, "summary", explorer.comparison_record),
        "/diagnose": partial(record, "diagnose", explorer.diagnosis_record),
    }
    for path, answered in answers.items():
        for spelling in (path, f"{path}/"):
            routes.add_url_rule(spelling, path.rpartition("/")[2], answered, methods=list(BOTH))
    for file_format in FORMATS:
        for path, what in EXPORTS.items():
            rule, endpoint = f"{path}.{file_format.suffix}", f"{what}_{file_format.suffix}"
            answered = partial(export, file_format, what)
            routes.add_url_rule(rule, endpoint, answered, methods=list(BOTH))

    def table_answer() -> Response:
        refuse_what_is_not_asked(request)
        tag = freshness.tag("schema", "")
        if has_already(request, tag):
            return freshness.say(_unchanged(tag), tag, KEPT_A_SECOND)
        return freshness.say(json_response(explorer.schema_record()), tag, KEPT_A_SECOND)

    for spelling in ("/schema", "/schema/"):
        routes.add_url_rule(spelling, "schema", table_answer, methods=["GET"])

    @routes.get("/healthz")
    def alive() -> Response:
        refuse_what_is_not_asked(request)
        return json_response(Health(status="alive"))

    @routes.get("/readyz")
    def ready() -> Response:
        refuse_what_is_not_asked(request)
        dataset = explorer.dataset
        dataset.collect(dataset.rows().head(1))  # EngineAway becomes a 503 that says why
        return json_response(readiness(dataset))

    # Through a proxy that puts it below a path, and straight.
    @lru_cache(maxsize=2)
    def document(path: str) -> bytes:
        return json_bytes(openapi_document(explorer, settings, path))

    @routes.get("/openapi.json")
    def openapi() -> Response:
        refuse_what_is_not_asked(request)
        answer = Response(document(own_path("") or "/"), mimetype=JSON)
        answer.add_etag()
        tag = answer.headers["ETag"]
        return freshness.say(answer, tag, KEPT_A_SECOND)

    @routes.get("/docs")
    def docs_folder() -> Response:
        # Not Flask's own way, which repeats the query, however long it is, in a header.
        return Response(status=308, headers={"Location": own_path("/docs/")})

    @routes.get("/docs/")
    def docs() -> Response:
        return send_from_directory(str(files("iris_dash.web.api") / "static"), "docs.html")

    @routes.get("/docs/<path:name>")
    def docs_file(name: str) -> Response:
        if name == "docs.js":
            return send_from_directory(str(files("iris_dash.web.api") / "static"), name)
        return send_from_directory(SWAGGER_FILES, name)

    return routes


def _unchanged(_tag: str, media_type: str = JSON) -> Response:
    # Not without a body, so that `compression` says of it what it says of the answer.
    return Response(b"", status=304, mimetype=media_type)


def _kind(kind: str, wanted: Format | None) -> str:
    """Return what an answer in that form is called among those that are kept."""
    return kind if wanted is None else f"{kind}.{wanted.suffix}"


def _encoded_rows(explorer: Explorer, query: Query, most: int) -> tuple[int, bytes]:
    if query.page is None and len(explorer.dataset) > most:
        refuse_too_many(explorer.count(query), most)
    total, pieces = explorer.record_pieces(query, written=True)
    return total, _encoded(pieces, "rows", ", or for a file at /export.ndjson")


def _encoded_values(explorer: Explorer, question: ValuesQuestion) -> tuple[int, bytes]:
    page = explorer.value_page(question)
    records = [{"value": one.value, "count": one.count} for one in page.values]
    steps = range(0, len(records), VALUES_AT_ONCE)
    return page.total, _encoded((records[i : i + VALUES_AT_ONCE] for i in steps), "values")


def _encoded(pieces: Iterable[list[Any]], what: str, instead: str = "") -> bytes:
    """Return one JSON array; QueryError where it would be too long."""
    body = json_array(pieces, MOST_BYTES)
    if body is None:
        raise too_large(
            f"the {what} are more than {MOST_BYTES:,} bytes, the most that one answer holds; "
            f"ask for fewer with per_page{instead}"
        )
    return body


def page_links(path: str, explorer: Explorer, query: Query | Aggregation, total: int) -> str:
    """Return the Link header (RFC 8288) of a page: first, last, prev and next as GET addresses.

    Each is `path`, which ends in `?` or `&`, below the server's own, and the query's text.
    """
    if query.page is None or query.per_page is None:
        return ""
    address = own_path(path)
    last = max(1, math.ceil(total / query.per_page))
    pages = {"first": 1, "last": last}
    if query.page > 1:
        pages["prev"] = min(query.page - 1, last)
    if query.page < last:
        pages["next"] = query.page + 1
    # Written once: the addresses differ in the page alone, whose argument is the last such one.
    here = explorer.text(query)
    before, page_argument, after = here.rpartition(f"page={query.page}&per_page={query.per_page}")
    size = page_argument.partition("&")[2]
    return ", ".join(
        f'<{address}{before}page={page}&{size}{after}>; rel="{name}"'
        for name, page in pages.items()
    )
