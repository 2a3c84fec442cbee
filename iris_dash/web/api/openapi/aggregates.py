"""What an aggregate may ask by GET, and examples, as the OpenAPI document says."""

from __future__ import annotations

from typing import Any

from iris_dash.analysis.aggregate.question import MOST_GROUPS
from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS
from iris_dash.query.body import body_of
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.sort import join_sort
from iris_dash.web.api.accepted import OFFERED
from iris_dash.web.api.openapi.aggregate_schemas import descriptions, histogram_keys
from iris_dash.web.api.openapi.parameters import parameter, query_parameters
from iris_dash.web.api.openapi.schemas import Document


def aggregate_parameters(explorer: Explorer, example: Query) -> list[Document]:
    """Return the parameters of an aggregate; what is asked in `example_body` is their example."""
    columns = query_parameters(explorer, example, MOST_GROUPS)
    filters = [one for one in columns if one["name"] not in PAGING_KEYS]
    asked = example_keys(explorer)
    text: Document = {"type": "string"}
    flag: Document = {"type": "string", "enum": ["0", "1"]}
    whole: Document = {"type": "integer", "minimum": 1, "maximum": MOST_GROUPS}
    several = {"type": "array", "items": {"type": "string", "pattern": r":.*\.\."}}
    kinds: dict[str, Document] = {
        "having": several,
        "totals": flag,
        "empty": flag,
        "page": {"type": "integer", "minimum": 1},
        "per_page": whole,
    }
    own = []
    for key, said in descriptions().items():
        one = parameter(key, said, kinds.get(key, text))
        if names := asked.get(key):
            one["example"] = join_sort(tuple((name, False) for name in names))
        own.append(one | ({"style": "form", "explode": True} if key == "having" else {}))
    return [*filters, *own]


def example_keys(explorer: Explorer) -> dict[str, list[str]]:
    """Return what an aggregate may ask of the table: the first facet, the first measure."""
    facets, measures = explorer.schema.facets[:1], explorer.schema.measures[:1]
    found = {"by": [facet.name for facet in facets], "of": [m.name for m in measures]}
    found["stat"] = ["count", *(["mean", "p95"] if measures else [])]
    return {key: names for key, names in found.items() if names}


def example_body(explorer: Explorer, example: Query) -> dict[str, Any]:
    """Return the same as a body, over the rows of an example query."""
    return body_of(explorer.schema, example) | example_keys(explorer)


def histogram_parameters(explorer: Explorer) -> tuple[list[Document], Document]:
    """Return the parameters of a histogram beside those of a query, and an example of them."""
    own, asked = [], Document()
    if explorer.schema.measures:
        asked = {"column": explorer.schema.measures[0].name, "bins": 5}
    for key, schema in histogram_keys(explorer.schema).items():
        plain = {name: value for name, value in schema.items() if name != "description"}
        one = parameter(key, schema["description"], plain)
        one |= {"required": True} if key == "column" else {}
        own.append(one | ({"example": asked[key]} if key in asked else {}))
    return own, asked


def with_accepted(answer: Document) -> Document:
    """Return an answer that is also one of the files that `Accept` may ask for."""
    files: Document = {
        one.media_type: {"schema": {"type": "string", "format": "binary"}}
        for one in FORMATS
        if one.suffix in OFFERED
    }
    return answer | {"content": answer["content"] | files}
