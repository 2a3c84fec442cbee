"""Profiles of columns as JSON-ready objects, of a type that says what is in them, and as pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from iris_dash.analysis.profile import profiles
from iris_dash.analysis.profile.figures import ColumnFigures
from iris_dash.analysis.records import Whole
from iris_dash.query.schema import Column, Facet, Measure, Role, Text, Time
from iris_dash.query.table_text import kind_of

if TYPE_CHECKING:
    import pandas as pd

Type = Literal["boolean", "integer", "number", "text", "date", "datetime", "time", "other"]


class TopValue(TypedDict):
    """One of a column's commonest values, and how many rows have it."""

    value: Any
    count: Annotated[int, Field(ge=1)]


class Figures(TypedDict):
    """What some rows hold in one column, in its unit; null where there is no such number."""

    count: Annotated[Whole, Field(description="Rows")]
    missing: Annotated[Whole, Field(description="Rows without a value")]
    distinct: Annotated[Whole, Field(description="Different values, the missing one aside")]
    min: Annotated[Any, Field(description="Of numbers and times; none where infinite")]
    max: Any
    mean: Annotated[float | None, Field(description="Of amounts; none of codes and years")]
    median: Annotated[Any, Field(description="Interpolated linearly")]
    top: Annotated[
        list[TopValue],
        Field(description="The commonest values, at most 5, of words, codes and few numbers"),
    ]


class ColumnProfile(Figures):
    """One column over the rows that the query selects, beside the whole table."""

    name: str
    key: Annotated[str, Field(description="Its key in rows")]
    label: str
    unit: str
    kind: Annotated[str, Field(description="facet, measure, time, text; other: no filter names it")]
    role: Annotated[Role, Field(description="What its values stand for")]
    type: Type
    notes: Annotated[list[str], Field(description="What is worth knowing of the whole table")]
    whole: Annotated[Figures, Field(description="The same over the whole table")]


def column_record(profile: profiles.ColumnProfile) -> ColumnProfile:
    """Return a column's profile as a JSON-ready object."""
    column = profile.column
    return {
        "name": column.name,
        "key": column.key,
        "label": column.label,
        "unit": column.unit if isinstance(column, Measure) else "",
        "kind": kind_of(column),
        "role": column.role,
        "type": type_of(column),
        **figures_record(profile.selected),
        "notes": [*profile.notes],
        "whole": figures_record(profile.whole),
    }


def figures_record(figures: ColumnFigures) -> Figures:
    """Return a column's figures as a JSON-ready object."""
    return {
        "count": figures.count,
        "missing": figures.missing,
        "distinct": figures.distinct,
        "min": figures.min,
        "max": figures.max,
        "mean": figures.mean,
        "median": figures.median,
        "top": [{"value": one.value, "count": one.count} for one in figures.top],
    }


def profile_frame(found: Sequence[profiles.ColumnProfile]) -> pd.DataFrame:
    """Return profiles over the rows of a query as a frame, a row each, by the columns' names."""
    import pandas as pd

    records: list[dict[str, Any]] = [dict(column_record(profile)) for profile in found]
    texts = dict.fromkeys(("label", "unit", "kind", "role", "type"), "str")
    counts = dict.fromkeys(("count", "missing", "distinct"), "int64")
    rest = dict.fromkeys(("min", "max", "mean", "median", "top", "notes"), "object")
    types = {**texts, **counts, **rest, "mean": "float64"}
    columns = {key: pd.Series([r[key] for r in records], dtype=of) for key, of in types.items()}
    index = pd.Index([record["name"] for record in records], name="name", dtype="str")
    return pd.DataFrame(columns).set_index(index)


def type_of(column: Column) -> Type:
    """Return of which type a column's values are, the same whatever holds the table.

    >>> type_of(Facet("k", "K", "k", (True, False, None))), type_of(Text("t", "T", "t"))
    ('boolean', 'text')
    """
    if isinstance(column, Measure):
        return "number" if column.whole is None else "integer"
    if isinstance(column, Time):
        return "date" if column.is_date else "time" if column.is_of_day else "datetime"
    if isinstance(column, Facet):
        known = {type(value) for value in column.values if value is not None}
        return "boolean" if known == {bool} else "integer" if known == {int} else "text"
    return "text" if isinstance(column, Text) else "other"
