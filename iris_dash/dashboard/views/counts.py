"""The card of counts: how many rows have each value of a facet, as bars that are buttons."""

from __future__ import annotations

from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.counted_values import CountedValue, CountedValues, counted_values
from iris_dash.analysis.judgment import counted_facets
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.page.elements import aria, data
from iris_dash.dashboard.page.facet_control import mark
from iris_dash.dashboard.theme import css_colour
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.page_choice import PageMenu
from iris_dash.dashboard.views.shown import Shown
from iris_dash.query.counted import count_text, counted
from iris_dash.query.filters import Choice
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import facet_text, value_name, value_text

SUGGESTED = "auto"


def _others(schema: Schema) -> tuple[tuple[str, str], ...]:
    return tuple((facet.name, facet.label) for facet in counted_facets(schema)[1:])


class FacetMenu(PageMenu):
    """A list of facets; the default is called by the one that it is of this table."""

    def offered(self, schema: Schema) -> tuple[tuple[str, str], ...]:
        """Return the facets that a table has, the first one unasked."""
        first = counted_facets(schema)[:1]
        words = tuple((SUGGESTED, facet.label) for facet in first) or self.options
        return (*words, *self.more(schema))


OF_WHAT = FacetMenu("_counts", "Counted values", ((SUGGESTED, "Suggested"),), more=_others)


class CountsCard(Card):
    """A bar per value, the selection in front of the whole table; a click filters."""

    id = "counts"
    title = "Counts"
    called = "This chart"
    choice = OF_WHAT
    look = "card counts-card"

    def offered(self, schema: Schema) -> bool:
        """Return whether there is a facet whose counts stand nowhere yet."""
        return bool(counted_facets(schema))

    def offers_choice(self, schema: Schema) -> bool:
        """Return whether there are several."""
        return len(counted_facets(schema)) > 1

    def heading(self, schema: Schema) -> str:
        """Return what is counted at first."""
        facets = counted_facets(schema)
        return counts_title(schema, facets[0]) if facets else self.title

    def body(self, schema: Schema) -> list[Component]:
        """Return where the bars stand."""
        return [html.Ul(id=self.id, className="bars", **aria(labelledby=f"{self.id}-title"))]

    def outputs(self) -> dict[str, Output]:
        """Return the bars and the title."""
        return {
            "counts": Output(self.id, "children"),
            "counts_title": Output(f"{self.id}-title", "children"),
        }

    def known(self, shown: Shown) -> dict[str, Any]:
        """Return the title, which names the facet."""
        return {"counts_title": counts_title(shown.schema, _facet(shown))}

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the bars of the facet that is chosen."""
        facet, explorer = _facet(shown), shown.explorer
        counts = explorer.facet_counts(shown.query, [facet])[facet.name]
        whole = explorer.whole_facet_counts[facet.name]
        found = counted_values(facet, counts, whole, _let_in(facet, shown.query))
        return {"counts": count_bars(facet, found, coloured=facet == shown.by)}


def counts_title(schema: Schema, facet: Facet) -> str:
    """Return what is counted, in words."""
    return f"{schema.rows.capitalize()} per {facet.inner_label}"


def _facet(shown: Shown) -> Facet:
    return counted_facet(shown.schema, shown.state)


def counted_facet(schema: Schema, state: DashboardState) -> Facet:
    """Return the facet that is chosen, unasked the first."""
    facets = counted_facets(schema)
    chosen = OF_WHAT.chosen(state)
    return next((facet for facet in facets if facet.name == chosen), facets[0])


def _let_in(facet: Facet, query: Query) -> frozenset[Any]:
    match query.filter_on(facet.name):
        case Choice(_, values):
            return frozenset(values)
        case _:
            return frozenset(facet.values)


THINNEST = 0.1
"""Where the longest bar is shorter than so much of its rail, the rails are left out."""


def count_bars(facet: Facet, found: CountedValues, coloured: bool) -> list[Component]:
    """Return a line per value, and one of what is not shown; the longest bar is as long as can be.

    `coloured`: with the values' colours and symbols, as this facet colours the charts. Behind each
    stand the whole table's rows, unless what is left of them would be no more than a line.
    """
    whole = max((one.whole for one in found.values), default=0)
    left = max((one.count for one in found.values), default=0)
    behind = not 0 < left < THINNEST * whole
    most = (whole if behind else left) or 1
    lines: list[Component] = [
        html.Li(_bar(facet, one, most, coloured, behind)) for one in found.values
    ]
    if found.others:
        words = counted(found.others, "others")
        parts = [html.Span(words, className="bar-name"), html.Span()]
        parts.append(html.Span(count_text(found.count), className="bar-count"))
        lines.append(html.Li(html.Span(parts, className="bar-line"), className="unit"))
    return lines


def _bar(facet: Facet, one: CountedValue, most: int, coloured: bool, behind: bool) -> Component:
    position = facet.values.index(one.value)
    front = {"width": f"{100 * one.count / most:.2f}%"}
    if coloured:
        front["background"] = css_colour(facet, position)
    of_whole = f" of {count_text(one.whole)}" if one.count != one.whole else ""
    name = [mark(facet, position)] if coloured else []
    return html.Button(
        [
            html.Span([*name, html.Span(value_name(one.value))], className="bar-name"),
            html.Span(
                [
                    html.Span(style={"width": f"{100 * one.whole / most:.2f}%" if behind else "0"}),
                    html.Span(style=front, className="bar-front"),
                ],
                className="bar-rail",
                **aria(hidden="true"),
            ),
            html.Span(
                [count_text(one.count), html.Span(of_whole, className="visually-hidden")],
                className="bar-count",
            ),
        ],
        type="button",
        className="bar-line" if one.is_in else "bar-line is-out",
        title=f"Show {value_text(one.value)} alone; with Shift add or remove it",
        **data(pick_facet=facet.name, pick=facet_text(one.value), whole=str(one.whole)),
    )


COUNTS_CARD = CountsCard()
