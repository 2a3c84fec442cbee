"""A table's columns as JSON-ready objects: what can be asked of each, without looking at a row."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import Field
from typing_extensions import TypedDict

from iris_dash.query.calendar import parts_of, units_of
from iris_dash.query.moments import in_zone, iso
from iris_dash.query.schema import Column, Facet, Measure, Schema, Text, Time
from iris_dash.query.table_text import kind_of
from iris_dash.query.value_text import FacetValue

End: TypeAlias = Annotated[
    float | int | str | None,
    Field(description="Of a measure on its slider's grid, of a time ISO 8601; null without values"),
]


class ColumnRecord(TypedDict):
    """A column: how it is called and written, and what may be asked of it."""

    name: str
    key: Annotated[str, Field(description="What it is called in rows")]
    label: str
    unit: Annotated[str, Field(description="Empty where there is none")]
    kind: Annotated[str, Field(json_schema_extra={"enum": ["facet", "measure", "time", "text"]})]
    role: Annotated[str, Field(description="plain, discrete, year, code or identifier")]
    values: NotRequired[
        Annotated[list[FacetValue], Field(description="Of a facet: all, in its own order")]
    ]
    colours: NotRequired[Annotated[list[str], Field(description="Its owner's, one per value")]]
    low: NotRequired[End]
    high: NotRequired[End]
    missing: NotRequired[Annotated[bool, Field(description="Whether rows may be without a value")]]
    step: NotRequired[Annotated[float, Field(description="Of a measure: its slider's")]]
    decimals: NotRequired[Annotated[int, Field(description="Of a measure, at most 6")]]
    whole: NotRequired[Annotated[bool, Field(description="Of a measure: whole numbers alone")]]
    log: NotRequired[Annotated[bool, Field(description="Of a measure: a log scale is offered")]]
    slider_unit: NotRequired[Annotated[str, Field(description="Of a time: its slider's")]]
    zone: NotRequired[Annotated[str | None, Field(description="Of a time: whose clock it shows")]]
    date: NotRequired[Annotated[bool, Field(description="Of a time: days alone")]]
    units: NotRequired[Annotated[list[str], Field(description="Of a time: it is grouped by these")]]
    parts: NotRequired[
        Annotated[list[str], Field(description="Of a time: they are asked as name:part")]
    ]


class SchemaRecord(TypedDict):
    """A table: what it is called, how many rows it has, and its columns in their order."""

    title: str
    about: str
    source: str
    rows: Annotated[str, Field(description="What a row is called, in the plural")]
    count: Annotated[int, Field(ge=0, description="Rows of the table")]
    fingerprint: Annotated[str, Field(description="A hash of the table and of what is said of it")]
    axes: Annotated[list[str] | None, Field(description="The measures a scatter opens with")]
    columns: list[ColumnRecord]


def schema_record(schema: Schema, count: int, fingerprint: str) -> SchemaRecord:
    """Return a table's columns as a JSON-ready object; `count`: its rows."""
    return {
        "title": schema.title,
        "about": schema.about,
        "source": schema.source,
        "rows": schema.rows,
        "count": count,
        "fingerprint": fingerprint,
        "axes": None if schema.axes is None else list(schema.axes),
        "columns": [_record(column) for column in schema.columns],
    }


def _record(column: Column) -> ColumnRecord:
    own: dict[str, Any] = {}
    match column:
        case Facet(values=values, colours=colours):
            own = {"values": list(values), "missing": None in values}
            own |= {"colours": list(colours)} if colours else {}
        case Measure():
            ends = (column.low, column.high)
            low, high = map(int, ends) if column.whole is not None else ends
            own = {
                "low": low,
                "high": high,
                "missing": column.has_missing,
                "step": column.step,
                "decimals": column.decimals,
                "whole": column.whole is not None,
                "log": column.log,
            }
        case Time():
            own = {
                "low": _text(column, column.low),
                "high": _text(column, column.high),
                "missing": column.has_missing,
                "slider_unit": column.unit,
                "zone": column.named_zone,
                "date": column.is_date,
                "units": [] if column.is_of_day else list(units_of(column.is_date)),
                "parts": [] if column.is_of_day else list(parts_of(column.is_date)),
            }
        case Text() | _:
            pass
    record: Any = {
        "name": column.name,
        "key": column.key,
        "label": column.label,
        "unit": getattr(column, "unit", "") if isinstance(column, Measure) else "",
        "kind": kind_of(column),
        "role": column.role,
    }
    found: ColumnRecord = record | own
    return found


def _text(time: Time, moment: datetime | None) -> str | None:
    """Return a moment as rows have it: on the column's clock."""
    if moment is None:
        return None
    if time.named_zone is not None:
        moment = in_zone(moment, ZoneInfo(time.named_zone))
    return iso(moment, time.is_date, time.zone).replace(" ", "T")
