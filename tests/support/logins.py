"""Logins and tokens, a small server that asks for them, and what its answers must say."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import pbkdf2_hmac, sha256

from envelope import assert_envelope
from flask import Flask, g

from iris_dash.config.settings import Settings
from iris_dash.web.auth import require_credentials

PASSWORD = "correct horse"
TOKENS = {"nightly": "t" * 43, "weekly": "u" * 43}


def hash_of(password: str) -> str:
    """A hash in werkzeug's form, of few rounds, made without it."""
    digest = pbkdf2_hmac("sha256", password.encode(), b"salt", 1_000)
    return f"pbkdf2:sha256:1000$salt${digest.hex()}"


LOGINS = {"ann": hash_of(PASSWORD), "Zoë": hash_of("pässwörd"), "bo": hash_of("a:b:c:d:e")}
ASKING = Settings(
    logins=LOGINS,
    tokens={name: f"sha256:{sha256(t.encode()).hexdigest()}" for name, t in TOKENS.items()},
)


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


RIGHT = basic("ann", PASSWORD)
HTML = {"Accept": "text/html,*/*;q=0.8"}


def address(last: object) -> dict[str, str]:
    return {"REMOTE_ADDR": f"203.0.113.{last}"}


def small_server(settings: Settings) -> Flask:
    """A server of two routes that asks who comes, without a table and its page."""
    server = Flask("asking")
    require_credentials(server, settings)
    server.add_url_rule("/healthz", "healthz", lambda: {"status": "alive"})
    server.add_url_rule("/", "who", lambda: {"who": g.get("who")}, methods=["GET", "POST"])
    return server


def assert_asks(answer, *challenges: str) -> None:
    assert_envelope(answer, 401)
    assert answer.headers["Cache-Control"] == "no-store"
    assert [c.split(" ")[0] for c in answer.headers.getlist("WWW-Authenticate")] == [*challenges]


def paths_of(server: Flask) -> list[tuple[str, str]]:
    """Every method and address that a server answers, a file's name in the place of a variable."""
    return sorted(
        (method, re.sub(r"<[^>]*>", "theme.js", rule.rule))
        for rule in server.url_map.iter_rules()
        for method in rule.methods or ()
    )


# --- Wrong credentials are limited.


def assert_limited(answer) -> None:
    assert "too many wrong logins" in assert_envelope(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == "no-store"
