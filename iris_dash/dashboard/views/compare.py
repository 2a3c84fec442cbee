"""Tab "Compare": the selected rows beside the rest, all rows or one group: dots, bars, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.baseline import ALL, REST, Baseline, read_baseline
from iris_dash.analysis.beside import Beside, HistogramBeside, MeasureBeside
from iris_dash.analysis.judgment import counted_facets
from iris_dash.dashboard.answer.column_choices import MEASURES
from iris_dash.dashboard.charts.beside import beside_figure, bin_texts, shares
from iris_dash.dashboard.charts.beside_words import baseline_words, by_effect, lead, percent
from iris_dash.dashboard.charts.comparison_table import comparison_table
from iris_dash.dashboard.charts.effects import effect_dots, share_dots
from iris_dash.dashboard.charts.figures import Figure
from iris_dash.dashboard.charts.mean_panels import has_means
from iris_dash.dashboard.charts.text_alternatives import text_alternative
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.page_choice import PageMenu
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.view import View
from iris_dash.query.counted import count_text, counted
from iris_dash.query.numbers import statistic_text
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.value_text import value_name

MOST_GROUPS, MOST_MEASURES = 400, 200
"""Of a menu; others are asked through `/compare/`."""

HEIGHT = 250
OF = "of:"
SUGGESTED = "auto"


def _groups(schema: Schema) -> tuple[tuple[str, str], ...]:
    """Return every group that may be compared with."""
    found = [
        (Baseline("group", facet, value).text, f"{facet.label}: {value_name(value)}")
        for facet in (counted_facets(schema) or schema.facets)
        if not facet.is_constant and facet.role != "identifier"
        for value in facet.values
    ]
    return tuple(found[:MOST_GROUPS])


def _averaged(schema: Schema) -> list[Measure]:
    return [measure for measure in schema.measures if measure.is_averaged]


def _measures(schema: Schema) -> tuple[tuple[str, str], ...]:
    return tuple((f"{OF}{m.name}", m.label) for m in _averaged(schema)[:MOST_MEASURES])


WITH = PageMenu(
    "_with", "Compare the selection with", ((REST, "the rest"), (ALL, "all rows")), more=_groups
)
COMPARED = PageMenu("_compared", "Measure", ((SUGGESTED, "Most different"),), more=_measures)


def found_beside(shown: Shown) -> Beside:
    """Return the selection beside what is chosen."""
    baseline = read_baseline(shown.schema, WITH.chosen(shown.state)) or Baseline()
    measures = [measure for measure in shown.measured.measures if measure.is_averaged]
    chosen = _chosen(shown)
    if chosen is not None and chosen not in measures:
        measures.append(chosen)
    return shown.explorer.beside(shown.query, baseline, measures)


def _chosen(shown: Shown) -> Measure | None:
    """Return the measure that a reader chose."""
    chosen = COMPARED.chosen(shown.state)
    return next((m for m in _averaged(shown.schema) if f"{OF}{m.name}" == chosen), None)


def _drawn(shown: Shown, found: Beside) -> MeasureBeside | None:
    """Return the measure whose distributions are drawn: unasked the one that differs most."""
    chosen = _chosen(shown)
    if chosen is not None:
        return next((one for one in found.measures if one.measure == chosen.name), None)
    return next(iter(by_effect(shown.query, found.measures)), None)


class _Compared(Card):
    """A card of this view: offered where there is something to compare."""

    content = ""

    def outputs(self) -> dict[str, Output]:
        """Return what it holds, and whether it holds nothing."""
        return {
            self.content: Output(self.id, "children"),
            f"{self.content}_look": Output(self.id, "className"),
        }

    def body(self, schema: Schema) -> list[Component]:
        """Return where it stands."""
        return [html.Div(id=self.id)]

    def _filled(self, made: Sequence[Component], look: str = "") -> dict[str, Any]:
        return {self.content: made, f"{self.content}_look": look if made else "is-nothing"}


class Lead(_Compared):
    """What is compared with what, chosen by a menu, and what differs most in words."""

    id = "beside-lead"
    content = "beside_lead"
    title = "Compare"
    choice = WITH
    called = "The comparison"

    def offered(self, schema: Schema) -> bool:
        """Return whether there is a mean or a share to compare."""
        return has_means(schema) or any(not facet.is_constant for facet in schema.facets)

    def heading(self, schema: Schema) -> str:
        """Return what is compared; the menu goes on."""
        return f"Compare the selected {schema.rows} with"

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the sentences."""
        found = shown.once(found_beside)
        lines = lead(shown.schema, shown.query, found)
        told: list[Component] = [html.P(lines[0], className="lead-line")]
        told += [html.P(line, className="lead-finding") for line in lines[1:]]
        return self._filled(told, "is-alone" if found.is_empty else "")


