"""What a table is shown by where nobody said: which facet colours its charts."""

from __future__ import annotations

from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import LABELS, Facet, Schema

MOST_COLOURS = 8
"""More groups than that cannot be told apart by colour."""


def first_groups(schema: Schema) -> Facet | None:
    """Return the facet that groups where a query names none: the first of 2 to 8 values, no labels.

    A missing value is none of the two, but is a group. None where there is no such facet.

    >>> ports, pier = Facet("port", "Port", "port", ("a", "b")), Facet("at", "At", "at", ("a",))
    >>> first_groups(Schema((pier, ports))).name
    'port'
    """
    return next((facet for facet in schema.facets if _is_told_apart(facet)), None)


def groups_of(schema: Schema, query: Query) -> Facet | None:
    """Return the facet that groups a query's rows: the one it names, else the first; None: none."""
    if query.by is None:
        return first_groups(schema)
    is_none = query.by == NO_GROUPS and NO_GROUPS not in schema.facets_by_name
    return None if is_none else schema.facet(query.by)


def are_groups_chosen(schema: Schema) -> bool:
    """Return whether there is a choice of groups: several facets, or one that does not group."""
    return len(schema.facets) > 1 or (bool(schema.facets) and first_groups(schema) is None)


def _is_told_apart(facet: Facet) -> bool:
    present = sum(value is not None for value in facet.values)
    return facet.role not in LABELS and present > 1 and len(facet.values) <= MOST_COLOURS
