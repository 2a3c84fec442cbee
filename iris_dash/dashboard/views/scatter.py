"""The scatter: a point per row over two measures of one's choice, or their density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard import ids
from iris_dash.dashboard.charts.density import (
    density_figure,
    density_note,
    has_few_groups,
)
from iris_dash.dashboard.charts.mean_panels import ROW_HEIGHT
from iris_dash.dashboard.charts.scatter import (
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
    undrawn_note,
)
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.plane import EXTENT, plane_of
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.trend import TREND_CARD
from iris_dash.explorer import Scatter
from iris_dash.query.counted import count_text, counted
from iris_dash.query.numbers import bin_text
from iris_dash.query.schema import Facet, Schema

LOW_HEIGHT = 210
"""Below a trend: all charts and the first rows are in sight of a laptop."""


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
        axes, log, rows = shown.state.axes, shown.state.log, len(shown.explorer.dataset)
        if axes is None:
            return None
        scatter = shown.explorer.scatter(shown.query, axes, count, log)
        undrawn = undrawn_note(count, scatter.drawn, schema.rows)
        chosen, cuts = EXTENT.chosen(shown.state), False
        note: list[Component | str] = [undrawn] if undrawn else []
        if scatter.density is not None:
            plane = plane_of(
                shown.explorer, scatter.density, axes, log, chosen, narrow=shown.narrow
            )
            cuts, density = plane.cuts, scatter.density
            if plane.cells is not None:
                density = shown.explorer.fine_density(shown.query, plane.cells) or density
            figure = density_figure(schema, density, by, axes, theme, log, plane.extent)
            words = density_note(schema, density, axes, log)
            words += f" {undrawn}." if undrawn else ""
            note = density_key(density, words, plane.outside, has_few_groups(by))
        else:
            points = scatter.points or {}
            figure = scatter_figure(schema, points, by, axes, theme, log, rows)
            x, y = (schema.measure(name) for name in axes)
            fits = points_extent(points, (x.name in log, y.name in log))
            if chosen == "selection" and fits:
                figure = within(figure, fits, (x, y), log)
            across, up = (shown.own[name] for name in axes)
            figure = with_margins(figure, across, up, by, theme)
        is_part = count < rows
        note = [*note, *extent_buttons(chosen, cuts, is_part)]
        return Drawn(
            figure,
            partial(scatter_text, schema, axes, count, scatter, shown.own, by),
            {"note": note or ""},
        )


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
    drawn = f"{count_text(scatter.drawn)} of {counted(count, schema.rows)}"
    sentence = f"A {kind} of {y.title} over {x.title}: {drawn}."
    histogram = own[x.name]
    bins = len(histogram.edges) - 1
    parts = [round(bins * part / 5) for part in range(6)] if bins >= 5 else list(range(bins + 1))
    ends = [(histogram.ends[a][0], histogram.ends[b - 1][1]) for a, b in pairwise(parts)]
    head = [by.label if by else "Group"]
    head += [f"{bin_text(*pair)} {x.unit}".strip() for pair in ends]
    values = by.values if by else (None,)
    rows = [
        [group_name(value, by, schema)]
        + [count_text(int(counts[low:high].sum())) for low, high in pairwise(parts)]
        for value, counts in zip(values, histogram.counts, strict=True)
        if counts.any()
    ]
    return text_alternative(sentence, head, rows)