class Effects(_Compared):
    """A dot per measure: how far the means differ, in standard deviations."""

    id = "effects"
    content = "effects"
    title = "Measures, most different first"
    called = "These differences"
    chooses = MEASURES

    def offered(self, schema: Schema) -> bool:
        """Return whether a measure has a mean that says something."""
        return has_means(schema)

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the dots."""
        found = shown.once(found_beside)
        drawn = _drawn(shown, found)
        measures = by_effect(shown.query, found.measures)
        name = drawn.measure if drawn else None
        return self._filled(effect_dots(shown.schema, shown.query, found, measures, name))


class Shares(_Compared):
    """A dot per value of a category: how far its shares differ."""

    id = "shares"
    content = "shares"
    title = "Shares, most different first"
    called = "These shares"

    def offered(self, schema: Schema) -> bool:
        """Return whether there is a category."""
        return any(not facet.is_constant for facet in schema.facets)

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the dots."""
        return self._filled(share_dots(shown.schema, shown.once(found_beside)))


class DistributionBeside(Chart):
    """The chosen measure's histogram over both sides, one over the other."""

    id = "compared"
    title = "Distributions"
    choice = COMPARED
    key_id = "compared-key"

    def offered(self, schema: Schema) -> bool:
        """Return whether a measure has a mean that says something."""
        return has_means(schema)

    def height(self, schema: Schema) -> int:
        """Return one height for every table."""
        return HEIGHT

    def below(self, schema: Schema) -> list[Component]:
        """Return the key of both sides."""
        return [html.Ul(id=self.key_id, className="key")]

    def outputs(self) -> dict[str, Output]:
        """Return the chart, its title and its key."""
        return super().outputs() | {
            "compared_title": Output(f"{self.id}-title", "children"),
            "compared_key": Output(self.key_id, "children"),
        }

    def draw(self, shown: Shown) -> Drawn:
        """Return bars of the baseline and the outline of the selection; nothing without both."""
        found, schema = shown.once(found_beside), shown.schema
        one = _drawn(shown, found)
        if one is None:
            nothing: Figure = {"data": [], "layout": {}}
            return Drawn(nothing, list, {"compared_title": self.title, "compared_key": []})
        measure, in_log = schema.measure(one.measure), one.measure in shown.state.log
        bins = shown.explorer.histogram_beside(shown.query, found.baseline, measure, in_log)
        words = baseline_words(schema, found.baseline)
        return Drawn(
            beside_figure(bins, one, words, shown.theme, in_log, shown.narrow),
            partial(beside_text, bins, one, words),
            {
                "compared_title": f"{measure.label}: selected and {words}",
                "compared_key": _key(one, words, measure),
            },
        )


def _key(one: MeasureBeside, words: str, measure: Measure) -> list[Component]:
    """Return what the two forms are, with their means and medians."""
    unit = f" {measure.unit}" if measure.unit else ""
    return [
        html.Li(
            [
                html.Span(className=look),
                f"{name}: mean {statistic_text(measure, side.mean)}{unit}, "
                f"median {statistic_text(measure, side.median)}{unit}, n = {count_text(side.n)}",
            ]
        )
        for name, look, side in (
            ("selected", "swatch-line", one.selected),
            (words, "swatch-bar", one.baseline),
        )
    ]


def beside_text(bins: HistogramBeside, one: MeasureBeside, words: str) -> list[Component]:
    """Return each bin's share of both sides, and how many rows that are."""
    own, other = (
        f"({counted(side.n, 'values')}, mean {statistic_text(bins.measure, side.mean)})"
        for side in (one.selected, one.baseline)
    )
    sentence = f"{bins.measure.title} of the selected rows {own} and of {words} {other}"
    sentence += ": the share of each in every bin."
    counts = [side.histogram.counts.sum(axis=0).tolist() for side in (bins.selected, bins.baseline)]
    rows = [
        [text, *(f"{percent(part / 100)} ({count_text(n)})" for part, n in ((s, own), (b, other)))]
        for text, s, b, own, other in zip(bin_texts(bins), *shares(bins), *counts, strict=True)
    ]
    return text_alternative(sentence, [bins.measure.title, "Selected", words], rows)


class Comparison(_Compared):
    """Who differs, by how much, and how sure that is, in numbers."""

    id = "comparison"
    content = "comparison"
    title = "In numbers"
    called = "This comparison"

    def offered(self, schema: Schema) -> bool:
        """Return whether a measure has a mean that says something."""
        return has_means(schema)

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the table of numbers."""
        found = shown.once(found_beside)
        return self._filled(comparison_table(shown.schema, found))


COMPARE = View(
    "compare",
    "Compare",
    (Lead(), Effects(), Shares(), DistributionBeside(), Comparison()),
    lambda _: "beside-cards",
)
