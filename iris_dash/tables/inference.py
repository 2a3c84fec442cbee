"""Which columns of a table are facets, measures and text, read from the table itself."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

import narwhals as nw

from iris_dash.core.errors import DatasetError, list_names, unknown_name
from iris_dash.query.first_axes import first_axes
from iris_dash.query.moments import TIME_OF_DAY
from iris_dash.query.schema import (
    LABELS,
    MOST_COLOURS,
    Column,
    Facet,
    Measure,
    Role,
    Schema,
    Text,
    Time,
)
from iris_dash.query.steps import ceil_to_step, floor_to_step
from iris_dash.query.stops import fitting_unit
from iris_dash.query.value_order import in_known_order
from iris_dash.query.value_text import FacetValue, humanise
from iris_dash.tables.column_facts import ColumnFacts
from iris_dash.tables.description import ColumnDescription, Kind, TableDescription
from iris_dash.tables.extent import Extent, is_skewed, log_pieces, nearer_ends, slider_step
from iris_dash.tables.roles import role_of

FEW_VALUES = 50
"""A column with more distinct values than this is not a facet by itself."""

ALWAYS_FEW = 12
"""A column with at most this many distinct values is a facet however short the table is."""

MOST_VALUES = 1_000
"""A column with more distinct values than this is not a facet even if asked: nobody ticks those."""

MOST_STEPS = 10_000_000
"""More steps of a slider than this, which its owner may ask for, cost seconds and much memory."""

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
    found = [column for column in columns if isinstance(column, Measure)]
    measures = [measure.name for measure in found]
    for name in description.axes or ():
        if name not in measures:
            raise DatasetError(f"axes: {unknown_name('measure', name, measures)}")
    axes = description.axes or first_axes(found, facts.sample)
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
        "times": description.times,
        "text": description.text,
        "the columns' labels and settings": description.columns,
    }
    held = set(names)
    for key, asked in named.items():
        for name in asked:
            if name not in held:
                raise DatasetError(f"{key}: {unknown_name('column', name, names)}")
    keys = [description.of(name).alias or name for name in names]
    repeated = sorted(key for key, times in Counter(keys).items() if times > 1)
    if repeated:
        raise DatasetError(f"two columns are called {list_names(repeated)}; rename one")


def _column(facts: ColumnFacts, name: str, description: TableDescription) -> Column:
    described, kind = description.of(name), description.kind_of(name)
    words = name, described.label or humanise(name), described.alias or name
    dtype = facts.dtype(name)
    if described.zone not in (None, getattr(dtype, "time_zone", None)):
        what = f"cannot be on the clock of {described.zone}"
        raise DatasetError(_refusal(name, dtype, what, "moments of files and frames can be"))
    if kind in LABELS and not (_is_whole(facts, name) or isinstance(dtype, MATCHED)):
        raise DatasetError(
            _refusal(name, dtype, f"is no {kind}", "those are whole numbers or text")
        )
    suggests = kind in (None, *LABELS)
    if kind == "facet" or (suggests and description.facets is None):
        facet = _facet(facts, words, described, asked=kind == "facet")
        if facet is not None:
            return facet
    if kind in ("measure", *LABELS) or (kind is None and description.measures is None):
        measure = _measure(facts, words, described, kind)
        if measure is not None:
            return measure
        if kind == "measure":
            raise DatasetError(f"column {name!r} has no finite number, so it is not a measure")
    if kind == "text" and not isinstance(dtype, MATCHED):
        valid = "on an engine that are text and whole numbers"
        raise DatasetError(_refusal(name, dtype, "is not text", valid))
    if isinstance(dtype, MATCHED) and kind != "time":
        return Text(*words, role=_role(facts, name, None, kind))
    if isinstance(dtype, nw.Date):
        return _time(facts, words, None, is_date=True)
    if isinstance(dtype, nw.Datetime):
        return _time(facts, words, dtype.time_zone)
    if isinstance(dtype, nw.Time):
        return _time(facts, words, TIME_OF_DAY)
    if kind == "time":
        raise DatasetError(
            _refusal(name, dtype, "is not a time", "on an engine times are dates and moments")
        )
    return Column(*words)


Words = tuple[str, str, str]
"""A column's name, label and key."""


