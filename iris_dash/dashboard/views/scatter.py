"""The scatter: a point per row over two measures of one's choice, or their density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import Density, Histogram
from iris_dash.analysis.fine_density import CELLS, MOST_ROWS
from iris_dash.dashboard import ids
from iris_dash.dashboard.charts.density import (
    density_figure,
    density_note,
    has_few_groups,
    occupied_extent,
    typical_extent,
)
from iris_dash.dashboard.charts.means import (
    ROW_HEIGHT,
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
    undrawn_note,
)
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.trend import TREND_CARD
from iris_dash.explorer import Scatter
from iris_dash.query.counted import count_text, counted
from iris_dash.query.numbers import bin_text
from iris_dash.query.schema import Facet, Schema

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
