"""The order of an aggregate's groups, which is told to every library in the same way."""

from __future__ import annotations

from dataclasses import dataclass

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as.file import File
from iris_dash.query.calendar import PARTS
from iris_dash.query.group_keys import GroupKey, PartKey, ValueKey, key_text
from iris_dash.query.schema import Facet, Text
from iris_dash.query.value_text import FacetValue

SORTED_PARTS = ("quarter_of_year", "hour_of_day")
"""Parts of a time whose values sort as they stand."""


@dataclass(frozen=True)
class Sorted:
    """What groups are sorted by: a column of theirs, and whether it descends.

    `is_common`: instead of its values by how many rows have each of them.
    """

    name: str
    down: bool
    is_common: bool = False


def sorted_by(asked: Aggregation) -> list[Sorted]:
    """Return what an aggregate's groups are sorted by: what is asked, then each key."""
    keys = {key_text(key): key for key in asked.by}
    given = dict(asked.sort)
    found = []
    for name, down in (given | {name: False for name in keys if name not in given}).items():
        if name in keys and isinstance(keys[name].column, Text):
            found.append(Sorted(name, not down, is_common=True))
        found.append(Sorted(name, down))
    return found


def sorted_over(asked: Aggregation) -> list[str]:
    """Return what groups are sorted by that is an output of wider groups: `Aggregation.over`."""
    own = {*map(key_text, asked.by), *(output.name for output in asked.outputs)}
    return [name for name, _ in asked.sort if name not in own]


def needs_count(asked: Aggregation) -> bool:
    """Return whether the order asks for the rows of each group."""
    return any(one.is_common for one in sorted_by(asked))


def own_values(file: File, key: GroupKey) -> list[FacetValue] | None:
    """Return the values of a key in its own order, where they do not sort so by themselves."""
    match key:
        case ValueKey(Facet(name)):
            return file.order(name)
        case PartKey(_, part) if part not in SORTED_PARTS:
            return list(PARTS[part])
        case _:
            return None
