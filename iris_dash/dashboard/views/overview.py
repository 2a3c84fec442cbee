"""Tab "Overview": rows over time, per value, over two measures; means per group; the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import Density, GroupMoments, Histogram
from iris_dash.analysis.fine_density import CELLS, MOST_ROWS
from iris_dash.analysis.judgment import first_groups, most_differing
from iris_dash.analysis.mean_intervals import mean_interval
from iris_dash.analysis.pooling import with_others
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import MEASURES, measured
from iris_dash.dashboard.charts.density import (
    density_figure,
    density_note,
    has_few_groups,
    occupied_extent,
    typical_extent,
)
from iris_dash.dashboard.charts.means import (
    MOST_MEASURES,
    ROW_HEIGHT,
    has_means,
    has_subplots,
    is_wide,
    means_figure,
    means_height,
    most_means,
    stands_beside,
    with_means,
)
from iris_dash.dashboard.charts.scatter import (
    Extent,
    points_extent,
    scatter_figure,
    with_margins,
    within,
)
from iris_dash.dashboard.charts.text_alternatives import group_name, text_alternative
from iris_dash.dashboard.page.elements import select
from iris_dash.dashboard.page.notes import (
    density_key,
    extent_buttons,
    means_key,
    means_title,
    undrawn_note,
)
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.counts import COUNTS_CARD
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.table import ROWS
from iris_dash.dashboard.views.trend import TREND_CARD
from iris_dash.dashboard.views.view import View
from iris_dash.explorer import Scatter
from iris_dash.query.numbers import bin_text, interval_text, rounded_text
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import inner_label

LOW_HEIGHT = 210
"""Below a trend: all charts and the first rows are in sight of a laptop."""


EXTENT = PageChoice(
    "_extent",
    "Scatter shows",
    (("typical", "All but the outermost"), ("all", "All"), ("selection", "What is selected")),
)


class ScatterChart(Chart):
    """A point per row over two measures of one's choice, or their density."""

    choice = EXTENT

    id = "scatter"
    title = "Scatter"
    from_histograms = True
    zooms = True
    note_id = "scatter-note"

    def offered(self, schema: Schema) -> bool:
        """Return whether there are two measures."""
        return schema.axes is not None

    def offers_choice(self, schema: Schema) -> bool:
        """Return that its choice stands in the line below the chart."""
        return False

    def height(self, schema: Schema) -> int:
        """Return that of one row of means, which may stand beside it."""
        return LOW_HEIGHT if TREND_CARD.offered(schema) else ROW_HEIGHT

    def tools(self, schema: Schema, shared: Sequence[Component]) -> list[Component]:
        """Return the choice of both axes."""
        options = [{"label": m.label, "value": m.name} for m in schema.measures]
        axes = ((ids.SCATTER_X, "Horizontal axis"), (ids.SCATTER_Y, "Vertical axis"))
        across, up = (
            select(component_id, label, options, axis)
            for (component_id, label), axis in zip(axes, schema.axes or (), strict=True)
        )
        return [html.Div([across, "by", up], className="chooser unit"), *shared]

    def below(self, schema: Schema) -> list[Component]:
        """Return the line that says what the chart leaves out."""
        return [html.Div(id=self.note_id, className="note")]

    def outputs(self) -> dict[str, Output]:
        """Return the chart and its note."""
        return super().outputs() | {"note": Output(self.note_id, "children")}

    def draw(self, shown: Shown) -> Drawn | None:
        """Return points, or a density of too many; nothing without axes."""
        schema, by, theme, count = shown.schema, shown.by, shown.theme, shown.count
        axes, log = shown.state.axes, shown.state.log
        if axes is None:
            return None
        scatter = shown.explorer.scatter(shown.query, axes, count, log)
        undrawn = undrawn_note(count, scatter.drawn, schema.rows)
        chosen, cuts = EXTENT.chosen(shown.state), False
        note: list[Component | str] = [undrawn] if undrawn else []
        if scatter.density is not None:
            typical = typical_extent(scatter.density)
            cuts = typical is not None
            extent = typical[0] if typical and chosen == "typical" else None
            if chosen == "selection":
                extent = occupied_extent(scatter.density)
            density = _finer(shown, scatter.density, axes, extent) or scatter.density
            figure = density_figure(schema, density, by, axes, theme, log, extent)
            words = density_note(schema, density, axes, log)
            words += f" {undrawn}." if undrawn else ""
            outside = typical[1] if typical and chosen == "typical" else None
            note = density_key(density, words, outside, has_few_groups(by))
        else:
            points = scatter.points or {}
            figure = scatter_figure(schema, points, by, axes, theme, log)
            x, y = (schema.measure(name) for name in axes)
            fits = points_extent(points, (x.name in log, y.name in log))
            if chosen == "selection" and fits:
                figure = within(figure, fits, (x, y), log)
        is_part = count < len(shown.explorer.dataset)
        note = [*note, *extent_buttons(chosen, cuts, is_part)]
        across, up = (shown.own[name] for name in axes)
        return Drawn(
            with_margins(figure, across, up, by, theme),
            partial(scatter_text, schema, axes, count, scatter, shown.own, by),
            {"note": note or ""},
        )


