"""A facet's value beside its checkbox, with how many rows have it: `assets/scripts/choice.mjs`."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from iris_dash.dashboard.theme import glyph, own_colour, rank, series
from iris_dash.query.counted import count_text
from iris_dash.query.schema import Facet
from iris_dash.query.value_text import value_text

ONE_LINE = 24
ENDING = 8
"""Characters of a value that a line has room for in any case, and of a longer one's end."""


class Choice(Component):
    """A component of Dash that the page's own script makes: one, where each part would be one.

    Every answer tells the values of all facets anew. `text`: the value; `end`: how many characters
    of a long one stand last on its line; `count`: its rows in words; `dimmed`: there are none;
    `mark`, `look`, `colour`: the symbol of a value that colours the charts.
    """

    _namespace = "iris_dash"
    _type = "Choice"

    def __init__(self, **props: Any) -> None:
        self._prop_names = ["text", "end", "count", "dimmed", "mark", "look", "colour"]
        self.available_properties = self._prop_names
        self._valid_wildcard_attributes = self.available_wildcard_properties = []
        super().__init__(**props)  # type: ignore[no-untyped-call]


def choice(facet: Facet, position: int, count: int | None, coloured: bool) -> Choice:
    """Return what stands beside a value's checkbox, by the value's place in the facet."""
    text = value_text(facet.values[position])
    props: dict[str, Any] = {"text": text}
    if len(text) > ONE_LINE:
        props["end"] = ENDING
    if count is not None:
        props["count"] = count_text(count)
    if count == 0:
        props["dimmed"] = True
    if coloured:
        own, place = own_colour(facet, position), rank(facet, position)
        look = f"series-{'others' if place is None else series(place)}"
        props |= {"mark": glyph(facet, position), "look": look}
        if own:
            props["colour"] = own
    return Choice(**props)
