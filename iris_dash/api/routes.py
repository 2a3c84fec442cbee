"""The data routes: rows, means and files of a query, by GET and by POST."""

from __future__ import annotations

import math
import re
from importlib.resources import files
from pathlib import Path

import flask_openapi3_swagger
from flask import Blueprint, Response, request, send_from_directory

from iris_dash.api.openapi import openapi_document
from iris_dash.api.requests import read_query
from iris_dash.api.responses import JSON, json_bytes, json_response
from iris_dash.errors import Problem, QueryError
from iris_dash.explorer import Explorer
from iris_dash.query import Query
from iris_dash.query_model import MAX_PER_PAGE

SWAGGER_FILES = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
BOTH = ("GET", "POST")


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

    @routes.route("/export.csv", methods=BOTH)
    def export_csv() -> Response:
        query = read_query(schema, request)
        count = explorer.count(query)
        name = file_name(explorer, count)
        answer = Response(explorer.csv(query), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        answer.headers["X-Total-Count"] = str(count)
        return answer

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


def file_name(explorer: Explorer, count: int) -> str:
    """Return a file name that tells what is in the file, such as iris-16-of-150-flowers."""
    schema = explorer.schema
    text = f"{schema.title}-{count}-of-{len(explorer.dataset)}-{schema.rows}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
