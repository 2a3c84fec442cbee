"""The selection beside the rest as a table: who differs, by how much, and how sure that is."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.comparison import SMALL, MeasureComparison, Sample
from iris_dash.analysis.mean_intervals import CONFIDENCE
from iris_dash.dashboard.page.elements import aria
from iris_dash.query.counted import count_text, noun
from iris_dash.query.numbers import interval_text, rounded_text
from iris_dash.query.schema import Schema

HEAD = ("n", "mean", f"{CONFIDENCE:.0%} interval", "sd", "median", "quartiles")
BETWEEN = ("difference", f"{CONFIDENCE:.0%} interval", "Hedges’ g")
STRENGTHS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"))
"""Below each size an effect is called so (J. Cohen, 1988); above the last it is large."""


def comparison_table(
    schema: Schema, count: int, total: int, found: list[MeasureComparison]
) -> list[Component]:
    """Return per measure the selected rows, the rest, and between them difference and effect."""
    if count in (0, total):
        none = "No row is selected" if not count else "Every row is selected"
        lead = f"{none}: narrow the table to compare the selection with the rest."
    else:
        selected = f"{count_text(count)} selected {noun(count, schema.rows)}"
        lead = f"{selected} beside the other {count_text(total - count)}."
    found = [one for one in found if schema.measure(one.measure).is_averaged]
    small = any(one.selected.small or one.rest.small for one in found) and 0 < count < total
    notes = [
        "Intervals of means are Student’s, those of differences Welch’s. Hedges’ g is the "
        "difference in standard deviations, corrected for small samples; by Cohen’s rule of thumb "
        "below 0.2 negligible, 0.5 small, 0.8 medium, above large."
    ]
    if small:
        notes.append(f" * fewer than {SMALL} values: read with care.")
    head = html.Thead(
        [
            html.Tr(
                [
                    html.Th("Measure", rowSpan=2, scope="col"),
                    # First, as it is what is asked for and the whole is wide.
                    html.Th("Selected − rest", colSpan=len(BETWEEN), scope="colgroup"),
                    html.Th("Selected", colSpan=len(HEAD), scope="colgroup"),
                    html.Th("Rest", colSpan=len(HEAD), scope="colgroup"),
                ]
            ),
            html.Tr([html.Th(text, scope="col") for text in (*BETWEEN, *HEAD, *HEAD)]),
        ]
    )
    rows = [_row(schema, one) for one in found]
    return [
        html.P(lead, className="lead-line"),
        html.Div(
            html.Table([head, html.Tbody(rows)], className="numbers compare"),
            className="numbers-box",
            tabIndex=0,
            role="region",
            **aria(label="Selection beside the rest"),
        ),
        html.P(notes, className="note"),
    ]


def _row(schema: Schema, one: MeasureComparison) -> Component:
    measure = schema.measure(one.measure)
    unit = [html.Span(f" {measure.unit}", className="unit")] if measure.unit else []
    between = [
        rounded_text(one.difference),
        interval_text(one.difference_interval),
        effect(one.hedges_g),
    ]
    cells = [*between, *_sample(one.selected), *_sample(one.rest)]
    return html.Tr(
        [html.Th([measure.label, *unit], scope="row"), *(html.Td(cell) for cell in cells)]
    )


def _sample(sample: Sample) -> list[Any]:
    n = f"{count_text(sample.n)}{' *' if sample.small else ''}"
    return [
        n,
        rounded_text(sample.mean),
        interval_text(sample.mean_interval),
        rounded_text(sample.std),
        rounded_text(sample.median),
        interval_text(None if sample.q1 is None or sample.q3 is None else (sample.q1, sample.q3)),
    ]


def effect(g: float | None) -> str:
    """Return an effect size with the word for it.

    >>> effect(-1.234), effect(0.1), effect(None)
    ('-1.23 (large)', '0.10 (negligible)', '–')
    """
    if g is None:
        return "–"
    word = next((name for below, name in STRENGTHS if abs(g) < below), "large")
    return f"{g:.2f} ({word})"
