"""What a selection is compared with: the rest, all rows, or one group under the other filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from iris_dash.core.errors import list_names, shorten
from iris_dash.query.filters import Choice, canonical
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import FacetValue, facet_text

REST: Literal["rest"] = "rest"
ALL: Literal["all"] = "all"


@dataclass(frozen=True)
class Baseline:
    """The rows beside the selection: `rest` is what it leaves out, `all` the whole table.

    A `group` has the rows of one value of `facet` under all other filters; the selection is then
    without that value, so that no row is on both sides.
    """

    kind: Literal["rest", "all", "group"] = REST
    facet: Facet | None = None
    value: FacetValue = None

    @property
    def text(self) -> str:
        """What addresses and JSON bodies call it: `rest`, `all`, `species:setosa`."""
        if self.facet is None:
            return self.kind
        return _beginning(self.facet) + facet_text(self.value)


def read_baseline(schema: Schema, text: object) -> Baseline | None:
    """Return the baseline of a text; None for one that says none; see `refused_baseline`.

    >>> glaze = Facet("glaze", "Glaze", "glaze", ("blue", None))
    >>> found = read_baseline(Schema((glaze,)), "glaze:~missing")
    >>> found.kind, found.value, read_baseline(Schema((glaze,)), "glaze:red")
    ('group', None, None)
    """
    if not isinstance(text, str):
        return None
    if text == REST:
        return Baseline()
    if text == ALL:
        return Baseline(ALL)
    for facet in schema.facets:
        value = text.removeprefix(_beginning(facet))
        if value != text and value in facet.spelled:
            return Baseline("group", facet, facet.spelled[value])
    return None


def _beginning(facet: Facet) -> str:
    r"""Return a facet's name and a colon; one within the name has a backslash in front.

    >>> _beginning(Facet("day:weekday", "Weekday", "weekday"))
    'day\\:weekday:'
    """
    return facet.name.replace("\\", "\\\\").replace(":", "\\:") + ":"


def refused_baseline(schema: Schema, given: object) -> str:
    """Return what is wrong with a text that says no baseline, and what is valid."""
    valid = f"expected {REST!r}, {ALL!r} or a group as FACET:VALUE"
    facets = list_names([_beginning(facet).removesuffix(":") for facet in schema.facets])
    return f"with: {valid}, not {shorten(repr(given), 60)}" + (
        f"; facets are {facets}" if schema.facets else ""
    )


def sides(schema: Schema, query: Query, baseline: Baseline) -> tuple[Query, Query | None]:
    """Return what selects the rows of both sides; None: the rows that the first leaves out."""
    if baseline.kind == ALL:
        return query, Query()
    if baseline.facet is None:
        return query, None
    facet, value = baseline.facet, baseline.value
    chosen = query.filter_on(facet.name)
    let_in = chosen.values if isinstance(chosen, Choice) else facet.values
    own = tuple(one for one in let_in if one != value)
    return _with(schema, query, facet, own), _with(schema, query, facet, (value,))


def _with(schema: Schema, query: Query, facet: Facet, values: tuple[FacetValue, ...]) -> Query:
    kept = query.without(facet.name)
    return replace(kept, filters=canonical(schema, (*kept.filters, Choice(facet.name, values))))
