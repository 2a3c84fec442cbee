"""What every answer tells the browser: which scripts, frames and sites are allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dash import Dash
from flask import Flask, Response
from flask_cors import CORS

from iris_dash.config.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = tuple[tuple[str, str], ...]

PAGE_SOURCES = (
    "default-src 'self'",
    "script-src 'self'",
    # Plotly and Dash's components put their own style sheets and attributes into the page.
    "style-src 'self' 'unsafe-inline'",
    # Plotly makes a picture of a chart from a blob; icons are data.
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
"""What a page may load; no script stands in it."""

UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
"""What a page of this product never asks a browser for."""

ALWAYS: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    # An address holds a query: no other site learns it.
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in UNUSED)),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

POLICY = "Content-Security-Policy"

HSTS = "max-age=31536000"

SHARED = re.compile(
    r"/(range|values|columns|aggregate|histogram|compare|stats/\w+|diagnose)/?\Z"
    r"|/export(/means|/aggregate)?\.\w+\Z|/(openapi\.json|schema/?)\Z",
    re.ASCII,
)
"""The paths that scripts of the sites in the settings may read; never the page's own."""

READABLE = (
    "Content-Disposition",
    "ETag",
    "Link",
    "Retry-After",
    "X-Fingerprint",
    "X-Query",
    "X-Request-Id",
    "X-Total-Count",
)
"""The headers that they may read."""

SENDABLE = ("Authorization", "Content-Type", "If-None-Match", "X-Request-Id")
"""The headers that they may send; never cookies nor a login that the browser remembers."""

PREFLIGHT_SECONDS = 600


def secure(app: Dash, settings: Settings) -> None:
    """Give every answer of an application the headers that keep a browser safe."""
    server: Flask = app.server
    ancestors = " ".join(("frame-ancestors", *(settings.frame_ancestors or ("'none'",))))
    more = ALWAYS
    if not settings.frame_ancestors:
        more += (("X-Frame-Options", "DENY"),)
    if settings.cors_origins:
        share(server, settings.cors_origins)
    if settings.cors_origins and "*" not in settings.cors_origins:
        # Said also to who names no origin: a cache keeps that answer for all.
        more += (("Vary", "Origin"),)
    of_data = ((POLICY, f"default-src 'none'; {ancestors}"), *more)
    of_page = ((POLICY, "; ".join((*PAGE_SOURCES, ancestors))), *more)

    @server.after_request
    def tell_of_page(answer: Response) -> Response:
        # Here, as of a page that is not sent again the server does not know that it is one.
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            answer.headers.extend(of_page)
        return answer

    app_inside = server.wsgi_app

    def secured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            named = headers if POLICY in dict(headers) else [*headers, *of_data]
            if environ["wsgi.url_scheme"] == "https":
                named = [*named, ("Strict-Transport-Security", HSTS)]
            return start_response(status, named, error) if error else start_response(status, named)

        return app_inside(environ, start)

    # Not by Flask, whose headers look at each value: for these, the same in each answer, that took
    # longer than to read a question.
    server.wsgi_app = secured  # type: ignore[method-assign]


def share(server: Flask, origins: tuple[str, ...]) -> None:
    """Let scripts of these origins read the JSON routes and the files."""
    CORS(
        server,
        resources=SHARED,
        origins="*" if "*" in origins else [origin_pattern(origin) for origin in origins],
        methods=["GET", "HEAD", "POST"],
        allow_headers=list(SENDABLE),
        expose_headers=list(READABLE),
        supports_credentials=False,
        send_wildcard=True,
        always_send=False,
        vary_header=False,
        intercept_exceptions=False,
        max_age=PREFLIGHT_SECONDS,
    )


def origin_pattern(origin: str) -> re.Pattern[str]:
    """Return what matches an origin; a star stands for one or several parts of a host's name.

    >>> pattern = origin_pattern("https://*.example.org")
    >>> [bool(pattern.match(host)) for host in ("https://a.b.example.org", "https://example.org")]
    [True, False]
    >>> bool(pattern.match("https://a.example.org.evil.net"))
    False
    """
    return re.compile(re.escape(origin).replace(r"\*", r"[\w.-]+") + r"\Z", re.IGNORECASE)