def _facet(
    facts: ColumnFacts, words: Words, described: ColumnDescription, asked: bool
) -> Facet | None:
    """Return a column as a facet if it is asked to be one, or reads as one."""
    name = words[0]
    if asked:
        _check_facet(facts, name)
    elif not _reads_as_facet(facts, name):
        return None
    values = facet_values(facts, name)
    if described.order:
        values = _ordered(name, values, described.order)
    role = _role(facts, name, None, "facet" if asked else described.kind)
    if not values:
        return None
    coloured: tuple[FacetValue, ...] = ()
    if len(values) > MOST_COLOURS:
        counts = facts.counts(name, MOST_VALUES)
        # Sorting keeps the facet's order among equal ones.
        coloured = tuple(sorted(values, key=lambda value: -counts.get(value, 0))[:MOST_COLOURS])
    return Facet(*words, values, described.colours, coloured, role=role)


def _measure(
    facts: ColumnFacts, words: Words, described: ColumnDescription, kind: Kind | None
) -> Measure | None:
    """Return a column of numbers as a measure; None without a finite one."""
    name, dtype = words[0], facts.dtype(words[0])
    extent = facts.extent(name) if dtype.is_numeric() else None
    if extent is None:
        return None
    low, high, decimals, *_ = extent
    role = _role(facts, name, extent, kind)
    step = described.step or slider_step(low, high, decimals)
    if described.step and (high - low) / MOST_STEPS > step:
        reason = f"{step:g} is too small for values from {low:g} to {high:g}"
        raise DatasetError(
            f"columns.{name}.step: {reason}; a slider has at most {MOST_STEPS:,} steps"
        )
    is_log = role not in LABELS and is_skewed(extent)
    pieces = log_pieces(low, high, step, decimals) if is_log else ()
    ends = floor_to_step(low, step), ceil_to_step(high, step)
    if pieces:
        ends = pieces[0].number(pieces[0].first), pieces[-1].number(pieces[-1].last)
    nearer = ends if pieces or low == high else nearer_ends(extent, step)
    return Measure(
        *(*words, described.unit, *ends, step, decimals, bool(pieces)),
        ends=nearer if nearer != ends else None,
        whole=held_by(dtype),
        least=extent.least,
        only=extent.only,
        has_missing=facts.has_missing(name),
        role=role,
    )


def _time(facts: ColumnFacts, words: Words, zone: str | None, is_date: bool = False) -> Time:
    """Return a column of dates or moments, with its first and last."""
    ends, missing = facts.ends(words[0]), facts.has_missing(words[0])
    is_coarse = getattr(facts.dtype(words[0]), "time_unit", "") in ("s", "ms")
    if ends is None:
        return Time(*words, is_date, zone, has_missing=missing, is_coarse=is_coarse)
    unit = fitting_unit(*ends, zone, is_date)
    return Time(*words, is_date, zone, missing, *ends, unit, is_coarse)


def _role(facts: ColumnFacts, name: str, extent: Extent | None, kind: Kind | None) -> Role:
    """Return what a column's values stand for; its owner's word goes before its name's."""
    if kind == "code" or kind == "identifier":
        return kind
    if isinstance(facts.dtype(name), nw.Boolean):
        return "plain"  # a truth value names nothing, whatever its column is called
    found = role_of(name, extent, partial(facts.all_differ, name))
    if kind is None or found not in LABELS:
        return found
    return "plain" if extent is None else role_of("", extent, lambda: False)


def _is_whole(facts: ColumnFacts, name: str) -> bool:
    extent = facts.extent(name) if facts.dtype(name).is_numeric() else None
    return extent is not None and extent.decimals == 0


def _refusal(name: str, dtype: nw.dtypes.DType, what: str, valid: str) -> str:
    return f"column {name!r} holds {dtype}, so it {what}; {valid}"


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
    """Return a column's distinct values as a facet's choices, the missing one last as None.

    In the table's own order where it has one, else in the one that everybody knows.
    """
    present = facts.values(name, MOST_VALUES)
    if facts.dtype(name).is_float():
        present = [int(value) for value in present]
    if not facts.has_order(name):
        present = list(in_known_order(present))
    missing: list[FacetValue] = [None] if facts.has_missing(name) else []
    return (*present, *missing)


def _ordered(
    name: str, values: tuple[FacetValue, ...], order: tuple[str | int | bool, ...]
) -> tuple[FacetValue, ...]:
    for value in order:
        if value not in values:
            raise DatasetError(unknown_name(f"value of {name}:", value, values, "values"))
    return (*order, *(value for value in values if value not in order))
