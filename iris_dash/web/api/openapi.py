"""The OpenAPI document of the routes, written from the table's schema."""

from __future__ import annotations

from typing import Any, assert_never, get_args

from iris_dash.analysis.diagnosis import Kind
from iris_dash.config.settings import Settings
from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS
from iris_dash.query.body import body_of
from iris_dash.query.model import MAX_PER_PAGE, query_model
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, floor_to_step, in_markdown
from iris_dash.query.sort import sort_pattern
from iris_dash.query.url import arguments_of

Document = dict[str, Any]
COMPONENTS = "#/components/schemas/"
HEADERS = "#/components/headers/"


def openapi_document(explorer: Explorer, settings: Settings | None = None) -> Document:
    """Return the OpenAPI 3.1 document; its examples are answered by the table as they stand.

    The settings say who may ask, and how many rows a page has.
    """
    settings = settings or Settings()
    document = _open_document(explorer, settings)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _say_of_every_answer(operation["responses"])
            if settings.requires_login and path != "/healthz":
                operation["responses"] |= _errors("401")
                operation["security"] = [{name: []} for name in _security_schemes(settings)]
    if settings.requires_login:
        document["components"]["securitySchemes"] = _security_schemes(settings)
    return document


def _say_of_every_answer(responses: Document) -> None:
    for answer in responses.values():
        answer["headers"] = answer.get("headers", {}) | _headers("X-Request-Id")


def _security_schemes(settings: Settings) -> Document:
    """Return the ways to come in, by name."""
    schemes: Document = {}
    if settings.logins:
        schemes["login"] = {"type": "http", "scheme": "basic"}
    if settings.tokens:
        schemes["token"] = {"type": "http", "scheme": "bearer"}
    if settings.oidc_issuer:
        where = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
        schemes["sign-in"] = {"type": "openIdConnect", "openIdConnectUrl": where}
    return schemes


def _open_document(explorer: Explorer, settings: Settings) -> Document:
    schema, most = explorer.schema, min(settings.max_page, MAX_PER_PAGE)
    body_model = query_model(schema).model_json_schema(ref_template=COMPONENTS + "{model}")
    models = body_model.pop("$defs", {}) | {"Query": body_model} | _answer_schemas(schema)
    models |= _summary_schemas(schema) | _diagnosis_schemas()
    models["Sort"] = {"type": "string", "pattern": sort_pattern(schema.names)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{schema.title}: rows, means, summaries and files of a query",
            "version": "1",
            "description": (
                f"{len(explorer.dataset)} {in_markdown(schema.rows)}. The same query by GET (the "
                "dashboard's own query string) and by POST (JSON) gives the same answer. Bounds "
                "are inclusive."
            ),
        },
        "paths": {
            "/range/": _path(explorer, most, "Rows", "The rows that the query selects", _rows()),
            "/stats/mean/": _path(
                explorer,
                most,
                "Means",
                "The mean of every measure per group, over the rows that the query selects",
                _means(),
            ),
            "/stats/summary/": _path(
                explorer,
                most,
                "Summary",
                "The selected rows beside the rest: spread, intervals, difference, effect size",
                _one_of("Summary", "Counts of rows, and one comparison per measure"),
            ),
            "/diagnose/": _path(
                explorer,
                most,
                "Diagnosis",
                "What each filter removes and, where no row is left, what brings rows back",
                _one_of("Diagnosis", "Counts of rows, the active filters, a relaxation or null"),
            ),
            **_exports(explorer, most),
            "/healthz": _state("Health", "Whether the server lives", {"status": "alive"}),
            "/readyz": _state(
                "Readiness",
                "Whether the table can be asked now",
                {
                    "status": "ready",
                    "rows": len(explorer.dataset),
                    "fingerprint": explorer.dataset.fingerprint,
                },
                "429",
                "503",
            ),
            "/metrics": _metrics(),
        },
        "components": {"schemas": models, "headers": _header_components()},
    }


def example_query(explorer: Explorer) -> Query:
    """Return a query that the table answers: the first facet's first value, an upper bound."""
    filters: dict[str, Any] = {}
    for facet in explorer.schema.facets[:1]:
        filters[facet.name] = facet.values[0]
    for measure in explorer.schema.measures[:1]:
        middle = measure.low / 2 + measure.high / 2
        filters["upper"] = {measure.name: floor_to_step(middle, measure.step)}
    return explorer.query(**filters)


