"""The page's route for live indexes: what a drag of a slider needs, asked before it begins."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import nullcontext

from flask import Flask, Response, request

from iris_dash.core.deadline import left, within
from iris_dash.core.errors import panics_as_errors
from iris_dash.dashboard import live_answer
from iris_dash.explorer import Explorer
from iris_dash.web.api.requests import read_json
from iris_dash.web.api.responses import NEVER_KEPT
from iris_dash.web.compression import ARRAYS, AT_ONCE
from iris_dash.web.endpoints import LIVE_INDEX

PATH = "/_live-index"


def add_live_route(server: Flask, explorer: Explorer) -> None:
    """Let a server answer the page's questions for live indexes.

    Errors of the answer: 422 for what is no such question, 400 and 415 for what is no JSON. What
    has a rest is streamed; where that fails the answer ends without it.
    """

    def answer() -> Response:
        found = live_answer(explorer, read_json(request))
        headers = {"Cache-Control": NEVER_KEPT}
        if found.rest is None:
            return Response(found.first, mimetype=ARRAYS, headers=headers)
        pieces = _streamed(found.first, found.rest, left())
        return Response(pieces, mimetype=ARRAYS, headers=headers | AT_ONCE)

    server.add_url_rule(PATH, LIVE_INDEX, answer, methods=["POST"])


def _streamed(first: bytes, rest: Callable[[], bytes], seconds: float | None) -> Generator[bytes]:
    """Yield both parts; the rest is made in what is left of the request's time."""
    yield first
    with nullcontext() if seconds is None else within(seconds), panics_as_errors():
        second = rest()
    yield second
