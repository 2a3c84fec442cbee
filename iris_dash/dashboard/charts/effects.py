"""The dots of a comparison: effect sizes of measures, differences of shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.beside import Beside, MeasureBeside, ShareBeside
from iris_dash.dashboard.charts.beside_words import (
    baseline_words,
    is_filtered,
    percent,
    short,
    short_interval,
    strength,
)
from iris_dash.dashboard.charts.dots import Dot, dots
from iris_dash.dashboard.page.elements import data
from iris_dash.query.counted import counted
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.value_text import facet_text, value_name, value_text

LEAST_EFFECT, LEAST_POINTS = 0.2, 1.0
"""A scale reaches at least so far, so that nothing negligible looks large."""

MOST_SHARES = 12

EFFECTS_NOTE = (
    "Hedges’ g: the difference of the means in pooled standard deviations, corrected for small "
    "samples (Hedges, 1981), with its 95 % interval (Hedges and Olkin, 1985). By Cohen’s rule of "
    "thumb (1988) below 0.2 negligible, 0.5 small, 0.8 medium, above large."
)
SHARES_NOTE = (
    "Percentage points, with Newcombe’s 95 % interval of a difference of shares (1998, method 10). "
    "Each interval is of one difference: of twenty equal ones one is expected to miss zero."
)
ALL_NOTE = " The selection is a part of all: its difference is that to the rest, times its share."


def effect_dots(
    schema: Schema,
    query: Query,
    found: Beside,
    measures: Sequence[MeasureBeside],
    chosen: str | None,
) -> list[Component]:
    """Return a dot per measure, in this order; nothing where there are no two sides.

    `chosen`: the measure whose distributions are drawn; a click on another chooses that.
    """
    if not measures or found.is_empty:
        return []
    lines = [_effect(schema, query, one, one.measure == chosen) for one in measures]
    words = baseline_words(schema, found.baseline)
    label = f"Effect sizes, selected minus {words}, in standard deviations"
    note = EFFECTS_NOTE + (ALL_NOTE if found.baseline.kind == "all" else "")
    return [dots(lines, " sd", label, LEAST_EFFECT), html.P(note, className="note")]


def _effect(schema: Schema, query: Query, one: MeasureBeside, is_chosen: bool) -> Dot:
    measure: Measure = schema.measure(one.measure)
    unit = f" {measure.unit}" if measure.unit else ""
    difference = f"{short(one.difference, signed=True)}{unit}"
    interval = short_interval(one.difference_interval)
    g = one.hedges_g
    said = "no effect size" if g is None else f"g {short(round(g, 2))}, {strength(g)}"
    filtered = is_filtered(query, one.measure)
    name = [html.Span(measure.label), *([html.Span(" filtered", className="unit")] * filtered)]
    numbers = [
        html.Span([html.B(difference), f" ({interval})"], className="dot-number"),
        html.Span(said, className="unit"),
    ]
    between = short_interval(one.hedges_g_interval)
    return Dot(
        name,
        g,
        one.hedges_g_interval,
        numbers,
        f"{measure.label}: {said} (95 % interval {between}). Show its distributions",
        data(choose="_compared", value=f"of:{measure.name}"),
        is_chosen,
        filtered,
    )


def share_dots(schema: Schema, found: Beside) -> list[Component]:
    """Return a dot per value of a category; nothing where there is none to compare."""
    shares = told_shares(found.shares)
    if not shares:
        return []
    lines = [_share(schema, one) for one in shares[:MOST_SHARES]]
    words = baseline_words(schema, found.baseline)
    label = f"Shares, selected minus {words}, in percentage points"
    left = len(shares) - len(lines)
    more = (
        f"{counted(left, 'more values')} {'differs' if left == 1 else 'differ'} less. "
        if left > 0
        else ""
    )
    note = more + SHARES_NOTE + (ALL_NOTE if found.baseline.kind == "all" else "")
    return [dots(lines, "", label, LEAST_POINTS), html.P(note, className="note")]


def told_shares(shares: Sequence[ShareBeside]) -> list[ShareBeside]:
    """Return shares without those that say what another says: of two values the one with more."""
    values = Counter(one.facet for one in shares)
    return [one for one in shares if values[one.facet] != 2 or one.difference >= 0]


def _share(schema: Schema, one: ShareBeside) -> Dot:
    facet = schema.facet(one.facet)
    ends = one.difference_interval
    points = None if ends is None else (100 * ends[0], 100 * ends[1])
    difference = short(100 * one.difference, signed=True)
    both = f"{percent(one.selected_share)} beside {percent(one.baseline_share)}"
    numbers = [
        html.Span([html.B(difference), f" ({short_interval(points)})"], className="dot-number"),
        html.Span(both, className="unit"),
    ]
    label = html.Span(f" {facet.label}", className="unit dot-label")
    name = [html.Span(value_name(one.value)), label]
    return Dot(
        name,
        100 * one.difference,
        points,
        numbers,
        f"{facet.label}: show {value_text(one.value)} alone; with Shift add or remove it",
        data(pick_facet=facet.name, pick=facet_text(one.value)),
    )
