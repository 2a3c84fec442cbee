"""Which columns of a table are facets, measures and text, read from the table itself."""

from __future__ import annotations

import re

import narwhals as nw

from iris_dash.core.errors import DatasetError, list_names, unknown_name
from iris_dash.query.schema import Column, Facet, Measure, Schema, Text, Time
from iris_dash.query.steps import ceil_to_step, floor_to_step
from iris_dash.query.value_text import FacetValue, humanise
from iris_dash.tables.column_facts import ColumnFacts
from iris_dash.tables.description import TableDescription
from iris_dash.tables.extent import is_skewed, log_pieces, slider_step

FEW_VALUES = 50
"""A column with more distinct values than this is not a facet by itself."""

ALWAYS_FEW = 12
"""A column with at most this many distinct values is a facet however short the table is."""

MOST_VALUES = 1_000
"""A column with more distinct values than this is not a facet even if asked: nobody ticks those."""

MATCHED = (nw.String, nw.Categorical, nw.Enum)

TEXT_LIKE = (nw.String, nw.Categorical, nw.Enum, nw.Boolean)


def infer_schema(facts: ColumnFacts, description: TableDescription, title: str) -> Schema:
    """Return the schema of a table, with the owner's words where `description` has them.

    Text, categorical and boolean columns with few distinct values become facets, numeric columns
    with a finite value measures, other text and categories text; the rest stays plain. Errors:
    DatasetError for a setting that names no column or one that cannot be what it is asked to be.
    """
    names = facts.names
    check_names(names, description)
    columns = tuple(_column(facts, name, description) for name in names)
    measures = [column.name for column in columns if isinstance(column, Measure)]
    for name in description.axes or ():
        if name not in measures:
            raise DatasetError(f"axes: {unknown_name('measure', name, measures)}")
    axes = description.axes or ((measures[0], measures[1]) if len(measures) > 1 else None)
    return Schema(
        columns,
        axes=axes,
        title=description.title or title,
        rows=description.rows,
        about=description.about,
        source=description.source,
    )


def check_names(names: list[str], description: TableDescription) -> None:
    """Raise DatasetError where what is said names no column, or two columns have one key."""
    named = {
        "facets": description.facets or (),
        "measures": description.measures or (),
        "the columns' labels and settings": description.columns,
    }
    for key, asked in named.items():
        for name in asked:
            if name not in names:
                raise DatasetError(f"{key}: {unknown_name('column', name, names)}")
    keys = [description.of(name).alias or name for name in names]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise DatasetError(f"two columns are called {list_names(repeated)}; rename one")


def _column(facts: ColumnFacts, name: str, description: TableDescription) -> Column:
    described = description.of(name)
    label, key = described.label or humanise(name), described.alias or name
    dtype = facts.dtype(name)
    asked_facet = name in (description.facets or ())
    asked_measure = name in (description.measures or ())
    suggests = description.facets is None and not asked_measure
    if asked_facet or (suggests and _reads_as_facet(facts, name)):
        if asked_facet:
            _check_facet(facts, name)
        values = facet_values(facts, name)
        if described.order:
            values = _ordered(name, values, described.order)
        if values:
            return Facet(name, label, key, values, described.colours)
    if asked_measure or (description.measures is None and dtype.is_numeric()):
        extent = facts.extent(name) if dtype.is_numeric() else None
        if extent is not None:
            low, high, decimals, _, least = extent
            step = described.step or slider_step(low, high, decimals)
            pieces = log_pieces(low, high, step, decimals) if is_skewed(extent) else ()
            ends = floor_to_step(low, step), ceil_to_step(high, step)
            if pieces:
                ends = pieces[0].number(pieces[0].first), pieces[-1].number(pieces[-1].last)
            return Measure(
                *(name, label, key, described.unit, *ends, step, decimals, bool(pieces)),
                whole=held_by(dtype),
                least=least,
                has_missing=facts.has_missing(name),
            )
        if asked_measure:
            raise DatasetError(f"column {name!r} has no finite number, so it is not a measure")
    if isinstance(dtype, nw.Date):
        return Time(name, label, key, is_date=True, has_missing=facts.has_missing(name))
    if isinstance(dtype, nw.Datetime):
        missing = facts.has_missing(name)
        return Time(name, label, key, zone=dtype.time_zone, has_missing=missing)
    return (Text if isinstance(dtype, MATCHED) else Column)(name, label, key)


def held_by(dtype: nw.dtypes.DType) -> tuple[int, int] | None:
    """Return the least and the greatest number that a type of whole numbers holds; else None."""
    if not dtype.is_integer():
        return None
    bits = int(re.sub(r"\D", "", str(dtype)))
    return (
        (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dtype.is_signed_integer() else (0, 2**bits - 1)
    )


def _reads_as_facet(facts: ColumnFacts, name: str) -> bool:
    if not isinstance(facts.dtype(name), TEXT_LIKE):
        return False
    distinct = facts.distinct(name, FEW_VALUES)
    return 0 < distinct <= FEW_VALUES and distinct <= max(ALWAYS_FEW, facts.rows / 2)


def _check_facet(facts: ColumnFacts, name: str) -> None:
    """Raise DatasetError for a column that cannot be a facet although it is asked to be one."""
    dtype = facts.dtype(name)
    if not (isinstance(dtype, TEXT_LIKE) or dtype.is_numeric()):
        raise DatasetError(
            f"column {name!r} holds {dtype}, so it is not a facet; "
            "facets are text, categories, true/false or whole numbers"
        )
    if facts.distinct(name, MOST_VALUES) > MOST_VALUES:
        raise DatasetError(
            f"column {name!r} has more than {MOST_VALUES:,} different values, "
            "so it is not a facet: nobody ticks those"
        )
    values = facts.values(name, MOST_VALUES)
    if dtype.is_float() and any(not float(value).is_integer() for value in values):
        raise DatasetError(
            f"column {name!r} holds numbers that are not whole, so it is not a facet; "
            "facets are text, categories, true/false or whole numbers"
        )


def facet_values(facts: ColumnFacts, name: str) -> tuple[FacetValue, ...]:
    """Return a column's distinct values as a facet's choices, the missing one last as None."""
    present = facts.values(name, MOST_VALUES)
    if facts.dtype(name).is_float():
        present = [int(value) for value in present]
    missing: list[FacetValue] = [None] if facts.has_missing(name) else []
    return (*present, *missing)


def _ordered(
    name: str, values: tuple[FacetValue, ...], order: tuple[str | int | bool, ...]
) -> tuple[FacetValue, ...]:
    for value in order:
        if value not in values:
            raise DatasetError(unknown_name(f"value of {name}:", value, values, "values"))
    return (*order, *(value for value in values if value not in order))
