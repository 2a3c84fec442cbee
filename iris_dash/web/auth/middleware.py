"""Authentication before every request: credentials or a session, else 401, 429 or the sign-in."""

from __future__ import annotations

import os
from threading import Lock

from flask import Flask, Response, g, request

from iris_dash.config.environment import run_folder
from iris_dash.config.settings import Settings
from iris_dash.web.api.responses import own_path
from iris_dash.web.auth.credentials import Passwords, read_basic, read_bearer, token_owner
from iris_dash.web.auth.refusals import log_refusal, refused, too_often, wants_page
from iris_dash.web.auth.wrong_credentials import WrongCredentials
from iris_dash.web.endpoints import ALIVE
from iris_dash.web.redis import redis_of

REALM = 'realm="iris-dash"'


class Authentication:
    """Authenticates every request but GET /healthz and those that sign someone in.

    The user's name is `flask.g.who`.
    """

    def __init__(self, server: Flask, settings: Settings) -> None:
        self._tokens = settings.tokens
        self._passwords = Passwords(settings.logins)
        redis = redis_of(server, settings)
        self._wrong = WrongCredentials(redis)
        self._checking = Lock()
        self._sign_in = None
        if settings.oidc_issuer:
            # Not above: it takes a cryptography library, which the others need not load.
            from iris_dash.web.auth.ended_logins import EndedLogins
            from iris_dash.web.auth.sign_in import SignIn

            ended = EndedLogins(run_folder(os.environ, "ended-logins"), redis)
            self._sign_in = SignIn(server, settings, self._wrong, ended)
        self._shared = bool(settings.cors_origins)
        self._challenges = _challenges(settings)
        server.before_request(self._authenticate)
        server.after_request(_for_one_person)

    def _authenticate(self) -> Response | None:
        if request.endpoint == ALIVE and request.method in ("GET", "HEAD"):
            return None
        if self._sign_in is not None and self._sign_in.owns(request.endpoint):
            return None
        if self._shared and _is_preflight():
            return Response(status=204)
        header = request.environ.get("HTTP_AUTHORIZATION")
        who = self._check(header) if header else self._check_session()
        if isinstance(who, Response):
            return who
        g.who = who
        return None

    def _check(self, header: str) -> str | Response:
        """Return whose credentials a header holds, or the refusal."""
        client = request.remote_addr
        wait = self._wrong.wait_here(client)
        if wait:
            log_refusal("", "wrong too often")
            return too_often(wait)
        who = self._passwords.remembered(header)
        if who is None:
            token = read_bearer(header)
            who = None if token is None else token_owner(self._tokens, token)
        if who is not None:
            return who
        # One at a time: a page's first requests come together, and are one check; guesses that do
        # are counted before the next is tried.
        with self._checking:
            return self._passwords.remembered(header) or self._check_slowly(header, client)

    def _check_slowly(self, header: str, client: str | None) -> str | Response:
        """Check a password; a client's guesses are counted with those at all other workers."""
        login = read_basic(header)
        name = login.name if login else ""
        wait = self._wrong.wait(client, name)
        if not wait and login and self._passwords.right(header, login):
            self._wrong.count_right(client, name)
            return name
        self._wrong.count_wrong(client, name)
        log_refusal(name, "wrong too often" if wait else "wrong credentials")
        return too_often(wait) if wait else self._challenge("the login or token is wrong")

    def _check_session(self) -> str | Response:
        """Return who is signed in, or the way to become it."""
        if self._sign_in is None:
            return self._challenge("say who you are: a login or token is needed")
        who = self._sign_in.signed_in()
        if who is None and wants_page():
            return self._sign_in.begin_here()
        way = f"sign in at {own_path('/login/')}, or send a login or token"
        return who or self._challenge(way)

    def _challenge(self, detail: str) -> Response:
        answer = refused(401, detail)
        for challenge in self._challenges:
            answer.headers.add("WWW-Authenticate", challenge)
        return answer


def _challenges(settings: Settings) -> list[str]:
    """Return the ways to come in, as a 401 lists them.

    Not Basic beside a provider: at it, a browser asks for a password when a sign-in has ended.
    """
    basic = settings.logins and not settings.oidc_issuer
    found = [f'Basic {REALM}, charset="UTF-8"'] if basic else []
    return [*found, f"Bearer {REALM}"] if settings.tokens or not found else found


def _is_preflight() -> bool:
    """Whether a browser asks what a site's script may send; that question has no credentials."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _for_one_person(answer: Response) -> Response:
    """Let no shared cache keep what only authenticated users may see."""
    said = answer.headers.get("Cache-Control", "").replace("public", "private")
    if "private" not in said and "no-store" not in said:
        said = f"private, {said}" if said else "private"
    answer.headers["Cache-Control"] = said
    return answer
