"""Few bytes over the wire: encodings, what a browser keeps, and the sums of two loads."""

from __future__ import annotations

import gzip
import http.client
import json
import re
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from waiting import PATIENCE

from iris_dash.files import FORMATS
from iris_dash.web import compression
from iris_dash.web.app import ASSETS, SCRIPTS
from iris_dash.web.dash_backend import BUNDLE, asset_url, fingerprint

CHROMIUM_ACCEPTS = "gzip, deflate, br, zstd"
IMMUTABLE = "public, max-age=31536000, immutable"
DECODERS = {None: bytes, "br": brotli.decompress, "gzip": gzip.decompress}
BOOTSTRAP = asset_url(ASSETS / "bootstrap.min.css")


@pytest.fixture
def url(server_url: str) -> str:
    return server_url


def ask(
    url: str, path: str, accept: str | None = None, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask with exactly these headers; return the answer and its body as it came."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    connection.putrequest(method, path, skip_accept_encoding=True)
    if accept is not None:
        connection.putheader("Accept-Encoding", accept)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def page_files(url: str) -> list[str]:
    """The scripts and styles that the page names."""
    page = ask(url, "/")[1].decode()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    return [urljoin(f"{url}/", address).removeprefix(url) for address in named]


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        (None, None),
        ("", None),
        (CHROMIUM_ACCEPTS, "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("gzip;q=0", None),
        ("br;q=0, gzip;q=0.2", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("zstd", None),
    ],
)
@pytest.mark.parametrize("path", ["/", f"/{BOOTSTRAP}", "/_dash-layout", "/range/"])
def test_a_client_gets_the_encoding_it_likes_best(url, path, accept, encoding):
    answer, body = ask(url, path, accept)
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == encoding
    # Numbers stand in the page as its reader writes them.
    more = {"/range/": ["Accept"], "/": ["Accept-Language"], "/_dash-layout": ["Accept-Language"]}
    assert answer.headers.get_all("Vary") == [*more.get(path, ()), "Accept-Encoding"]
    assert int(answer.headers["Content-Length"]) == len(body)
    plain = ask(url, path)[1]
    decoded = DECODERS[encoding](body)
    assert len(decoded) == len(plain)
    assert path == "/" or decoded == plain  # the page has a number of its own each time
    assert encoding is None or len(body) < len(plain) / 2


def test_every_file_of_the_page_is_the_same_when_decoded(url):
    files = page_files(url)
    assert any("plotly" in path for path in files)
    assert any("dash_renderer" in path for path in files)
    for path in files:
        answer, body = ask(url, path, CHROMIUM_ACCEPTS)
        assert DECODERS[answer.headers["Content-Encoding"]](body) == ask(url, path)[1], path


def test_head_says_what_get_would(url):
    for accept in (None, "br"):
        head, nothing = ask(url, f"/{BOOTSTRAP}", accept, "HEAD")
        got, _ = ask(url, f"/{BOOTSTRAP}", accept)
        assert nothing == b""
        for name in ("Content-Length", "Content-Encoding", "ETag", "Vary", "Cache-Control"):
            assert head.headers[name] == got.headers[name]


def test_a_range_is_of_the_plain_bytes(url):
    plain = ask(url, f"/{BOOTSTRAP}")[1]
    answer, body = ask(url, f"/{BOOTSTRAP}", "br", Range="bytes=100-4099")
    assert (answer.status, answer.headers["Content-Encoding"]) == (206, None)
    assert answer.headers["Content-Range"] == f"bytes 100-4099/{len(plain)}"
    assert body == plain[100:4100]
    # A compressed answer offers none: half of it could not be continued with plain bytes.
    assert ask(url, f"/{BOOTSTRAP}", "br")[0].headers["Accept-Ranges"] is None


def test_a_short_answer_is_left_as_it_is(url):
    for path in ("/healthz", "/range/?per_page=1&page=1", "/stats/mean/?species=setosa"):
        assert ask(url, path, "br")[0].headers["Content-Encoding"] is None


def test_files_of_rows_are_the_same_when_decoded(url):
    compressed = {
        known.suffix for known in FORMATS if known.media_type.startswith(compression.TYPES)
    }
    assert {"csv", "json"} <= compressed
    for known in FORMATS:
        answer, body = ask(url, f"/export.{known.suffix}", "br, gzip")
        encoding = answer.headers["Content-Encoding"]
        assert encoding == ("br" if known.suffix in compressed else None), known.suffix
        if encoding:
            assert DECODERS[encoding](body) == ask(url, f"/export.{known.suffix}")[1]


def test_what_has_its_fingerprint_in_its_address_is_kept(url):
    files = page_files(url)
    assert len(files) > 10
    for path in files:
        assert ask(url, path)[0].headers["Cache-Control"] == IMMUTABLE, path
    plain = [
        f"/{BOOTSTRAP.split('?')[0]}",
        "/_dash-component-suites/dash/dcc/async-graph.js",
    ]
    for path in ["/", "/_dash-layout", "/_dash-dependencies", *plain]:
        answer = ask(url, path)[0]
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache"), path


def test_a_fingerprint_that_no_file_has_is_nothing(url):
    """Each invented one was compressed anew, for 0.13 s of a processor."""
    renderer = next(path for path in page_files(url) if "dash_renderer" in path)
    version, stamp = re.search(r"\.v(\w+)m(\d+)\.", renderer).groups()
    invented = [
        f"/{BOOTSTRAP}0",
        renderer.replace(stamp, "1"),
        renderer.replace(version, "4_0_0"),
        renderer.replace(".min.js", ".max.js"),
        "/_dash-component-suites/nothing/nothing.js",
        f"/assets/scripts/v-{fingerprint(SCRIPTS)}0/main.mjs",
    ]
    for path in invented:
        answer, body = ask(url, path, "br")
        assert answer.status == 404, path
        assert json.loads(body)["detail"].startswith("there is nothing at "), path


def test_every_asset_is_on_the_page_with_the_fingerprint_of_its_content(url):
    page = ask(url, "/")[1].decode()
    for path in ASSETS.iterdir():
        if path.suffix in (".css", ".js"):
            assert page.count(f'"{asset_url(path)}"') == 1


def test_the_page_has_all_its_modules_as_one_file_and_they_stand_alone_too(url):
    page = ask(url, "/")[1].decode()
    assert re.findall(r'"(assets/[\w./-]+\.mjs[^"]*)"', page) == [asset_url(ASSETS / BUNDLE)]
    answer, body = ask(url, f"/assets/scripts/v-{fingerprint(SCRIPTS)}/asking.mjs")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, IMMUTABLE)
    assert body == (SCRIPTS / "asking.mjs").read_bytes()
    answer, body = ask(url, "/assets/scripts/main.mjs")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert body == (SCRIPTS / "main.mjs").read_bytes()
    assert ask(url, f"/assets/scripts/v-{fingerprint(SCRIPTS)}/nothing.mjs")[0].status == 404


@pytest.mark.parametrize(
    "path",
    ["/_dash-layout", "/_dash-dependencies", "/_dash-component-suites/dash/dcc/async-graph.js"],
)
def test_what_may_change_is_asked_again_and_not_sent_again(url, path):
    for accept in (None, "br", "gzip"):
        tag = ask(url, path, accept)[0].headers["ETag"]
        assert tag.startswith('W/"')
        answer, body = ask(url, path, accept, If_None_Match=tag)
        assert (answer.status, body) == (304, b"")
        varies = ["Accept-Language"] if path == "/_dash-layout" else []
        assert answer.headers["ETag"] == tag
        assert answer.headers.get_all("Vary") == [*varies, "Accept-Encoding"]
        assert ask(url, path, accept, If_None_Match='W/"another"')[0].status == 200
