"""Tab "Pairs": every two measures, as scatters and as correlations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.correlation import Correlations
from iris_dash.dashboard.answer.column_choices import MEASURES
from iris_dash.dashboard.charts.correlation import correlation_figure
from iris_dash.dashboard.charts.matrix import (
    MOST_MEASURES,
    matrix_figure,
    matrix_height,
    pair_names,
)
from iris_dash.dashboard.charts.text_alternatives import group_name, text_alternative
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.view import View
from iris_dash.query.counted import count_text
from iris_dash.query.numbers import coefficient_text
from iris_dash.query.schema import Facet, Schema

OF_WHOM = PageChoice(
    "_correlation", "Correlation of", (("all", "All selected"), ("groups", "Per group"))
)
MOST_CORRELATED = 12
MOST_PAIRS = 66
"""Lines of a text."""


class Matrix(Chart):
    """A scatter of every two measures."""

    id = "matrix"
    chooses = MEASURES
    most_columns = MOST_MEASURES
    title = "Every two measures"
    from_histograms = True
    scrolls = True
    least_width = 520
    note_id = "matrix-note"

    def offered(self, schema: Schema) -> bool:
        """Return whether there are two quantities."""
        return len(schema.quantities) > 1

    def height(self, schema: Schema) -> int:
        """Return that of all its plots."""
        return matrix_height(schema)

    def below(self, schema: Schema) -> list[Component]:
        """Return the line that says which measures are not drawn."""
        return [html.Div(id=self.note_id, className="note")]

    def outputs(self) -> dict[str, Output]:
        """Return the chart and its note."""
        return super().outputs() | {"matrix_note": Output(self.note_id, "children")}

    def draw(self, shown: Shown) -> Drawn:
        """Return the scatters; in words, how each pair goes together."""
        schema, names = shown.schema, pair_names(shown.measured)
        scatters = shown.explorer.pairs(shown.query, names, shown.count)
        # The matrix has even axes.
        even = shown.own
        if shown.state.log:
            even = shown.explorer.histograms(shown.query, shown.measured.measures)
        return Drawn(
            matrix_figure(shown.measured, scatters, even, shown.by, shown.theme),
            lambda: matrix_text(schema, names, shown.once(_correlations), _groups(shown)),
            {"matrix_note": drawn_note(len(names), len(schema.quantities))},
        )


def drawn_note(drawn: int, measures: int) -> str:
    """Return how many of the measures a matrix draws; "" for all.

    >>> drawn_note(8, 12), drawn_note(4, 4)
    ('8 of 12 measures are drawn; choose others above.', '')
    """
    return f"{drawn} of {measures} measures are drawn; choose others above." * (drawn < measures)


class Correlation(Chart):
    """The coefficient of every pair, over all selected rows or per group."""

    id = "correlation"
    chooses = MEASURES
    most_columns = MOST_CORRELATED
    title = "Correlation"
    choice = OF_WHOM
    scrolls = True

    def offered(self, schema: Schema) -> bool:
        """Return whether there are two quantities."""
        return len(schema.quantities) > 1

    def offers_choice(self, schema: Schema) -> bool:
        """Return whether there are groups."""
        return bool(schema.facets)

    def height(self, schema: Schema) -> int:
        """Return the same for every table."""
        return 380

    def draw(self, shown: Shown) -> Drawn:
        """Return the coefficients as a heat map, or one per group."""
        schema, by, found = shown.schema, _groups(shown), shown.once(_correlations)
        return Drawn(
            correlation_figure(schema, found, by, shown.theme),
            partial(correlation_text, schema, found, by),
        )


def _groups(shown: Shown) -> Facet | None:
    """Return the facet per whose groups correlations are wanted, if they are."""
    return shown.by if OF_WHOM.chosen(shown.state) == "groups" else None


def _correlations(shown: Shown) -> list[Correlations]:
    grouped = _groups(shown) is not None
    chosen = MEASURES.is_offered(shown.schema)
    measures = shown.measured.measures if chosen else shown.schema.quantities
    return shown.explorer.correlations(shown.query, grouped, MOST_CORRELATED, measures)


def correlation_text(
    schema: Schema, found: Sequence[Correlations], by: Facet | None
) -> list[Component]:
    """Return every pair's coefficient, the strongest first."""
    lines = _pairs(schema, found, by)
    sentence = f"Pearson’s correlation of {len(lines)} pairs, the strongest first."
    return text_alternative(sentence, _pairs_head(by), lines)


def matrix_text(
    schema: Schema, names: Sequence[str], found: Sequence[Correlations], by: Facet | None
) -> list[Component]:
    """Return how each pair of measures that the matrix draws goes together."""
    sentence = (
        f"A scatter of every two of {len(names)} measures below the diagonal of their histograms; "
        "r near 1 is a line upwards, near −1 downwards, near 0 none."
    )
    return text_alternative(sentence, _pairs_head(by), _pairs(schema, found, by, names))


def _pairs_head(by: Facet | None) -> list[str]:
    return ["Pair", by.label if by else "Group", "r", "n"]


def _pairs(
    schema: Schema,
    found: Sequence[Correlations],
    by: Facet | None,
    names: Sequence[str] | None = None,
) -> list[list[str]]:
    """Return pair, group, coefficient and n of every pair, or of those among `names`."""
    rows: list[tuple[float, str, Correlations, float | None, int]] = []
    for one in found:
        for i, up in enumerate(one.measures):
            for j, across in enumerate(one.measures[:i]):
                if names is not None and not {up, across} <= set(names):
                    continue
                r = one.r[i][j]
                labels = (schema.measure(up).label, schema.measure(across).label)
                rows.append((abs(r or 0), " and ".join(labels), one, r, one.n[i][j]))
    rows.sort(key=lambda row: -row[0])
    return [
        [pair, group_name(one.group, by, schema), coefficient_text(r, 3), count_text(n)]
        for _, pair, one, r, n in rows[:MOST_PAIRS]
    ]


PAIRS = View("pairs", "Pairs", (Matrix(), Correlation()))
