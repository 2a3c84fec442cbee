"""Responses without the application: before it is ready, and where a request is refused."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


def minimal_response(
    start_response: StartResponse,
    status: str,
    body: bytes,
    kind: str = "application/json",
    wait: int | None = None,
) -> list[bytes]:
    """Answer with a body of a kind; `wait`: after how many seconds to ask again."""
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", token_hex(8)),
    ]
    if wait is not None:
        headers.append(("Retry-After", str(wait)))
    start_response(status, headers)
    return [body]
