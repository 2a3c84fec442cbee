"""The order of a summary's rows and columns: a choice of the page that its heads make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from iris_dash.analysis.aggregate.question import OVER, Aggregation
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
    question: Aggregation, asked: Sentence, state: DashboardState, ordered: Callable[[], bool]
) -> Aggregation:
    """Return a sentence's question in the order of the table, as far as one can be asked.

    Of two keys the groups stand row by row. `ordered` as `said_orders` has it. Not said: the order
    of names of a text, of one column of several, or of one row.
    """
    order = ROW_ORDER.chosen(state)
    head, down = order.removeprefix("-"), order.startswith("-")
    if order == USUAL or (head.isdigit() and not asked.columns):
        head, down = (ALL, True) if ordered() else (GIVEN, False)
    rows = key_text(asked.rows)
    sort: list[tuple[str, bool]] = []
    counts = asked.column is None or asked.statistic in ("missing", "distinct")
    by = {ALL: asked.statistic, **({N: "count"} if counts else {})}.get(head)
    names = [one.name for one in question.outputs if one.statistic.name == by]
    if head == NAME and not isinstance(asked.rows.column, Text):  # text stands by how common it is
        sort = [(rows, down)]
    elif names:
        sort = [(f"{names[0]}{OVER}{rows}" if asked.columns else names[0], down)]
    across = COLUMN_ORDER.chosen(state)
    own = [one.name for one in question.outputs if one.statistic.name == asked.statistic]
    if asked.columns and own and across.removeprefix("-") == ALL:
        sort += [] if head == NAME else [(rows, False)]
        sort.append((f"{own[0]}{OVER}{key_text(asked.columns)}", across.startswith("-")))
    return replace(question, sort=tuple(sort)) if sort else question


def _order(text: str, total: int, most: int, usual: Any) -> dict[str, Any] | None:
    if text in (USUAL, GIVEN):
        return usual if text == USUAL else None
    head = text.removeprefix("-")
    if head.isdigit() and int(head) > most:
        return dict(usual) if usual else None
    at = total if head == ALL else int(head) - 1 if head.isdigit() else head
    return {"at": at, "down": text.startswith("-")}
