"""A small OpenID Connect provider on loopback, for tests: it signs in whom a test says, at once.

Everything that a provider may get wrong can be set: `claims` over those of its tokens, `key`, …
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "iris-dash-tests", "the client's secret"

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)

ANN = {"sub": "4711", "email": "ann@example.org", "email_verified": True}


class IdentityProvider:
    """What the provider says, and what it was asked."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = dict(ANN)
        self.claims: dict[str, Any] = {}
        self.user_information: dict[str, Any] | None = None
        self.key = KEY
        self.broken = False
        self.exchanged: list[str] = []
        self._asked: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.exchange(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        if self.broken:
            answer(handler, 500, {})
        elif parts.path == "/.well-known/openid-configuration":
            answer(handler, 200, self.configuration())
        elif parts.path == "/keys":
            answer(handler, 200, {"keys": [KEY.as_dict(private=False)]})
        elif parts.path == "/userinfo":
            assert handler.headers["Authorization"] == "Bearer an-access-token"
            answer(handler, 200, self.user_information or {})
        elif parts.path == "/authorize":
            self.authorize(handler, {key: v[0] for key, v in parse_qs(parts.query).items()})
        else:
            answer(handler, 404, {})

    def configuration(self) -> dict[str, Any]:
        more = (
            {} if self.user_information is None else {"userinfo_endpoint": f"{self.url}/userinfo"}
        )
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **more,
        }

    def authorize(self, handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        """Send the browser back, as a provider does after its own dialogue."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        code = f"code-{len(self._asked)}"
        self._asked[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        handler.send_response(302)
        handler.send_header("Location", f"{asked['redirect_uri']}?{query}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def exchange(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a code, once, with tokens, to the client that proves that it asked for it."""
        length = int(handler.headers.get("Content-Length", "0"))
        form = {key: v[0] for key, v in parse_qs(handler.rfile.read(length).decode()).items()}
        if self.broken:
            answer(handler, 500, {})
            return
        asked = self._asked.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if handler.headers["Authorization"] != f"Basic {login}":
            answer(handler, 401, {"error": "invalid_client"})
        elif (
            asked is None
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            answer(handler, 400, {"error": "invalid_grant"})
        else:
            self.exchanged.append(form["code"])
            token = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 3600}
            answer(handler, 200, {**token, "id_token": self.id_token(asked["nonce"])})

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        own = {"iss": self.url, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 60}
        said = {**own, **self.person, **self.claims}
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)


def answer(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Run a provider for the length of a block."""
    provider = IdentityProvider()
    try:
        yield provider
    finally:
        provider.stop()
