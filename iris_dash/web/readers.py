"""How a page writes numbers and days: as its address says, else as its browser asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, request

from iris_dash.query.locale import Locale, accepted_locale, locale_of, read_in

P = ParamSpec("P")

LOCALE = "_locale"


def asked_locale() -> Locale | None:
    """Return the locale that the page's address asks for; None for none, and for an unknown one."""
    return locale_of(request.args.get(LOCALE, ""))


def request_locale() -> Locale:
    """Return the locale that a request is answered in.

    The page's scripts send the one of their page as the language that they accept.
    """
    return asked_locale() or accepted_locale(request.headers.get("Accept-Language", ""))


def for_reader(answer: Callable[P, Response]) -> Callable[P, Response]:
    """Return what answers in the locale of who asks, and says to caches that it does."""

    @wraps(answer)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        with read_in(request_locale()):
            found = answer(*args, **kwargs)
        found.vary.add("Accept-Language")
        return found

    return answered
