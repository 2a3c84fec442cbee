"""The Pydantic model of a query's JSON body, made from a table's schema."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, assert_never

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from iris_dash.core.errors import unknown_name
from iris_dash.query.alternatives import alternatives_type, bound_type
from iris_dash.query.names import RESERVED_KEYS
from iris_dash.query.numbers import edge_text
from iris_dash.query.query import NO_GROUPS
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.sort import longest_sort, sort_pair, sort_pattern, split_sort
from iris_dash.query.value_text import in_markdown
from iris_dash.query.where import LONGEST_PART, condition_type, moment_type, values_type

MAX_PER_PAGE = 10_000
MAX_VALUES = 1_000_000
"""Rows, and values, of the largest page."""


def most_rows(schema: Schema, most: int = MAX_PER_PAGE) -> int:
    """Return how many rows the largest page has, where it may have `most`: few of a wide table."""
    return max(1, min(most, MAX_PER_PAGE, MAX_VALUES // (len(schema.columns) or 1)))


@lru_cache(maxsize=32)
def query_model(schema: Schema) -> type[BaseModel]:
    """Return the Pydantic model of a query's JSON body for one table.

    Fields carry plain internal names and the column's name as alias, since a column may be called
    anything; the model's JSON schema shows the columns' names.
    """
    fields: dict[str, Any] = {}
    starts: dict[str, Any] = {}
    befores: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    for name, column in filter_fields(schema).items():
        match column:
            case Facet() | Text():
                what = "Chosen values" if isinstance(column, Facet) else "Text"
                text = f"{what} of {in_markdown(column.label)}"
                said = Field(None, alias=column.name, description=text)
                if column.name not in RESERVED_KEYS:
                    fields[name] = (values_type(column), said)
                conditions[name] = (condition_type(column), said)
            case Time():
                said = Field(None, alias=column.name, description=_time_text(column))
                starts[name], befores[name] = ((moment_type(column, end), said) for end in (0, 1))
                conditions[name] = (alternatives_type(column), said)
            case Measure():
                text = _bound_text(column)
                said = Field(None, alias=column.name, description=text)
                starts[name] = befores[name] = (bound_type(column), said)
                conditions[name] = (alternatives_type(column), said)
            case _:
                assert_never(column)
    strict = ConfigDict(extra="forbid", strict=True)
    for side, ends in (("lower", starts), ("upper", befores)):
        bounds = create_model(f"{side.title()}Bounds", __config__=strict, **ends)
        what = f"Inclusive {side} bound per measure and time"
        fields[side] = (bounds | None, Field(None, description=what))
    where = create_model("Where", __config__=strict, **conditions)
    fields["where"] = (where | None, Field(None, description="A condition per column, of any name"))
    fields["sort"] = (
        _sort_type(schema),
        Field(None, description="Columns to sort by; '-' in front of one means descending"),
    )
    fields["columns"] = (
        _columns_type(schema),
        Field(None, description="The columns that rows have, in their order"),
    )
    fields["search"] = (
        Annotated[str, Field(max_length=LONGEST_PART)] | None,
        Field(None, description="What any text, or value of a facet, contains"),
    )
    fields["by"] = (_by_type(schema), Field(None, description="Facet that groups the means"))
    fields["page"] = (int | None, Field(None, ge=1, description="Page, from 1"))
    fields["per_page"] = (
        int | None,
        Field(None, ge=1, le=MAX_PER_PAGE, description="Rows on a page"),
    )
    return create_model("Query", __config__=strict, **fields)


@lru_cache(maxsize=32)
def filter_fields(schema: Schema) -> dict[str, Filterable]:
    """Return the columns that a filter may name, by what their fields in the model are called."""
    return {f"column_{place}": column for place, column in enumerate(schema.askable)}


def _time_text(time: Time) -> str:
    clock = f", in {time.named_zone} unless an offset is written" if time.named_zone else ""
    return f"{in_markdown(time.label)}, as coarse as wanted: {', '.join(time.forms[:3])}{clock}"


def _bound_text(measure: Measure) -> str:
    apart = measure.high - measure.low
    low, high = (edge_text(end, apart=apart) for end in (measure.low, measure.high))
    return f"{in_markdown(measure.title)}, {low} to {high} in the table"


def _sort_type(schema: Schema) -> Any:
    names, most = schema.names, longest_sort(schema.names)
    known = frozenset(names)

    def check(given: Any) -> tuple[tuple[str, bool], ...] | None:
        if given is None:
            return None
        if isinstance(given, str | list | tuple) and _length(given) > most:
            text = "sort is longer than one that names every column once; at most {most} characters"
            raise PydanticCustomError("sort_too_long", text, {"most": most})
        entries = split_sort(given) if isinstance(given, str) else given
        if not isinstance(entries, list | tuple) or not all(isinstance(e, str) for e in entries):
            raise PydanticCustomError(
                "sort_type", "sort should be text such as '-a,b' or a list of such texts"
            )
        pairs = [sort_pair(entry) for entry in entries]
        for name, _ in pairs:
            if name not in known:
                text = unknown_name("column", name, names)
                raise PydanticCustomError("unknown_column", "{text}", {"text": text})
        if len({name for name, _ in pairs}) < len(pairs):
            raise PydanticCustomError("repeated_column", "sort names a column more than once")
        return tuple(pairs)

    json_schema = {
        "anyOf": [
            {"type": "string", "pattern": sort_pattern(names)},
            {
                "type": "array",
                "items": {"type": "string", "pattern": sort_pattern(names, several=False)},
            },
            {"type": "null"},
        ]
    }
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(json_schema)]


def _columns_type(schema: Schema) -> Any:
    names, most = schema.names, longest_sort(schema.names)
    known = frozenset(names)

    def check(given: Any) -> tuple[str, ...]:
        if given is None:
            return ()
        if isinstance(given, str | list | tuple) and _length(given) > most:
            text = "columns names more than every column once; at most {most} characters"
            raise PydanticCustomError("columns_too_long", text, {"most": most})
        entries = [sort_pair(e) for e in split_sort(given)] if isinstance(given, str) else given
        if isinstance(given, str):
            entries = [f"-{name}" if down else name for name, down in entries]
        if not isinstance(entries, list | tuple) or not all(isinstance(e, str) for e in entries):
            raise PydanticCustomError(
                "columns_type", "columns should be text such as 'a,b' or a list of such texts"
            )
        for name in entries:
            if name not in known:
                text = unknown_name("column", name, names)
                raise PydanticCustomError("unknown_column", "{text}", {"text": text})
        if len({*entries}) < len(entries):
            raise PydanticCustomError("repeated_column", "columns names a column more than once")
        return () if tuple(entries) == names else tuple(entries)

    json_schema = {
        "anyOf": [
            {"type": "string", "pattern": sort_pattern(names, descends=False)},
            {"type": "array", "items": {"enum": list(names)}},
            {"type": "null"},
        ]
    }
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(json_schema)]


def _length(given: str | list[Any] | tuple[Any, ...]) -> int:
    """Return how many characters a sort has, as text or as a list."""
    if isinstance(given, str):
        return len(given)
    return sum(len(entry) + 1 for entry in given if isinstance(entry, str))


def _by_type(schema: Schema) -> Any:
    names = [facet.name for facet in schema.facets]
    names += [NO_GROUPS] if names else []

    def check(given: Any) -> str | None:
        if given is None or given in names:
            return given if given is None else str(given)
        text = unknown_name("facet", given, names)
        if isinstance(given, str) and given.partition(":")[0] in schema.columns_by_name:
            text += "; /aggregate/ groups by text, units and parts of times, and bins as well"
        raise PydanticCustomError("unknown_facet", "{text}", {"text": text})

    json_schema = {"anyOf": [{"enum": names}, {"type": "null"}]} if names else {"type": "null"}
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(json_schema)]
