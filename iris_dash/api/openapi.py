"""The OpenAPI document of the routes, written from the table's schema."""

from __future__ import annotations

from typing import Any

from iris_dash.explorer import Explorer
from iris_dash.query import Query
from iris_dash.query_model import MAX_PER_PAGE, query_model
from iris_dash.query_string import arguments_of, number_text
from iris_dash.schema import Facet, Measure, Schema, floor_to_step

Document = dict[str, Any]
COMPONENTS = "#/components/schemas/"


def openapi_document(explorer: Explorer) -> Document:
    """Return the OpenAPI 3.1 document; its examples are answered by the table as they stand."""
    schema = explorer.schema
    example = example_query(explorer)
    body_model = query_model(schema).model_json_schema(ref_template=COMPONENTS + "{model}")
    models = body_model.pop("$defs", {}) | {"Query": body_model} | _answer_schemas(schema)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{schema.title}: rows, means and files of a query",
            "version": "1",
            "description": (
                f"{len(explorer.dataset)} {schema.rows}. The same query by GET (the dashboard's "
                "own query string) and by POST (JSON) gives the same answer. Bounds are inclusive."
            ),
        },
        "paths": {
            "/range/": _path(explorer, example, "Rows", "The rows that the query selects", _rows()),
            "/stats/mean/": _path(
                explorer,
                example,
                "Means",
                "The mean of every measure per group, over the rows that the query selects",
                _means(),
            ),
            "/export.csv": _path(
                explorer, example, "Csv", "The rows that the query selects, as a CSV file", _csv()
            ),
        },
        "components": {"schemas": models},
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


def _json_example(query: Query) -> Document:
    example: Document = {name: list(values) for name, values in query.facets}
    for side, position in (("lower", 1), ("upper", 2)):
        bounds = {b[0]: b[position] for b in query.bounds if b[position] is not None}
        example |= {side: bounds} if bounds else {}
    return example


def _path(
    explorer: Explorer, example: Query, name: str, summary: str, answer: Document
) -> Document:
    responses = {"200": answer} | _errors("422", "500")
    body = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": COMPONENTS + "Query"},
                "examples": {
                    "everything": {"value": {}},
                    "narrowed": {"value": _json_example(example)},
                },
            }
        },
    }
    return {
        "get": {
            "operationId": f"get{name}",
            "summary": summary,
            "parameters": _parameters(explorer, example),
            "responses": responses,
        },
        "post": {
            "operationId": f"post{name}",
            "summary": summary,
            "requestBody": body,
            "responses": responses | _errors("400", "413", "415"),
        },
    }


def _parameters(explorer: Explorer, example: Query) -> list[Document]:
    given = dict(arguments_of(explorer.schema, example))
    columns = [c for c in explorer.schema.columns if isinstance(c, Facet | Measure)]
    parameters = [_column_parameter(column, given) for column in columns]
    whole = {"type": "integer", "minimum": 1}
    facets = [facet.name for facet in explorer.schema.facets]
    return [
        *parameters,
        _parameter("sort", "Columns, '-' in front means descending: -a,b", {"type": "string"}),
        *(
            [_parameter("by", "Facet that groups the means", {"type": "string", "enum": facets})]
            if facets
            else []
        ),
        _parameter("page", "Page, from 1", whole),
        _parameter("per_page", "Rows on a page", whole | {"maximum": MAX_PER_PAGE}),
    ]


def _column_parameter(column: Facet | Measure, given: dict[str, str]) -> Document:
    if isinstance(column, Facet):
        item: Document = {"type": "string"}
        if len(column.values) <= 50 and None not in column.values:
            item["enum"] = [*column.texts, "~none"]
        text = f"{column.label}: one or more values (~missing: no value; ~none: nothing)"
        array = {"type": "array", "items": item}
        return _parameter(column.name, text, array) | {"style": "form", "explode": True}
    low, high = number_text(column, column.low), number_text(column, column.high)
    text = f"{column.title}: low..high, low.. or ..high, inclusive; {low} to {high} in the table"
    parameter = _parameter(column.name, text, {"type": "string", "pattern": r"\.\."})
    return parameter | ({"example": given[column.name]} if column.name in given else {})


def _parameter(name: str, description: str, schema: Document) -> Document:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _answer_schemas(schema: Schema) -> Document:
    row: Document = {}
    for column in schema.columns:
        if isinstance(column, Measure):
            row[column.key] = {"type": ["number", "null"], "description": column.title}
        else:
            row[column.key] = {"description": column.label}
    mean: Document = {
        f"mean_{m.name}": {"type": ["number", "null"], "description": f"Mean {m.title}"}
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


def _csv() -> Document:
    return {
        "description": "UTF-8, a header line, then a line per row",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }


def _errors(*statuses: str) -> Document:
    words = {
        "400": "The body is not JSON",
        "413": "The body is too large",
        "415": "The content type is not JSON",
        "422": "The query is wrong; one entry per problem",
        "500": "The server failed",
    }
    return {
        status: {
            "description": words[status],
            "content": {
                "application/json": {
                    "schema": {"$ref": COMPONENTS + ("Problems" if status == "422" else "Error")}
                }
            },
        }
        for status in statuses
    }
