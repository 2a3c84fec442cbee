"""Colours and symbols of data, the same in charts, checkboxes and table.

Colours 1 to 8 are those of M. Okabe and K. Ito (2008), "Color Universal Design", darkened on
white and lightened on black so that text and marks keep a contrast of 4.5:1.
"""

from __future__ import annotations

from dataclasses import dataclass

from iris_dash.schema import Facet

SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "triangle-down", "star")
GLYPHS = ("●", "◆", "■", "▲", "✚", "✖", "▼", "★")


@dataclass(frozen=True)
class Theme:
    """What a chart needs to know of the page around it."""

    ink: str
    muted: str
    line: str
    series: tuple[str, ...]


LIGHT = Theme(
    ink="#1b1f24",
    muted="#5b6470",
    line="#e3e6eb",
    series=(
        "#0072b2",
        "#d55e00",
        "#008060",
        "#a3568a",
        "#8a6a00",
        "#2f7fb0",
        "#7a7a00",
        "#4f5661",
    ),
)
DARK = Theme(
    ink="#e6e9ee",
    muted="#9aa4b2",
    line="#2a313a",
    series=(
        "#56b4e9",
        "#ff9f5a",
        "#3dd6a3",
        "#e29bc8",
        "#e6b422",
        "#8fd0ff",
        "#f0e442",
        "#b8c0cc",
    ),
)
THEMES = {"light": LIGHT, "dark": DARK}


def glyph(position: int) -> str:
    """Return the text symbol of a facet's value by its place in the facet."""
    return GLYPHS[position % len(GLYPHS)]


def colour(facet: Facet | None, position: int, theme: Theme) -> str:
    """Return the colour of a facet's value: the owner's where given, else the theme's."""
    if facet is not None and position < len(facet.colours):
        return facet.colours[position]
    return theme.series[position % len(theme.series)]
