"""The routes: rows, means and files of a query, by GET and by POST; how the server is."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import partial
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import flask_openapi3_swagger
from flask import Blueprint, Response, request, send_from_directory
from werkzeug.urls import iri_to_uri

from iris_dash.api.openapi import openapi_document
from iris_dash.api.requests import read_query
from iris_dash.api.responses import JSON, json_bytes, json_response
from iris_dash.errors import Problem, QueryError
from iris_dash.explorer import Explorer
from iris_dash.export import FORMATS
from iris_dash.query import Query
from iris_dash.query_model import MAX_PER_PAGE
from iris_dash.receipt import Receipt, What

SWAGGER_FILES = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
BOTH = ("GET", "POST")

EXPORTS: dict[str, What] = {"/export": "rows", "/export/means": "means"}
"""What the files at a path hold; their suffix is their format."""

LONGEST_HEADER = 2_000
"""A query longer than this is left out of the headers: proxies refuse long ones."""


def create_blueprint(explorer: Explorer) -> Blueprint:
    """Return the JSON routes over one explorer."""
    routes = Blueprint("api", __name__)
    schema = explorer.schema

    @routes.route("/range", methods=BOTH)
    @routes.route("/range/", methods=BOTH)
    def rows() -> Response:
        query = read_query(schema, request)
        total, body = explorer.cached("range", query, lambda: _encoded_rows(explorer, query))
        answer = Response(body, mimetype=JSON)
        answer.headers["X-Total-Count"] = str(total)
        links = page_links(f"{request.script_root}/range/", explorer, query, total)
        if links:
            answer.headers["Link"] = links
        return answer

    @routes.route("/stats/mean", methods=BOTH)
    @routes.route("/stats/mean/", methods=BOTH)
    def means() -> Response:
        query = read_query(schema, request)
        body = explorer.cached("mean", query, lambda: json_bytes(explorer.mean_records(query)))
        return Response(body, mimetype=JSON)

    @routes.route("/stats/summary", methods=BOTH)
    @routes.route("/stats/summary/", methods=BOTH)
    def summary() -> Response:
        query = read_query(schema, request)
        body = explorer.cached(
            "summary", query, lambda: json_bytes(explorer.comparison_record(query))
        )
        return Response(body, mimetype=JSON)

    @routes.route("/diagnose", methods=BOTH)
    @routes.route("/diagnose/", methods=BOTH)
    def diagnose() -> Response:
        query = read_query(schema, request)
        body = explorer.cached(
            "diagnose", query, lambda: json_bytes(explorer.diagnosis_record(query))
        )
        return Response(body, mimetype=JSON)

    def export(name: str, what: What) -> Response:
        query = read_query(schema, request)
        link = dashboard_link(explorer, query)
        try:
            made = explorer.export(name, query, what, link)
        except QueryError as error:
            raise _at_place(error) from None
        count = explorer.count(query)
        answer = Response(made.pieces, mimetype=FORMATS[name].media_type)
        answer.headers["Content-Disposition"] = attachment(
            f"{file_name(explorer, count, what)}.{name}"
        )
        answer.headers.update(receipt_headers(made.receipt))
        answer.headers["X-Total-Count"] = str(count)
        return answer

    for name in FORMATS:
        for path, what in EXPORTS.items():
            answered = partial(export, name, what)
            routes.add_url_rule(f"{path}.{name}", f"{what}_{name}", answered, methods=list(BOTH))

    @routes.get("/healthz")
    def alive() -> Response:
        return json_response({"status": "alive"})

    @routes.get("/readyz")
    def ready() -> Response:
        dataset = explorer.dataset
        dataset.collect(dataset.rows().head(1))  # EngineAway becomes a 503 that says why
        return json_response(
            {"status": "ready", "rows": len(dataset), "fingerprint": dataset.fingerprint}
        )

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return json_response(openapi_document(explorer))

    @routes.get("/docs/")
    def docs() -> Response:
        return send_from_directory(str(files("iris_dash.api") / "static"), "docs.html")

    @routes.get("/docs/<path:name>")
    def docs_file(name: str) -> Response:
        if name == "docs.js":
            return send_from_directory(str(files("iris_dash.api") / "static"), name)
        return send_from_directory(SWAGGER_FILES, name)

    return routes


def _encoded_rows(explorer: Explorer, query: Query) -> tuple[int, bytes]:
    if query.page is None and len(explorer.dataset) > MAX_PER_PAGE:
        _refuse_too_many(explorer, query)
    total, records = explorer.records(query)
    return total, json_bytes(records)


def _refuse_too_many(explorer: Explorer, query: Query) -> None:
    """Raise QueryError where one answer would hold more rows than the largest page."""
    count = explorer.count(query)
    if count > MAX_PER_PAGE:
        place = "body" if request.method == "POST" else "query"
        message = (
            f"the query selects {count:,} rows and one answer holds at most {MAX_PER_PAGE:,}; "
            "ask for pages with page and per_page, or for all of them at /export.csv"
        )
        raise QueryError([Problem("too_many_rows", (place, "per_page"), message)])


def page_links(path: str, explorer: Explorer, query: Query, total: int) -> str:
    """Return the Link header (RFC 8288) of a page: first, last, prev and next as GET addresses."""
    if query.page is None or query.per_page is None:
        return ""
    last = max(1, math.ceil(total / query.per_page))
    pages = {"first": 1, "last": last}
    if query.page > 1:
        pages["prev"] = min(query.page - 1, last)
    if query.page < last:
        pages["next"] = query.page + 1
    return ", ".join(
        f'<{path}?{explorer.text(query.on_page(page, query.per_page))}>; rel="{name}"'
        for name, page in pages.items()
    )


def file_name(explorer: Explorer, count: int, what: What = "rows") -> str:
    """Return a file name that tells what is in the file, such as iris-16-of-150-flowers."""
    schema = explorer.schema
    means = "means-of-" if what == "means" else ""
    text = f"{schema.title}-{means}{count}-of-{len(explorer.dataset)}-{schema.rows}"
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def attachment(name: str) -> str:
    """Return the Content-Disposition (RFC 6266) of a file; a name beyond ASCII is given twice.

    >>> attachment("töpfe.csv")
    'attachment; filename="topfe.csv"; filename*=UTF-8\\'\\'t%C3%B6pfe.csv'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    more = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{more}'


def dashboard_link(explorer: Explorer, query: Query) -> str:
    """Return the dashboard's absolute address at the query."""
    return f"{iri_to_uri(request.url_root)}?{explorer.text(query)}".rstrip("?")


def receipt_headers(receipt: Receipt) -> dict[str, str]:
    """Return what a file's headers say of it; all ASCII, as the query's canonical text is."""
    headers = {"X-Fingerprint": receipt.fingerprint}
    if len(receipt.query) <= LONGEST_HEADER:
        headers |= {"X-Query": receipt.query, "Link": f'<{receipt.link}>; rel="via"'}
    return headers


def _at_place(error: QueryError) -> QueryError:
    """Return what an export refuses as what is wrong with this request."""
    place = "body" if request.method == "POST" else "query"
    return QueryError(Problem(p.type, (place, *p.loc[1:]), p.msg, p.input) for p in error.problems)
