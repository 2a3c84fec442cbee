"""What a GET may ask, as the OpenAPI document says: a parameter per column, and a few more."""

from __future__ import annotations

from typing import assert_never

from iris_dash.explorer import Explorer
from iris_dash.query.names import address_key
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.stops import extremes_text
from iris_dash.query.url import NONE, NOT, PARTS, PRESENT, arguments_of
from iris_dash.query.value_text import MISSING, facet_text, in_markdown
from iris_dash.query.where import LONGEST_PART
from iris_dash.web.api.openapi.schemas import Document, reference, values_properties

IF_NONE_MATCH: Document = {
    "name": "If-None-Match",
    "in": "header",
    "description": (
        "The ETag of an answer that is there already: if it is still right, 304 without a body"
    ),
    "schema": {"type": "string"},
}

SEARCHED: Document = {"type": "string", "maxLength": LONGEST_PART}
COLUMNS: Document = reference("Columns")
WORDS_ALONE = (NONE, PRESENT)
ALTERNATIVES = "given again: any of them (~missing: no value; ~present: any value; ~none: nothing)"
PART: Document = {"type": "string", "pattern": f"^({'|'.join(PARTS)})."}


def query_parameters(explorer: Explorer, example: Query, most: int) -> list[Document]:
    """Return the parameters of a query; what `example` narrows is their example."""
    given = dict(arguments_of(explorer.schema, example))
    parameters = [_column_parameter(column, given) for column in explorer.schema.askable]
    whole, sort = {"type": "integer", "minimum": 1}, reference("Sort")
    facets = [facet.name for facet in explorer.schema.facets]
    return [
        *parameters,
        parameter("search", "What any text, or value of a facet, contains", SEARCHED),
        parameter("columns", "The columns that rows have, in their order: a,b", COLUMNS),
        parameter("sort", "Columns, '-' in front means descending: -a,b", sort),
        *(
            [
                parameter(
                    "by",
                    "Facet that groups the means; ~none: no groups",
                    {"type": "string", "enum": [*facets, NO_GROUPS]},
                )
            ]
            if facets
            else []
        ),
        parameter("page", "Page, from 1", whole),
        parameter("per_page", "Rows on a page", whole | {"maximum": most}),
    ]


def _column_parameter(column: Filterable, given: dict[str, str]) -> Document:
    match column:
        case Facet():
            return _facet_parameter(column)
        case Time():
            return _time_parameter(column)
        case Text():
            return _text_parameter(column)
        case Measure():
            return _measure_parameter(column, given)
        case _:
            assert_never(column)


def _facet_parameter(facet: Facet) -> Document:
    item: Document = {"type": "string"}
    if len(facet.values) <= 50 and None not in facet.values:
        texts = [facet_text(value) for value in facet.values]
        item = {"anyOf": [{"enum": [*texts, *(NOT + text for text in texts), *WORDS_ALONE]}, PART]}
    text = (
        f"{in_markdown(facet.label)}: one or more values (~not:value: all but this one; ~missing: "
        "no value; ~present: any value; ~none: nothing; ~has:text, ~starts:text: values that "
        "contain it, or begin with it)"
    )
    found = parameter(address_key(facet.name), text, {"type": "array", "items": item})
    return found | {"style": "form", "explode": True}


def _time_parameter(time: Time) -> Document:
    clock = f"; in {time.named_zone} unless an offset is written" if time.named_zone else ""
    text = (
        f"{in_markdown(time.label)}: low..high, low.. or ..high, or one time, inclusive, each as "
        f"coarse as wanted: {', '.join(time.forms)}{clock}; {ALTERNATIVES}"
        f"{f'; {extremes_text(time)} in the table' if time.low else ''}"
    )
    digits = r"\d\d" if time.is_of_day else r"\d{4}"
    return _alternatives(address_key(time.name), text, digits)


def _text_parameter(column: Text) -> Document:
    text = (
        f"{in_markdown(column.label)}: text that it is, one or more (~missing: none; ~none: "
        "nothing), or what narrows it: ~not:text, ~has:text, ~starts:text (letter case makes no "
        "difference), ~present"
    )
    key = address_key(column.name)
    found = parameter(key, text, {"type": "array", "items": {"type": "string"}})
    return found | {"style": "form", "explode": True}


def _measure_parameter(measure: Measure, given: dict[str, str]) -> Document:
    low, high = (exact_text(end, measure.decimals) for end in (measure.low, measure.high))
    title = in_markdown(measure.title)
    text = f"{title}: low..high, low.. or ..high, inclusive; {low} to {high} in the table"
    key = address_key(measure.name)
    found = _alternatives(key, f"{text}; {ALTERNATIVES}", r"\.\.")
    return found | ({"example": [given[key]]} if key in given else {})


def _alternatives(key: str, text: str, pattern: str) -> Document:
    item = {"anyOf": [{"type": "string", "pattern": pattern}, {"enum": [*WORDS_ALONE, MISSING]}]}
    found = parameter(key, text, {"type": "array", "items": item})
    return found | {"style": "form", "explode": True}


def values_parameters(schema: Schema, example: str) -> list[Document]:
    """Return the parameters of a question about a column's values; `example` is such a column."""
    said: Document = values_properties(schema)
    column, search = (parameter(key, said[key].pop("description"), said[key]) for key in said)
    return [column | {"required": True, "example": example}, search]


def parameter(name: str, description: str, schema: Document) -> Document:
    """Return a parameter of the query string."""
    return {"name": name, "in": "query", "description": description, "schema": schema}
