"""What every answer tells the browser, read from the answers themselves."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from iris_dash.config.settings import Settings
from iris_dash.files import FORMATS
from iris_dash.web.app import create_app
from iris_dash.web.headers import SHARED

SITE = "https://site.example.org"
PATHS = (
    "/",
    "/docs/",
    "/docs/docs.js",
    "/range/?species=setosa",
    "/range/?species=rose",
    "/export.csv",
    "/assets/dashboard.css",
    "/_dash-layout",
    "/healthz",
    "/nothing",
)


def client_of(**settings: Any) -> FlaskClient:
    return create_app(settings=Settings(**settings)).server.test_client()


@pytest.fixture(scope="module")
def shared() -> FlaskClient:
    """A server whose answers two sites' scripts may read."""
    return client_of(cors_origins=(SITE, "https://*.wide.example"))


def headers_of(client: FlaskClient, path: str, **sent: Any) -> Headers:
    """The headers of an answer; a file is closed again."""
    with client.get(path, **sent) as answer:
        return answer.headers


def text_of(client: FlaskClient, path: str) -> str:
    with client.get(path) as answer:
        return answer.text


def policy(client: FlaskClient, path: str) -> dict[str, set[str]]:
    """The content security policy of an answer: each directive with its sources."""
    given = headers_of(client, path).getlist("Content-Security-Policy")
    assert len(given) == 1
    parts = [part.split() for part in given[0].split("; ")]
    assert len({name for name, *_ in parts}) == len(parts)
    return {name: set(sources) for name, *sources in parts}


