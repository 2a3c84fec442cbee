"""What a view is made from: the explorer, the page's state, and what all of its cards share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard.answer.column_choices import measured
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.theme import Theme
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Schema

Made = TypeVar("Made")


@dataclass(frozen=True)
class Shown:
    """What a view shows: `count` rows of a state; `own`, the histograms of the query itself.

    `narrow`: on a page as narrow as a phone's; `open`: the charts whose text is unfolded.
    """

    explorer: Explorer
    state: DashboardState
    count: int
    own: Mapping[str, Histogram]
    theme: Theme
    narrow: bool = False
    open: Collection[str] = ()
    _made: dict[Callable[[Shown], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def query(self) -> Query:
        """The query, on a page that exists."""
        return self.state.query

    @property
    def schema(self) -> Schema:
        """The table's schema."""
        return self.explorer.schema

    @property
    def measured(self) -> Schema:
        """The schema of the facets, and of the measures that are shown of a table of many."""
        return measured(self.schema, self.state.columns)

    @property
    def by(self) -> Facet | None:
        """The facet that groups and colours."""
        return self.explorer.group_facet(self.query)

    def once(self, make: Callable[[Shown], Made]) -> Made:
        """Return what a function makes of this, made once for all the cards that show it."""
        if make not in self._made:
            self._made[make] = make(self)
        found: Made = self._made[make]
        return found
