"""The paths of the OpenAPI document: what each answers, by GET and by POST."""

from __future__ import annotations

from typing import Any

from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS
from iris_dash.query.body import body_of
from iris_dash.query.query import Query
from iris_dash.query.steps import floor_to_step
from iris_dash.web.api.openapi.aggregates import (
    aggregate_parameters,
    example_body,
    histogram_parameters,
    with_accepted,
)
from iris_dash.web.api.openapi.answers import described_headers, errors, headers, json_answer
from iris_dash.web.api.openapi.beside import beside_parameters
from iris_dash.web.api.openapi.parameters import (
    IF_NONE_MATCH,
    parameter,
    query_parameters,
    values_parameters,
)
from iris_dash.web.api.openapi.schemas import Document, reference
from iris_dash.web.api.responses import JSON, Health, Readiness, readiness

RECEIPT = {
    "X-Total-Count": ("Rows that the query selects, whatever the page", "integer"),
    "X-Query": ("The query's canonical text; left out if it is long", "string"),
    "X-Fingerprint": ("A hash of the table and of what is said of it", "string"),
    "Link": ('The dashboard at the query (RFC 8288), rel="via"; left out if it is long', "string"),
}
"""The headers of a file."""

EXPORTS = (
    ("/export", "Export", "The rows that the query selects", "Row"),
    ("/export/means", "ExportMeans", "The means per group, with the number of rows, `n`", "Mean"),
    ("/export/aggregate", "ExportAggregate", "Statistics of any columns per group", "Group"),
)


def paths(explorer: Explorer, most: int) -> Document:
    """Return every path of the document; `most` rows are on one page at most."""
    return {
        "/range/": _path(explorer, most, "Rows", "The rows that the query selects", _rows()),
        "/aggregate/": _path(
            explorer,
            most,
            "Aggregate",
            "Statistics of any columns per group, over the rows that the query selects",
            _groups(),
            "Aggregation",
        ),
        "/histogram/": _path(
            explorer,
            most,
            "Histogram",
            "How many of the selected rows lie in each bin of a measure or unit of a time",
            json_answer(_list_of("Bin"), "One object per bin, of each group"),
            "HistogramQuestion",
        ),
        "/compare/": _path(
            explorer,
            most,
            "Compare",
            "The selected rows beside the rest, all rows or one group: means, shares, histogram",
            json_answer(reference("Comparison"), "Both sides, measure by measure, value by value"),
            "ComparisonQuestion",
        ),
        **_values(explorer, most),
        "/columns/": _path(
            explorer,
            most,
            "Columns",
            "What each column holds, over the rows that the query selects, beside the whole table",
            json_answer(_list_of("ColumnProfile"), "One object per column, in their order"),
        ),
        "/stats/mean/": _path(
            explorer,
            most,
            "Means",
            "The mean of every measure per group, over the rows that the query selects",
            json_answer(_list_of("Mean"), "One object per group that has rows"),
        ),
        "/stats/summary/": _path(
            explorer,
            most,
            "Summary",
            "The selected rows beside the rest: spread, intervals, difference, effect size",
            json_answer(reference("Summary"), "Counts of rows, and one comparison per measure"),
        ),
        "/diagnose/": _path(
            explorer,
            most,
            "Diagnosis",
            "What each filter removes and, where no row is left, what brings rows back",
            json_answer(
                reference("Diagnosis"),
                "Counts of rows, the active filters, a relaxation or null",
            ),
        ),
        "/schema/": _table(),
        **_exports(explorer, most),
        "/healthz": _state("Health", "Whether the server lives", Health(status="alive")),
        "/readyz": _state(
            "Readiness",
            "Whether the table can be asked now",
            readiness(explorer.dataset),
            "429",
            "503",
        ),
        "/metrics": _metrics(),
    }


def example_query(explorer: Explorer) -> Query:
    """Return a query that the table answers: the first facet's first value, an upper bound."""
    filters: dict[str, Any] = {}
    for facet in explorer.schema.facets[:1]:
        filters["where"] = {facet.name: [facet.values[0]]}
    for measure in explorer.schema.measures[:1]:
        middle = measure.low / 2 + measure.high / 2
        filters["upper"] = {measure.name: floor_to_step(middle, measure.step)}
    return explorer.query(**filters)


def _path(
    explorer: Explorer,
    most: int,
    name: str,
    summary: str,
    answer: Document,
    asks: str = "Query",
) -> Document:
    example = example_query(explorer)
    parameters, examples = _asked(explorer, most, asks, example)
    refused = ("400", "414", "422", "429", "500", "503")
    body = {
        "required": True,
        "content": {
            JSON: {
                "schema": reference(asks),
                "examples": {name: {"value": value} for name, value in examples.items()},
            }
        },
    }
    return {
        "get": {
            "operationId": f"get{name}",
            "summary": summary,
            "parameters": [*parameters, IF_NONE_MATCH],
            "responses": _fresh(answer) | errors(*refused),
        },
        "post": {
            "operationId": f"post{name}",
            "summary": summary,
            "requestBody": body,
            "responses": {"200": answer} | errors(*refused, "413", "415"),
        },
    }


