"""The selected rows beside the rest: means with their intervals, differences and effect sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.mean_intervals import (
    Ends,
    difference_interval,
    finite,
    hedges_g,
    mean_interval,
)
from iris_dash.analysis.quartiles import (
    Counted,
    GroupSpread,
    MeasureSpread,
    counted,
    joined,
)
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.filtering import restricts

SMALL = 30
"""A sample of fewer values is flagged: its interval leans on the values being normal.

The usual rule for the central limit theorem (R. V. Hogg and E. A. Tanis, Probability and
Statistical Inference: n greater than 25 or 30); very lopsided values need more.
"""


@dataclass(frozen=True)
class Sample(MeasureSpread):
    """One measure over some rows: its spread and the 95 % interval of its mean, in its unit.

    `mean_interval` is Student's t; None with fewer than two values or an infinite one. `small`:
    fewer than 30 values.
    """

    mean_interval: Ends | None
    small: bool


@dataclass(frozen=True)
class GroupSample:
    """One group of the selected rows: its facet value and its sample."""

    group: FacetValue
    sample: Sample


@dataclass(frozen=True)
class MeasureComparison:
    """One measure over the selected rows, over the rest, and how they differ.

    `difference`: mean of the selected minus mean of the rest, in the measure's unit, with Welch's
    95 % interval; `hedges_g`: the same in pooled standard deviations, without a unit; None where
    there is no such number. `groups`: the selected rows per facet value, empty groups left out.
    """

    measure: str
    selected: Sample
    rest: Sample
    difference: float | None
    difference_interval: Ends | None
    hedges_g: float | None
    groups: tuple[GroupSample, ...]


def compare(
    aggregates: Aggregates,
    query: Query,
    by: Facet | None,
    measures: Sequence[Measure] | None = None,
) -> list[MeasureComparison]:
    """Return the selected rows beside the rest, one comparison per measure, in their order.

    `measures`: None for all of the table.
    """
    measures = aggregates.schema.measures if measures is None else measures
    known = counted(aggregates, query, by, measures)
    groups = joined(aggregates, query, by, measures, known)
    over_all = {name: counts.over_all() for name, counts in known.items()}
    selected = joined(aggregates, query, None, measures, over_all) if by else groups
    rest = _rest(aggregates, query, measures, over_all) if restricts(query) else []
    return [
        _comparison(measure.name, _sample(selected, i), _sample(rest, i), _group_samples(groups, i))
        for i, measure in enumerate(measures)
    ]


def _rest(
    aggregates: Aggregates, query: Query, measures: Sequence[Measure], selected: Counted
) -> list[GroupSpread]:
    """Return the spreads over the rows that are not selected: what is left of whole counts."""
    others = [measure for measure in measures if measure.name not in selected]
    whole = counted(aggregates, Query(), None, [m for m in measures if m.name in selected])
    left = {name: counts.without(selected[name]) for name, counts in whole.items()}
    if others or not left:
        return joined(aggregates.rest(query), Query(), None, measures, left)
    return joined(aggregates, query, None, measures, left)


def _comparison(
    name: str, selected: Sample, rest: Sample, groups: tuple[GroupSample, ...]
) -> MeasureComparison:
    difference = None
    if selected.mean is not None and rest.mean is not None:
        difference = finite(selected.mean - rest.mean)
    return MeasureComparison(
        name,
        selected,
        rest,
        difference,
        difference_interval(selected, rest),
        hedges_g(selected, rest),
        groups,
    )


def _sample(groups: list[GroupSpread], position: int) -> Sample:
    """Return the sample of the one group there is, or of no rows at all."""
    nothing = MeasureSpread(0, 0, *[None] * 7)
    return sample_of(groups[0].measures[position] if groups else nothing)


def _group_samples(groups: list[GroupSpread], position: int) -> tuple[GroupSample, ...]:
    return tuple(GroupSample(g.group, sample_of(g.measures[position])) for g in groups)


def sample_of(spread: MeasureSpread) -> Sample:
    """Return a spread with the interval of its mean; infinite values leave it without a mean."""
    mean, std = finite(spread.mean), finite(spread.std) if spread.n > 1 else None
    known = vars(spread) | {"mean": mean, "std": std}
    return Sample(**known, mean_interval=mean_interval(spread.n, mean, std), small=spread.n < SMALL)
