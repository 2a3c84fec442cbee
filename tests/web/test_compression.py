"""Answers are compressed once and streams are not read ahead; fingerprints follow the content."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest
from flask import Flask, Response

from iris_dash.web import compression
from iris_dash.web.app import ASSETS, create_app
from iris_dash.web.compression import compress
from iris_dash.web.dash_backend import asset_url, fingerprint

BOOTSTRAP = asset_url(ASSETS / "bootstrap.min.css")


def test_a_stream_is_not_read_ahead():
    server, taken = Flask("pots"), []

    @server.get("/export.csv")
    def export() -> Response:
        return Response((taken.append(i) or b"a" * 5_000 for i in range(9)), mimetype="text/csv")

    compress(server)
    answer = server.test_client().get("/export.csv", headers={"Accept-Encoding": "br"})
    pieces = answer.iter_encoded()
    first = next(pieces)
    assert len(taken) <= 2
    assert brotli.decompress(first + b"".join(pieces)) == b"a" * 45_000


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_file_is_compressed_once(monkeypatch, encoding):
    made = []

    def counting(data: bytes) -> bytes:
        made.append(len(data))
        return gzip.compress(data)

    monkeypatch.setitem(compression.ENCODINGS, encoding, (counting, bytes))
    client = create_app().server.test_client()
    paths = [
        f"/{BOOTSTRAP}",
        "/_dash-layout",
        "/_dash-dependencies",
        "/docs/js/swagger-ui-bundle.js",
    ]
    paths += re.findall(r'src="\.(/[^"]+)"', client.get("/").text)[:2]
    for _ in range(3):
        for path in paths:
            answer = client.get(path, headers={"Accept-Encoding": encoding})
            assert answer.headers["Content-Encoding"] == encoding
    assert len(made) == len(paths)
    # By content: another address of the same file is no other file.
    suite = next(path for path in paths if "component-suites" in path)
    for path in (re.sub(r"\.v\w+m\d+\.", ".", suite), "/_dash-dependencies?1"):
        assert path not in paths
        answer = client.get(path, headers={"Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
    assert len(made) == len(paths)


def test_a_folders_fingerprint_follows_its_files_and_their_names(tmp_path):
    (tmp_path / "a.mjs").write_text("1")
    found = [fingerprint(tmp_path)]
    (tmp_path / "b.mjs").write_text("1")
    found.append(fingerprint(tmp_path))
    (tmp_path / "a.mjs").write_text("22")
    found.append(fingerprint(tmp_path))
    (tmp_path / "b.mjs").rename(tmp_path / "c.mjs")
    found.append(fingerprint(tmp_path))
    assert len(set(found)) == 4


def test_a_fingerprint_follows_the_content_alone(tmp_path):
    one, other = tmp_path / "a.js", tmp_path / "b.js"
    one.write_text("1")
    other.write_text("1")
    first = fingerprint(one)
    assert fingerprint(other) == first
    one.write_text("2")
    assert fingerprint(one) != first
