"""A selection beside its baseline as a JSON-ready object, of a type that says what is in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from iris_dash.analysis import beside
from iris_dash.analysis.baseline import Baseline
from iris_dash.analysis.comparison import SMALL
from iris_dash.analysis.mean_intervals import CONFIDENCE
from iris_dash.analysis.records import Interval, Sample, Whole, sample_record
from iris_dash.query.schema import Schema
from iris_dash.query.value_text import FacetValue

Share = Annotated[float, Field(ge=0, le=1)]


class BaselineRecord(TypedDict):
    """What the selected rows are beside."""

    kind: Literal["rest", "all", "group"]
    facet: Annotated[str | None, Field(description="Of a group: its facet")]
    value: Annotated[FacetValue, Field(description="Of a group: its value")]
    count: Annotated[Whole, Field(description="Rows of it")]


class MeasureBeside(TypedDict):
    """One measure over both sides, and how they differ."""

    measure: str
    label: str
    unit: Annotated[str, Field(description="Of every number but n, missing and hedges_g")]
    selected: Sample
    baseline: Sample
    difference: Annotated[
        float | None, Field(description="Mean of the selected minus mean of the baseline")
    ]
    difference_interval: Interval
    hedges_g: Annotated[
        float | None, Field(description="Difference in pooled standard deviations, corrected")
    ]
    hedges_g_interval: Interval


class ShareBeside(TypedDict):
    """One value of a facet: how many rows of each side have it, and how the shares differ."""

    facet: str
    value: FacetValue
    selected: Whole
    baseline: Whole
    selected_share: Share
    baseline_share: Share
    difference: Annotated[float, Field(description="Share of the selected minus the baseline's")]
    difference_interval: Interval
    cohens_h: float


class BinBeside(TypedDict):
    """One bin of a measure over both sides; the first and the last also hold what is beyond."""

    low: float
    high: float
    selected: Whole
    baseline: Whole


class Comparison(TypedDict):
    """The selected rows beside their baseline; without two sides lists are empty."""

    count: Annotated[Whole, Field(description="Rows that the query selects, on its side")]
    baseline: BaselineRecord
    confidence: float
    small_below: Whole
    measures: list[MeasureBeside]
    shares: Annotated[list[ShareBeside], Field(description="Those first that differ most")]
    histogram: Annotated[
        list[BinBeside] | None, Field(description="Of the measure `of`; null without it")
    ]


def beside_record(
    schema: Schema, found: beside.Beside, bins: beside.HistogramBeside | None
) -> Comparison:
    """Return a comparison as one JSON-ready object."""
    return {
        "count": found.count,
        "baseline": _baseline(found.baseline, found.baseline_count),
        "confidence": CONFIDENCE,
        "small_below": SMALL,
        "measures": [_measure(schema, one) for one in found.measures],
        "shares": [_share(one) for one in found.shares],
        "histogram": None if bins is None else _bins(bins),
    }


def _baseline(baseline: Baseline, count: int) -> BaselineRecord:
    return {
        "kind": baseline.kind,
        "facet": baseline.facet.name if baseline.facet else None,
        "value": baseline.value,
        "count": count,
    }


def _measure(schema: Schema, one: beside.MeasureBeside) -> MeasureBeside:
    measure = schema.measure(one.measure)
    return {
        "measure": measure.name,
        "label": measure.label,
        "unit": measure.unit,
        "selected": sample_record(one.selected),
        "baseline": sample_record(one.baseline),
        "difference": one.difference,
        "difference_interval": one.difference_interval,
        "hedges_g": one.hedges_g,
        "hedges_g_interval": one.hedges_g_interval,
    }


def _share(one: beside.ShareBeside) -> ShareBeside:
    return {
        "facet": one.facet,
        "value": one.value,
        "selected": one.selected,
        "baseline": one.baseline,
        "selected_share": one.selected_share,
        "baseline_share": one.baseline_share,
        "difference": one.difference,
        "difference_interval": one.difference_interval,
        "cohens_h": one.cohens_h,
    }


def _bins(bins: beside.HistogramBeside) -> list[BinBeside]:
    histogram = bins.selected.histogram
    own, other = (
        side.histogram.counts.sum(axis=0).tolist() for side in (bins.selected, bins.baseline)
    )
    return [
        {"low": low, "high": high, "selected": one, "baseline": two}
        for (low, high), one, two in zip(histogram.ends, own, other, strict=True)
    ]
