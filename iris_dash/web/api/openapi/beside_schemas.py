"""The schemas of what `/compare/` asks beside a query: with what, of which measure."""

from __future__ import annotations

from typing import Any

from iris_dash.analysis.baseline import ALL, REST, Baseline
from iris_dash.query.schema import Schema

Document = dict[str, Any]

MOST_GROUPS = 200
"""A facet of more values is left out of the list; its groups may be asked all the same."""


def beside_keys(schema: Schema) -> Document:
    """Return the keys of a comparison beside those of a query, each with its schema."""
    groups = [
        Baseline("group", facet, value).text
        for facet in schema.facets
        if len(facet.values) <= MOST_GROUPS
        for value in facet.values
    ]
    words = "What the selection is beside: `rest`, `all`, or a group as `facet:value`"
    keys: Document = {"with": {"enum": [REST, ALL, *groups], "description": words}}
    if schema.measures:
        names = [measure.name for measure in schema.measures]
        keys["of"] = {"enum": names, "description": "The measure of the histogram"}
    return keys


def beside_schema(schema: Schema, query: Document) -> Document:
    """Return the schema of a comparison's body, given that of a query's."""
    own = query["properties"] | beside_keys(schema)
    return query | {"title": "ComparisonQuestion", "properties": own}
