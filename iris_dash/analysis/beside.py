"""A selection beside its baseline: means, shares and distributions, and how far they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from iris_dash.analysis.aggregates import Aggregates, Histogram
from iris_dash.analysis.baseline import Baseline, sides
from iris_dash.analysis.comparison import MeasureComparison, Sample, compare, sample_of
from iris_dash.analysis.differences import (
    cohens_h,
    effect_interval,
    share_difference_interval,
)
from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.mean_intervals import Ends, difference_interval, finite, hedges_g
from iris_dash.analysis.quartiles import MeasureSpread, spreads
from iris_dash.analysis.tails import ClippedHistogram, Window, clipped
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema
from iris_dash.query.value_text import FacetValue

AggregatesOf = Callable[[Query], Aggregates]


@dataclass(frozen=True)
class MeasureBeside:
    """One measure over the selection and over the baseline, in its unit.

    `difference`: mean of the selected minus mean of the baseline with Welch's 95 % interval;
    `hedges_g` the same in pooled standard deviations, with an interval too. None where there is no
    such number. Beside all rows, of which the selection is a part, they are those beside the rest
    times the rest's share of the values: that is what the mean of all leaves of them.
    """

    measure: str
    selected: Sample
    baseline: Sample
    difference: float | None
    difference_interval: Ends | None
    hedges_g: float | None
    hedges_g_interval: Ends | None


@dataclass(frozen=True)
class ShareBeside:
    """How many rows of each side have a value of a facet; `difference` of the shares, 0 to 1.

    The interval is Newcombe's, of 95 %; `cohens_h` the effect size.
    """

    facet: str
    value: FacetValue
    selected: int
    baseline: int
    selected_share: float
    baseline_share: float
    difference: float
    difference_interval: Ends | None
    cohens_h: float


@dataclass(frozen=True)
class Beside:
    """A selection of `count` rows beside `baseline_count` others; nothing if a side has none.

    Measures stand in the table's order, shares those first that differ most.
    """

    baseline: Baseline
    count: int
    baseline_count: int
    measures: tuple[MeasureBeside, ...] = ()
    shares: tuple[ShareBeside, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there are no two sides to compare."""
        is_whole = self.baseline.kind == "all" and self.count == self.baseline_count
        return not self.count or not self.baseline_count or is_whole


@dataclass(frozen=True, eq=False)
class HistogramBeside:
    """One measure's histograms over both sides, on the same bins.

    Of a long tail each first bar also holds what is `below`, each last one what is `above`.
    """

    measure: Measure
    selected: ClippedHistogram
    baseline: ClippedHistogram


def beside(
    aggregates_of: AggregatesOf,
    schema: Schema,
    query: Query,
    baseline: Baseline,
    total: int,
    measures: Sequence[Measure],
) -> Beside:
    """Return a selection beside its baseline; of `total` rows of the table.

    Shares are of the facets that say something: of several values, none of which are identifiers,
    and that no filter and no baseline is about. Errors: see `Aggregates`.
    """
    own, other = sides(schema, query, baseline)
    count = aggregates_of(own).count(own)
    if other is None:
        beside_count = total - count
    else:
        beside_count = total if baseline.kind == "all" else aggregates_of(other).count(other)
    found = Beside(baseline, count, beside_count)
    if found.is_empty:
        return found
    return replace(
        found,
        measures=tuple(_measures(aggregates_of, own, other, measures)) if measures else (),
        shares=tuple(
            sorted(
                _shares(aggregates_of, schema, found, own, other),
                key=lambda share: -abs(share.difference),
            )
        ),
    )


def _measures(
    aggregates_of: AggregatesOf, own: Query, other: Query | None, measures: Sequence[Measure]
) -> list[MeasureBeside]:
    if other is None:
        return [_of_rest(one) for one in compare(aggregates_of(own), own, None, measures)]
    baseline = _samples(aggregates_of, other, measures)
    if not other.filters:
        found = compare(aggregates_of(own), own, None, measures)
        return [_of_all(one, all_of) for one, all_of in zip(found, baseline, strict=True)]
    selected = _samples(aggregates_of, own, measures)
    return [
        _measure(measure.name, *pair)
        for measure, *pair in zip(measures, selected, baseline, strict=True)
    ]


