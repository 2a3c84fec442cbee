"""How often a client may ask: `600 per minute`, of which dear questions take several."""

from __future__ import annotations

import logging
from math import ceil
from time import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from iris_dash.web.clients import counted_as
from iris_dash.web.counts import Counter, Counts, Limit, Spent
from iris_dash.web.endpoints import cost_of
from iris_dash.web.redis import SharedRedis

SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}

UNTRUSTED = (
    "a client asks too often through a proxy that nobody trusts: "
    "with IRIS_DASH_PROXIES each of a proxy's clients counts for itself"
)

log = logging.getLogger(__name__)


def limit_rate(server: Flask, rate: str, redis: SharedRedis | None, proxies: int = 0) -> None:
    """Answer each client so often and then 429; each answer says how often it may ask still.

    Counted in Redis if there is one, else in each process for itself.
    """
    amount, _, unit = rate.split()
    limit, counts = Limit("rate", int(amount), SECONDS[unit]), Counts(redis)
    said = False

    @server.before_request
    def count() -> None:
        nonlocal said
        cost = cost_of(request.endpoint)
        if not cost:
            return
        spent = counts.ask(lambda counter: _spend(counter, limit, request.remote_addr, cost))
        g.spent = spent
        # The last one may take more than is left: else what is dear could never be asked.
        if spent.used - cost < limit.amount:
            return
        if not said and not proxies and "HTTP_X_FORWARDED_FOR" in request.environ:
            said = True
            log.warning(UNTRUSTED)
        raise TooManyRequests(
            f"too many requests: a client may make {rate}; Retry-After says when to ask again",
            retry_after=ceil(spent.left),
        )

    @server.after_request
    def say(answer: Response) -> Response:
        spent: Spent | None = g.get("spent")
        if spent is not None:
            answer.headers["X-RateLimit-Limit"] = str(limit.amount)
            answer.headers["X-RateLimit-Remaining"] = str(max(0, limit.amount - spent.used))
            answer.headers["X-RateLimit-Reset"] = str(ceil(time() + spent.left))
        return answer


def _spend(counter: Counter, limit: Limit, address: str | None, cost: int) -> Spent:
    """Count a request for all that its client belongs to; return where least is left of it."""
    spent = []
    for whose, factor in counted_as(address):
        found = counter.spend(limit, whose, cost)
        # Of the larger network: how much a client would have used that has as little left.
        spent.append(Spent(found.used - limit.amount * (factor - 1), found.left))
    return max(spent, key=lambda one: one.used)
