"""The page's short texts about an answer: how many rows, which, what key, what was left out."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import Density, GroupMeans
from iris_dash.core.errors import Problem
from iris_dash.dashboard.charts.density import density_steps
from iris_dash.dashboard.page.elements import aria, data, made
from iris_dash.dashboard.page.facet_control import mark
from iris_dash.dashboard.theme import OTHER_GLYPH
from iris_dash.query.counted import count_text, counted, noun
from iris_dash.query.locale import number_read
from iris_dash.query.schema import Facet
from iris_dash.query.value_text import FacetValue, facet_text, value_name, value_text

MOST_KEYS = 8
"""Lines of a key, those that are filtered away among them."""

LEAST_SHARE = 0.0005
"""Smaller parts are no percentage with one decimal."""


def count_line(count: int | None, total: int, rows: str) -> list[str | Component]:
    """Return the line "97 of 150 flowers"."""
    shown = "…" if count is None else count_text(count)
    return [made(html.Span, shown, className="count"), f" of {counted(total, rows)}"]


def range_line(page: int, per_page: int, count: int) -> str:
    """Return which rows the table shows.

    >>> range_line(2, 10, 16)
    'rows 11–16 of 16'
    """
    if not count:
        return "no rows"
    first, last = (page - 1) * per_page + 1, min(page * per_page, count)
    rows = count_text(first) if first == last else f"{count_text(first)}–{count_text(last)}"
    which = f"{noun(last - first + 1, 'rows')} {rows}"
    return f"{which} of {count_text(count)}"


def means_key(groups: Sequence[GroupMeans], by: Facet | None, note: str = "") -> list[Component]:
    """Return the key of the mean bars: each group's symbol, name and n, and what is left out."""
    last: list[Component] = [made(html.Li, note, className="unit")] if note else []
    if by is None:
        return [*(made(html.Li, f"n = {count_text(group.n)}") for group in groups), *last]
    own = {group.group: group for group in groups if not group.others}
    others = [others_key(group.others, group.n) for group in groups if group.others]
    places, left = by.coloured or by.values, MOST_KEYS - len(own)
    away = [value for value in places if value not in own][: max(0, left)]
    # Each keeps its place while a filter moves; those beyond a colour stand last.
    ordered = [value for value in places if value in own or value in away]
    ordered += [value for value in own if value not in places]
    lines = []
    for value in ordered:
        rows = f", n = {count_text(own[value].n)}" if value in own else ""
        look = "key-button" if value in own else "key-button is-out"
        lines.append(_key_line(by, value, f"{value_name(value)}{rows}", look))
    return [*last, *lines, *others]


def _key_line(by: Facet, value: FacetValue, words: str, look: str) -> Component:
    """Return a group's line in a key; one that is filtered away is pale, and can be added."""
    return made(
        html.Li,
        made(
            html.Button,
            [mark(by, by.values.index(value)), words],
            type="button",
            className=look,
            title=f"Show {value_text(value)} alone; with Shift add or remove it",
            **data(pick_facet=by.name, pick=facet_text(value)),
        ),
    )


def others_key(groups: int, rows: int) -> Component:
    """Return the line of a key for all groups that have no colour of their own."""
    dot = made(html.Span, OTHER_GLYPH, className="glyph series-others", **aria(hidden="true"))
    return made(
        html.Li, [dot, f"{counted(groups, 'others')}, n = {count_text(rows)}"], className="unit"
    )


def notice(problems: tuple[Problem, ...]) -> Component | None:
    """Return what of an address was left out, one line each; nothing when all of it applied."""
    if not problems:
        return None
    lines = [made(html.Li, problem.msg) for problem in problems]
    return made(
        html.Div,
        ["Left out of the address, the rest applies:", made(html.Ul, lines)],
        className="alert alert-info",
    )


def means_title(by: Facet | None) -> str:
    """Return the title of the chart of means."""
    return f"Mean per {by.inner_label}" if by else "Mean"


def undrawn_note(count: int, drawn: int, rows: str) -> str:
    """Return how many of the rows a scatter leaves out for want of a value; "" when none.

    >>> undrawn_note(344, 342, "penguins")
    '2 penguins without both values are not drawn'
    >>> undrawn_note(5, 4, "pots")
    '1 of the pots lacks a value and is not drawn'
    """
    if drawn >= count:
        return ""
    if count - drawn == 1:
        return f"1 of the {rows} lacks a value and is not drawn"
    return f"{counted(count - drawn, rows)} without both values are not drawn"


def density_key(
    density: Density, words: str, outside: float | None, of_groups: bool = False
) -> list[Component | str]:
    """Return the line below a density: a swatch per step of counts, and what lies outside.

    `outside`: the share of rows that are not drawn, None where all are. `of_groups`: cells have
    groups' colours.
    """
    steps: list[Component | str] = [
        made(
            html.Span,
            [
                made(html.Span, style={"opacity": f"{strength:.3f}"}, className="swatch"),
                count_text(step),
            ],
            className="swatch-step",
        )
        for step, strength in density_steps(density)
    ]
    look = "swatches of-groups" if of_groups else "swatches"
    line: list[Component | str] = [made(html.Span, steps, className=look), f" {words} "]
    if outside is None:
        return line
    share = number_read(f"{100 * outside:.1f}") if outside >= LEAST_SHARE else "under 0.1"
    return [*line, f"{share}\N{NO-BREAK SPACE}% lie outside. "]


def extent_buttons(chosen: str, cuts: bool, is_part: bool) -> list[Component]:
    """Return the buttons that choose what a scatter's axes span.

    `cuts`: whether there is something to cut; `is_part`: whether a part of the rows is selected.
    """
    if chosen == "selection":
        return [_extent_button("Whole table", "typical")]
    offered = []
    if cuts:
        is_cut = chosen == "typical"
        words = "Show all" if is_cut else "Without the outermost"
        offered.append(_extent_button(words, "all" if is_cut else "typical"))
    if is_part:
        offered.append(_extent_button("Fit to the selection", "selection"))
    return offered


def _extent_button(words: str, value: str) -> Component:
    attributes = data(choose="_extent", value=value)
    return made(html.Button, words, type="button", className="link-button", **attributes)
