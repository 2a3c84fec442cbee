"""The page's answers as the JSON that is sent of them, kept for whoever asks the same again."""

from __future__ import annotations

import json
from typing import Any

import orjson
from dash.development.base_component import Component

from iris_dash.dashboard.answer.address import format_address
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.controls import state_of_controls
from iris_dash.dashboard.answer.question import Look, look_of, read_question
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.explorer import Explorer
from iris_dash.query.locale import reader
from iris_dash.tables.values import as_json

FACETS = "facets"
"""The part that is a list: each facet is an output of its own."""

WILDCARDS = ("data-", "aria-")
"""How attributes begin that any element may have."""


def answer_question(explorer: Explorer, asked: Any) -> dict[str, Any]:
    """Return the answer to what the page's script asks, as `cached_answer` does; see `Question`.

    Errors: QueryError, for what is no question or no query, and those of `answer_state`.
    """
    question = read_question(explorer.schema, asked)
    state = state_of_controls(explorer.schema, question)
    parts = cached_answer(explorer, state, look_of(question))
    return parts | {"answered": parts["answered"] | {"n": question.get("n")}}


def cached_answer(explorer: Explorer, state: DashboardState, look: Look) -> dict[str, Any]:
    """Return the parts of `answer_state`, all but `answered` as JSON.

    Plotly would look at each number of a part before orjson does, which takes an eighth of the
    whole answer's time; a Fragment goes as it is. A page that is opened, reset or gone back to asks
    what was asked before: that answer is kept while the table is the same, if no part of it failed.
    Errors: those of `answer_state`.
    """
    failed: dict[str, str] = {}

    def make() -> bytes:
        parts = answer_state(explorer, state, look)
        failed.update(parts["answered"]["failed"])
        return pack(parts)

    # Not with orjson, which does not know halves of characters.
    about = json.dumps([format_address(explorer.schema, state), reader().tag, *vars(look).values()])
    return unpack(explorer.cached("page", about, make, is_kept=lambda: not failed))


def pack(parts: dict[str, Any]) -> bytes:
    """Return an answer's parts as bytes: a line with `answered` and how long each is, then they.

    >>> pack({"answered": {"rows": ""}, "count": "3 of 5", "facets": [["a"], []]})
    b'{"answered":{"rows":""},"lengths":{"count":8,"facets":[5,2]}}\\n"3 of 5"["a"][]'
    """
    bodies: list[bytes] = []

    def length(part: Any) -> int:
        bodies.append(as_json(part, orjson.OPT_SERIALIZE_NUMPY, _plain))
        return len(bodies[-1])

    lengths = {
        name: [length(one) for one in part] if name == FACETS else length(part)
        for name, part in parts.items()
        if name != "answered"
    }
    return b"".join(
        [orjson.dumps({"answered": parts["answered"], "lengths": lengths}), b"\n", *bodies]
    )


def unpack(packed: bytes) -> dict[str, Any]:
    """Return the parts again, each but `answered` a Fragment of JSON; the facets' in a list."""
    head, _, bodies = packed.partition(b"\n")
    found = orjson.loads(head)
    at = 0

    def part(length: int | list[int]) -> Any:
        nonlocal at
        if isinstance(length, list):
            return [part(one) for one in length]
        at += length
        return orjson.Fragment(bodies[at - length : at])

    parts = {name: part(length) for name, length in found["lengths"].items()}
    return {"answered": found["answered"], **parts}


def _plain(value: Any) -> Any:
    """Return what orjson does not know as what it does: components, arrays not in one piece."""
    if not isinstance(value, Component):
        return value.tolist()
    # As `to_plotly_json` has it, which asks a component for each name that it might have.
    known = value._prop_names
    props = {k: v for k, v in vars(value).items() if k in known or k.startswith(WILDCARDS)}
    return {"props": props, "type": value._type, "namespace": value._namespace}
