"""A comparison in words: what stands beside what, and what differs most."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iris_dash.analysis.baseline import Baseline
from iris_dash.analysis.beside import Beside, MeasureBeside, ShareBeside
from iris_dash.analysis.mean_intervals import Ends
from iris_dash.query.counted import count_text, noun
from iris_dash.query.filters import Choice
from iris_dash.query.numbers import from_to, rounded_text, with_minus
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.value_text import value_name

STRENGTHS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"))
"""Below each size an effect is called so (J. Cohen, 1988); above the last it is large."""


def strength(effect: float) -> str:
    """Return the word for an effect size.

    >>> strength(-0.3), strength(0.8)
    ('small', 'large')
    """
    return next((name for below, name in STRENGTHS if abs(effect) < below), "large")


def short(number: float | None, signed: bool = False) -> str:
    """Return a number in three digits, with its sign where that is asked; a dash for none.

    >>> short(12.04), short(-0.08366), short(1234.5), short(0.5, signed=True), short(None)
    ('12', '−0.0837', '1,234', '+0.5', '–')
    """
    if number is None:
        return "–"
    text = rounded_text(number) if abs(number) >= 100 else with_minus(f"{number + 0.0:.3g}")
    if 100 <= abs(number) < 1_000:
        text = with_minus(f"{number:.0f}")
    return f"+{text}" if signed and number > 0 else text


def short_interval(ends: Ends | None, times: float = 1.0) -> str:
    """Return the ends of an interval in three digits each; a dash for none.

    >>> short_interval((11.62, 12.44)), short_interval((-0.004, 0.1), 100)
    ('11.6 – 12.4', '−0.4 to 10')
    """
    return "–" if ends is None else from_to(*(short(end * times) for end in ends))


def percent(share: float) -> str:
    """Return a share as a percentage.

    >>> percent(0.4612), percent(0.0)
    ('46.1\\xa0%', '0\\xa0%')
    """
    return f"{short(100 * share)}\N{NO-BREAK SPACE}%"


def baseline_words(schema: Schema, baseline: Baseline) -> str:
    """Return what stands beside the selection."""
    if baseline.facet is not None:
        return f"{baseline.facet.inner_label} {value_name(baseline.value)}"
    return f"all {schema.rows}" if baseline.kind == "all" else "the rest"


def is_clear(ends: Ends | None) -> bool:
    """Return whether an interval leaves zero out."""
    return ends is not None and (ends[0] > 0 or ends[1] < 0)


def is_filtered(query: Query, name: str) -> bool:
    """Return whether the query says itself what a column's values are."""
    return query.filter_on(name) is not None


def by_effect(query: Query, measures: Sequence[MeasureBeside]) -> list[MeasureBeside]:
    """Return comparisons, those first that differ most; last those that the query filters."""
    return sorted(
        measures,
        key=lambda one: (is_filtered(query, one.measure), -abs(one.hedges_g or 0.0)),
    )


def lead(schema: Schema, query: Query, found: Beside) -> list[str]:
    """Return what is compared, and in a sentence each which measure and which share differ most."""
    if found.is_empty:
        return [_why_nothing(schema, query, found)]
    said = [_sides(schema, query, found)]
    measures = [one for one in found.measures if schema.measure(one.measure).is_averaged]
    ranked = [m for m in by_effect(query, measures) if not is_filtered(query, m.measure)]
    words = baseline_words(schema, found.baseline)
    if ranked and ranked[0].hedges_g is not None:
        said.append(_measure_sentence(schema, ranked[0], words, len(ranked)))
    if found.shares and is_clear(found.shares[0].difference_interval):
        said.append(_share_sentence(schema, found.shares[0], words))
    return said


def _why_nothing(schema: Schema, query: Query, found: Beside) -> str:
    group = found.baseline.facet
    other = " or choose a group above" if schema.facets else ""
    if group is not None and found.count:
        words = baseline_words(schema, found.baseline)
        return f"No row of {words} passes the other filters: choose another group above."
    if group is not None and found.baseline_count:
        words = baseline_words(schema, found.baseline)
        return f"All selected {schema.rows} are of {words}: let in others to compare them with it."
    if not found.count:
        return "No row is selected: narrow the table less to compare."
    return f"Every row is selected: narrow the table{other} to compare."


def _sides(schema: Schema, query: Query, found: Beside) -> str:
    count, rows = (
        f"{count_text(found.count)} selected {noun(found.count, schema.rows)}",
        schema.rows,
    )
    words, others = baseline_words(schema, found.baseline), count_text(found.baseline_count)
    if found.baseline.kind == "all":
        return f"{count} beside all {others}."
    if found.baseline.facet is None:
        return f"{count} beside the other {others}."
    chosen = query.filter_on(found.baseline.facet.name)
    is_in = not isinstance(chosen, Choice) or found.baseline.value in chosen.values
    without = f", without {words}," if is_in else ""
    return f"{count}{without} beside {others} {noun(found.baseline_count, rows)} of {words}."


def _measure_sentence(schema: Schema, one: MeasureBeside, words: str, count: int) -> str:
    measure, g = schema.measure(one.measure), one.hedges_g or 0.0
    interval = short_interval(one.difference_interval)
    unit = f" {measure.unit}" if measure.unit else ""
    label = measure.inner_label
    if not is_clear(one.difference_interval):
        none = "No measure differs clearly" if count > 1 else f"Their mean {label} does not"
        rest = f": the largest difference, of the mean {label}, is" if count > 1 else ""
        rest = rest or " differ clearly:"
        return f"{none}{rest} {short(one.difference)}{unit} (95 % interval {interval})."
    size = short(math.fabs(one.difference or 0.0))
    side = "higher" if (one.difference or 0) > 0 else "lower"
    return (
        f"Their mean {label} is {size}{unit} {side} than that of {words} "
        f"(95 % interval {interval}), a {strength(g)} effect."
    )


def _share_sentence(schema: Schema, one: ShareBeside, words: str) -> str:
    facet = schema.facet(one.facet)
    size, more = short(100 * abs(one.difference)), "more" if one.difference > 0 else "less"
    interval = short_interval(one.difference_interval, 100)
    return (
        f"{percent(one.selected_share)} of them have {facet.inner_label} "
        f"{value_name(one.value)}, {size} points {more} than of {words} "
        f"(95 % interval {interval})."
    )
