"""Tab "Overview": rows over time, per value, over two measures; means per group; the table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import GroupMoments
from iris_dash.analysis.judgment import counted_facets, first_groups
from iris_dash.analysis.mean_intervals import mean_interval
from iris_dash.analysis.pooling import with_others
from iris_dash.dashboard.answer.column_choices import MEASURES, measured
from iris_dash.dashboard.charts.mean_panels import (
    MOST_MEASURES,
    has_means,
    has_subplots,
    is_wide,
    means_height,
    most_means,
    stands_beside,
    with_means,
)
from iris_dash.dashboard.charts.means import means_figure
from iris_dash.dashboard.charts.text_alternatives import group_name, text_alternative
from iris_dash.dashboard.page.notes import (
    means_key,
    means_title,
)
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.counts import COUNTS_CARD
from iris_dash.dashboard.views.scatter import LOW_HEIGHT, ScatterChart
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.table import ROWS
from iris_dash.dashboard.views.trend import TREND_CARD
from iris_dash.dashboard.views.view import View
from iris_dash.explorer import Explorer
from iris_dash.query.counted import count_text, counted
from iris_dash.query.filters import Choice
from iris_dash.query.numbers import mean_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema


class Means(Chart):
    """The mean of every measure per group, with its interval."""

    id = "means"
    chooses = MEASURES
    key_id = "means-key"

    def offered(self, schema: Schema) -> bool:
        """Return whether a measure has a mean that says something."""
        return has_means(schema)

    def heading(self, schema: Schema) -> str:
        """Return what the means are of: the groups of a page that is opened."""
        return means_title(first_groups(schema))

    def height(self, schema: Schema) -> int:
        """Return that of the rows of plots which its units need."""
        means = most_means(schema)
        is_low = TREND_CARD.offered(schema) and stands_beside(means)
        return LOW_HEIGHT if is_low else means_height(means)

    def narrow_height(self, schema: Schema) -> int:
        """Return that of the rows that stand on a phone."""
        return means_height(most_means(schema), narrow=True)

    def tools(self, schema: Schema, shared: Sequence[Component]) -> list[Component]:
        """Return what the bars' ends are."""
        return [*shared, html.Span("95 % intervals", className="unit")]

    def below(self, schema: Schema) -> list[Component]:
        """Return the key of the groups."""
        return [html.Ul(id=self.key_id, className="key")]

    def outputs(self) -> dict[str, Output]:
        """Return the chart, its title and its key."""
        return super().outputs() | {
            "means_title": Output(f"{self.id}-title", "children"),
            "key": Output(self.key_id, "children"),
        }

    def known(self, shown: Shown) -> dict[str, Any]:
        """Return the title, which names the grouping facet."""
        return {"means_title": means_title(shown.by)}

    def draw(self, shown: Shown) -> Drawn:
        """Return the bars of each group."""
        told, several = told_means(shown.explorer, shown.measured, shown.query)
        schema = with_means(shown.measured, [measure.name for measure in told])
        groups = shown.explorer.group_moments(shown.query, schema.measures)
        away = filtered_away(shown, groups, schema)
        left_out = several - len(told)
        drawn = with_others(groups, shown.by)
        note = f"the {len(told)} of {several} measures that differ most" if left_out else ""
        return Drawn(
            means_figure(schema, drawn, shown.by, shown.theme, shown.narrow, away),
            partial(means_text, schema, groups, shown.by),
            {"key": means_key(drawn, shown.by, note)},
        )


def told_means(explorer: Explorer, schema: Schema, query: Query) -> tuple[list[Measure], int]:
    """Return the measures whose means are shown, and among how many they are chosen."""
    averaged = [measure for measure in schema.measures if measure.is_averaged]
    told = explorer.most_differing(query, averaged, MOST_MEASURES)
    return [averaged[place] for place in told], len(averaged)


def filtered_away(
    shown: Shown, groups: Sequence[GroupMoments], schema: Schema
) -> list[GroupMoments]:
    """Return the groups that their facet's own filter takes away: they stay pale, to be picked."""
    by, query = shown.by, shown.query
    if by is None or not stay_pale(by, query):
        return []
    own = {group.group for group in groups}
    found = shown.explorer.group_moments(query.without(by.name), schema.measures)
    return [group for group in found if group.group not in own]


def stay_pale(by: Facet, query: Query) -> bool:
    """Return whether groups that their facet's own filter takes away are drawn all the same.

    Not of a facet whose values have not all a colour.
    """
    return not by.coloured and isinstance(query.filter_on(by.name), Choice)


def means_text(schema: Schema, groups: Sequence[GroupMoments], by: Facet | None) -> list[Component]:
    """Return each mean with its interval."""
    sentence = "Means with their 95 % intervals"
    sentence += f" per {by.inner_label}: {counted(len(groups), 'groups')}." if by else "."
    head = [
        "Measure",
        *(f"{group_name(g.group, by, schema)} (n = {count_text(g.n)})" for g in groups),
    ]
    rows = [
        [
            measure.title,
            *(_mean(measure, g, i) for g in groups),
        ]
        for i, measure in enumerate(schema.measures)
        if measure.is_averaged
    ]
    return text_alternative(sentence, head, rows if groups else [])


def _mean(measure: Measure, group: GroupMoments, place: int) -> str:
    mean = group.means[place]
    return mean_text(
        measure, mean, mean_interval(group.counts[place], mean, group.deviations[place])
    )


def _look(schema: Schema) -> str:
    """Return how the charts stand: side by side, or each over the page's width."""
    means, looks = most_means(measured(schema)), ["charts"]
    looks += ["has-counts"] if COUNTS_CARD.offered(schema) else []
    if TREND_CARD.offered(schema):
        return " ".join([*looks, "has-trend", *([] if stands_beside(means) else ["is-stacked"])])
    looks += ["has-subplots"] if has_subplots(means) else []
    if COUNTS_CARD.offered(schema) and SCATTER_CARD.offered(schema):
        few = len(counted_facets(schema)[0].values) <= FEW_BARS
        looks += ["has-strip"] if few and stands_beside(means) else []
    elif is_wide(means):
        looks += ["is-wide"]
    return " ".join(looks)


FEW_BARS = 5
"""So many counts, or fewer, are a strip above charts that stand side by side."""


SCATTER_CARD, MEANS_CARD = ScatterChart(), Means()

OVERVIEW = View(
    "overview", "Overview", (TREND_CARD, COUNTS_CARD, SCATTER_CARD, MEANS_CARD, ROWS), _look
)
