"""The card of the calendar: the same statistic by weekday and hour, or by month and year."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.asked_trend import Cell, TrendQuestion, asked_calendar
from iris_dash.analysis.judgment import trend_time
from iris_dash.dashboard.charts.calendar import (
    calendar_figure,
    calendar_scale,
    cell_number,
)
from iris_dash.dashboard.charts.text_alternatives import text_alternative
from iris_dash.dashboard.views.asked_over_time import asked_over_time, what_words
from iris_dash.dashboard.views.chart import Chart, Drawn
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.summary_filters import group_pairs, replaced_keys
from iris_dash.dashboard.views.time_menus import AUTO, CALENDAR, CALENDARS, calendars_of
from iris_dash.query.calendar import PARTS
from iris_dash.query.group_keys import GroupKey, PartKey, UnitKey
from iris_dash.query.locale import number_read
from iris_dash.query.numbers import statistic_text
from iris_dash.query.schema import Schema, Time

HEIGHT = 212
MOST_YEARS = 100
"""The last of them are shown."""


class CalendarCard(Chart):
    """A heat map whose cells filter."""

    id = "calendar"
    title = "Calendar"
    choice = CALENDAR
    key_id = "calendar-key"

    def offered(self, schema: Schema) -> bool:
        """Return whether a time has parts that make a calendar."""
        return bool(calendars_of(trend_time(schema)))

    def height(self, schema: Schema) -> int:
        """Return one height for every table."""
        return HEIGHT

    def tools(self, schema: Schema, shared: Any) -> list[Component]:
        """Return nothing: what is shown stands in the sentence above."""
        return []

    def below(self, schema: Schema) -> list[Component]:
        """Return the line that says what the colours mean."""
        return [html.P(id=self.key_id, className="note")]

    def outputs(self) -> dict[str, Output]:
        """Return the chart, its title and its key."""
        return super().outputs() | {
            "calendar_title": Output(f"{self.id}-title", "children"),
            "calendar_key": Output(self.key_id, "children"),
        }

    def draw(self, shown: Shown) -> Drawn | None:
        """Return a cell for each two parts of the time that have rows."""
        asked = shown.once(asked_over_time)
        if asked is None:
            return None
        question = asked.question
        kind = _kind(shown, question.time, asked.rhythm.units)
        keys = _keys(question.time, kind)
        cells = asked_calendar(shown.explorer.groups, question, *keys)
        up, across = (_names(key, [cell[i] for cell in cells]) for i, key in enumerate(keys))
        opens = {
            "drop": [key for one in keys for key in replaced_keys(one)],
            "up": [group_pairs(shown.schema, shown.query, keys[0], name) for name in up],
            "across": [group_pairs(shown.schema, shown.query, keys[1], name) for name in across],
        }
        words = what_words(question) if question.of else ""
        say, rows = partial(_said, question), shown.schema.rows
        figure = calendar_figure(
            cells, up, across, opens, words, say, rows, shown.theme, shown.narrow
        )
        return Drawn(
            figure,
            partial(calendar_text, question, kind, cells, up, across),
            {
                "calendar_title": f"{what_words(question)} by {CALENDARS[kind]}",
                "calendar_key": _key(question, cells),
            },
        )


def _kind(shown: Shown, time: Time, units: tuple[str, ...]) -> str:
    """Return which calendar is shown: unasked the first that the times of the table fill."""
    chosen = CALENDAR.shown(shown.schema, shown.state)
    if chosen != AUTO:
        return chosen
    kinds = calendars_of(time)
    told = [kind for kind in kinds if kind != "hours" or "hour" in units]
    told = [kind for kind in told if kind != "weekdays" or "day" in units] or kinds
    return told[0]


def _keys(time: Time, kind: str) -> tuple[GroupKey, GroupKey]:
    if kind == "hours":
        return PartKey(time, "weekday"), PartKey(time, "hour_of_day")
    if kind == "months":
        return UnitKey(time, "year"), PartKey(time, "month_of_year")
    return PartKey(time, "weekday"), PartKey(time, "month_of_year")


def _names(key: GroupKey, found: list[Any]) -> list[Any]:
    """Return the names of an axis: all values of a part, the years from the first to the last."""
    if isinstance(key, PartKey):
        return list(PARTS[key.suffix])
    return sorted(set(found))[-MOST_YEARS:]


def _key(question: TrendQuestion, cells: Mapping[tuple[Any, Any], Cell]) -> list[Any]:
    """Return what the hue means, in numbers."""
    if not cells:
        return []
    start, most = calendar_scale(cells, question.of is None)
    unit = question.of.unit if question.of else question.schema.rows
    ends = f"{_text(start, question)} to {_text(most, question)} {unit}".strip()
    below = any((cell_number(c, question.of is None) or 0) < 0 for c in cells.values())
    bar = html.Span(className="heat-bar")
    return [bar, f" {ends}{'; grey: below zero' if below else ''}. A click shows a cell's rows."]


def _text(number: float | None, question: TrendQuestion) -> str:
    if number is None:
        return "–"
    if question.of is None:
        return number_read(f"{number:,.0f}")
    return statistic_text(question.of, float(number), question.statistic)


def _said(question: TrendQuestion, number: float | None) -> str:
    unit = question.of.unit if question.of else ""
    return f"{_text(number, question)} {unit}".strip()


def calendar_text(
    question: TrendQuestion,
    kind: str,
    cells: Mapping[tuple[Any, Any], Cell],
    up: list[Any],
    across: list[Any],
) -> list[Component]:
    """Return the figure of each cell; a dash where no row is."""
    sentence = f"{what_words(question)} by {CALENDARS[kind]}."
    first = CALENDARS[kind].split(" and ")
    head = [(first[1] if kind == "months" else first[0]).capitalize(), *map(str, across)]

    def said(cell: Cell | None) -> str:
        return "–" if cell is None else _text(cell_number(cell, question.of is None), question)

    rows = [[str(one), *(said(cells.get((one, other))) for other in across)] for one in up]
    return text_alternative(sentence, head, rows if cells else [])


CALENDAR_CARD = CalendarCard()
