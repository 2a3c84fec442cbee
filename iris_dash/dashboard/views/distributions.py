"""Tab "Distributions": how each measure lies, per group, as bars, boxes or violins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from dash.development.base_component import Component

from iris_dash.analysis.quartiles import GroupSpread
from iris_dash.analysis.tails import ClippedHistogram
from iris_dash.dashboard.answer.column_choices import MEASURES
from iris_dash.dashboard.charts.distributions import distributions_figure, distributions_height
from iris_dash.dashboard.charts.text_alternatives import group_name, text_alternative
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.view import View
from iris_dash.query.counted import count_text, counted
from iris_dash.query.numbers import bin_text, rounded_text, statistic_text
from iris_dash.query.schema import Facet, Schema

KIND = PageChoice(
    "_distribution",
    "Shown as",
    (("histogram", "Histogram"), ("box", "Box"), ("violin", "Violin")),
)


class Distributions(Chart):
    """A plot per measure."""

    id = "distributions"
    title = "Distributions"
    choice = KIND
    chooses = MEASURES
    from_histograms = True

    def height(self, schema: Schema) -> int:
        """Two plots stand side by side."""
        return distributions_height(schema)

    def narrow_height(self, schema: Schema) -> int:
        """Every plot has a row of its own."""
        return distributions_height(schema, narrow=True)

    def draw(self, shown: Shown) -> Drawn:
        """Return bars, boxes or violins, and the numbers that are the same for all of them."""
        schema, by, theme = shown.measured, shown.by, shown.theme
        groups = shown.explorer.spreads(shown.query, schema.measures)
        if by:
            groups.sort(key=lambda group: by.rank(group.group))
        kind, log = KIND.chosen(shown.state), shown.state.log
        even = [measure for measure in schema.quantities if measure.name not in log]
        clips = (
            shown.explorer.clipped_histograms(shown.query, even) if kind == KIND.values[0] else {}
        )
        own = {**shown.own, **{name: clip.histogram for name, clip in clips.items()}}
        figure = distributions_figure(
            schema, kind, own, groups, by, theme, log, shown.narrow, clips
        )
        return Drawn(figure, partial(distributions_text, schema, groups, by, clips))


def distributions_text(
    schema: Schema,
    groups: Sequence[GroupSpread],
    by: Facet | None,
    clips: Mapping[str, ClippedHistogram] | None = None,
) -> list[Component]:
    """Return each measure's five numbers, mean and deviation per group; which bars hold a rest."""
    measures = len(schema.quantities)
    sentence = f"How {counted(measures, 'measures')} {'lies' if measures == 1 else 'lie'}"
    sentence += f" in {counted(len(groups), 'groups')} of {by.inner_label}." if by else "."
    for name, clip in (clips or {}).items():
        (low, _), (_, high) = clip.histogram.ends[0], clip.histogram.ends[-1]
        sentence += (
            f" {schema.measure(name).label} is drawn over {bin_text(low, high)}: its first bar "
            f"holds {counted(clip.below, 'lower values')}, its last "
            f"{counted(clip.above, 'higher ones')}."
        )
    head = ["Measure", by.label if by else "Group", "n", "least", "lower quartile", "median"]
    head += ["upper quartile", "greatest", "mean", "sd"]
    rows = []
    for i, measure in enumerate(schema.measures):
        if not measure.is_quantity:
            continue
        said = partial(statistic_text, measure)
        for group in groups:
            of = group.measures[i]
            numbers = (of.min, of.q1, of.median, of.q3, of.max, of.mean)
            texts = [*map(said, numbers), rounded_text(of.std)]
            name = group_name(group.group, by, schema)
            rows.append([measure.title, name, count_text(of.n), *texts])
    return text_alternative(sentence, head, rows)


DISTRIBUTIONS = View("distributions", "Distributions", (Distributions(),))
