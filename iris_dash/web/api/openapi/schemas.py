"""The schemas of what is asked and answered, made from the types that are read and written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema

from iris_dash.analysis.beside_records import Comparison
from iris_dash.analysis.profile.records import ColumnProfile
from iris_dash.analysis.records import Diagnosis, Summary, ValueCount
from iris_dash.query.model import query_model
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.schema_record import SchemaRecord
from iris_dash.query.sort import sort_pattern
from iris_dash.query.value_text import in_markdown
from iris_dash.query.where import LONGEST_PART
from iris_dash.web.api.openapi.aggregate_schemas import BIN, GROUP, body_schema, histogram_schema
from iris_dash.web.api.openapi.beside_schemas import beside_schema
from iris_dash.web.api.responses import Error, Health, Problems, Readiness

Document = dict[str, Any]

COMPONENTS = "#/components/schemas/"


def reference(name: str) -> Document:
    """Return the schema that stands in the document under a name."""
    return {"$ref": COMPONENTS + name}


def schemas(schema: Schema) -> Document:
    """Return each schema of the document by name."""
    answers = (
        *(_row(schema), _mean(schema), ValueCount, ColumnProfile, Summary, Comparison),
        *(Diagnosis, SchemaRecord, Problems, Error, Health, Readiness),
    )
    _, made = TypeAdapter.json_schemas(
        [(kind.__name__, "serialization", TypeAdapter[Any](kind)) for kind in answers],
        ref_template=COMPONENTS + "{model}",
        schema_generator=Untitled,
    )
    found: Document = made["$defs"]
    names = {"enum": [measure.name for measure in schema.measures]}
    for kind in ("MeasureSummary", "MeasureBeside"):
        found[kind]["properties"]["measure"] = names
    found["Sort"] = {"type": "string", "pattern": sort_pattern(schema.names)}
    columns = sort_pattern(schema.names, descends=False)
    found["Columns"] = {"type": "string", "pattern": columns}
    query = query_model(schema).model_json_schema(ref_template=COMPONENTS + "{model}")
    bounds: Document = query.pop("$defs", {})
    if schema.filterable:
        said = {"title": "ValuesQuery", "required": ["column"]}
        properties = query["properties"] | values_properties(schema)
        found["ValuesQuery"] = query | said | {"properties": properties}
    own = {"Query": query, "Aggregation": body_schema(query), "Group": GROUP}
    own |= {"HistogramQuestion": histogram_schema(schema, query), "Bin": BIN}
    own |= {"ComparisonQuestion": beside_schema(schema, query)}
    return bounds | own | found


def values_properties(schema: Schema) -> Document:
    """Return what a question about a column's values says beside a query."""
    names = [column.name for column in schema.filterable]
    words = "Text that the values contain, in letters of any case; of facets and text alone"
    return {
        "column": {"enum": names, "description": "The column"},
        "search": {"type": "string", "maxLength": LONGEST_PART, "description": words},
    }


class Untitled(GenerateJsonSchema):
    """Leaves out the titles of fields, which only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return whether a field has a title."""
        return False


def _row(schema: Schema) -> type[BaseModel]:
    """Return the type of a row: each column under its key."""
    columns = (
        (c.key, float | None, c.title) if isinstance(c, Measure) else (c.key, Any, c.label)
        for c in schema.columns
    )
    return _object("Row", columns)


def _mean(schema: Schema) -> type[BaseModel]:
    """Return the type of a group's means; the group's own key depends on what groups."""
    means = ((f"mean_{m.name}", float | None, f"Mean {m.title}") for m in schema.measures)
    return _object("Mean", means)


def _object(name: str, fields: Iterable[tuple[str, Any, str]]) -> type[BaseModel]:
    """Return the type of an object with these keys, types and descriptions.

    Its fields carry plain names of their own, since a key may be any text.
    """
    found: dict[str, Any] = {
        f"field_{place}": (kind, Field(alias=key, description=in_markdown(text)))
        for place, (key, kind, text) in enumerate(fields)
    }
    return create_model(name, **found)