def _path(explorer: Explorer, most: int, name: str, summary: str, answer: Document) -> Document:
    example = example_query(explorer)
    errors = ("400", "414", "422", "429", "500", "503")
    body = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": COMPONENTS + "Query"},
                "examples": {
                    "everything": {"value": {}},
                    "narrowed": {"value": body_of(example)},
                },
            }
        },
    }
    return {
        "get": {
            "operationId": f"get{name}",
            "summary": summary,
            "parameters": [*_parameters(explorer, example, most), _known()],
            "responses": _fresh(answer) | _errors(*errors),
        },
        "post": {
            "operationId": f"post{name}",
            "summary": summary,
            "requestBody": body,
            "responses": {"200": answer} | _errors(*errors, "413", "415"),
        },
    }


def _fresh(answer: Document) -> Document:
    """Return what a GET answers where all is well: an answer with an ETag, or that it is known."""
    headers = answer.get("headers", {}) | _headers("ETag", "Cache-Control")
    known = {"description": "The answer is the one that If-None-Match names"}
    return {
        "200": answer | {"headers": headers},
        "304": known | {"headers": _headers("ETag", "Cache-Control")},
    }


def _known() -> Document:
    text = "The ETag of an answer that is there already: if it is still right, 304 without a body"
    schema = {"type": "string"}
    return {"name": "If-None-Match", "in": "header", "description": text, "schema": schema}


def _parameters(explorer: Explorer, example: Query, most: int) -> list[Document]:
    given = dict(arguments_of(explorer.schema, example))
    columns = [c for c in explorer.schema.columns if isinstance(c, Filterable)]
    parameters = [_column_parameter(column, given) for column in columns]
    whole, sort = {"type": "integer", "minimum": 1}, {"$ref": COMPONENTS + "Sort"}
    facets = [facet.name for facet in explorer.schema.facets]
    return [
        *parameters,
        _parameter("sort", "Columns, '-' in front means descending: -a,b", sort),
        *(
            [_parameter("by", "Facet that groups the means", {"type": "string", "enum": facets})]
            if facets
            else []
        ),
        _parameter("page", "Page, from 1", whole),
        _parameter("per_page", "Rows on a page", whole | {"maximum": most}),
    ]


def _column_parameter(column: Filterable, given: dict[str, str]) -> Document:
    match column:
        case Facet():
            return _facet_parameter(column)
        case Measure():
            return _measure_parameter(column, given)
        case _:
            assert_never(column)


def _facet_parameter(facet: Facet) -> Document:
    item: Document = {"type": "string"}
    if len(facet.values) <= 50 and None not in facet.values:
        item["enum"] = [*facet.texts, "~none"]
    text = f"{in_markdown(facet.label)}: one or more values (~missing: no value; ~none: nothing)"
    parameter = _parameter(facet.name, text, {"type": "array", "items": item})
    return parameter | {"style": "form", "explode": True}


def _measure_parameter(measure: Measure, given: dict[str, str]) -> Document:
    low, high = (exact_text(end, measure.decimals) for end in (measure.low, measure.high))
    title = in_markdown(measure.title)
    text = f"{title}: low..high, low.. or ..high, inclusive; {low} to {high} in the table"
    parameter = _parameter(measure.name, text, {"type": "string", "pattern": r"\.\."})
    return parameter | ({"example": given[measure.name]} if measure.name in given else {})


def _parameter(name: str, description: str, schema: Document) -> Document:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _answer_schemas(schema: Schema) -> Document:
    row: Document = {}
    for column in schema.columns:
        if isinstance(column, Measure):
            row[column.key] = {"type": ["number", "null"], "description": in_markdown(column.title)}
        else:
            row[column.key] = {"description": in_markdown(column.label)}
    mean: Document = {
        f"mean_{m.name}": {
            "type": ["number", "null"],
            "description": f"Mean {in_markdown(m.title)}",
        }
        for m in schema.measures
    }
    problem = {
        "type": {"type": "string"},
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
        "msg": {"type": "string"},
        "input": {},
    }
    return {
        "Row": {"type": "object", "properties": row, "required": list(row)},
        "Mean": {"type": "object", "properties": mean, "required": list(mean)},
        "Problem": {"type": "object", "properties": problem, "required": list(problem)},
        "Problems": {
            "type": "object",
            "properties": {
                "detail": {"type": "array", "items": {"$ref": COMPONENTS + "Problem"}},
            },
            "required": ["detail"],
        },
        "Error": {
            "type": "object",
            "properties": {"detail": {"type": "string"}},
            "required": ["detail"],
        },
    }


