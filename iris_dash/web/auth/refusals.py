"""Refused authentication: its answers, and the line that the log gets."""

from __future__ import annotations

import logging

from flask import Response, request
from markupsafe import escape

from iris_dash.web.api.responses import NEVER_KEPT, error_response

MOST_SHOWN = 60

log = logging.getLogger("iris_dash.access")


def refused(status: int, detail: str, wait: int = 0) -> Response:
    """Return a refusal in the error envelope, which nobody may keep."""
    answer = error_response(status, detail)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def too_often(wait: int) -> Response:
    """Return the refusal of a client that was wrong too often."""
    return refused(429, f"too many wrong logins; try again in {wait} s", wait)


def log_refusal(name: str, reason: str) -> None:
    """Log that a request was refused."""
    log.warning("refused %s as %s: %s", shown_client(), shown(name), reason)


def shown_client() -> str:
    """Return the address that a request comes from, as a log may hold it."""
    return shown(request.remote_addr or "unknown")[1:-1]


def shown(text: str) -> str:
    r"""Return text from outside as a log may hold it: on one line, quoted, not long.

    >>> print(shown("ann\nroot came in"), shown("x" * 70))
    'ann\nroot came in' 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'
    """
    cut = ascii(text[:MOST_SHOWN])
    return cut if len(text) <= MOST_SHOWN else f"{cut[:-1]}…{cut[-1]}"


def wants_page() -> bool:
    """Whether a browser asks for a page to show: by GET, and not from a script of a page."""
    headers = request.headers
    return (
        request.method in ("GET", "HEAD")
        and "text/html" in headers.get("Accept", "")
        and headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    )


def page(status: int, sentence: str, link: str, address: str) -> Response:
    """Return a page that says a sentence, and links to an address."""
    answer = Response(
        f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Sign in</title>
<body style="font-family: system-ui, sans-serif; margin: 3rem">
<p role="status">{escape(sentence)}</p>
<p><a href="{escape(address)}">{escape(link)}</a></p>
""",
        status=status,
        mimetype="text/html",
    )
    answer.headers["Cache-Control"] = NEVER_KEPT
    return answer
