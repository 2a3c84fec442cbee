"""Which columns of a table are facets and which are measures, read from the table itself."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from iris_dash.errors import DatasetError, list_names, unknown_name
from iris_dash.extent import finite_extent, slider_step
from iris_dash.query import RESERVED_KEYS
from iris_dash.schema import (
    Column,
    Facet,
    FacetValue,
    Measure,
    Schema,
    ceil_to_step,
    floor_to_step,
    humanise,
)
from iris_dash.table_settings import TableSettings

Frame = nw.DataFrame[Any]

FEW_VALUES = 50
"""A column with more distinct values than this is not a facet by itself."""

ALWAYS_FEW = 12
"""A column with at most this many distinct values is a facet however short the table is."""

MOST_VALUES = 1_000
"""A column with more distinct values than this is not a facet even if asked: nobody ticks those."""

TEXT_LIKE = (nw.String, nw.Categorical, nw.Enum, nw.Boolean)


def infer_schema(frame: Frame, settings: TableSettings, title: str) -> Schema:
    """Return the schema of a table, with the owner's words where `settings` has them.

    Text, categorical and boolean columns with few distinct values become facets, numeric columns
    with a finite value become measures, the rest stays plain. Errors: DatasetError for a column
    name that the query string or JSON cannot carry, or a setting that names no column or one that
    cannot be what it is asked to be.
    """
    names = frame.columns
    check_names(names, settings)
    columns = tuple(_column(frame, name, settings) for name in names)
    measures = [column.name for column in columns if isinstance(column, Measure)]
    for name in settings.axes or ():
        if name not in measures:
            raise DatasetError(unknown_name("measure", name, measures))
    axes = settings.axes or ((measures[0], measures[1]) if len(measures) > 1 else None)
    return Schema(
        columns,
        axes=axes,
        title=settings.title or title,
        rows=settings.rows,
        about=settings.about,
        source=settings.source,
    )


def check_names(names: list[str], settings: TableSettings) -> None:
    """Raise DatasetError where a column's name or key cannot be used, with advice."""
    for name in names:
        if not name.strip():
            raise DatasetError("a column has no name; give each column one in the first line")
        if name.startswith("_"):
            raise DatasetError(
                f"column {name!r}: names that begin with '_' are reserved; rename it"
            )
        if name in RESERVED_KEYS:
            taken = list_names(RESERVED_KEYS)
            raise DatasetError(f"column {name!r}: the names {taken} are reserved; rename it")
    said = [*settings.columns, *(settings.facets or ()), *(settings.measures or ())]
    for name in said:
        if name not in names:
            raise DatasetError(unknown_name("column", name, names))
    keys = [settings.of(name).alias or name for name in names]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise DatasetError(f"two columns are called {list_names(repeated)}; rename one")


def _column(frame: Frame, name: str, settings: TableSettings) -> Column:
    said = settings.of(name)
    label, key = said.label or humanise(name), said.alias or name
    series = frame[name]
    asked_facet = name in (settings.facets or ())
    asked_measure = name in (settings.measures or ())
    if asked_facet or (settings.facets is None and not asked_measure and _reads_as_facet(series)):
        if asked_facet:
            _check_facet(name, series)
        values = facet_values(series)
        if said.order:
            values = _ordered(name, values, said.order)
        if values:
            return Facet(name, label, key, values, said.colours)
    if asked_measure or (settings.measures is None and series.dtype.is_numeric()):
        extent = finite_extent(series) if series.dtype.is_numeric() else None
        if extent is not None:
            low, high, decimals = extent
            step = said.step or slider_step(low, high, decimals)
            ends = floor_to_step(low, step), ceil_to_step(high, step)
            return Measure(name, label, key, said.unit, *ends, step, decimals)
        if asked_measure:
            raise DatasetError(f"column {name!r} has no finite number, so it is not a measure")
    return Column(name, label, key)


def _reads_as_facet(series: nw.Series[Any]) -> bool:
    dtype = series.dtype
    if not isinstance(dtype, TEXT_LIKE):
        return False
    distinct = series.drop_nulls().n_unique() if len(series) else 0
    return 0 < distinct <= FEW_VALUES and distinct <= max(ALWAYS_FEW, len(series) / 2)


def _check_facet(name: str, series: nw.Series[Any]) -> None:
    """Raise DatasetError for a column that cannot be a facet although it is asked to be one."""
    dtype = series.dtype
    if not (isinstance(dtype, TEXT_LIKE) or dtype.is_numeric()):
        raise DatasetError(
            f"column {name!r} holds {dtype}, so it is not a facet; "
            "facets are text, categories, true/false or whole numbers"
        )
    distinct = series.drop_nulls().unique()
    if len(distinct) > MOST_VALUES:
        raise DatasetError(
            f"column {name!r} has {len(distinct):,} different values, so it is not a facet; "
            f"a facet has at most {MOST_VALUES:,}"
        )
    if dtype.is_float() and any(not float(value).is_integer() for value in distinct.to_list()):
        raise DatasetError(
            f"column {name!r} holds numbers that are not whole, so it is not a facet; "
            "facets are text, categories, true/false or whole numbers"
        )


def facet_values(series: nw.Series[Any]) -> tuple[FacetValue, ...]:
    """Return a column's distinct values: categories' order, else first appearance; None last.

    An ordered categorical keeps categories that no row has, unless they are too many to show.
    """
    present = series.drop_nulls().unique(maintain_order=True).to_list()
    if series.dtype.is_float():
        present = [int(value) for value in present]
    ordered = present
    if isinstance(series.dtype, nw.Enum):
        ordered = list(series.dtype.categories)
        if len(ordered) > FEW_VALUES:
            ordered = _only(ordered, present)
    elif isinstance(series.dtype, nw.Categorical) and series.implementation.is_pandas():
        ordered = _only(series.to_native().cat.categories.tolist(), present)
    missing: list[FacetValue] = [None] if len(series) and series.is_null().any() else []
    return (*ordered, *missing)


def _only(values: list[Any], present: list[Any]) -> list[Any]:
    known = set(present)
    return [value for value in values if value in known]


def _ordered(
    name: str, values: tuple[FacetValue, ...], order: tuple[str | int | bool, ...]
) -> tuple[FacetValue, ...]:
    for value in order:
        if value not in values:
            raise DatasetError(unknown_name(f"value of {name}:", value, values, "values"))
    return (*order, *(value for value in values if value not in order))
