"""People signed in by an OpenID Connect provider, each for eight hours, by a signed cookie."""

from __future__ import annotations

import re
import secrets
from time import time
from urllib.parse import quote

from flask import Flask, Response, g, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, URLSafeTimedSerializer

from iris_dash.config.settings import Settings
from iris_dash.web.api.responses import NEVER_KEPT, own_path
from iris_dash.web.auth.ended_logins import SIGNED_IN_SECONDS, EndedLogins
from iris_dash.web.auth.provider import AWAY_SECONDS, AnswerRefused, Provider, ProviderAway
from iris_dash.web.auth.refusals import (
    log,
    log_refusal,
    page,
    refused,
    shown,
    shown_client,
    too_often,
    wants_page,
)
from iris_dash.web.auth.wrong_credentials import WrongCredentials

UNDER_WAY_SECONDS = 600
"""How long one may take at the provider."""

MOST_WANTED = 1_200
"""Characters of the address that one comes back to: a cookie holds it, in an answer whose headers
fit into the buffer of a proxy, often of 4 kB (nginx)."""

IN_ADDRESSES = "%:/?#[]@!$&'()*+,;="
"""What stands in an address as it is, beside letters, digits and `-._~` (RFC 3986)."""

AWAY = "the sign-in provider cannot be reached; try again in a moment"

OWN = {"sign_in", "sign_in_callback", "sign_out"}


class Refused(Exception):  # noqa: N818 -- it says what happened
    """Someone is not signed in; the message says why."""


class NotUnderWay(Refused):
    """Who comes back has begun no sign-in here: nothing was tried, so it is no wrong credential.

    Any site can make a browser ask for this address.
    """