def _samples(
    aggregates_of: AggregatesOf, query: Query, measures: Sequence[Measure]
) -> list[Sample]:
    groups = spreads(aggregates_of(query), query, None, measures)
    nothing = MeasureSpread(0, 0, *[None] * 7)
    return [sample_of(groups[0].measures[i] if groups else nothing) for i in range(len(measures))]


def _of_rest(one: MeasureComparison) -> MeasureBeside:
    return MeasureBeside(
        one.measure,
        one.selected,
        one.rest,
        one.difference,
        one.difference_interval,
        one.hedges_g,
        effect_interval(one.hedges_g, one.selected.n, one.rest.n),
    )


def _of_all(one: MeasureComparison, every: Sample) -> MeasureBeside:
    part, of_rest = one.rest.n / every.n if every.n else 0.0, _of_rest(one)
    selected = one.selected.mean
    difference = None
    if selected is not None and every.mean is not None:
        difference = finite(selected - every.mean)
    return MeasureBeside(
        one.measure,
        one.selected,
        every,
        difference,
        _times(one.difference_interval, part),
        None if one.hedges_g is None else one.hedges_g * part,
        _times(of_rest.hedges_g_interval, part),
    )


def _times(ends: Ends | None, part: float) -> Ends | None:
    return None if ends is None else (ends[0] * part, ends[1] * part)


def _measure(name: str, selected: Sample, baseline: Sample) -> MeasureBeside:
    difference = None
    if selected.mean is not None and baseline.mean is not None:
        difference = finite(selected.mean - baseline.mean)
    g = hedges_g(selected, baseline)
    return MeasureBeside(
        name,
        selected,
        baseline,
        difference,
        difference_interval(selected, baseline),
        g,
        effect_interval(g, selected.n, baseline.n),
    )


def compared_facets(schema: Schema, query: Query, baseline: Baseline) -> list[Facet]:
    """Return the facets whose shares say something; see `beside`."""
    asked = {one.name for one in query.filters} | {baseline.facet.name if baseline.facet else ""}
    return [
        facet
        for facet in schema.facets
        if not (facet.is_constant or facet.role == "identifier" or facet.name in asked)
    ]


def _shares(
    aggregates_of: AggregatesOf, schema: Schema, found: Beside, own: Query, other: Query | None
) -> list[ShareBeside]:
    shares = []
    n, m = found.count, found.baseline_count
    for facet in compared_facets(schema, own, found.baseline):
        counts = aggregates_of(own).count_facet(own, facet)
        beside_query = Query() if other is None else other
        others = aggregates_of(beside_query).count_facet(beside_query, facet)
        for value in facet.values:
            one, two = counts.get(value, 0), others.get(value, 0)
            two -= one if other is None else 0
            if one or two:
                shares.append(_share(facet.name, value, (one, n), (two, m), found.baseline))
    return shares


def _share(
    name: str,
    value: FacetValue,
    own: tuple[int, int],
    other: tuple[int, int],
    baseline: Baseline,
) -> ShareBeside:
    (one, n), (two, m) = own, other
    interval = share_difference_interval(one, n, two, m)
    if baseline.kind == "all":
        rest = share_difference_interval(one, n, two - one, m - n)
        interval = _times(rest, (m - n) / m)
    shares = one / n, two / m
    return ShareBeside(
        name, value, one, two, *shares, shares[0] - shares[1], interval, cohens_h(*shares)
    )


def histogram_beside(
    aggregates_of: AggregatesOf,
    schema: Schema,
    query: Query,
    baseline: Baseline,
    measure: Measure,
    window: Window | None,
    in_log: bool = False,
) -> HistogramBeside:
    """Return a measure's histograms over both sides; `window`: what of a long tail is drawn."""
    own, other = sides(schema, query, baseline)
    beside_query = Query() if other is None else other
    if in_log or window is None:
        one, two = (
            aggregates_of(asked).histogram(asked, measure.name, None, in_log)
            for asked in (own, beside_query)
        )
        rest = two.counts - one.counts if other is None else two.counts
        rested = Histogram(two.edges, rest, two.values)
        return HistogramBeside(measure, ClippedHistogram(one, 0, 0), ClippedHistogram(rested, 0, 0))
    cells, others = (
        aggregates_of(asked).cell_counts(asked, measure.name, None) for asked in (own, beside_query)
    )
    grid = grid_of(measure)
    left = others - cells if other is None else others
    return HistogramBeside(measure, clipped(grid, window, cells), clipped(grid, window, left))
