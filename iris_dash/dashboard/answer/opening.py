"""What an address opens: the controls that it sets, with the answer if the table is in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.cached_answer import cached_answer
from iris_dash.dashboard.answer.column_choices import listed
from iris_dash.dashboard.answer.controls import control_values, controls_of_state
from iris_dash.dashboard.answer.question import Look, read_opening
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.page.notes import notice
from iris_dash.dashboard.page.table import table_columns
from iris_dash.explorer import Explorer


def open_address(explorer: Explorer, asked: Any) -> dict[str, Any]:
    """Return what an address sets, by the names of `control_outputs` and `answer_outputs`.

    `asked`: see `Opening`. With an answer, `answered.state` has the controls' state as the page's
    script asks for it, so that the controls which are set here do not ask again. Without one
    `answered` is None, and they do: the table is an engine's, which may take long, or a part of the
    answer failed. Errors: QueryError, for what is no such question.
    """
    schema, (search, look) = explorer.schema, read_opening(asked)
    state, problems = read_address(schema, search)
    parts = _answer(explorer, state, look)
    if parts is not None:
        page = parts["answered"]["page"] + 1
        state = replace(state, query=replace(state.query, page=page))
    controls = controls_of_state(schema, state)
    opened = control_values(schema, controls) | {"notices": notice(problems)}
    if parts is None:
        return opened | {"answered": None}
    # What else are the columns of another address.
    parts = {"table_columns": table_columns(listed(schema, state.query))} | parts
    seen = {"theme": look.theme, "narrow": look.narrow, "open": look.unfolded}
    return parts | opened | {"answered": parts["answered"] | {"state": controls | seen}}


def _answer(explorer: Explorer, state: DashboardState, look: Look) -> dict[str, Any] | None:
    if explorer.dataset.in_memory() is None:
        return None
    try:
        parts = cached_answer(explorer, state, look)
    except Exception:
        return None  # the controls ask next, and what is wrong is said there
    return None if parts["answered"]["failed"] else parts