class SignIn:
    """The routes that sign people in and out; who is signed in."""

    def __init__(
        self, server: Flask, settings: Settings, wrong: WrongCredentials, ended: EndedLogins
    ) -> None:
        self._provider = Provider(server, settings)
        self._people = frozenset(one.lower() for one in settings.oidc_users)
        self._wrong = wrong
        self._ended = ended
        self._seal = URLSafeTimedSerializer(settings.secret_key or "", salt="sign-in under way")
        server.secret_key = settings.secret_key
        server.session_interface = _Session()
        server.config.update(
            SESSION_COOKIE_NAME="iris_dash_login",
            SESSION_COOKIE_SAMESITE="Lax",
            SESSION_REFRESH_EACH_REQUEST=False,
            PERMANENT_SESSION_LIFETIME=SIGNED_IN_SECONDS,
        )
        server.add_url_rule("/login/", "sign_in", self._sign_in, strict_slashes=False)
        server.add_url_rule("/login/callback", "sign_in_callback", self._called_back)
        server.add_url_rule("/logout", "sign_out", self._sign_out, methods=["GET", "POST"])

    def owns(self, endpoint: str | None) -> bool:
        """Whether a route is one of those that sign someone in or out."""
        return endpoint in OWN

    def signed_in(self) -> str | None:
        """Return who is signed in, and may still come in."""
        who: str | None = session.get("who")
        login: str | None = session.get("login")
        if who is None or login is None or session.get("until", 0) < time():
            return None
        if self._people and not is_among(who, self._people):
            return None
        return None if self._ended.has_ended(login, session["until"]) else who

    def begin_here(self) -> Response:
        """Send a browser to the provider; it comes back to the address that it asks for now."""
        query = request.query_string.decode("latin-1")
        path = quote(own_path(request.path))
        return self._begin(f"{path}?{query}" if query else path)

    def _sign_in(self) -> Response:
        return self._begin(request.args.get("next", ""))

    def _begin(self, wanted: str) -> Response:
        try:
            begun = self._provider.begin(_back())
        except ProviderAway:
            return _answer(503, AWAY, AWAY_SECONDS)
        answer = _redirect(begun["url"])
        kept = {
            "nonce": begun["nonce"],
            "code_verifier": begun["code_verifier"],
            "wanted": safe_path(wanted) or own_path("/"),
        }
        # One cookie per sign-in: a browser that opens several tabs begins several.
        answer.set_cookie(
            _cookie(begun["state"]),
            str(self._seal.dumps(kept)),
            max_age=UNDER_WAY_SECONDS,
            path=url_for("sign_in"),
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        return answer

    def _called_back(self) -> Response:
        client = request.remote_addr
        wait = self._wrong.wait_here(client)
        if wait:
            log_refusal("", "wrong too often")
            return too_often(wait)
        given = request.args.get("state", "")
        cookie = _cookie(given if re.fullmatch("[A-Za-z0-9]{1,64}", given) else "")
        try:
            who, wanted = self._finish(request.cookies.get(cookie, ""))
        except ProviderAway:
            return _answer(503, AWAY, AWAY_SECONDS)
        except Refused as error:
            if not isinstance(error, NotUnderWay):
                self._wrong.count_wrong(client)
            answer = _answer(403, str(error))
        else:
            session.clear()
            until = int(time()) + SIGNED_IN_SECONDS
            session.update(who=who, until=until, login=secrets.token_urlsafe(16))
            session.permanent = True
            g.who = who
            log.info("signed in %s as %s", shown_client(), shown(who))
            answer = _redirect(wanted)
        answer.delete_cookie(cookie, path=url_for("sign_in"))
        return answer

    def _finish(self, sealed: str) -> tuple[str, str]:
        """Return who has signed in, and the address that was wanted.

        Errors: Refused, ProviderAway.
        """
        try:
            begun = self._seal.loads(sealed, max_age=UNDER_WAY_SECONDS)
        except BadData:
            log_refusal("", "no such sign-in is under way")
            said = "this sign-in is not under way in this browser, or no longer"
            raise NotUnderWay(said) from None
        wanted = begun.pop("wanted")
        code = request.args.get("code")
        if not code:
            log_refusal("", f"the provider says {shown(request.args.get('error', 'nothing'))}")
            raise Refused("the provider did not sign you in")
        try:
            claims = self._provider.claims(code, _back(), **begun)
        except AnswerRefused as error:
            log_refusal("", f"the provider's answer does not hold: {shown(str(error))}")
            raise Refused("the provider's answer does not hold") from None
        mail = claims.get("email") if claims.get("email_verified") is True else None
        if self._people and not (mail and is_among(str(mail), self._people)):
            reason = "you are not among them" if mail else "your e-mail address is not verified"
            log_refusal(str(claims.get("email", claims["sub"])), reason)
            raise Refused(f"only those whom the settings name may come in; {reason}")
        return str(mail or claims["sub"]), wanted

    def _sign_out(self) -> Response:
        if "login" in session:
            self._ended.end(session["login"], session["until"])
        session.clear()
        return page(200, "You are signed out here.", "Sign in again", url_for("sign_in"))


class _Session(SecureCookieSessionInterface):
    def get_cookie_path(self, app: Flask) -> str:
        """Return the path that the cookie is for: below which a proxy serves this product."""
        return own_path("/")

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie is for TLS alone: it is where it was made over TLS."""
        return request.is_secure


def is_among(mail: str, people: frozenset[str]) -> bool:
    """Whether an e-mail address is one of those listed, or of a domain that is.

    >>> people = frozenset({"ann@example.org", "@example.com"})
    >>> [is_among(mail, people) for mail in ("Ann@example.org", "bo@EXAMPLE.com")]
    [True, True]
    >>> [is_among(mail, people) for mail in ("bo@example.org", "bo@x.example.com", "@example.com")]
    [False, False, False]
    """
    # Some letters beyond ASCII become ASCII in lower case: another address would be taken for it.
    if not mail.isascii() or mail.count("@") != 1 or mail.startswith("@"):
        return False
    mail = mail.lower()
    return mail in people or mail[mail.index("@") :] in people


def safe_path(wanted: str) -> str:
    r"""Return a path of this site; none for another site's address, or one too long for a cookie.

    >>> safe_path("/?kind=cat"), safe_path("https://evil.example"), safe_path("//evil.example")
    ('/?kind=cat', '', '')

    A browser reads `\` as `/`, and skips tabs:

    >>> safe_path("/\\evil.example"), safe_path("/\t/evil.example")
    ('/%5Cevil.example', '/%09/evil.example')
    """
    path = quote(wanted, safe=IN_ADDRESSES)
    here = path.startswith("/") and not path.startswith("//")
    return path if here and len(path) <= MOST_WANTED else ""


def _back() -> str:
    return url_for("sign_in_callback", _external=True)


def _cookie(state: str) -> str:
    return f"iris_dash_sign_in_{state}"


def _redirect(address: str) -> Response:
    return Response(status=302, headers={"Location": address, "Cache-Control": NEVER_KEPT})


def _answer(status: int, detail: str, wait: int = 0) -> Response:
    """Return a refusal, as a page for who looks at one."""
    if not wants_page():
        return refused(status, detail, wait)
    sentence = f"{detail[0].upper()}{detail[1:]}."
    answer = page(status, sentence, "Sign in again", url_for("sign_in"))
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
