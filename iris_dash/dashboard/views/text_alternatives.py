"""What each chart says, in words and numbers, from the same small frames as its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from dash.development.base_component import Component

from iris_dash.analysis.aggregates import GroupMoments, Histogram
from iris_dash.analysis.comparison import mean_interval
from iris_dash.analysis.correlation import Correlations
from iris_dash.analysis.quartiles import GroupSpread
from iris_dash.dashboard.charts.text_alternatives import twin
from iris_dash.explorer import Scatter
from iris_dash.query.numbers import edge_text, interval_text, rounded_text
from iris_dash.query.schema import Facet, FacetValue, Schema, value_text

MOST_PAIRS = 66


def _name(group: FacetValue, by: Facet | None, schema: Schema) -> str:
    return value_text(group) if by else f"all {schema.rows}"


def scatter_twin(
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
    edges, bins = histogram.edges, len(histogram.edges) - 1
    parts = [round(bins * part / 5) for part in range(6)] if bins >= 5 else list(range(bins + 1))
    ends = [edge_text(edges[part]) for part in parts]
    head = [by.label if by else "Group"]
    head += [f"{low} – {high} {x.unit}".strip() for low, high in pairwise(ends)]
    values = by.values if by else (None,)
    rows = [
        [_name(value, by, schema)]
        + [f"{counts[low:high].sum():,}" for low, high in pairwise(parts)]
        for value, counts in zip(values, histogram.counts, strict=True)
        if counts.any()
    ]
    return twin(sentence, head, rows)


def means_twin(schema: Schema, groups: Sequence[GroupMoments], by: Facet | None) -> list[Component]:
    """Return each mean with its interval."""
    sentence = "Means with their 95 % intervals"
    sentence += f" per {by.label.lower()}: {len(groups)} groups." if by else "."
    head = ["Measure", *(f"{_name(g.group, by, schema)} (n = {g.n:,})" for g in groups)]
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
    ]
    return twin(sentence, head, rows if groups else [])


def distributions_twin(
    schema: Schema, groups: Sequence[GroupSpread], by: Facet | None
) -> list[Component]:
    """Return each measure's five numbers, mean and deviation per group."""
    sentence = f"How {len(schema.measures)} measures lie"
    sentence += f" in {len(groups)} groups of {by.label.lower()}." if by else "."
    head = ["Measure", by.label if by else "Group", "n", "least", "lower quartile", "median"]
    head += ["upper quartile", "greatest", "mean", "sd"]
    rows = []
    for i, measure in enumerate(schema.measures):
        for group in groups:
            of = group.measures[i]
            numbers = (of.min, of.q1, of.median, of.q3, of.max, of.mean, of.std)
            rows.append(
                [
                    measure.title,
                    _name(group.group, by, schema),
                    f"{of.n:,}",
                    *(rounded_text(number) for number in numbers),
                ]
            )
    return twin(sentence, head, rows)


def correlation_twin(
    schema: Schema, found: Sequence[Correlations], by: Facet | None
) -> list[Component]:
    """Return every pair's coefficient, the strongest first."""
    lines = _pairs(schema, found, by)
    sentence = f"Pearson’s correlation of {len(lines)} pairs, the strongest first."
    return twin(sentence, _pairs_head(by), lines)


def matrix_twin(
    schema: Schema, names: Sequence[str], found: Sequence[Correlations], by: Facet | None
) -> list[Component]:
    """Return how each pair of measures that the matrix draws goes together."""
    sentence = (
        f"A scatter of every two of {len(names)} measures below the diagonal of their histograms; "
        "r near 1 is a line upwards, near −1 downwards, near 0 none."
    )
    return twin(sentence, _pairs_head(by), _pairs(schema, found, by, names))


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
        [pair, _name(one.group, by, schema), "–" if r is None else f"{r:.3f}", f"{n:,}"]
        for _, pair, one, r, n in rows[:MOST_PAIRS]
    ]
