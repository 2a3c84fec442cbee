"""The page's answers as plain parts: what is sent of them is JSON already."""

from __future__ import annotations

from typing import Any

from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.controls import (
    control_values,
    controls_of_state,
    state_of_controls,
)
from iris_dash.dashboard.answer.question import look_of, read_question
from iris_dash.dashboard.page.notes import notice
from iris_dash.explorer import Explorer
from iris_dash.query.schema import Schema


def answer_controls(explorer: Explorer, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows for a question of its script."""
    question = read_question(explorer.schema, asked)
    state = state_of_controls(explorer.schema, question)
    return answer_state(explorer, state, look_of(question))


def controls_of_address(schema: Schema, search: str) -> dict[str, Any]:
    """Return what an address sets the controls to, and what of it was left out."""
    state, problems = read_address(schema, search)
    return control_values(schema, controls_of_state(schema, state)) | {"notices": notice(problems)}