def _object(properties: Document) -> Document:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _array(item: Document) -> Document:
    return {"type": "array", "items": item}


def _summary_schemas(schema: Schema) -> Document:
    """Return the schemas of `/stats/summary/`; numbers are in the measure's unit unless said."""
    whole, flag = {"type": "integer", "minimum": 0}, {"type": "boolean"}
    number: Document = {"type": ["number", "null"]}
    ends = _array({"type": "number"}) | {"minItems": 2, "maxItems": 2}
    interval = {
        "anyOf": [ends, {"type": "null"}],
        "description": "95 % confidence interval, [low, high]; null where there is none",
    }
    sample = {
        "n": whole | {"description": "Rows with a value"},
        "missing": whole | {"description": "Rows without one"},
        "mean": number,
        "std": number | {"description": "Standard deviation, n - 1 in its divisor"},
        **dict.fromkeys(("min", "q1", "median", "q3", "max"), number),
        "mean_interval": interval,
        "small": flag | {"description": "n is below small_below: the interval is a rough guide"},
    }
    measure = {
        "measure": {"enum": [measure.name for measure in schema.measures]},
        "label": {"type": "string"},
        "unit": {"type": "string", "description": "Of every number but n, missing and hedges_g"},
        "selected": {"$ref": COMPONENTS + "Sample"},
        "rest": {"$ref": COMPONENTS + "Sample"},
        "difference": number | {"description": "Mean of the selected minus mean of the rest"},
        "difference_interval": interval,
        "hedges_g": number | {"description": "Difference in pooled standard deviations, corrected"},
        "groups": _array(_object({"group": {}} | sample)),
    }
    summary = {
        "count": whole | {"description": "Rows that the query selects"},
        "total": whole | {"description": "Rows of the table"},
        "by": {"type": ["string", "null"], "description": "The facet that groups"},
        "confidence": {"type": "number"},
        "small_below": whole,
        "measures": _array({"$ref": COMPONENTS + "MeasureSummary"}),
    }
    return {
        "Sample": _object(sample),
        "MeasureSummary": _object(measure),
        "Summary": _object(summary),
    }


def _diagnosis_schemas() -> Document:
    whole, text = {"type": "integer", "minimum": 0}, {"type": "string"}
    active = {
        "filter": text | {"description": "The column's name"},
        "kind": {"enum": [*get_args(Kind)]},
        "words": text,
        "removes_alone": whole | {"description": "Rows that pass every other filter, not this one"},
        "without": text | {"description": "The query without it, as a query string"},
    }
    relaxation = {
        "query": text | {"description": "The relaxed query, as a query string"},
        "words": text,
        "count": {"type": "integer", "minimum": 1, "description": "Rows that it selects"},
        "given_up": {
            "type": "number",
            "description": "Share of a slider's span or of a facet's values, summed over filters",
        },
    }
    diagnosis = {
        "count": whole | {"description": "Rows that the query selects"},
        "total": whole | {"description": "Rows of the table"},
        "filters": _array(_object(active)),
        "relaxation": {
            "anyOf": [_object(relaxation), {"type": "null"}],
            "description": "The least change that brings rows back; null where there are rows",
        },
    }
    return {"Diagnosis": _object(diagnosis)}


def _one_of(name: str, description: str) -> Document:
    content = {"schema": {"$ref": COMPONENTS + name}}
    return {"description": description, "content": {"application/json": content}}


def _list_of(name: str, description: str) -> Document:
    content = {"schema": {"type": "array", "items": {"$ref": COMPONENTS + name}}}
    return {"description": description, "content": {"application/json": content}}


