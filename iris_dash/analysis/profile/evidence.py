"""What notes about columns are made of beside their figures, asked of the whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals as nw

from iris_dash.analysis.profile.figures import ColumnFigures
from iris_dash.analysis.profile.notes import FEW, Evidence
from iris_dash.core.deadline import check
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Column, Facet, Measure, Text, Time
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Series
from iris_dash.tables.libraries.plain_values import is_missing
from iris_dash.tables.values import plain_rows

MOST_TEXTS = 100_000
"""Different texts that are looked at; of more nothing is said."""

SOME = 1_000
"""Rows in which a column that is not in order, or not the same as another, mostly shows it."""


def evidence_of(
    dataset: Dataset, columns: Sequence[Column], figures: Mapping[str, ColumnFigures]
) -> dict[str, Evidence]:
    """Return the evidence of these columns by their names; errors: as `Aggregates`.

    Whether rows stand in order is known of tables in memory alone.
    """
    twins = _twins(dataset, columns, figures)
    found = {}
    for column in columns:
        check()
        own = figures[column.name]
        found[column.name] = Evidence(
            _texts(dataset, column, own), _is_sorted(dataset, column, own), twins.get(column.name)
        )
    return found


def _texts(dataset: Dataset, column: Column, figures: ColumnFigures) -> tuple[str, ...]:
    if isinstance(column, Facet):
        return tuple(value for value in column.values if isinstance(value, str))
    if not isinstance(column, Text) or figures.distinct > MOST_TEXTS:
        return ()
    text = nw.col(held_name(column.name)).cast(nw.String())
    rows = dataset.select(Query(), (held_name(column.name),)).select(text)
    name = held_name(column.name)
    # To Ibis `unique` is a window, which MongoDB does not have; a tally has each value once.
    kept = dataset.tally(rows, [name]) if dataset.remote else dataset.collect(rows.unique())
    found = kept[name].to_list()
    return tuple(sorted(str(value) for value in found if not is_missing(value)))


def _is_sorted(dataset: Dataset, column: Column, figures: ColumnFigures) -> bool:
    frame = dataset.in_memory()
    if frame is None or not isinstance(column, Measure | Text | Time):
        return False
    if figures.missing or figures.distinct < 2 or figures.count < FEW:
        return False
    values = frame[held_name(column.name)]

    def stand_in_order(rows: Series, descending: bool) -> bool:
        rows = rows.cast(nw.String()) if isinstance(column, Text) else rows
        return bool(rows.is_sorted(descending=descending))

    return any(
        stand_in_order(values.head(SOME), down) and stand_in_order(values, down)
        for down in (False, True)
    )


def _twins(
    dataset: Dataset, columns: Sequence[Column], figures: Mapping[str, ColumnFigures]
) -> dict[str, str]:
    """Return the label of a column before it that holds the same, by the names of the others."""
    first: dict[object, list[Column]] = {}
    found = {}
    for column in columns:
        own = figures[column.name]
        if own.distinct < 2:
            continue
        values = column.values if isinstance(column, Facet) else None
        alike = first.setdefault((type(column), own, values, _beginning(dataset, column)), [])
        twin = next((one for one in alike if _hold_the_same(dataset, one, column)), None)
        if twin is None:
            alike.append(column)
        else:
            found[column.name] = twin.label
    return found


def _beginning(dataset: Dataset, column: Column) -> int:
    """Return a hash of a column's first values: those of hundreds of like columns differ by it.

    0 for a table that is not in memory.
    """
    frame = dataset.in_memory()
    if frame is None:
        return 0
    values = plain_rows(frame.select(held_name(column.name)).head(SOME))
    return hash(tuple("" if value is None else str(value) for (value,) in values))


def _hold_the_same(dataset: Dataset, one: Column, other: Column) -> bool:
    check()
    names = held_name(one.name), held_name(other.name)
    a, b = (
        nw.col(name).cast(nw.String()) if isinstance(one, Text) else nw.col(name) for name in names
    )
    # In pandas a missing value differs from itself.
    both, either = a.is_null() & b.is_null(), a.is_null() | b.is_null()
    differ = ((a != b) | either) & ~both
    rows = dataset.select(Query(), names).filter(differ)
    return int(dataset.collect(rows.select(nw.len())).item()) == 0
