"""Answers made small, in the encoding that the client likes best; 304 where it has them already.

An answer with a strong ETag, which stands for its very bytes, is a file or changes as seldom: it is
compressed well, once, and kept. Any other is compressed quickly each time: so many queries can be
asked of a table that keeping their answers would not pay. What is streamed is compressed quickly
on its way. Of a file that is taken away parts, and what HEAD says, are of the plain bytes.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache
from threading import Condition

import brotli
from cachetools import LRUCache, cached
from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from iris_dash.web.streamed_compression import Compressed

ARRAYS = "application/vnd.iris-dash.arrays"
"""Arrays of numbers for the page's own script: see `pack_arrays`."""

AT_ONCE = {"X-Accel-Buffering": "no"}
"""The header of a stream of which each piece leaves by itself: nginx waits for no more, nor does
its encoding."""

TYPES = (
    ARRAYS,
    *("text/", "application/json", "application/javascript", "application/x-ndjson"),
    *("image/svg+xml", "image/x-icon"),
)
"""How the types begin that are worth compressing; every other file is compressed already."""

LEAST = 2_000
"""An answer of fewer bytes is two packets at most, which leave together: it is as fast as it is."""

LONGEST = 255
"""Characters of the longest Accept-Encoding header that is read."""

MOST_KEPT = 32_000_000
"""Bytes of compressed files that a process keeps."""

ENCODINGS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    # At its best (11) Brotli takes 15 times as long as at 9, for 8 % fewer bytes of these files.
    "br": (lambda data: brotli.compress(data, quality=9), lambda d: brotli.compress(d, quality=1)),
    "gzip": (lambda data: gzip.compress(data, 9), lambda data: gzip.compress(data, 1)),
}
"""How each encoding is made well and quickly, the one that is preferred first."""


def compress(server: Flask) -> None:
    """Make every answer of a server as small as its client understands."""
    files: LRUCache[tuple[str | None, str, str], bytes] = LRUCache(MOST_KEPT, getsizeof=len)

    def key(answer: Response, tag: str, encoding: str) -> tuple[str | None, str, str]:
        # Not the path: of one file there may be many, and a client makes them up.
        return request.endpoint, tag, encoding

    @cached(files, key, condition=Condition())
    def compressed_well(answer: Response, tag: str, encoding: str) -> bytes:
        return ENCODINGS[encoding][0](_body(answer))

    @server.after_request
    def smaller(answer: Response) -> Response:
        headers = answer.headers
        # In one pass: Werkzeug's headers make an error of each one that is asked but not there.
        said = {name.lower(): value for name, value in headers}
        length = said.get("content-length")  # None where the answer is streamed
        if not said.get("content-type", "").startswith(TYPES):
            return answer
        if length is None and not answer.is_streamed:
            return answer
        headers.add("Vary", "Accept-Encoding")
        if length is not None and int(length) < LEAST and "etag" not in said:
            return answer
        if request.method == "HEAD" and _is_attachment(answer):
            return answer  # a copy's, which has no body to compress
        tag = _file_tag(answer)
        if tag:
            # Weak: it says that the decoded bytes are the same.
            answer.set_etag(tag, weak=True)
            if answer.status_code == 200:
                answer.make_conditional(request)
        if answer.status_code in (206, 304) or (length is not None and int(length) < LEAST):
            return answer
        encoding = preferred_encoding(request.environ.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding is None:
            return answer
        if length is None:
            at_once = "x-accel-buffering" in said
            answer.response = Compressed(answer.response, encoding, at_once)
        elif tag:
            body = compressed_well(answer, tag, encoding)
            answer.close()
            answer.set_data(body)
        else:
            answer.set_data(ENCODINGS[encoding][1](_body(answer)))
        answer.direct_passthrough = False
        headers["Content-Encoding"] = encoding
        if own := headers.get("ETag"):  # it is of the bytes as they were
            headers["ETag"] = own if own.startswith("W/") else f"W/{own}"
        del headers["Accept-Ranges"]
        return answer


def _is_attachment(answer: Response) -> bool:
    """Return whether an answer is a file to be taken away."""
    return answer.headers.get("Content-Disposition", "").startswith("attachment")


def _file_tag(answer: Response) -> str | None:
    """Return the ETag of an answer that is a file of the page's, not one of rows."""
    if _is_attachment(answer):
        return None
    # Werkzeug's headers make an error, with its message, of each one that is asked but not there.
    tag, weak = answer.get_etag() if answer.headers.getlist("ETag") else (None, False)
    return None if weak else tag


def _body(answer: Response) -> bytes:
    answer.direct_passthrough = False
    return answer.get_data()


def preferred_encoding(accepted: str) -> str | None:
    """Return which of our encodings an Accept-Encoding header likes best, None for none.

    >>> preferred_encoding("gzip, deflate, br, zstd"), preferred_encoding("br;q=0.5, gzip")
    ('br', 'gzip')
    >>> preferred_encoding("gzip;q=0"), preferred_encoding(""), preferred_encoding("br;q=0, *")
    (None, None, 'gzip')
    """
    return _preferred_encoding(accepted) if len(accepted) <= LONGEST else None


@lru_cache(maxsize=256)
def _preferred_encoding(accepted: str) -> str | None:
    best = parse_accept_header(accepted, Accept).best_match([*ENCODINGS, "identity"])
    return best if best in ENCODINGS else None
