"""The selection beside its baseline as a table: who differs, by how much, and how sure that is."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.beside import Beside, MeasureBeside
from iris_dash.analysis.comparison import SMALL, Sample
from iris_dash.analysis.mean_intervals import Ends
from iris_dash.dashboard.charts.beside_words import baseline_words, strength
from iris_dash.dashboard.page.elements import aria
from iris_dash.query.counted import count_text
from iris_dash.query.numbers import coefficient_text, interval_text, rounded_text, statistic_text
from iris_dash.query.schema import Measure, Schema

BETWEEN = ("difference", "Hedges’ g")
HEAD = ("n", "mean", "sd", "median")

NOTE = (
    "Below each number its 95 % interval: of means Student’s t, of differences Welch’s (1947), of "
    "effect sizes that of Hedges and Olkin (1985); below a median the quartiles."
)


def comparison_table(schema: Schema, found: Beside) -> list[Component]:
    """Return per measure what is between both sides, the selected rows and the baseline.

    Nothing where there are no two sides.
    """
    if not found.measures:
        return []
    words = baseline_words(schema, found.baseline)
    small = any(one.selected.small or one.baseline.small for one in found.measures)
    note = NOTE + (f" * fewer than {SMALL} values: read with care." if small else "")
    head = html.Thead(
        [
            html.Tr(
                [
                    html.Th("Measure", rowSpan=2, scope="col"),
                    # First, as it is what is asked for and the whole is wide.
                    html.Th(f"Selected − {words}", colSpan=len(BETWEEN), scope="colgroup"),
                    html.Th("Selected", colSpan=len(HEAD), scope="colgroup"),
                    html.Th(words[:1].upper() + words[1:], colSpan=len(HEAD), scope="colgroup"),
                ]
            ),
            html.Tr([html.Th(text, scope="col") for text in (*BETWEEN, *HEAD, *HEAD)]),
        ]
    )
    rows = [_row(schema, one) for one in found.measures]
    return [
        html.Div(
            html.Table([head, html.Tbody(rows)], className="numbers compare"),
            className="numbers-box",
            tabIndex=0,
            role="region",
            **aria(label=f"Selection beside {words}, in numbers"),
        ),
        html.P(note, className="note"),
    ]


def _row(schema: Schema, one: MeasureBeside) -> Component:
    measure = schema.measure(one.measure)
    unit = [html.Span(f" {measure.unit}", className="unit")] if measure.unit else []
    between = [
        _with_ends(rounded_text(one.difference), one.difference_interval),
        _with_ends(effect(one.hedges_g), one.hedges_g_interval),
    ]
    cells = [*between, *_sample(measure, one.selected), *_sample(measure, one.baseline)]
    return html.Tr(
        [html.Th([measure.label, *unit], scope="row"), *(html.Td(cell) for cell in cells)]
    )


def _sample(measure: Measure, sample: Sample) -> list[Any]:
    quartiles = None if sample.q1 is None or sample.q3 is None else (sample.q1, sample.q3)
    return [
        f"{count_text(sample.n)}{' *' if sample.small else ''}",
        _with_ends(statistic_text(measure, sample.mean), sample.mean_interval, measure),
        rounded_text(sample.std),
        _with_ends(statistic_text(measure, sample.median), quartiles, measure),
    ]


def _with_ends(text: str, ends: Ends | None, measure: Measure | None = None) -> list[Any]:
    return [text, "\n", html.Small(interval_text(ends, measure))] if ends is not None else [text]


def effect(g: float | None) -> str:
    """Return an effect size with the word for it.

    >>> effect(-1.234), effect(0.1), effect(-0.001), effect(None)
    ('−1.23 large', '0.10 negligible', '0.00 negligible', '–')
    """
    return "–" if g is None else f"{coefficient_text(g, 2)} {strength(g)}"
