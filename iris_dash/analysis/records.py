"""A comparison and a diagnosis as JSON-ready objects, each of a type that says what is in it.

The types have the names of the values that they are made of; the API's document shows them.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict

from iris_dash.analysis import comparison, diagnosis, relaxation
from iris_dash.analysis.comparison import SMALL, MeasureComparison
from iris_dash.analysis.mean_intervals import CONFIDENCE
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.url import format_query
from iris_dash.query.value_text import FacetValue

Whole: TypeAlias = Annotated[int, Field(ge=0)]

Interval: TypeAlias = Annotated[
    tuple[float, float] | None,
    Field(description="95 % confidence interval, [low, high]; null where there is none"),
]


class Sample(TypedDict):
    """One measure over some rows, in its unit; null where there is no such number."""

    n: Annotated[Whole, Field(description="Rows with a value")]
    missing: Annotated[Whole, Field(description="Rows without one")]
    mean: float | None
    std: Annotated[float | None, Field(description="Standard deviation, n - 1 in its divisor")]
    min: float | int | None
    q1: float | None
    median: float | None
    q3: float | None
    max: float | int | None
    mean_interval: Interval
    small: Annotated[
        bool, Field(description="n is below small_below: the interval is a rough guide")
    ]


class GroupSample(Sample):
    """One measure over the selected rows of one group."""

    group: FacetValue


class MeasureSummary(TypedDict):
    """One measure over the selected rows, over the rest, and how they differ."""

    measure: str
    label: str
    unit: Annotated[str, Field(description="Of every number but n, missing and hedges_g")]
    selected: Sample
    rest: Sample
    difference: Annotated[
        float | None, Field(description="Mean of the selected minus mean of the rest")
    ]
    difference_interval: Interval
    hedges_g: Annotated[
        float | None, Field(description="Difference in pooled standard deviations, corrected")
    ]
    groups: list[GroupSample]


class Summary(TypedDict):
    """The selected rows beside the rest, measure by measure."""

    count: Annotated[Whole, Field(description="Rows that the query selects")]
    total: Annotated[Whole, Field(description="Rows of the table")]
    by: Annotated[str | None, Field(description="The facet that groups")]
    confidence: float
    small_below: Whole
    measures: list[MeasureSummary]


class ValueCount(TypedDict):
    """A value of a column and how many rows have it."""

    value: Annotated[Any, Field(description="As in a row; null is the missing value")]
    count: Annotated[int, Field(ge=1, description="Rows with it, under the other filters")]


class FilterEffect(TypedDict):
    """One active filter and how many rows it takes away."""

    filter: Annotated[str, Field(description="The column's name")]
    kind: diagnosis.Kind
    words: str
    removes_alone: Annotated[
        Whole, Field(description="Rows that pass every other filter, not this one")
    ]
    without: Annotated[str, Field(description="The query without it, as a query string")]


class Relaxation(TypedDict):
    """A query that is less narrow, and has rows."""

    query: Annotated[str, Field(description="The relaxed query, as a query string")]
    words: str
    count: Annotated[int, Field(ge=1, description="Rows that it selects")]
    given_up: Annotated[
        float,
        Field(description="Share of a slider's span or of a facet's values, summed over filters"),
    ]


class Diagnosis(TypedDict):
    """What each filter of a query removes and, where no row is left, what brings rows back."""

    count: Annotated[Whole, Field(description="Rows that the query selects")]
    total: Annotated[Whole, Field(description="Rows of the table")]
    filters: list[FilterEffect]
    relaxation: Annotated[
        Relaxation | None,
        Field(description="The least change that brings rows back; null where there are rows"),
    ]


def comparison_record(
    schema: Schema, by: Facet | None, count: int, total: int, found: list[MeasureComparison]
) -> Summary:
    """Return comparisons as one JSON-ready object."""
    return {
        "count": count,
        "total": total,
        "by": by.name if by else None,
        "confidence": CONFIDENCE,
        "small_below": SMALL,
        "measures": [_measure(schema, one) for one in found],
    }


def _measure(schema: Schema, one: MeasureComparison) -> MeasureSummary:
    measure = schema.measure(one.measure)
    return {
        "measure": measure.name,
        "label": measure.label,
        "unit": measure.unit,
        "selected": sample_record(one.selected),
        "rest": sample_record(one.rest),
        "difference": one.difference,
        "difference_interval": one.difference_interval,
        "hedges_g": one.hedges_g,
        "groups": [{"group": each.group, **sample_record(each.sample)} for each in one.groups],
    }


def sample_record(sample: comparison.Sample) -> Sample:
    """Return a sample as a JSON-ready object."""
    return {
        "n": sample.n,
        "missing": sample.missing,
        "mean": sample.mean,
        "std": sample.std,
        "min": sample.min,
        "q1": sample.q1,
        "median": sample.median,
        "q3": sample.q3,
        "max": sample.max,
        "mean_interval": sample.mean_interval,
        "small": sample.small,
    }


def diagnosis_record(schema: Schema, found: diagnosis.Diagnosis) -> Diagnosis:
    """Return a diagnosis as a JSON-ready object, its queries as canonical text."""
    relaxed = found.relaxation
    return {
        "count": found.count,
        "total": found.total,
        "filters": [_effect(schema, effect) for effect in found.filters],
        "relaxation": None if relaxed is None else _relaxation(schema, relaxed),
    }


def _effect(schema: Schema, effect: diagnosis.FilterEffect) -> FilterEffect:
    return {
        "filter": effect.name,
        "kind": effect.kind,
        "words": effect.words,
        "removes_alone": effect.removes_alone,
        "without": format_query(schema, effect.without),
    }


def _relaxation(schema: Schema, relaxed: relaxation.Relaxation) -> Relaxation:
    return {
        "query": format_query(schema, relaxed.query),
        "words": relaxed.words,
        "count": relaxed.count,
        "given_up": relaxed.given_up,
    }
