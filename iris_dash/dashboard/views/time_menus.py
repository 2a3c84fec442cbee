"""The menus of the Trend view: what is shown over time, per which unit, in which lines."""

from __future__ import annotations

from iris_dash.analysis.asked_trend import SHOWN
from iris_dash.analysis.judgment import trend_time
from iris_dash.analysis.trend_units import BEFORE, LENGTHS
from iris_dash.dashboard.views.sentence import Options, SentenceMenu, units_within
from iris_dash.query.calendar import units_of
from iris_dash.query.schema import LABELS, Facet, Measure, Schema, Time

AUTO, COUNT, NONE = "auto", "count", "none"
OF, BY = "of:", "by:"
"""Begin what chooses a measure, and a facet: they may be called anything."""

MOST_COLUMNS = 100


class TimeMenu(SentenceMenu):
    """A menu of the sentence about a time."""

    def offered(self, schema: Schema) -> Options:
        """Return the options of a table; of one without a time the empty one."""
        return self.of(schema) if trend_time(schema) else self.options


CALENDARS = {
    "hours": "weekday and hour",
    "months": "month and year",
    "weekdays": "weekday and month",
}


def shown_measures(schema: Schema) -> list[Measure]:
    """Return the measures that may be shown over time: those that are averaged come first."""
    found = [m for m in schema.measures if m.role not in LABELS and not m.is_constant]
    return sorted(found, key=lambda measure: not measure.is_averaged)[:MOST_COLUMNS]


def shown_facets(schema: Schema) -> list[Facet]:
    """Return the facets whose values may have lines."""
    found = [f for f in schema.facets if not f.is_constant and f.role != "identifier"]
    return found[:MOST_COLUMNS]


def _what(schema: Schema) -> Options:
    measures = [(OF + m.name, m.inner_label) for m in shown_measures(schema)]
    return ((AUTO, "suggested"), (COUNT, f"number of {schema.rows}"), *measures)


def _statistics(schema: Schema) -> Options:
    return tuple((name, name) for name in SHOWN)


def _units(schema: Schema) -> Options:
    time = trend_time(schema)
    units = units_of(time.is_date) if time else ()
    told = [unit for unit in units if time and units_within(time, unit) > 1]
    return ((AUTO, "suggested unit"), *((unit, unit) for unit in told))


def _facets(schema: Schema) -> Options:
    facets = [(BY + facet.name, facet.inner_label) for facet in shown_facets(schema)]
    return ((AUTO, "colour groups"), (NONE, "nothing"), *facets)


def _before(schema: Schema) -> Options:
    time = trend_time(schema)
    found = [(NONE, "nothing")]
    if time and time.low is not None and time.high is not None:
        span = time.high - time.low
        kinds = [kind for kind in BEFORE if not (kind == "day" and time.is_date)]
        found += [(kind, f"the {kind} before") for kind in kinds if span > LENGTHS[kind] * 1.1]
    return tuple(found)


def _calendars(schema: Schema) -> Options:
    time = trend_time(schema)
    return ((AUTO, "suggested"), *((kind, CALENDARS[kind]) for kind in calendars_of(time)))


def calendars_of(time: Time | None) -> list[str]:
    """Return the calendars that a time's span may fill."""
    if time is None:
        return []
    found = [] if time.is_date else ["hours"]
    found += ["months"] if units_within(time, "year") > 1 else []
    return [*found, *(["weekdays"] if units_within(time, "month") > 1 else [])]


_NONE = (("", ""),)
WHAT = TimeMenu("_shown", "Shown over time", _NONE, of=_what)
STATISTIC = TimeMenu("_over", "Statistic", _NONE, of=_statistics)
UNIT = TimeMenu("_unit", "Per", _NONE, of=_units)
LINES = TimeMenu("_lines", "By", _NONE, of=_facets)
BESIDE = TimeMenu("_beside", "Beside", _NONE, of=_before)
CALENDAR = TimeMenu("_calendar", "Calendar of", _NONE, of=_calendars)
