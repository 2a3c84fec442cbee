"""What is seen from outside: metrics, a log line per request, and where its time went."""

from __future__ import annotations

from flask import Flask, Response, g, request

from iris_dash.config.settings import Settings
from iris_dash.core.json_lines import log_as_json, wants_json, write_line
from iris_dash.core.timing import note
from iris_dash.explorer import Explorer
from iris_dash.web.api.requests import refuse_what_is_not_asked
from iris_dash.web.api.responses import NEVER_KEPT
from iris_dash.web.observing.metrics import CONTENT_TYPE, metrics, metrics_text
from iris_dash.web.observing.middleware import Observed, ObservingMiddleware

__all__ = ["observe"]

QUIET = "/healthz"
"""The route that is asked every few seconds to hear that all is well, which no line says."""


def observe(server: Flask, explorer: Explorer, settings: Settings) -> None:
    """Count, time and log what a server answers, give each answer an id, and tell at /metrics."""
    counted = metrics()
    logged = wants_json(settings.log)
    if logged:
        log_as_json()

    def tell(seen: Observed) -> None:
        counted.count(seen)
        if logged and not (seen.route == QUIET and seen.status == 200):
            write_line(seen.line())

    @server.get("/metrics")
    def tell_metrics() -> Response:
        refuse_what_is_not_asked(request)
        answer = Response(metrics_text(explorer), content_type=CONTENT_TYPE)
        answer.headers["Cache-Control"] = NEVER_KEPT
        return answer

    if settings.requires_login:

        @server.after_request
        def name_who(answer: Response) -> Response:
            note(who=g.get("who"))
            return answer

    # Flask's own way to put something around a server.
    server.wsgi_app = ObservingMiddleware(  # type: ignore[method-assign]
        server.wsgi_app, tell, counted.exports, trusts_ids=settings.proxies > 0
    )