class Scripts(HTMLParser):
    """The scripts of a page that a browser would run: the text of each, "" for a file."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.handlers: list[str] = []
        self.runs = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        kind = dict(attrs).get("type") or "text/javascript"
        self.runs = tag == "script" and kind in (
            "text/javascript",
            "application/javascript",
            "module",
        )
        if self.runs:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.runs = False

    def handle_data(self, data: str) -> None:
        if self.runs:
            self.texts[-1] += data


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_keeps_the_browser_from_guessing_framing_and_telling(client, path):
    headers = headers_of(client, path)
    assert headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert headers.getlist("X-Frame-Options") == ["DENY"]
    assert headers.getlist("Referrer-Policy") == ["same-origin"]
    assert headers.getlist("Cross-Origin-Opener-Policy") == ["same-origin"]
    assert headers.getlist("Cross-Origin-Resource-Policy") == ["same-origin"]
    for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{feature}=()" in headers["Permissions-Policy"].split(", ")
    assert "Strict-Transport-Security" not in headers
    assert not [name for name, _ in headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", ["/", "/docs/"])
def test_a_page_runs_no_script_but_the_servers_own(client, path):
    said = policy(client, path)
    assert said == {
        "default-src": {"'self'"},
        "script-src": {"'self'"},
        "style-src": {"'self'", "'unsafe-inline'"},
        "img-src": {"'self'", "data:", "blob:"},
        "object-src": {"'none'"},
        "base-uri": {"'none'"},
        "form-action": {"'self'"},
        "frame-ancestors": {"'none'"},
    }


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("/", "/docs/")])
def test_what_is_no_page_may_load_nothing(client, path):
    assert policy(client, path) == {"default-src": {"'none'"}, "frame-ancestors": {"'none'"}}


@pytest.mark.parametrize("path", ["/", "/docs/"])
def test_no_script_stands_in_a_page(client, path):
    scripts = Scripts(text_of(client, path))
    assert len(scripts.texts) > 1
    assert scripts.handlers == []
    assert "".join(scripts.texts).strip() == ""


def test_an_answer_that_is_not_sent_again_has_its_headers_too(client):
    tag = headers_of(client, "/docs/")["ETag"]
    with client.get("/docs/", headers={"If-None-Match": tag}) as answer:
        assert answer.status_code == 304
        assert "script-src" in answer.headers["Content-Security-Policy"]


def test_behind_tls_the_browser_stays_with_tls(client):
    answer = client.get("/range/?species=setosa", base_url="https://pots.example.org")
    assert answer.headers.getlist("Strict-Transport-Security") == ["max-age=31536000"]


@pytest.mark.parametrize("path", PATHS)
def test_the_sites_in_the_settings_may_frame_and_no_others(path):
    client = client_of(frame_ancestors=(SITE, "https://*.wide.example"))
    assert policy(client, path)["frame-ancestors"] == {SITE, "https://*.wide.example"}
    assert "X-Frame-Options" not in headers_of(client, path)


# --- Scripts of other sites


def preflight(client: FlaskClient, path: str, origin: str, method: str = "POST") -> Any:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type, x-other",
    }
    return client.options(path, headers=asked)


@pytest.mark.parametrize(
    ("origin", "path", "let_in"),
    [
        (SITE, "/range/?species=setosa", True),
        (SITE.upper(), "/range/?species=setosa", True),
        ("https://a.b.wide.example", "/stats/mean/", True),
        (SITE, "/stats/summary", True),
        (SITE, "/diagnose/", True),
        (SITE, "/columns/", True),
        (SITE, "/export.csv", True),
        (SITE, "/export/means.parquet", True),
        (SITE, "/openapi.json", True),
        (SITE, "/range/?species=rose", True),
        ("https://wide.example", "/range/", False),
        ("https://evilwide.example", "/range/", False),
        (f"{SITE}.evil.net", "/range/", False),
        ("http://site.example.org", "/range/", False),
        (f"{SITE}:8443", "/range/", False),
        ("https://a.wide.example.evil.net", "/range/", False),
        ("https://siteXexample.org", "/range/", False),
        ("null", "/range/", False),
        (SITE, "/", False),
        (SITE, "/_dash-layout", False),
        (SITE, "/assets/theme.js", False),
        (SITE, "/docs/", False),
        (SITE, "/range/nothing", False),
    ],
)
def test_only_the_sites_in_the_settings_read_only_the_routes(shared, origin, path, let_in):
    headers = headers_of(shared, path, headers={"Origin": origin})
    assert headers.getlist("Access-Control-Allow-Origin") == ([origin] if let_in else [])
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Origin" in re.split(", *", ", ".join(headers.getlist("Vary")))
    asked = preflight(shared, path, origin).headers
    assert asked.getlist("Access-Control-Allow-Origin") == ([origin] if let_in else [])


def test_a_site_may_send_a_token_and_read_what_a_script_needs(shared):
    answer = preflight(shared, "/range/", SITE)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"
    assert answer.headers["Access-Control-Max-Age"] == "600"
    read = shared.get("/range/", headers={"Origin": SITE}).headers["Access-Control-Expose-Headers"]
    wanted = "X-Total-Count Link ETag X-Query X-Fingerprint X-Request-Id Retry-After"
    assert set(read.split(", ")) == {*wanted.split(), "Content-Disposition"}


def test_the_answer_that_a_cache_keeps_is_the_same_for_everyone(shared):
    """Without an Origin no origin is let in: an allowed one asks again, told apart by Vary."""
    headers = shared.get("/range/").headers
    assert "Access-Control-Allow-Origin" not in headers
    assert "Origin" in headers.getlist("Vary")


def test_every_site_is_let_in_without_what_a_browser_remembers():
    client = client_of(cors_origins=("*",))
    headers = client.get("/range/", headers={"Origin": "https://any.example"}).headers
    assert headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": SITE}).headers
    assert preflight(client, "/range/", "https://any.example").status_code == 200


def test_a_site_reads_why_it_is_refused():
    answer = client_of(cors_origins=(SITE,)).post(
        "/range/", data="{", content_type="application/json", headers={"Origin": SITE}
    )
    assert answer.status_code == 400
    assert answer.headers["Access-Control-Allow-Origin"] == SITE


def test_each_route_that_takes_a_query_is_shared(server):
    rules = [rule for rule in server.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    queried = {rule.rule for rule in rules if "POST" in (rule.methods or ())}
    assert len(queried) == 18 + 3 * len(FORMATS)
    shared = {rule.rule for rule in server.url_map.iter_rules() if SHARED.match(rule.rule)}
    assert shared == queried | {"/openapi.json", "/schema", "/schema/"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_of_another_site_cannot_ask_the_dashboard(client, kind):
    """JSON needs a preflight, which is not answered; a form's types are refused."""
    body = '{"output": "count.children"}'
    answer = client.post("/_dash-update-component", data=body, content_type=kind)
    assert answer.status_code == 415
    asked = preflight(client, "/_dash-update-component", SITE)
    assert "Access-Control-Allow-Origin" not in asked.headers
