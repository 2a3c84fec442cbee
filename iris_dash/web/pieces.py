"""Answers in small pieces: what waits in memory for a client that does not read is short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PIECE = 64 * 1024
"""Bytes that are written at once. Granian (2.8) holds up to six such pieces of an answer whose
client does not read."""


def in_small_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces of at most PIECE; nothing is made before it is asked for."""
    for piece in pieces:
        if len(piece) <= PIECE:
            yield piece
        else:
            for start in range(0, len(piece), PIECE):
                yield piece[start : start + PIECE]
