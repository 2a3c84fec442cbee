"""A card with a chart: its figure, its text alternative, and buttons that save it as a picture."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dash import Output, dcc, html
from dash.development.base_component import Component

from iris_dash.analysis.judgment import trend_time
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import measured
from iris_dash.dashboard.charts.figures import (
    CHART_CONFIG,
    STILL_CONFIG,
    Figure,
    drawable,
    with_words,
    without_marks,
)
from iris_dash.dashboard.charts.plotly_text import plain
from iris_dash.dashboard.page.elements import aria, data, empty_notice
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.shown import Shown
from iris_dash.query.schema import Schema


@dataclass(frozen=True)
class Drawn:
    """A figure, its text alternative (made if it is unfolded), and what `outputs` has `more`."""

    figure: Figure
    text: Callable[[], list[Component]]
    more: Mapping[str, Any] = field(default_factory=dict)


class Chart(Card):
    """A chart that is drawn anew with each answer.

    With `zooms` it has buttons for that; `least_width` is in pixels, below which it scrolls.
    """

    called = "This chart"
    box = "card-box chart-box"
    zooms = False
    least_width = 0

    @abstractmethod
    def draw(self, shown: Shown) -> Drawn | None:
        """Return the chart of what is shown; None leaves it as it is."""

    @abstractmethod
    def height(self, schema: Schema) -> int:
        """Return the chart's height in pixels."""

    def narrow_height(self, schema: Schema) -> int:
        """Return its height on a page as narrow as a phone's."""
        return self.height(schema)

    def below(self, schema: Schema) -> list[Component]:
        """Return what stands below the figure."""
        return []

    def outputs(self) -> dict[str, Output]:
        """Return the figure and its text."""
        return {
            self.id: Output(self.id, "figure"),
            f"{self.id}_text": Output(ids.of_column(ids.TEXT, self.id), "children"),
            f"{self.id}_style": Output(self.id, "style"),
        }

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the figure; its text only where that is unfolded.

        The texts' tables would take a sixth of an answer's time here, and more of the browser's.
        """
        drawn = self.draw(shown)
        if drawn is None:
            return {}
        text = {f"{self.id}_text": drawn.text()} if self.id in shown.open else {}
        # As high as the measures need that are shown of many.
        chosen = self.chooses is not None and self.chooses.is_offered(shown.schema)
        style = {f"{self.id}_style": self._style(shown.measured)} if chosen else {}
        figure = drawable(drawn.figure, shown.schema)
        if shown.count and without_marks(figure):
            words = f"no {shown.schema.rows} here have a finite number"
            figure = with_words(figure, f"Nothing to draw:<br>{plain(words)}", shown.theme)
        return {self.id: figure, **drawn.more, **style, **text}

    def body(self, schema: Schema) -> list[Component]:
        """Return the empty chart and what covers it while no row is left."""
        return [
            dcc.Graph(
                id=self.id,
                figure={"data": [], "layout": {"xaxis": {"visible": False}}},
                config=CHART_CONFIG if self.zooms else STILL_CONFIG,
                responsive=True,
                style=self._style(measured(schema)),
            ),
            *self.below(schema),
            empty_notice(self.id, schema),
        ]

    def _style(self, schema: Schema) -> dict[str, str]:
        return {
            "height": f"{self.height(schema)}px",
            "--narrow": f"{self.narrow_height(schema)}px",
            "--least": f"{self.least_width}px",
        }

    def foot(self, schema: Schema) -> list[Component]:
        """Return its text, folded away and asked for when it is unfolded, and its pictures."""
        text = html.Details(
            [
                html.Summary("As text", **self._called("text")),
                html.Div(id=ids.of_column(ids.TEXT, self.id), className="twin-body"),
            ],
            className="twin",
            **data(twin=self.id),
        )
        return [text, *(self._picture(kind) for kind in ("png", "svg"))]

    def _called(self, kind: str) -> dict[str, Any]:
        """Return the id of what gives the chart in another form; the card's title is in its name.

        A title changes with what is shown: it is written there alone.
        """
        own = f"{self.id}-as-{kind}"
        return {"id": own, **aria(labelledby=f"{self.id}-title {own}")}

    def _picture(self, kind: str) -> Component:
        """Return a button that saves the chart as a picture."""
        return html.Button(
            kind.upper(),
            type="button",
            className="link-button",
            title=f"Save as {kind.upper()}",
            **data(picture=kind, chart=self.id),
            **self._called(kind),
        )


class ChartOverTime(Chart):
    """A chart of lines over time, whose key and note stand below it."""

    key_id: str
    note_id: str

    def offered(self, schema: Schema) -> bool:
        """Return whether there is a time of more than one moment."""
        return trend_time(schema) is not None

    def below(self, schema: Schema) -> list[Component]:
        """Return the key of the lines, and what is to be known of the units."""
        key = html.Ul(id=self.key_id, className="key")
        note = html.P(id=self.note_id, className="note")
        return [html.Div([key, note], className="key-line")]
