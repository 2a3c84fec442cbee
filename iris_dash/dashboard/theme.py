"""Colours and symbols of data, the same in charts, checkboxes and table.

The colours begin with those of M. Okabe and K. Ito (2008), "Color Universal Design", darkened on
white and lightened on black so that text and marks keep a contrast of 4.5:1, and chosen so that any
two differ to eyes that lack one kind of cone. After every eight values the colours move on by one
against the symbols, so that 64 pairs differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from iris_dash.query.schema import Facet

SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "triangle-down", "star")
OTHER_SYMBOL, OTHER_GLYPH = "circle-open", "○"
GLYPHS = ("●", "◆", "■", "▲", "✚", "✖", "▼", "★")


@dataclass(frozen=True)
class Theme:
    """What a chart needs to know of the page around it.

    `magnitude` is the hue of what is no group's: how many there are; `others` the colour of all
    groups that are not among the commonest.
    """

    ink: str
    muted: str
    line: str
    magnitude: str
    others: str
    series: tuple[str, ...]


LIGHT = Theme(
    ink="#1b1f24",
    muted="#5b6470",
    line="#e3e6eb",
    magnitude="#3457d5",
    others="#7f8894",
    series=(
        "#0072b2",
        "#bf4c00",
        "#008060",
        "#a3568a",
        "#5c4b00",
        "#6d3fd6",
        "#1d2440",
        "#4f5661",
    ),
)
DARK = Theme(
    ink="#e6e9ee",
    muted="#9aa4b2",
    line="#2a313a",
    magnitude="#8ea6ff",
    others="#6b7684",
    series=(
        "#56b4e9",
        "#ff9f5a",
        "#3dd6a3",
        "#e29bc8",
        "#e6b422",
        "#ae75fe",
        "#f0e442",
        "#8d96a3",
    ),
)
THEMES = {"light": LIGHT, "dark": DARK}


def rank(facet: Facet | None, position: int) -> int | None:
    """Return which colour and symbol a facet's value has; None: those of all others."""
    if facet is None or not facet.coloured:
        return position
    place = facet.in_rank.index(position)
    return place if place < len(facet.coloured) else None


def glyph(facet: Facet | None, position: int) -> str:
    """Return the text symbol of a facet's value by its place in the facet."""
    place = rank(facet, position)
    return OTHER_GLYPH if place is None else GLYPHS[place % len(GLYPHS)]


def symbol(facet: Facet | None, position: int) -> str:
    """Return Plotly's name of the symbol that `glyph` shows as text."""
    place = rank(facet, position)
    return OTHER_SYMBOL if place is None else SYMBOLS[place % len(SYMBOLS)]


def series(position: int) -> int:
    """Return the number of a value's colour; with its glyph it is unique among 64 positions.

    >>> series(7), series(8), series(9)
    (7, 1, 2)
    """
    return (position + position // len(GLYPHS)) % len(LIGHT.series)


def own_colour(facet: Facet | None, position: int) -> str | None:
    """Return the colour that the table's owner gave to a facet's value, if any."""
    if facet is None or position >= len(facet.colours):
        return None
    return facet.colours[position]


def colour(facet: Facet | None, position: int, theme: Theme) -> str:
    """Return the colour of a facet's value: the owner's where given, else the theme's."""
    place = rank(facet, position)
    return own_colour(facet, position) or (
        theme.others if place is None else theme.series[series(place)]
    )


def css_colour(facet: Facet | None, position: int) -> str:
    """Return the same colour for a style sheet, which knows the theme itself."""
    place = rank(facet, position)
    name = "others" if place is None else series(place)
    return own_colour(facet, position) or f"var(--series-{name})"
