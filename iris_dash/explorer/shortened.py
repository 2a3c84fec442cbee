"""Long answers as a cache keeps them: deflated, in a tenth of the room."""

from __future__ import annotations

import zlib
from typing import TypeVar

Answer = TypeVar("Answer", bytes, tuple[int, bytes])
"""What is kept: an answer as it is sent, some with how many rows there are. A cache may be shared
by servers, so it is bytes that travel.
"""

MOST_CACHED_BYTES = 250_000
"""Longer ones are deflated, and those that are longer then are made anew each time."""

MOST_MADE_SHORT = 20 * MOST_CACHED_BYTES
"""Of a longer answer it would take too long to see whether it becomes short."""

DEFLATED = b"\xffdeflated "
"""So begins one: no JSON does, and no packed arrays, whose second number would be one too large."""

QUICKLY = 1


def shortened(answer: Answer) -> Answer | None:
    """Return an answer as it is kept; None if it is too long for that."""
    body = answer if isinstance(answer, bytes) else answer[1]
    if len(body) > MOST_CACHED_BYTES:
        if len(body) > MOST_MADE_SHORT:
            return None
        body = DEFLATED + zlib.compress(body, QUICKLY)
        if len(body) > MOST_CACHED_BYTES:
            return None
    return body if isinstance(answer, bytes) else (answer[0], body)


def made_long(kept: Answer) -> Answer:
    """Return an answer that was kept as it was.

    >>> made_long(shortened(b"many " * 100_000)) == b"many " * 100_000
    True
    >>> made_long(shortened((7, b"[]")))
    (7, b'[]')
    """
    body = kept if isinstance(kept, bytes) else kept[1]
    if not body.startswith(DEFLATED):
        return kept
    body = zlib.decompress(body[len(DEFLATED) :])
    return body if isinstance(kept, bytes) else (kept[0], body)
