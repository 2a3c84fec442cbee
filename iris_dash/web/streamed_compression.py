"""A streamed answer made small on its way, piece by piece: as quickly as it is written."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import brotli

GZIP = 31
"""Bits of zlib's window, and that there is a gzip header."""

BROTLI_WINDOW = 18
"""Bits of Brotli's window: a quarter of a megabyte each way."""


class Encoder(Protocol):
    """What encodes a stream: pieces of it, then its end; `flush` gives all that it holds back."""

    def process(self, piece: bytes) -> bytes:
        """Return what is encoded so far and was not returned before."""

    def flush(self) -> bytes:
        """Return the rest of what was encoded so far."""

    def finish(self) -> bytes:
        """Return the rest, and the end of the stream."""


class _Gzip:
    def __init__(self) -> None:
        self._encoder = zlib.compressobj(1, zlib.DEFLATED, GZIP)

    def process(self, piece: bytes) -> bytes:
        return self._encoder.compress(piece)

    def flush(self) -> bytes:
        return self._encoder.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._encoder.flush()


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "br": lambda: brotli.Compressor(quality=1, lgwin=BROTLI_WINDOW),
    "gzip": _Gzip,
}
"""How each encoding is made quickly."""


class Compressed(Iterator[bytes]):
    """The pieces of an answer in an encoding, each as soon as it is long enough to be worth it.

    `at_once`: each by itself, so that whoever decodes it has it whole before the next one.
    No more is held than the encoder's window. Where the pieces fail what they said before leaves,
    and the stream has no end: whoever decodes it sees that. Closing it closes the pieces.
    """

    def __init__(self, pieces: Iterable[str | bytes], encoding: str, at_once: bool = False) -> None:
        self._given = pieces
        self._at_once = at_once
        self._pieces = iter(pieces)
        self._encoder: Encoder | None = ENCODERS[encoding]()
        self._error: Exception | None = None

    def __next__(self) -> bytes:
        if self._error is not None:
            raise self._error
        while self._encoder is not None:
            try:
                piece = next(self._pieces, None)
            except Exception as error:
                self._error = error
                return self._encoder.flush()
            if piece is None:
                found, self._encoder = self._encoder.finish(), None
            else:
                found = self._encoder.process(piece.encode() if isinstance(piece, str) else piece)
                if self._at_once:
                    found += self._encoder.flush()
            if found:
                return found
        raise StopIteration

    def close(self) -> None:
        """Close the pieces: nobody reads on."""
        getattr(self._given, "close", lambda: None)()
