"""What an aggregate asks: groups of a query's rows, statistics, which groups and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from iris_dash.analysis.aggregate.statistics import Statistic
from iris_dash.query.group_keys import GroupKey, json_key, key_text
from iris_dash.query.names import free_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Filterable

OVER = "@"
"""Stands in a sort between an output and the one key of which its groups are."""

MOST_KEYS = 3
MOST_GROUPS = 10_000
MOST_VALUES = 1_000_000
"""Groups, and values, of one answer."""

LEVEL = "level"
"""The column that tells totals from groups: by how many of the keys a row is gathered."""


@dataclass(frozen=True)
class Output:
    """A column of the answer: a statistic, or one of its ends, of a column or of rows."""

    name: str
    statistic: Statistic
    place: int
    column: Filterable | None


@dataclass(frozen=True)
class Over:
    """What groups are sorted by where it is no column of theirs: an output of groups by one key.

    `output`: its place among the outputs; `key`: the place of the key among those of the groups.
    """

    output: int
    key: int


@dataclass(frozen=True)
class Having:
    """The groups that are answered: those with an output between two ends, both inclusive.

    Of a time the second end is the moment behind it. A missing figure lies in no interval; `text`
    is how it is written.
    """

    output: str
    low: float | int | datetime | None
    high: float | int | datetime | None
    text: str


@dataclass(frozen=True)
class Aggregation:
    """A question about groups of the rows that a query selects: immutable, comparable.

    `by`: up to three keys; `of`: the columns that `stat` is of; `sort`: outputs, keys or what
    `sorts_over` has, with whether they descend; `totals`: with the groups of all keys but the last,
    and over all rows; `empty`: with groups of facets and times that have no rows. Of the `query`
    only the filters matter.
    """

    query: Query = field(default_factory=Query)
    by: tuple[GroupKey, ...] = ()
    of: tuple[Filterable, ...] = ()
    stat: tuple[Statistic, ...] = ()
    having: tuple[Having, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    page: int | None = None
    per_page: int | None = None
    totals: bool = False
    empty: bool = False

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """The columns that the answer has beside its keys, in the order in which they are asked."""
        taken = {LEVEL, *map(key_text, self.by), *map(json_key, self.by)}
        found = []
        for statistic in self.stat:
            for column in self.of if statistic.of else (None,):
                for place, begins in enumerate(statistic.outputs):
                    name = free_name(begins if column is None else f"{begins}_{column.name}", taken)
                    taken.add(name)
                    found.append(Output(name, statistic, place, column))
        return tuple(found)

    @cached_property
    def sorts_over(self) -> dict[str, Over]:
        """What a sort may name beside outputs and keys: `mean_x@k`, mean_x of the groups by k."""
        own = {*map(key_text, self.by), *(output.name for output in self.outputs)}
        return {
            name: Over(output, key)
            for key, one in enumerate(self.by)
            for output, of in enumerate(self.outputs)
            if (name := f"{of.name}{OVER}{key_text(one)}") not in own
        }

    def over(self, name: str) -> tuple[Aggregation, Output, GroupKey]:
        """Return the groups whose output such a name says: the question, the output and its key."""
        found = self.sorts_over[name]
        key = self.by[found.key]
        asked = Aggregation(self.query, (key,), self.of, self.stat)
        return asked, asked.outputs[found.output], key

    @property
    def level(self) -> str:
        """What the column is called that tells totals from groups."""
        return free_name(LEVEL, [*map(key_text, self.by), *map(json_key, self.by)])

    @property
    def most(self) -> int:
        """How many groups one answer holds."""
        return min(MOST_GROUPS, MOST_VALUES // (len(self.by) + len(self.outputs) or 1))

    def on_page(self, page: int, per_page: int) -> Aggregation:
        """Return the same question about one page of its groups."""
        return replace(self, page=page, per_page=per_page)
