"""Streamed files made small on their way, in pieces, and what of them stays as it is."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from iris_dash.web import compression
from iris_dash.web.streamed_compression import ENCODERS, Compressed

DECODERS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
PIECES = [f"{n},setosa,{n % 7}\n".encode() * 500 for n in range(40)]


class Pieces(Iterator[bytes]):
    """Pieces that say how many were taken, and whether they were closed."""

    def __init__(self, pieces: list[bytes], error: Exception | None = None) -> None:
        self._left, self._error = list(pieces), error
        self.taken, self.closed = 0, False

    def __next__(self) -> bytes:
        if not self._left:
            raise self._error or StopIteration
        self.taken += 1
        return self._left.pop(0)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("encoding", list(ENCODERS))
def test_pieces_leave_as_they_are_made(encoding: str) -> None:
    given = Pieces(PIECES)
    small = Compressed(given, encoding)
    first = next(small)
    assert first
    assert given.taken < len(PIECES)
    assert DECODERS[encoding](first + b"".join(small)) == b"".join(PIECES)
    small.close()
    assert given.closed


@pytest.mark.parametrize("encoding", list(ENCODERS))
def test_what_fails_says_so_and_has_no_end(encoding: str) -> None:
    small = Compressed(Pieces([b"a,b\n", b"it failed"], OSError(28, "No space")), encoding)
    came: list[bytes] = []
    with pytest.raises(OSError, match="No space"):
        came.extend(small)
    if encoding == "gzip":
        decoder = zlib.decompressobj(31)
        assert decoder.decompress(b"".join(came)) == b"a,b\nit failed"
        assert not decoder.eof
    else:
        assert brotli.Decompressor().process(b"".join(came)) == b"a,b\nit failed"


def streaming(media_type: str, given: Pieces) -> FlaskClient:
    server = Flask("streaming")
    compression.compress(server)

    @server.get("/file")
    def file() -> Response:
        named = {"Content-Disposition": 'attachment; filename="a.csv"', "ETag": '"1"'}
        return Response(given, mimetype=media_type, headers=named)

    return server.test_client()


@pytest.mark.parametrize("media_type", ["text/csv", "application/json", "application/x-ndjson"])
def test_a_streamed_file_is_compressed_where_the_client_asks(media_type: str) -> None:
    given = Pieces(PIECES)
    with streaming(media_type, given).get("/file", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["ETag"] == 'W/"1"'
        assert gzip.decompress(answer.data) == b"".join(PIECES)
    assert given.closed


def test_what_is_packed_already_or_not_asked_for_stays() -> None:
    for media_type, accepts in (("text/csv", ""), ("application/vnd.apache.parquet", "gzip, br")):
        client = streaming(media_type, Pieces(PIECES))
        with client.get("/file", headers={"Accept-Encoding": accepts}) as answer:
            assert "Content-Encoding" not in answer.headers
            assert answer.data == b"".join(PIECES)


def test_a_client_that_leaves_ends_it() -> None:
    given = Pieces(PIECES * 50)
    client = streaming("text/csv", given)
    answer = client.get("/file", headers={"Accept-Encoding": "br"}, buffered=False)
    assert next(iter(answer.response))
    answer.close()
    assert given.closed
    assert given.taken < len(PIECES * 50)


def test_a_head_says_what_the_plain_file_has(client: FlaskClient) -> None:
    """It said the length of nothing, compressed: 1 byte."""
    plain = client.head("/export.csv")
    asked = client.head("/export.csv", headers={"Accept-Encoding": "br"})
    for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Encoding"):
        assert asked.headers.get(name) == plain.headers.get(name)
    assert int(asked.headers["Content-Length"]) > 2_000
    assert "Accept-Encoding" in asked.headers["Vary"]
