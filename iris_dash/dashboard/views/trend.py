"""The card of the trend: how many rows, or a measure's mean, per unit of the table's time."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Output
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import GroupMeans
from iris_dash.analysis.judgment import counted_facets, trend_time
from iris_dash.analysis.trend import MOST_LINES as MOST_GROUPS
from iris_dash.analysis.trend import Rhythm, Trend, TrendLine
from iris_dash.analysis.trend_units import fitting_unit
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.charts.text_alternatives import group_name, text_alternative
from iris_dash.dashboard.charts.trend import trend_figure
from iris_dash.dashboard.page.notes import means_key
from iris_dash.dashboard.views.chart import ChartOverTime, Drawn
from iris_dash.dashboard.views.page_choice import PageMenu
from iris_dash.dashboard.views.shown import Shown
from iris_dash.explorer import Explorer
from iris_dash.query.calendar import unit_text
from iris_dash.query.counted import count_text, counted, is_or_are
from iris_dash.query.locale import time_read
from iris_dash.query.numbers import mean_text
from iris_dash.query.schema import Facet, Measure, Schema, Time

HEIGHT, LOW_HEIGHT = 250, 196
"""The lower one beside counts."""

MEAN = "mean:"
"""Begins the value of a measure's mean."""

MOST_MEASURES = 60
MOST_LINES = 400
"""Of the menu, and of the text."""


def _averaged(schema: Schema) -> list[Measure]:
    return [measure for measure in schema.measures if measure.is_averaged][:MOST_MEASURES]


def _means(schema: Schema) -> tuple[tuple[str, str], ...]:
    """Return the measures whose means may be shown."""
    return tuple((f"{MEAN}{m.name}", f"Mean {m.inner_label}") for m in _averaged(schema))


SUGGESTED = "auto"
OF_WHAT = PageMenu(
    "_trend", "Shown over time", ((SUGGESTED, "Suggested"), ("count", "Count")), more=_means
)


class TrendCard(ChartOverTime):
    """A line per group over the table's time."""

    id = "trend"
    title = "Rows over time"
    choice = OF_WHAT
    look = "card trend-card"
    key_id, note_id = "trend-key", "trend-note"

    def offers_choice(self, schema: Schema) -> bool:
        """Return whether there is a measure beside the count."""
        return bool(_averaged(schema))

    def heading(self, schema: Schema) -> str:
        """Return what is counted."""
        return f"{schema.rows.capitalize()} over time"

    def height(self, schema: Schema) -> int:
        """Return one height for every table, a lower one beside counts."""
        return LOW_HEIGHT if counted_facets(schema) else HEIGHT

    def outputs(self) -> dict[str, Output]:
        """Return the chart, its title, its key and its note."""
        return super().outputs() | {
            "trend_title": Output(f"{self.id}-title", "children"),
            "trend_key": Output(self.key_id, "children"),
            "trend_note": Output(self.note_id, "children"),
        }

    def known(self, shown: Shown) -> dict[str, Any]:
        """Return the title of a chart whose unit is not known."""
        return {"trend_title": self.heading(shown.schema)}

    def draw(self, shown: Shown) -> Drawn | None:
        """Return a line of each group that has rows."""
        asked = trend_shown(shown.explorer, shown.state)
        if asked is None:
            return None
        time, unit, of, by = asked
        trend = shown.explorer.trend(shown.query, time, unit, of, by)
        what = f"Mean {of.inner_label}" if of else shown.schema.rows.capitalize()
        groups = [
            GroupMeans(line.group, sum(line.counts), (), others=line.others) for line in trend.lines
        ]
        return Drawn(
            trend_figure(shown.schema, trend, shown.theme, shown.narrow),
            partial(trend_text, shown.schema, trend),
            {
                "trend_title": f"{what} per {unit}",
                "trend_key": means_key(groups, trend.by) if trend.by else [],
                "trend_note": trend_note(shown.schema, trend, shown.count, by),
            },
        )


