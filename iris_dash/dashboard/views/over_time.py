"""Tab "Trend": a measure's statistic, or the rows, over time; the period before; a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.analysis.aggregates import GroupMeans
from iris_dash.analysis.asked_trend import asked_trend, trend_before
from iris_dash.analysis.trend import Trend, TrendLine
from iris_dash.dashboard import ids
from iris_dash.dashboard.charts.text_alternatives import group_name, text_alternative
from iris_dash.dashboard.charts.trend import trend_figure
from iris_dash.dashboard.page.notes import means_key
from iris_dash.dashboard.views.asked_over_time import (
    AskedOverTime,
    asked_over_time,
    unit_options,
    what_words,
)
from iris_dash.dashboard.views.calendar import CALENDAR_CARD
from iris_dash.dashboard.views.chart import ChartOverTime, Drawn
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.time_menus import (
    BESIDE,
    LINES,
    STATISTIC,
    UNIT,
    WHAT,
    shown_facets,
)
from iris_dash.dashboard.views.trend import trend_note
from iris_dash.dashboard.views.view import View
from iris_dash.query.calendar import unit_text
from iris_dash.query.counted import count_text, counted
from iris_dash.query.locale import time_read
from iris_dash.query.numbers import mean_text, statistic_text
from iris_dash.query.schema import Schema

HEIGHT, NARROW_HEIGHT = 320, 260
MOST_BANDS = 3
"""So many lines have their intervals drawn; those of all are in the text."""

MOST_LISTED = 400


class OverTime(ChartOverTime):
    """A sentence that asks, and lines over time that answer it."""

    id = "over-time"
    title = "Over time"
    sentence_id, key_id, note_id = "over-time-sentence", "over-time-key", "over-time-note"

    @property
    def choices(self) -> tuple[PageChoice, ...]:
        """The menus of the sentence."""
        return WHAT, STATISTIC, UNIT, LINES, BESIDE

    def height(self, schema: Schema) -> int:
        """Return one height for every table."""
        return HEIGHT

    def narrow_height(self, schema: Schema) -> int:
        """Return that of a phone."""
        return NARROW_HEIGHT

    def components(self, schema: Schema, shared: Sequence[Component] = ()) -> list[Component]:
        """Return the card, its sentence on top; menus that have one word are out of sight."""
        made = super().components(schema, shared)
        if not self.offered(schema):
            return [choice.unseen() for choice in self.choices]
        (section,) = made
        section.children = [self._sentence(schema), *section.children]
        return made

    def _sentence(self, schema: Schema) -> Component:
        def menu(words: str, of: PageChoice, look: str = "") -> Component:
            return html.Div([words, of.buttons("", schema)], className=f"asked-part {look}")

        return html.Div(
            [
                menu("Show", WHAT),
                menu("as", STATISTIC, "of-measure"),
                menu("per", UNIT),
                menu("by", LINES, "" if shown_facets(schema) else "is-unasked"),
                menu("beside", BESIDE, "" if len(BESIDE.offered(schema)) > 1 else "is-unasked"),
            ],
            id=self.sentence_id,
            className="sentence",
        )

    def outputs(self) -> dict[str, Output]:
        """Return the chart, its title, key and note, and what the sentence offers."""
        return super().outputs() | {
            "over_time_title": Output(f"{self.id}-title", "children"),
            "over_time_key": Output(self.key_id, "children"),
            "over_time_note": Output(self.note_id, "children"),
            "over_time_units": Output(ids.of_column(ids.CHOICE, UNIT.key), "options"),
            "over_time_sentence": Output(self.sentence_id, "className"),
        }

    def draw(self, shown: Shown) -> Drawn | None:
        """Return a line of each group that has rows, and faintly those of the period before."""
        asked = shown.once(asked_over_time)
        if asked is None:
            return None
        question, schema = asked.question, shown.schema
        trend = asked_trend(shown.explorer.groups, question)
        before, words = None, ""
        if asked.before is not None:
            before = trend_before(shown.explorer.groups, question, trend, asked.before)
            words = f"a {asked.before} before"
        groups = [
            GroupMeans(line.group, sum(line.counts), (), others=line.others) for line in trend.lines
        ]
        bands = 1 if before else MOST_BANDS
        title = f"{what_words(question)} per {question.unit}"
        if len(trend.lines) <= bands and any(any(line.intervals) for line in trend.lines):
            title += ", with 95 % intervals"
        return Drawn(
            trend_figure(
                schema,
                trend,
                shown.theme,
                shown.narrow,
                before=before,
                before_words=words,
                most_bands=bands,
            ),
            partial(over_time_text, schema, trend, before, words),
            {
                "over_time_title": title,
                "over_time_key": means_key(groups, trend.by) if trend.by else [],
                "over_time_note": _note(shown, asked, trend, before),
                "over_time_units": unit_options(asked, question.time),
                "over_time_sentence": "sentence" if question.of else "sentence is-of-rows",
            },
        )


def _note(shown: Shown, asked: AskedOverTime, trend: Trend, before: Trend | None) -> str:
    """Return what the chart leaves out, and what of the sentence could not be had."""
    question, said = asked.question, []
    if asked.too_many:
        count = asked.counts.get(asked.too_many, 0)
        words = (
            f"{counted(count, f'{asked.too_many}s')} are too many points"
            if count
            else (f"No times here are told apart by {asked.too_many}")
        )
        said.append(f"{words}: shown per {question.unit}.")
    if asked.unlike:
        said.append(f"A {question.unit} is longer than a {asked.unlike}: nothing stands beside.")
    if before is not None:
        nothing = f"There is nothing a {asked.before} before."
        said.append(f"Faint: a {asked.before} before." if before.lines else nothing)
    said.append(trend_note(question.schema, trend, shown.count, question.by))
    return " ".join(filter(None, said))


def over_time_text(
    schema: Schema, trend: Trend, before: Trend | None, words: str
) -> list[Component]:
    """Return each unit's figure per group, of a mean with its interval, beside that before."""
    what = f"Count of {schema.rows}"
    if trend.of:
        what = f"{trend.statistic.capitalize()} of {trend.of.title}"
        what += " with its 95 % interval" if trend.statistic == "mean" else ""
    count = len(trend.places)
    units, groups = counted(count, f"{trend.unit}s"), counted(len(trend.lines), "groups")
    sentence = f"{what} per {trend.unit} of {trend.time.inner_label}: {units}"
    sentence += f" in {groups} of {trend.by.inner_label}" if trend.by else ""
    sentence += f"; the first {MOST_LISTED} are listed." if count > MOST_LISTED else "."
    columns = [(line, _name(schema, trend, line)) for line in trend.lines]
    if before is not None:
        columns += [(line, f"{_name(schema, trend, line)}, {words}") for line in before.lines]
    head = [trend.unit.capitalize(), *(name for _, name in columns)]
    rows = [
        [
            time_read(unit_text(trend.places[at], trend.unit)),
            *(_cell(trend, line, at) for line, _ in columns),
        ]
        for at in range(min(count, MOST_LISTED))
    ]
    return text_alternative(sentence, head, rows if columns else [])


def _name(schema: Schema, trend: Trend, line: TrendLine) -> str:
    if line.others:
        return counted(line.others, "others")
    return group_name(line.group, trend.by, schema)


def _cell(trend: Trend, line: TrendLine, at: int) -> str:
    if trend.of is None:
        return count_text(line.counts[at])
    value = line.values[at]
    if trend.statistic == "mean":
        return mean_text(trend.of, value, line.intervals[at])
    return statistic_text(trend.of, value, trend.statistic)


TREND = View("trend", "Trend", (OverTime(), CALENDAR_CARD))
