"""Who may come in: passwords, tokens, and people whom a provider signs in."""

from __future__ import annotations

from urllib.parse import urlsplit

from identity_provider import CLIENT, SECRET, identity_provider
from logins import HTML, PASSWORD, basic, bearer
from processes import running

from deployer.plain import PROGRAM, Answer, ask, run

OPEN = ("/healthz",)
CLOSED = ("/", "/range/", "/export.csv", "/docs/", "/openapi.json", "/metrics", "/readyz")


def logins_and_tokens_are_asked_for() -> str:
    """`iris-dash hash` makes logins and tokens; all but /healthz asks for one; few guesses."""
    login = run([*PROGRAM, "hash", "ann"], f"{PASSWORD}\n".encode())
    token = run([*PROGRAM, "hash", "nightly", "--token"])
    secret = token.stderr.split()[-1]
    more = {"IRIS_DASH_LOGINS": login.stdout, "IRIS_DASH_TOKENS": token.stdout}
    with running(more=more) as server:
        asked = {path: ask(f"{server.url}{path}").status for path in (*OPEN, *CLOSED)}
        assert {path for path, status in asked.items() if status == 401} == {*CLOSED}
        assert ask(f"{server.url}/healthz").status == 200
        for headers in (basic("ann", PASSWORD), bearer(secret)):
            assert len(ask(f"{server.url}/range/", **headers).json) == 150
        counted = ask(f"{server.url}/metrics", **bearer(secret))
        assert b"iris_dash_requests_total" in counted.body
        guesses = [ask(f"{server.url}/range/", **basic("ann", f"guess {n}")) for n in range(11)]
        assert [answer.status for answer in guesses] == [401] * 10 + [429]
        wait = int(guesses[-1].headers["Retry-After"])
        assert 1 <= wait <= 60
    return f"401 at {len(CLOSED)} addresses; a login and a token come in; guess 11 waits {wait} s"


def a_provider_signs_people_in_and_logout_ends_it() -> str:
    """A provider signs people in; another site's images lock nobody out; /logout ends a login."""
    with identity_provider() as provider:
        more = {
            "IRIS_DASH_OIDC_ISSUER": provider.url,
            "IRIS_DASH_OIDC_CLIENT": CLIENT,
            "IRIS_DASH_OIDC_SECRET": SECRET,
            "IRIS_DASH_SECRET_KEY": "a key of this check's own",
            "WEB_CONCURRENCY": "2",
        }
        with running(more=more) as server:
            images = [ask(f"{server.url}/login/callback?code=x&state=x") for _ in range(20)]
            assert {image.status for image in images} == {403}
            begun = ask(f"{server.url}/?species=setosa", **HTML)
            back = ask(begun.headers["Location"])
            ended = ask(back.headers["Location"], Cookie=cookie(begun))
            assert ended.headers["Location"] == "/?species=setosa"
            kept = cookie(ended)
            seen = [ask(f"{server.url}/range/", Cookie=kept).status for _ in range(20)]
            assert set(seen) == {200}
            assert ask(f"{server.url}/logout", Cookie=kept).status == 200
            # Whichever worker is asked.
            after = [ask(f"{server.url}/range/", Cookie=kept).status for _ in range(20)]
            assert set(after) == {401}
            where = urlsplit(begun.headers["Location"]).path
    return f"sent to {where} and back; a kept cookie: 200 before /logout, 401 after, at 2 workers"


def cookie(answer: Answer) -> str:
    """Return the cookies that an answer sets and does not end, as a browser sends them."""
    said = [text for text in answer.headers.get_all("Set-Cookie", []) if "Max-Age=0" not in text]
    return "; ".join(text.partition(";")[0] for text in said)


CHECKS = (logins_and_tokens_are_asked_for, a_provider_signs_people_in_and_logout_ends_it)