def trend_shown(
    explorer: Explorer, state: DashboardState
) -> tuple[Time, str, Measure | None, Facet | None] | None:
    """Return what the card shows: a time, a unit, the measure of means, the facet of its lines.

    None without a time. Unasked there is one line where each time has one row.
    """
    time, query = trend_time(explorer.schema), state.query
    if time is None:
        return None
    rhythm = explorer.rhythm(time)
    is_one = rhythm.series == "time" and query.by is None
    by = None if is_one else explorer.group_facet(query)
    unit = fitting_unit(time, query, rhythm.units)
    return time, unit, _measure(explorer.schema, state, rhythm), by


def _measure(schema: Schema, state: DashboardState, rhythm: Rhythm) -> Measure | None:
    """Return the measure whose mean is shown, unasked of a series its first; None: the count."""
    chosen, measures = OF_WHAT.chosen(state), _averaged(schema)
    if chosen == SUGGESTED:
        return measures[0] if rhythm.series and measures else None
    return next((m for m in measures if f"{MEAN}{m.name}" == chosen), None)


def trend_note(schema: Schema, trend: Trend, count: int, by: Facet | None = None) -> str:
    """Return what the chart leaves out, and which units are no whole ones.

    `by`: the facet whose groups were to have lines.

    >>> from datetime import datetime
    >>> from iris_dash.query.schema import Time
    >>> time = Time("d", "Day", "d", low=datetime(2013, 1, 1), high=datetime(2013, 3, 1))
    >>> trend = Trend(time, "month", (), None, None, (), (True, True))
    >>> trend_note(Schema((), rows="pots"), trend, 2)
    'The first month and the last are cut short. 2 pots without a day are not drawn.'
    """
    first, last = trend.cut
    said = []
    if first or last:
        which = ("first", "last") if first and last else ("first",) if first else ("last",)
        words = f" {trend.unit} and the ".join(which)
        words += "" if len(which) > 1 else f" {trend.unit}"
        said.append(f"The {words} {'are' if len(which) > 1 else 'is'} cut short.")
    left = count - sum(sum(line.counts) for line in trend.lines)
    if left:
        said.append(
            f"{counted(left, schema.rows)} without a {trend.time.inner_label} "
            f"{is_or_are(left)} not drawn."
        )
    if by and trend.by is None and len(by.values) > MOST_GROUPS:
        said.append(f"{by.label} has {count_text(len(by.values))} groups: one line stands for all.")
    return " ".join(said)


def trend_text(schema: Schema, trend: Trend) -> list[Component]:
    """Return each unit's rows, or its mean with the interval, per group."""
    what = (
        f"Mean {trend.of.title} with its 95 % interval" if trend.of else f"Count of {schema.rows}"
    )
    lines, count = trend.lines, len(trend.places)
    units, groups = counted(count, f"{trend.unit}s"), counted(len(lines), "groups")
    sentence = f"{what} per {trend.unit} of {trend.time.inner_label}: {units}"
    sentence += f" in {groups} of {trend.by.inner_label}" if trend.by else ""
    sentence += f"; the first {MOST_LINES} are listed." if count > MOST_LINES else "."
    names = [
        counted(line.others, "others") if line.others else group_name(line.group, trend.by, schema)
        for line in lines
    ]
    head = [trend.unit.capitalize(), *(names if trend.by else [what])]
    rows = [
        [
            time_read(unit_text(trend.places[at], trend.unit)),
            *(_cell(trend, line, at) for line in lines),
        ]
        for at in range(min(count, MOST_LINES))
    ]
    return text_alternative(sentence, head, rows if lines else [])


def _cell(trend: Trend, line: TrendLine, at: int) -> str:
    if trend.of is None:
        return count_text(line.counts[at])
    return mean_text(trend.of, line.values[at], line.intervals[at])


TREND_CARD = TrendCard()
