"""The order of a summary's rows and columns: a choice of the page that its heads make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.sentence import Sentence
from iris_dash.query.group_keys import key_text
from iris_dash.query.schema import Schema, Text

MOST_ROWS, MOST_COLUMNS = 200, 40
"""Groups that are shown."""

USUAL, GIVEN = "", "given"
"""As the view decides; as the groups stand by themselves."""

ALL, NAME, N = "all", "name", "n"


class OrderChoice(PageChoice):
    """By which head groups stand, `-` in front where the greatest come first.

    A head is a place, from 1, or that of totals (`all`), of names or of how many there are (`n`).
    """

    def buttons(self, look: str, schema: Schema) -> Component:
        """Return what holds the choice: the table's heads make it."""
        return self.unseen()

    def unseen(self) -> Component:
        """Return what holds the choice."""
        return dcc.Input(id=ids.of_column(ids.CHOICE, self.key), type="hidden", value=USUAL)


def _options(*heads: str, most: int) -> tuple[tuple[str, str], ...]:
    known = (*heads, *map(str, range(1, most + 1)))
    return tuple((text, text) for text in (USUAL, GIVEN, *known, *(f"-{head}" for head in known)))


ROW_ORDER = OrderChoice("_order", "Order of rows", _options(NAME, N, ALL, most=MOST_COLUMNS))
COLUMN_ORDER = OrderChoice("_across", "Order of columns", _options(ALL, most=MOST_ROWS))


def said_orders(state: DashboardState, rows: int, columns: int, ordered: bool) -> dict[str, Any]:
    """Return by which heads rows and columns stand, as the page's script has them.

    `ordered`: whether rows stand by their figures where nothing is said. A head that is not there
    counts as none.
    """
    usual = {"at": columns, "down": True} if ordered else None
    return {
        "rowOrder": _order(ROW_ORDER.chosen(state), columns, columns, usual),
        "columnOrder": _order(COLUMN_ORDER.chosen(state), -1, rows, None),
    }


def sorted_as_shown(
    question: Aggregation, asked: Sentence, order: str, ordered: Callable[[], bool]
) -> Aggregation:
    """Return a sentence's question in the order of the table's rows, as far as one can be asked.

    `order` is what the page chose; `ordered` as `said_orders` has it. The groups of two keys have
    no order of the rows that they stand in, but that of their names.
    """
    head, down = order.removeprefix("-"), order.startswith("-")
    if not asked.columns and (order == USUAL or head.isdigit()):
        head, down = (ALL, True) if ordered() else (GIVEN, False)
    if head == NAME and not isinstance(asked.rows.column, Text):  # text stands by how common it is
        return replace(question, sort=((key_text(asked.rows), down),))
    counts = asked.column is None or asked.statistic in ("missing", "distinct")
    by = {ALL: asked.statistic, **({N: "count"} if counts else {})}.get(head)
    names = [one.name for one in question.outputs if one.statistic.name == by]
    if asked.columns or not names:
        return question
    return replace(question, sort=((names[0], down),))


def _order(text: str, total: int, most: int, usual: Any) -> dict[str, Any] | None:
    if text in (USUAL, GIVEN):
        return usual if text == USUAL else None
    head = text.removeprefix("-")
    if head.isdigit() and int(head) > most:
        return dict(usual) if usual else None
    at = total if head == ALL else int(head) - 1 if head.isdigit() else head
    return {"at": at, "down": text.startswith("-")}
