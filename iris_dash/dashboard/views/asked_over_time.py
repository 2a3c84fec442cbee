"""What the Trend view is asked: its menus' words as a question, which both of its cards answer."""

from __future__ import annotations

from dataclasses import dataclass

from iris_dash.analysis.asked_trend import TrendQuestion
from iris_dash.analysis.judgment import trend_time
from iris_dash.analysis.trend import Rhythm
from iris_dash.analysis.trend_units import (
    MOST_UNITS,
    asked_span,
    count_units,
    fitting_unit,
    has_like,
)
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.time_menus import (
    AUTO,
    BESIDE,
    BY,
    COUNT,
    LINES,
    NONE,
    OF,
    STATISTIC,
    UNIT,
    WHAT,
    shown_facets,
    shown_measures,
)
from iris_dash.query.calendar import units_of
from iris_dash.query.schema import Facet, Measure, Time


@dataclass(frozen=True)
class AskedOverTime:
    """A question, and what of the menus could not be had.

    `fitting`: the unit that is suggested; `counts`: how many units lie in what is asked, of each
    that tells the table's times apart; `before`: how far back what stands beside lies, None for
    nothing; `too_many`: the unit that was chosen and would have been of too many points; `unlike`:
    what was chosen beside, though units are longer.
    """

    question: TrendQuestion
    fitting: str
    rhythm: Rhythm
    counts: dict[str, int]
    before: str | None = None
    too_many: str | None = None
    unlike: str | None = None


def asked_over_time(shown: Shown) -> AskedOverTime | None:
    """Return what the menus ask; None where there is no time."""
    schema, state, query = shown.schema, shown.state, shown.query
    time = trend_time(schema)
    if time is None:
        return None
    rhythm = shown.explorer.rhythm(time)
    span = asked_span(time, query)
    counts = {
        unit: count_units(*span, unit) if span else 0
        for unit in units_of(time.is_date)
        if unit in rhythm.units
    }
    fitting, chosen = fitting_unit(time, query, rhythm.units), UNIT.shown(schema, state)
    is_fit = chosen == AUTO or 0 < counts.get(chosen, 0) <= MOST_UNITS
    unit = fitting if chosen == AUTO or not is_fit else chosen
    before = BESIDE.shown(schema, state)
    of = _measure(shown, rhythm)
    question = TrendQuestion(
        schema,
        query,
        *(time, unit, of, STATISTIC.shown(schema, state)),
        by=_lines(shown, rhythm),
        is_whole=unit == rhythm.units[-1],
    )
    is_like = before != NONE and has_like(unit, before)
    return AskedOverTime(
        question,
        fitting,
        rhythm,
        counts,
        before if is_like else None,
        None if is_fit else chosen,
        before if before != NONE and not is_like else None,
    )


def what_words(question: TrendQuestion) -> str:
    """Return what is shown, as a title begins."""
    if question.of is None:
        return question.schema.rows.capitalize()
    join = " of " if question.statistic == "sum" else " "
    return f"{question.statistic.capitalize()}{join}{question.of.inner_label}"


def unit_options(asked: AskedOverTime, time: Time) -> list[dict[str, object]]:
    """Return the units to choose from: those of too many points cannot be."""
    options: list[dict[str, object]] = [{"value": AUTO, "label": f"{asked.fitting} (suggested)"}]
    offered = UNIT.offered(asked.question.schema)
    for value, label in offered[1:]:
        count = asked.counts.get(value, 0)
        options.append({"value": value, "label": label, "disabled": not 0 < count <= MOST_UNITS})
    return options


def _measure(shown: Shown, rhythm: Rhythm) -> Measure | None:
    chosen, measures = WHAT.shown(shown.schema, shown.state), shown_measures(shown.schema)
    if chosen == COUNT:
        return None
    if chosen == AUTO:
        averaged = [measure for measure in measures if measure.is_averaged]
        return averaged[0] if rhythm.series and averaged else None
    return next((m for m in measures if OF + m.name == chosen), None)


def _lines(shown: Shown, rhythm: Rhythm) -> Facet | None:
    chosen = LINES.shown(shown.schema, shown.state)
    if chosen == AUTO:
        alone = rhythm.series == "time" and shown.query.by is None
        return None if alone else shown.by
    return next((f for f in shown_facets(shown.schema) if BY + f.name == chosen), None)
