"""How often a client may ask: `600 per minute`, counted over all paths but a few."""

from __future__ import annotations

from time import time

from flask import Flask, Response, g, request
from limits import WindowStats, parse
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from iris_dash.web.counts import Counts
from iris_dash.web.redis import SharedRedis

UNCOUNTED = ("/healthz", "/metrics", "/assets/", "/_dash-component-suites/", "/docs/", "/_favicon")
"""How the paths begin that are not counted: what watches the server, and the page's many files."""

PREFIX = "iris_dash"
"""Begins the names of the counts in Redis, where others may count too."""


def limit_rate(server: Flask, rate: str, redis: SharedRedis | None) -> None:
    """Answer each client so often and then 429; each answer says how often it may ask still.

    Counted in Redis if there is one, else in each process for itself.
    """
    allowed, counts = parse(rate), Counts(FixedWindowRateLimiter, redis)

    def hit(limiter: FixedWindowRateLimiter) -> tuple[bool, WindowStats]:
        who = (PREFIX, request.remote_addr or "")
        return limiter.hit(allowed, *who), limiter.get_window_stats(allowed, *who)

    @server.before_request
    def count() -> None:
        if request.environ["PATH_INFO"].startswith(UNCOUNTED):
            return
        within, g.window = counts.ask(hit)
        if not within:
            raise TooManyRequests(
                f"too many requests: a client may make {rate}; Retry-After says when to ask again"
            )

    @server.after_request
    def say(answer: Response) -> Response:
        window: WindowStats | None = g.get("window")
        if window is None:
            return answer
        now, reset = time(), int(window.reset_time + 1)
        wait = int(answer.headers.get("Retry-After", 0))
        answer.headers["X-RateLimit-Limit"] = str(allowed.amount)
        answer.headers["X-RateLimit-Remaining"] = str(window.remaining)
        answer.headers["X-RateLimit-Reset"] = str(reset)
        answer.headers["Retry-After"] = str(max(wait, int(reset - now)))
        return answer
