"""Where a request is looked up among the routes: Flask's own way, with each thing read once."""

from __future__ import annotations

from flask import Flask, Request
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

LONGEST_LABEL = 63
"""Characters of the longest part of a host's name."""


def bind_once(server: Flask) -> None:
    """Let a server read a request's host and path once, where Flask reads the host twice.

    What is no plain request, beyond ASCII or for a WebSocket, Flask reads itself.
    """
    in_flask, rules = server.create_url_adapter, server.url_map

    def bound(request: Request | None) -> MapAdapter | None:
        if request is None:
            return None  # nothing is asked, and the server has no name of its own
        environ = request.environ
        path, prefix = environ["PATH_INFO"], environ["SCRIPT_NAME"]
        host, arguments = get_host(environ), environ.get("QUERY_STRING", "")
        plain = (path + prefix + arguments + host).isascii() and "HTTP_UPGRADE" not in environ
        if not plain or len(host) > LONGEST_LABEL or ".." in host or host.startswith("."):
            return in_flask(request)
        # It is made when it is asked for, and then kept.
        request.host = host
        return MapAdapter(
            rules,
            host.lower(),
            prefix,
            "",
            environ["wsgi.url_scheme"],
            path,
            environ["REQUEST_METHOD"],
            arguments,
        )

    server.create_url_adapter = bound  # type: ignore[method-assign]