def _finer(
    shown: Shown, density: Density, axes: tuple[str, str], extent: Extent | None
) -> Density | None:
    """Return what is drawn in finer cells where those of the sliders' steps are too few.

    A table of more rows, or one on an engine, would be asked anew at each step of a slider.
    """
    dataset = shown.explorer.dataset
    is_quick = len(dataset) <= MOST_ROWS and dataset.in_memory() is not None
    if extent is None or shown.narrow or not is_quick or axes[0] == axes[1]:
        return None
    if any(name in shown.state.log for name in axes):
        return None
    of_axes = zip((density.x_edges, density.y_edges), extent, CELLS, strict=True)
    if all(
        sum(low <= edge < high for edge in edges) >= most for edges, (low, high), most in of_axes
    ):
        return None
    return shown.explorer.fine_density(shown.query, axes, extent)


def scatter_text(
    schema: Schema,
    axes: tuple[str, str],
    count: int,
    scatter: Scatter,
    own: Mapping[str, Histogram],
    by: Facet | None,
) -> list[Component]:
    """Return how many rows each group has in each fifth of the horizontal measure."""
    x, y = (schema.measure(name) for name in axes)
    kind = "density" if scatter.density is not None else "scatter"
    sentence = (
        f"A {kind} of {y.title} over {x.title}: {scatter.drawn:,} of {count:,} {schema.rows}."
    )
    histogram = own[x.name]
    bins = len(histogram.edges) - 1
    parts = [round(bins * part / 5) for part in range(6)] if bins >= 5 else list(range(bins + 1))
    ends = [(histogram.ends[a][0], histogram.ends[b - 1][1]) for a, b in pairwise(parts)]
    head = [by.label if by else "Group"]
    head += [f"{bin_text(*pair)} {x.unit}".strip() for pair in ends]
    values = by.values if by else (None,)
    rows = [
        [group_name(value, by, schema)]
        + [f"{counts[low:high].sum():,}" for low, high in pairwise(parts)]
        for value, counts in zip(values, histogram.counts, strict=True)
        if counts.any()
    ]
    return text_alternative(sentence, head, rows)


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
        schema = shown.measured
        groups = shown.explorer.group_moments(shown.query, schema.measures)
        averaged = [place for place, m in enumerate(schema.measures) if m.is_averaged]
        told = most_differing(groups, averaged, MOST_MEASURES)
        schema = with_means(schema, [schema.measures[place].name for place in told])
        left_out = len(averaged) - len(told)
        if left_out:
            groups = [group.of(told) for group in groups]
        drawn = with_others(groups, shown.by)
        note = f"the {len(told)} of {len(averaged)} measures that differ most" if left_out else ""
        return Drawn(
            means_figure(schema, drawn, shown.by, shown.theme, shown.narrow),
            partial(means_text, schema, groups, shown.by),
            {"key": means_key(drawn, shown.by, note)},
        )


def means_text(schema: Schema, groups: Sequence[GroupMoments], by: Facet | None) -> list[Component]:
    """Return each mean with its interval."""
    sentence = "Means with their 95 % intervals"
    sentence += f" per {inner_label(by.label)}: {len(groups)} groups." if by else "."
    head = ["Measure", *(f"{group_name(g.group, by, schema)} (n = {g.n:,})" for g in groups)]
    rows = [
        [
            measure.title,
            *(
                f"{rounded_text(g.means[i])} "
                f"({interval_text(mean_interval(g.counts[i], g.means[i], g.deviations[i]))})"
                for g in groups
            ),
        ]
        for i, measure in enumerate(schema.measures)
        if measure.is_averaged
    ]
    return text_alternative(sentence, head, rows if groups else [])


def _look(schema: Schema) -> str:
    """Return how the charts stand: side by side, or each over the page's width."""
    means, looks = most_means(measured(schema)), ["charts"]
    looks += ["has-counts"] if COUNTS_CARD.offered(schema) else []
    if TREND_CARD.offered(schema) and stands_beside(means):
        return " ".join([*looks, "has-trend"])
    looks += ["has-subplots"] if has_subplots(means) else []
    looks += ["is-wide"] if is_wide(means) else []
    return " ".join(looks)


OVERVIEW = View(
    "overview", "Overview", (TREND_CARD, COUNTS_CARD, ScatterChart(), Means(), ROWS), _look
)
