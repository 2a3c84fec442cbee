"""Which columns of a wide table the page shows: its filters, its measures, those of its rows.

A table of few columns shows all, and there is nothing to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from iris_dash.analysis import judgment
from iris_dash.query.query import Query
from iris_dash.query.schema import Column, Filterable, Schema, narrowed

Chosen: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""The names of the columns that are shown, by the key of each choice that is not at its first."""


@dataclass(frozen=True)
class ColumnChoice:
    """What may be chosen of a table's columns (`noun`): `most` at first, never more than `limit`.

    `key`: in the address, where it is written as the columns of a sort are.
    """

    key: str
    noun: str
    most: int
    limit: int
    of: Callable[[Schema], tuple[Column, ...]]
    judged: Callable[[Schema, int], tuple[Column, ...]]

    def first(self, schema: Schema) -> tuple[str, ...]:
        """Return the names of the columns that are shown at first."""
        return tuple(column.name for column in self.judged(schema, self.most))

    def is_offered(self, schema: Schema) -> bool:
        """Return whether the table has more of them than are shown at first."""
        return len(self.of(schema)) > self.most

    def names(self, schema: Schema, chosen: Chosen) -> tuple[str, ...]:
        """Return the names of the columns that are chosen, in the order in which they stand."""
        return dict(chosen).get(self.key, self.first(schema))


def _filterable(schema: Schema) -> tuple[Filterable, ...]:
    return schema.filterable


def _measures(schema: Schema) -> tuple[Column, ...]:
    return schema.measures


def _columns(schema: Schema) -> tuple[Column, ...]:
    return schema.columns


def _first_columns(schema: Schema, most: int) -> tuple[Column, ...]:
    return schema.columns[:most]


FILTERS = ColumnChoice("_filters", "filters", 12, 60, _filterable, judgment.first_filters)
MEASURES = ColumnChoice("_measures", "measures", 8, 24, _measures, judgment.first_measures)
COLUMNS = ColumnChoice("columns", "columns", 20, 60, _columns, _first_columns)
"""What the query itself says: see `Query.columns`."""

COLUMN_CHOICES = (FILTERS, MEASURES)
"""The page's own choices of columns, in the order in which they stand in the address."""


def offered_choices(schema: Schema) -> tuple[ColumnChoice, ...]:
    """Return the choices that a table has: none if it has few columns."""
    return tuple(choice for choice in COLUMN_CHOICES if choice.is_offered(schema))


def first_filters(schema: Schema) -> tuple[str, ...]:
    """Return the columns whose filters stand in the sidebar before a reader adds any."""
    return FILTERS.first(schema)


def standing_filters(schema: Schema, query: Query, chosen: Chosen) -> tuple[str, ...]:
    """Return the columns whose filters stand in the sidebar, in their order.

    An active filter always stands: one that is not among the chosen stands before them.
    """
    names = FILTERS.names(schema, chosen)
    asked = dict.fromkeys(schema.owner(one.name) for one in query.filters)
    return (*(name for name in asked if name and name not in names), *names)


def settled(schema: Schema, query: Query, chosen: Mapping[str, Iterable[str]]) -> Chosen:
    """Return what is chosen in its one form: each column once, and nothing that is so anyway."""
    found = []
    for choice in offered_choices(schema):
        if choice.key not in chosen:
            continue
        names = tuple(dict.fromkeys(chosen[choice.key]))
        first = choice.first(schema)
        if choice is FILTERS:
            names = standing_filters(schema, query, ((choice.key, names),))
            first = standing_filters(schema, query, ())
        if names != first:
            found.append((choice.key, names))
    return tuple(found)


def shown_columns(schema: Schema, query: Query, chosen: Chosen) -> dict[str, list[str]]:
    """Return the names of the columns of each choice that a table has, as the page holds them."""
    names = {choice.key: list(choice.names(schema, chosen)) for choice in offered_choices(schema)}
    if FILTERS.key in names:
        names[FILTERS.key] = list(standing_filters(schema, query, chosen))
    if query.columns or COLUMNS.is_offered(schema):
        names[COLUMNS.key] = list(query.columns or COLUMNS.first(schema))
    return names


def chosen_columns(schema: Schema, names: Sequence[str] | None) -> list[str] | None:
    """Return the columns that rows are to have; None where they are the first, as nobody chose."""
    return None if not names or tuple(names) == COLUMNS.first(schema) else list(names)


def filtered(schema: Schema, query: Query, chosen: Chosen) -> Schema:
    """Return the schema of the columns whose filters stand, in their order."""
    return narrowed(schema, standing_filters(schema, query, chosen))


def measured(schema: Schema, chosen: Chosen = ()) -> Schema:
    """Return the schema of the facets and times, and of the measures that the views show."""
    if not MEASURES.is_offered(schema):
        return schema
    others = tuple(column.name for column in (*schema.facets, *schema.times))
    return narrowed(schema, (*others, *MEASURES.names(schema, chosen)))


def listed(schema: Schema, query: Query) -> Schema:
    """Return the schema of the columns that the table of rows shows, in their order."""
    return narrowed(schema, query.columns[: COLUMNS.limit] or COLUMNS.first(schema))