def _rows() -> Document:
    headers = {
        "X-Total-Count": {
            "description": "Rows that the query selects, whatever the page",
            "schema": {"type": "integer"},
        },
        "Link": {
            "description": "first, last, prev and next page (RFC 8288), when paged",
            "schema": {"type": "string"},
        },
    }
    return _list_of("Row", "The rows, in the table's order unless sorted") | {"headers": headers}


def _means() -> Document:
    return _list_of("Mean", "One object per group that has rows")


EXPORTS = (
    ("/export", "Export", "The rows that the query selects", "Row"),
    ("/export/means", "ExportMeans", "The means per group, with the number of rows, `n`", "Mean"),
)


def _exports(explorer: Explorer, most: int) -> Document:
    paths = {}
    for path, operation, summary, item in EXPORTS:
        for known in FORMATS:
            of_json = _list_of(item, "")["content"].get(known.media_type)
            answer = {
                "description": known.description,
                "headers": _receipt_headers(),
                "content": {known.media_type: of_json or {"schema": {"type": "string"}}},
            }
            name = f"{operation}{known.suffix.title()}"
            paths[f"{path}.{known.suffix}"] = _path(
                explorer, most, name, f"{summary}, as a file", answer
            )
    return paths


def _receipt_headers() -> Document:
    headers = {
        "X-Total-Count": ("Rows that the query selects, whatever the page", "integer"),
        "X-Query": ("The query's canonical text; left out if it is long", "string"),
        "X-Fingerprint": ("A hash of the table and of what is said of it", "string"),
        "Link": ('The dashboard at the query (RFC 8288), rel="via"', "string"),
    }
    return _described(headers)


def _header_components() -> Document:
    """Return the headers that many answers have, by name."""
    headers = {
        "X-Request-Id": ("What the log calls this request", "string"),
        "ETag": ("Changes with the table and with the query", "string"),
        "Cache-Control": ("How long the answer may be kept, and by whom", "string"),
        "Retry-After": ("After how many seconds to ask again", "integer"),
        "WWW-Authenticate": ("The ways to come in", "string"),
    }
    return _described(headers)


def _described(headers: dict[str, tuple[str, str]]) -> Document:
    return {
        name: {"description": text, "schema": {"type": kind}}
        for name, (text, kind) in headers.items()
    }


def _headers(*names: str) -> Document:
    return {name: {"$ref": HEADERS + name} for name in names}


def _state(name: str, summary: str, answer: Document, *errors: str) -> Document:
    """Return a path that tells how the server is, by GET alone."""
    kinds = {key: {"type": "integer" if key == "rows" else "string"} for key in answer}
    content = {"application/json": {"schema": _object(kinds), "example": answer}}
    return _get(name, summary, {"description": "Yes", "content": content}, *errors)


def _metrics() -> Document:
    answer = {"description": "Text", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return _get("Metrics", "Counts and times of what was answered, for Prometheus", answer)


def _get(name: str, summary: str, answer: Document, *errors: str) -> Document:
    responses = {"200": answer} | _errors("400", "414", "500", *errors)
    return {"get": {"operationId": f"get{name}", "summary": summary, "responses": responses}}


ERRORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "400": ("The body is not JSON, or a header such as Host cannot be", ()),
    "401": ("Who asks has to say who they are", ("WWW-Authenticate",)),
    "413": ("The body is too large", ()),
    "414": ("The address is too long; a query can be sent by POST", ()),
    "415": ("The content type is not JSON", ()),
    "422": ("The query is wrong; one entry per problem", ()),
    "429": ("Too often, too many files at once, or too many wrong logins", ("Retry-After",)),
    "500": ("The server failed", ()),
    "503": (
        "Not now: the table is loading, or its engine is away; Retry-After says when to ask. "
        "Without it: the answer takes longer than one may",
        ("Retry-After",),
    ),
}
"""What each error means, and which headers it has."""


def _errors(*statuses: str) -> Document:
    return {
        status: {
            "description": ERRORS[status][0],
            "headers": _headers(*ERRORS[status][1]),
            "content": {
                "application/json": {
                    "schema": {"$ref": COMPONENTS + ("Problems" if status == "422" else "Error")}
                }
            },
        }
        for status in statuses
    }
