"""The schemas of an aggregate's body and of its groups, in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from iris_dash.analysis.aggregate.histogram import MOST_BINS
from iris_dash.analysis.aggregate.question import MOST_KEYS
from iris_dash.analysis.aggregate.statistics import STATISTICS, is_percentile
from iris_dash.query.calendar import PARTS, UNITS
from iris_dash.query.query import PAGING_KEYS
from iris_dash.query.schema import Schema

Document = dict[str, Any]

NAMES: Document = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]
}
WHOLE: Document = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}
FLAG: Document = {"anyOf": [{"type": "boolean"}, {"type": "null"}]}
END: Document = {"type": ["number", "string", "null"]}

GROUP: Document = {
    "type": "object",
    "description": "A group: its keys, `level` where totals are asked, and its statistics",
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}


def descriptions() -> dict[str, str]:
    """Return what each of an aggregate's own keys says."""
    plain = ", ".join(name for name, one in STATISTICS.items() if not is_percentile(one))
    return {
        "by": (
            f"Up to {MOST_KEYS} keys: a facet, text, a time at a unit (`day:month`; "
            f"{', '.join(UNITS)}), a part of a time (`day:weekday`; {', '.join(PARTS)}), bins of a "
            "measure (`height:0.5`, of that width)"
        ),
        "of": "The columns that the statistics are of",
        "stat": f"Statistics: {plain}, p01 to p99; without it the count, and the means of `of`",
        "having": "The groups that are answered, by an output: `count:30..`; all of several hold",
        "sort": (
            "Keys or outputs, '-' in front means descending; `count@kind` is that output of the "
            "groups by this key alone; without it in the keys' order"
        ),
        "totals": "Also the groups of all keys but the last, and all rows; `level` tells which",
        "empty": "Also groups of facets and times that have no rows",
        "page": "Page, from 1",
        "per_page": "Groups on a page",
    }


def body_schema(query: Document) -> Document:
    """Return the schema of a body, given that of a query's, of which it has the filters."""
    between = {"type": "object", "additionalProperties": False}
    ends = between | {"properties": {"from": END, "to": END}}
    kinds: dict[str, Document] = {
        **dict.fromkeys(("by", "of", "stat", "sort"), NAMES),
        "having": {"anyOf": [*NAMES["anyOf"], {"type": "object", "additionalProperties": ends}]},
        **dict.fromkeys(("totals", "empty"), FLAG),
        **dict.fromkeys(("page", "per_page"), WHOLE),
    }
    own = {key: kinds[key] | {"description": text} for key, text in descriptions().items()}
    filters = {key: of for key, of in query["properties"].items() if key not in PAGING_KEYS}
    return query | {"title": "Aggregation", "properties": filters | own}


BIN: Document = {
    "type": "object",
    "description": "A bin, from `low` on and below `high`; the group's key where there is one",
    "required": ["low", "high", "count"],
    "properties": {
        "low": {"type": ["number", "string"]},
        "high": {"type": ["number", "string"]},
        "count": {"type": "integer", "minimum": 0},
    },
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}


def histogram_keys(schema: Schema) -> dict[str, Document]:
    """Return the keys of a histogram beside those of a query, each with its schema."""
    names = [column.name for column in (*schema.measures, *schema.times)]
    column = {"enum": names} if names else {"type": "string"}
    bins = {"type": "integer", "minimum": 1, "maximum": MOST_BINS}
    return {
        "column": column | {"description": "A measure or a time"},
        "bins": bins | {"description": "Of a measure: how many bins at most; 50 without it"},
        "unit": {"enum": list(UNITS), "description": "Of a time: how long each bin is"},
    }


def histogram_schema(schema: Schema, query: Document) -> Document:
    """Return the schema of a histogram's body, given that of a query's."""
    own = query["properties"] | histogram_keys(schema)
    return query | {"title": "HistogramQuestion", "properties": own, "required": ["column"]}
