"""Where means are drawn: which measures share a plot, and where each plot stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from iris_dash.query.schema import Measure, Schema, narrowed

ROOM = 7
"""A row of the chart has room for so many measures; a further subplot's axis takes one's room."""

WIDE_ROOM = 11
"""A row of subplots of one measure each, over the page's width."""

NARROW_ROOM = 5
"""Such a row on a phone: three of them."""

MOST_MEASURES = 6
"""So many measures are told unasked: those that differ most between the groups."""

ALIKE = 10
"""Measures of one unit share an axis where the largest numbers of one are at most so many times
those of another.
"""

ALONE = 8
"""So many measures of one unit stand in one plot."""

NARROW = 5
"""With more room needed than this, and several subplots, the chart takes the page's width."""

AXIS_ROOM = 1
ROW_HEIGHT = 310
ROW_GAP = 140


@dataclass(frozen=True)
class Panel:
    """One subplot: the unit of its axis, which measures it shows, and where it stands.

    `measures` are positions in the schema's measures, `x` and `y` its domain in parts of the
    chart from the lower left, `level` counts rows from the top. Those of one `scale` share it.
    """

    unit: str
    measures: tuple[int, ...]
    level: int
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    scale: int = 0


def has_means(schema: Schema) -> bool:
    """Return whether a table has a measure whose mean is shown."""
    return any(measure.is_averaged for measure in schema.measures)


def panels(schema: Schema, narrow: bool = False) -> list[Panel]:
    """Return the subplots of the means: one per unit and size, in the order of their first measure.

    One with more measures than a row has room for becomes several, as even as they can be. A
    measure of no known unit stands alone. On a `narrow` page fewer stand beside each other.
    """
    scales = _scales(schema)
    count = sum(map(len, scales))
    most = ALONE if len(scales) == 1 and count <= ALONE else ROOM
    room = most
    if 1 < len(scales) == count:
        room = NARROW_ROOM if narrow else WIDE_ROOM
    rows: list[list[Part]] = [[]]
    for scale, places in enumerate(scales):
        count = -(-len(places) // most)
        size = -(-len(places) // count)
        for start in range(0, len(places), size):
            part = (scale, tuple(places[start : start + size]))
            if rows[-1] and _room([*rows[-1], part]) > room:
                rows.append([])
            rows[-1].append(part)
    return [p for level, row in enumerate(rows) for p in _row(schema, level, len(rows), row)]


def most_means(schema: Schema) -> Schema:
    """Return the schema with as many averaged measures as are told unasked: the first ones."""
    averaged = [measure.name for measure in schema.measures if measure.is_averaged]
    return with_means(schema, averaged[:MOST_MEASURES])


def with_means(schema: Schema, names: Sequence[str]) -> Schema:
    """Return the schema of the facets and of some measures alone."""
    if sum(measure.is_averaged for measure in schema.measures) == len(names):
        return schema
    return narrowed(schema, (*(facet.name for facet in schema.facets), *names))


def means_height(schema: Schema, narrow: bool = False) -> int:
    """Return the chart's height in pixels: one row's, times its rows."""
    return ROW_HEIGHT * (panels(schema, narrow)[-1].level + 1) if has_means(schema) else ROW_HEIGHT


def is_wide(schema: Schema) -> bool:
    """Return whether the chart needs the page's width."""
    shown = panels(schema) if has_means(schema) else []
    levels = [
        [(p.scale, p.measures) for p in shown if p.level == level] for level in range(len(shown))
    ]
    return len(shown) > 1 and max(map(_room, levels)) > NARROW


def stands_beside(schema: Schema) -> bool:
    """Return whether the chart is one row for which three fifths of the page's width are enough."""
    shown = panels(schema) if has_means(schema) else []
    row = [(panel.scale, panel.measures) for panel in shown]
    return not shown or (shown[-1].level == 0 and _room(row) <= ROOM)


def has_subplots(schema: Schema) -> bool:
    """Return whether the chart has more than one plot."""
    return has_means(schema) and len(panels(schema)) > 1


Part: TypeAlias = tuple[int, tuple[int, ...]]
"""The number of a scale, and which measures are shown on it."""


def _scales(schema: Schema) -> list[list[int]]:
    """Return the measures that share an axis: of one known unit, and of like size."""
    scales: list[list[int]] = []
    for position, measure in enumerate(schema.measures):
        if not measure.is_averaged:
            continue
        for places in scales:
            if all(_are_alike(measure, schema.measures[place]) for place in places):
                places.append(position)
                break
        else:
            scales.append([position])
    return scales


def _are_alike(one: Measure, other: Measure) -> bool:
    less, more = sorted(max(-measure.low, measure.high) for measure in (one, other))
    return bool(one.unit) and one.unit == other.unit and more <= ALIKE * less


def _room(row: list[Part]) -> int:
    return sum(len(places) for _, places in row) + AXIS_ROOM * (len(row) - 1)


def _row(schema: Schema, level: int, levels: int, row: list[Part]) -> list[Panel]:
    """Return a row's subplots, each as wide as its measures are many."""
    whole = _room(row)
    gap = ROW_GAP / (ROW_HEIGHT * levels) if levels > 1 else 0.0
    height = (1 - gap * (levels - 1)) / levels
    top = 1 - level * (height + gap)
    found, left = [], 0
    for scale, places in row:
        unit = schema.measures[places[0]].unit
        right = left + len(places)
        x = (left / whole, right / whole)
        found.append(Panel(unit, places, level, x, (max(top - height, 0.0), top), scale))
        left = right + AXIS_ROOM
    return found