def _asked(
    explorer: Explorer, most: int, asks: str, example: Query
) -> tuple[list[Document], Document]:
    """Return the parameters of a GET that asks so, and examples of a POST's body by name."""
    if asks == "Aggregation":
        narrowed = example_body(explorer, example)
        return aggregate_parameters(explorer, example), {"everything": {}, "narrowed": narrowed}
    parameters = query_parameters(explorer, example, most)
    narrowed = body_of(explorer.schema, example)
    if asks == "ValuesQuery":
        schema = explorer.schema
        own_column = {"column": (schema.facets or schema.texts or schema.filterable)[0].name}
        own = values_parameters(schema, own_column["column"])
        # To look for is a value here, not a row.
        rest = [one for one in parameters if one["name"] != "search"]
        return [*own, *rest], {"everything": own_column, "narrowed": narrowed | own_column}
    if asks == "HistogramQuestion":
        own, column = histogram_parameters(explorer)
        return [*parameters, *own], {"narrowed": narrowed | column}
    if asks == "ComparisonQuestion":
        own, beside = beside_parameters(explorer)
        return [*parameters, *own], {"everything": {}, "narrowed": narrowed | beside}
    return parameters, {"everything": {}, "narrowed": narrowed}


def _fresh(answer: Document) -> Document:
    """Return what a GET answers where all is well: an answer with an ETag, or that it is known."""
    fresh = headers("ETag", "Cache-Control")
    known = {"description": "The answer is the one that If-None-Match names"}
    return {
        "200": answer | {"headers": answer.get("headers", {}) | fresh},
        "304": known | {"headers": fresh},
    }


def _list_of(name: str) -> Document:
    return {"type": "array", "items": reference(name)}


def _groups() -> Document:
    answer = json_answer(_list_of("Group"), "One object per group that has rows")
    texts = {
        "X-Total-Count": ("Groups there are, whatever the page", "integer"),
        "Link": ("first, last, prev and next page (RFC 8288), when paged", "string"),
    }
    return with_accepted(answer) | {"headers": described_headers(texts)}


def _rows() -> Document:
    answer = json_answer(_list_of("Row"), "The rows, in the table's order unless sorted")
    return with_accepted(answer) | _paged("Rows that the query selects")


def _values(explorer: Explorer, most: int) -> Document:
    """Return the path of a column's values; of a table without such a column none."""
    schema = explorer.schema
    if not schema.filterable:
        return {}
    answer = json_answer(
        _list_of("ValueCount"),
        "A page of values, of the first 100 by default, those that most rows have first; of as "
        "many, those of a facet in its own order, others ascending, the missing one last",
    )
    summary = "A column's values with how many rows have each, under the filters on other columns"
    paged = answer | _paged("Values that some row has")
    return {"/values/": _path(explorer, most, "Values", summary, paged, "ValuesQuery")}


def _paged(counted: str) -> Document:
    """Return the headers of an answer in pages."""
    texts = {
        "X-Total-Count": (f"{counted}, whatever the page", "integer"),
        "Link": (
            "first, last, prev and next page (RFC 8288), when paged; left out if it is long: with "
            "`page` and X-Total-Count each page can be asked for",
            "string",
        ),
    }
    return {"headers": described_headers(texts)}


def _exports(explorer: Explorer, most: int) -> Document:
    found = {}
    for path, operation, summary, item in EXPORTS:
        for known in FORMATS:
            as_json = known.media_type == JSON
            schema = _list_of(item) if as_json else {"type": "string", "format": "binary"}
            answer = {
                "description": known.description,
                "headers": described_headers(RECEIPT),
                "content": {known.media_type: {"schema": schema}},
            }
            name = f"{operation}{known.suffix.title()}"
            asks = "Aggregation" if item == "Group" else "Query"
            own = _path(explorer, most, name, f"{summary}, as a file", answer, asks)
            if known.variant:
                kind = {"type": "string", "enum": ["0", "1"]}
                option = parameter(known.variant.key, known.variant.description, kind)
                own["get"]["parameters"].insert(-1, option)
            found[f"{path}.{known.suffix}"] = own
    return found


def _state(name: str, summary: str, answer: Health | Readiness, *refused: str) -> Document:
    """Return a path that tells how the server is, by GET alone."""
    content = {JSON: {"schema": reference(name), "example": answer}}
    return _get(name, summary, {"description": "Yes", "content": content}, *refused)


def _table() -> Document:
    """Return the path of the table's columns, which asks for no rows."""
    answer = json_answer(reference("SchemaRecord"), "The table and its columns, in their order")
    refused = ("429", "503")
    path = _get(
        "Schema", "The table's columns: kinds, values, ends, steps, units", answer, *refused
    )
    path["get"] |= {"parameters": [IF_NONE_MATCH]}
    path["get"]["responses"] |= _fresh(answer)
    return path


def _metrics() -> Document:
    answer = {"description": "Text", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return _get("Metrics", "Counts and times of what was answered, for Prometheus", answer)


def _get(name: str, summary: str, answer: Document, *refused: str) -> Document:
    responses = {"200": answer} | errors("400", "414", "422", "500", *refused)
    return {"get": {"operationId": f"get{name}", "summary": summary, "responses": responses}}
