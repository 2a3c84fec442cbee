"""The page's route for live indexes: what a drag of a slider needs, asked before it begins."""

from __future__ import annotations

from flask import Flask, Response, request

from iris_dash.dashboard import live_answer
from iris_dash.explorer import Explorer
from iris_dash.web.api.requests import read_json
from iris_dash.web.api.responses import NEVER_KEPT
from iris_dash.web.compression import ARRAYS
from iris_dash.web.endpoints import LIVE_INDEX

PATH = "/_live-index"


def add_live_route(server: Flask, explorer: Explorer) -> None:
    """Let a server answer the page's questions for live indexes.

    Errors of the answer: 422 for what is no such question, 400 and 415 for what is no JSON.
    """

    def answer() -> Response:
        found = live_answer(explorer, read_json(request))
        return Response(found, mimetype=ARRAYS, headers={"Cache-Control": NEVER_KEPT})

    server.add_url_rule(PATH, LIVE_INDEX, answer, methods=["POST"])
