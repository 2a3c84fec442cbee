"""The OpenID Connect provider: where to send people, and whom it says it has signed in."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask
from joserfc.errors import JoseError

from iris_dash.config.settings import Settings
from iris_dash.web.auth.refusals import log, shown

PATIENCE_SECONDS = 5

AWAY_SECONDS = 5
"""How long a provider that was away is not asked: each question may hold a thread up."""

T = TypeVar("T")


class ProviderAway(Exception):  # noqa: N818 -- it says what happened
    """The provider does not answer, or not as a provider does."""


class AnswerRefused(Exception):  # noqa: N818 -- it says what happened
    """What the provider answered does not hold; the message is for the log."""


class Provider:
    """One provider, found through its issuer's address."""

    def __init__(self, server: Flask, settings: Settings) -> None:
        assert settings.oidc_issuer
        self.issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client
        self._ask_again = 0.0
        self._client = OAuth(server).register(
            "provider",
            client_id=settings.oidc_client,
            client_secret=settings.oidc_secret,
            server_metadata_url=f"{self.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_SECONDS,
            },
        )

    def begin(self, back: str) -> dict[str, str]:
        """Return a new sign-in that comes back to an address: url, state, nonce, code_verifier.

        Errors: ProviderAway.
        """
        return self._ask(lambda: dict(self._client.create_authorization_url(redirect_uri=back)))

    def claims(self, code: str, back: str, nonce: str, code_verifier: str) -> dict[str, Any]:
        """Return what the provider says of who signed in: signed by it, for this client, now.

        Errors: ProviderAway, AnswerRefused.
        """
        try:
            return self._ask(lambda: self._claims(code, back, nonce, code_verifier))
        except (OAuthError, JoseError) as error:
            raise AnswerRefused(str(error)) from None

    def _claims(self, code: str, back: str, nonce: str, code_verifier: str) -> dict[str, Any]:
        token = self._client.fetch_access_token(
            redirect_uri=back, code=code, code_verifier=code_verifier
        )
        options = {
            "iss": {"essential": True, "values": [self.issuer, f"{self.issuer}/"]},
            "aud": {"essential": True, "value": self._client_id},
        }
        claims = self._client.parse_id_token(token, nonce=nonce, claims_options=options)
        if claims is None:
            raise OAuthError("missing_token", "there is no id_token")
        if "email" in claims or "userinfo_endpoint" not in self._client.server_metadata:
            return dict(claims)
        more = self._client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise OAuthError("mismatching_sub", "the user information is another one's")
        return dict(more | claims)

    def _ask(self, question: Callable[[], T]) -> T:
        if monotonic() < self._ask_again:
            raise ProviderAway
        try:
            return question()
        except (requests.RequestException, RuntimeError, ValueError) as error:
            self._ask_again = monotonic() + AWAY_SECONDS
            log.warning("%s is away: %s", self.issuer, shown(f"{type(error).__name__}: {error}"))
            raise ProviderAway from None
