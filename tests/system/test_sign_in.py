"""Signed in by a provider: what it says is checked, and nobody is sent elsewhere."""

from __future__ import annotations

import json
import re
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, unquote, urlsplit

import polars as pl
import pytest
import requests
from envelope import assert_envelope
from identity_provider import ANN, CLIENT, KEY, OTHER_KEY, SECRET, identity_provider
from logins import (
    ASKING,
    HTML,
    LOGINS,
    RIGHT,
    TOKENS,
    assert_asks,
    assert_limited,
    basic,
    bearer,
    paths_of,
    small_server,
)
from sample_tables import PETS
from service_servers import redis_server
from waiting import PATIENCE

from iris_dash.config.environment import RUN_FOLDER
from iris_dash.config.settings import Settings
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.opening import open_dataset
from iris_dash.web import redis as redis_module
from iris_dash.web.app import create_app
from iris_dash.web.auth import ended_logins as ended_module
from iris_dash.web.auth import provider as provider_module
from iris_dash.web.auth import sign_in as sign_in_module
from iris_dash.web.auth.ended_logins import EndedLogins

# --- Signed in by a provider.


@pytest.fixture(scope="module")
def table() -> Dataset:
    return open_dataset(pl.DataFrame(PETS))


@pytest.fixture(scope="module")
def running_provider():
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def provider(running_provider):
    """The provider as it should be, whatever the test before has set."""
    running_provider.person = dict(ANN)
    running_provider.claims = {}
    running_provider.user_information = None
    running_provider.key = KEY
    running_provider.broken = False
    return running_provider


def signing_in(provider, **more) -> Settings:
    return Settings(
        oidc_issuer=provider.url,
        oidc_client=CLIENT,
        oidc_secret=SECRET,
        secret_key="a key of the tests' own",
        **more,
    )


def at_provider(answer) -> str:
    """What the provider sends a browser back to, as a path of this site."""
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=PATIENCE)
    assert back.status_code == 302
    location = back.headers["Location"]
    assert location.startswith("http://localhost/login/callback?")
    return location.removeprefix("http://localhost")


def sign_in(browser, wanted: str = "/"):
    """Sign someone in, as a browser does; return the answer at the callback."""
    return browser.get(at_provider(browser.get(wanted, headers=HTML)), headers=HTML)


def assert_not_signed_in(browser, answer, said: str, status: int = 403) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert said in answer.text
    assert "<script" not in answer.text
    assert browser.get_cookie("iris_dash_login") is None
    assert browser.get("/").status_code == 401


def test_a_browser_signs_in_and_comes_back_to_what_it_wanted(provider, table):
    server = create_app(table, signing_in(provider)).server
    browser = server.test_client()
    wanted = "/?kind=cat&weight=1.5..&q=%C3%A9%2F%26"
    answer = sign_in(browser, wanted)
    assert answer.status_code == 302
    assert answer.headers["Location"] == wanted
    assert "_dash-renderer" in browser.get(wanted, headers=HTML).text
    assert browser.get("/range/?kind=dog").get_json()[0]["name"] == "Rex"
    strangers = server.test_client()
    assert_asks(strangers.get("/range/"), "Bearer")


def test_every_route_asks_beside_a_provider_too(provider, table):
    server = create_app(table, signing_in(provider)).server
    open_to_all = {"/healthz", "/login/", "/login/callback", "/logout"}
    for method, path in paths_of(server):
        status = server.test_client().open(path, method=method).status_code
        if path not in open_to_all or (path == "/healthz" and method == "OPTIONS"):
            assert status == 401, (method, path)
    assert server.test_client().post("/login/").status_code == 401


def test_what_is_asked_of_the_provider(provider):
    browser = small_server(signing_in(provider)).test_client()
    asked = {
        key: value[0]
        for key, value in parse_qs(
            urlsplit(browser.get("/", headers=HTML).headers["Location"]).query
        ).items()
    }
    again = parse_qs(urlsplit(browser.get("/", headers=HTML).headers["Location"]).query)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/login/callback"
    for secret in ("state", "nonce", "code_challenge"):
        assert len(asked[secret]) >= 20
        assert again[secret] != [asked[secret]]
    assert SECRET not in str(asked)


def test_the_cookies_are_guarded(provider):
    server = small_server(signing_in(provider))
    browser = server.test_client()
    begun = browser.get("/", headers=HTML)
    back = browser.get(at_provider(begun))
    for answer, name in ((begun, "iris_dash_sign_in_"), (back, "iris_dash_login=")):
        [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(name)][:1]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    [ended] = [c for c in back.headers.getlist("Set-Cookie") if c.startswith("iris_dash_sign_in_")]
    assert "Max-Age=0" in ended
    assert browser.get("/").headers.getlist("Set-Cookie") == []
    safe = server.test_client().get("/", headers=HTML, base_url="https://localhost")
    assert "Secure" in safe.headers["Set-Cookie"]
    asked = parse_qs(urlsplit(safe.headers["Location"]).query)
    assert asked["redirect_uri"] == ["https://localhost/login/callback"]


def test_a_session_over_tls_has_a_cookie_for_tls_alone(provider):
    browser = small_server(signing_in(provider)).test_client()
    begun = browser.get("/", headers=HTML, base_url="https://localhost")
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=PATIENCE)
    answer = browser.get(
        back.headers["Location"].removeprefix("https://localhost"), base_url="https://localhost"
    )
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if "iris_dash_login=" in c]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


def test_a_script_of_the_page_is_told_instead_of_sent_away(provider):
    browser = small_server(signing_in(provider, logins=LOGINS)).test_client()
    for headers in ({}, {"Accept": "*/*"}, {**HTML, "Sec-Fetch-Mode": "cors"}):
        answer = browser.get("/", headers=headers)
        # No Basic: at it a browser would ask for a password.
        assert_asks(answer, "Bearer")
        assert "/login/" in answer.get_json()["detail"]
    assert_asks(browser.post("/", headers=HTML), "Bearer")


def test_logins_and_tokens_work_beside_a_provider(provider):
    more = {"logins": LOGINS, "tokens": ASKING.tokens}
    people = small_server(signing_in(provider, **more)).test_client()
    assert people.get("/", headers=RIGHT).get_json() == {"who": "ann"}
    assert people.get("/", headers=bearer(TOKENS["weekly"])).get_json() == {"who": "weekly"}
    assert_asks(people.get("/", headers={**HTML, **basic("ann", "wrong")}), "Bearer")


def test_a_session_ends_after_eight_hours_and_at_logout(provider, monkeypatch):
    browser = small_server(signing_in(provider)).test_client()
    assert sign_in(browser).status_code == 302
    assert browser.get("/").get_json() == {"who": "ann@example.org"}
    now = time.time()
    monkeypatch.setattr(sign_in_module, "time", lambda: now + 8 * 3600 - 60)
    assert browser.get("/").status_code == 200
    # Another begun sign-in does not make it longer.
    browser.get("/login/", headers=HTML)
    monkeypatch.setattr(sign_in_module, "time", lambda: now + 8 * 3600 + 60)
    assert_asks(browser.get("/"), "Bearer")
    monkeypatch.undo()
    for method in ("GET", "POST"):
        browser.delete_cookie("iris_dash_login")
        assert sign_in(browser).status_code == 302
        assert browser.get("/").status_code == 200
        left = browser.open("/logout", method=method, headers=HTML)
        assert left.status_code == 200
        assert 'href="/login/"' in left.text
        assert_asks(browser.get("/"), "Bearer")


def kept_cookie(browser) -> str:
    """The cookie of who is signed in, as somebody may have copied it."""
    cookie = browser.get_cookie("iris_dash_login")
    assert cookie
    return cookie.value


def comes_in(server, cookie: str) -> bool:
    browser = server.test_client()
    browser.set_cookie("iris_dash_login", cookie)
    return browser.get("/").status_code == 200


def test_a_kept_cookie_is_no_login_after_logout(provider):
    """It was one for eight hours: only the browser forgot it."""
    server = small_server(signing_in(provider))
    browser = server.test_client()
    sign_in(browser)
    kept = kept_cookie(browser)
    other = server.test_client()
    sign_in(other)
    assert comes_in(server, kept)
    browser.get("/logout")
    assert not comes_in(server, kept)
    # Whoever has it cannot bring it back, and the same person's other login is still one.
    again = server.test_client()
    again.set_cookie("iris_dash_login", kept)
    again.get("/logout")
    assert not comes_in(server, kept)
    assert other.get("/").status_code == 200
    assert sign_in(browser).status_code == 302
    assert browser.get("/").status_code == 200


def test_a_login_ends_at_every_worker_and_with_redis_at_every_server(
    provider, tmp_path, monkeypatch
):
    monkeypatch.setattr(redis_module, "PATIENCE", 20)

    def ends_at_another(settings: Settings) -> bool:
        one, other = small_server(settings), small_server(settings)
        browser = one.test_client()
        sign_in(browser)
        kept = kept_cookie(browser)
        assert comes_in(other, kept)
        browser.get("/logout")
        return not comes_in(other, kept)

    with redis_server() as redis:
        assert ends_at_another(signing_in(provider, redis_url=redis.url))
    assert not ends_at_another(signing_in(provider))
    # A run of one or more workers, and a table that takes the place of another.
    monkeypatch.setenv(RUN_FOLDER, str(tmp_path))
    assert ends_at_another(signing_in(provider))
    # What others may read there is no cookie.
    [mark] = (tmp_path / "ended-logins").iterdir()
    assert mark.stat().st_size == 0


def test_ended_logins_are_few_and_forgotten_when_they_end_by_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(ended_module, "MOST_ENDED", 3)
    monkeypatch.setattr(ended_module, "time", lambda: 1_800_000_000)
    monkeypatch.setattr(redis_module, "PATIENCE", 20)
    with redis_server() as redis:
        shared = redis_module.SharedRedis(redis.url)
        ends = {f"login {number}": 1_800_000_000 + number for number in (-1, 1, 2, 3, 4)}
        for folder, where in ((tmp_path, None), (None, shared)):
            ended = EndedLogins(folder, where)
            for login, until in ends.items():
                ended.end(login, until)
            # As another process is told.
            other = EndedLogins(folder, where)
            told = [login for login, until in ends.items() if other.has_ended(login, until)]
            assert told == ["login 2", "login 3", "login 4"]
            assert not other.has_ended("login 2", ends["login 3"])
        with redis.client() as client:
            assert client.zcard(ended_module.KEY) == 3
            assert 0 < client.ttl(ended_module.KEY) <= 8 * 3600
    assert len([*tmp_path.iterdir()]) == 3


def test_a_logout_is_one_where_nothing_can_be_shared(provider, tmp_path, monkeypatch):
    monkeypatch.setenv(RUN_FOLDER, str(tmp_path / "gone"))
    server = small_server(signing_in(provider, redis_url="redis://127.0.0.1:1/0"))
    browser = server.test_client()
    sign_in(browser)
    kept = kept_cookie(browser)
    assert browser.get("/logout").status_code == 200
    assert not comes_in(server, kept)


def test_a_cookie_of_another_key_lets_nobody_in(provider):
    browser = small_server(signing_in(provider)).test_client()
    sign_in(browser)
    cookie = browser.get_cookie("iris_dash_login")
    assert cookie
    other = small_server(
        signing_in(provider).model_copy(update={"secret_key": "another key"})
    ).test_client()
    for value in (cookie.value, cookie.value[:-1] + "x", "", "x", "eyJ3aG8iOiJhbm4ifQ"):
        other.set_cookie("iris_dash_login", value)
        assert_asks(other.get("/"), "Bearer")


def test_tabs_sign_in_side_by_side(provider):
    browser = small_server(signing_in(provider)).test_client()
    backs = [at_provider(browser.get(f"/?tab={tab}", headers=HTML)) for tab in range(8)]
    for tab in (3, 0, 7, 1, 2, 4, 5, 6):
        assert browser.get(backs[tab]).headers["Location"] == f"/?tab={tab}"


def change_state(back: str, state: str) -> str:
    return re.sub(r"state=\w+", f"state={state}", back)


def test_a_wrong_state_is_refused(provider):
    server = small_server(signing_in(provider))
    browser = server.test_client()
    before = [*provider.exchanged]
    back = at_provider(browser.get("/", headers=HTML))
    said = "not under way in this browser"
    for state in ("", "x" * 30, "%0d%0aSet-Cookie:x", "é", "a;b", "..", "x" * 5_000):
        answer = browser.get(change_state(back, state), headers=HTML)
        assert_not_signed_in(browser, answer, said)
    # In another browser: a link that an attacker sends.
    other = server.test_client()
    assert_not_signed_in(other, other.get(back, headers=HTML), said)
    assert provider.exchanged == before
    assert browser.get(back, headers=HTML).status_code == 302
    # Once.
    signed_out = server.test_client()
    answer = signed_out.get(back, headers=HTML)
    assert_not_signed_in(signed_out, answer, said)


def test_a_state_with_another_tabs_code_is_refused(provider):
    """PKCE: the provider answers a code to none but who asked for it."""
    browser = small_server(signing_in(provider)).test_client()
    one, other = (at_provider(browser.get("/", headers=HTML)) for _ in range(2))
    [state] = parse_qs(urlsplit(other).query)["state"]
    answer = browser.get(change_state(one, state), headers=HTML)
    assert_not_signed_in(browser, answer, "does not hold")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT},
        {"aud": [CLIENT, "another client"]},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"aud": None},
        {"iss": "http://evil.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_is_refused(provider, claims):
    provider.claims = claims
    browser = small_server(signing_in(provider)).test_client()
    assert_not_signed_in(browser, sign_in(browser), "does not hold")


def test_a_token_that_another_key_signed_is_refused(provider):
    provider.key = OTHER_KEY
    browser = small_server(signing_in(provider)).test_client()
    assert_not_signed_in(browser, sign_in(browser), "does not hold")


def test_an_unsigned_token_is_refused(provider, monkeypatch):
    def unsigned(nonce):
        now = int(time.time())
        said = {"iss": provider.url, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 60}
        parts = ({"alg": "none", "kid": "one"}, {**said, **ANN})
        return ".".join(
            [*(urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts), ""]
        )

    monkeypatch.setattr(provider, "id_token", unsigned)
    browser = small_server(signing_in(provider)).test_client()
    assert_not_signed_in(browser, sign_in(browser), "does not hold")


@pytest.mark.parametrize(
    ("people", "person", "said"),
    [
        (("ann@example.org",), {}, None),
        (("ANN@EXAMPLE.ORG",), {}, None),
        (("@example.org",), {}, None),
        (("@example.com", "ann@example.org"), {"email": "Ann@Example.org"}, None),
        (("bo@example.org",), {}, "not among them"),
        (("@xample.org", "@org", "@example.or", "ann", "example.org"), {}, "not among them"),
        (("@example.org",), {"email": "ann@sub.example.org"}, "not among them"),
        (("@example.org",), {"email": "ann@example.org.evil.example"}, "not among them"),
        (("@example.org",), {"email": "ann@evil.example@example.org"}, "not among them"),
        (("@example.org",), {"email": "@example.org"}, "not among them"),
        (("mike@example.org",), {"email": "mi\u212ae@example.org"}, "not among them"),
        (("@example.org",), {"email_verified": False}, "not verified"),
        (("@example.org",), {"email_verified": "true"}, "not verified"),
        (("@example.org",), {"email_verified": None}, "not verified"),
        (("@example.org",), {"email": None}, "not verified"),
        (("@example.org",), {"email": ["ann@example.org"]}, "not among them"),
    ],
    ids=str,
)
def test_whom_the_settings_name_comes_in(provider, people, person, said):
    provider.person = {**ANN, **person}
    browser = small_server(signing_in(provider, oidc_users=people)).test_client()
    answer = sign_in(browser)
    if said is None:
        assert answer.status_code == 302
        assert browser.get("/").status_code == 200
    else:
        assert_not_signed_in(browser, answer, said)


def test_who_is_no_longer_named_is_out_although_the_cookie_holds(provider):
    browser = small_server(signing_in(provider)).test_client()
    sign_in(browser)
    cookie = browser.get_cookie("iris_dash_login")
    assert cookie
    later = small_server(signing_in(provider, oidc_users=("bo@example.org",))).test_client()
    later.set_cookie("iris_dash_login", cookie.value)
    assert_asks(later.get("/"), "Bearer")


def test_without_a_list_everyone_comes_in_under_what_is_certain(provider):
    provider.person = {"sub": "4711", "email": "boss@example.org", "email_verified": False}
    browser = small_server(signing_in(provider)).test_client()
    sign_in(browser)
    assert browser.get("/").get_json() == {"who": "4711"}


def test_the_mail_may_stand_in_the_users_information_alone(provider):
    provider.person = {"sub": "4711"}
    provider.user_information = dict(ANN)
    browser = small_server(signing_in(provider, oidc_users=("@example.org",))).test_client()
    assert sign_in(browser).status_code == 302
    provider.user_information = {**ANN, "sub": "another"}
    other = small_server(signing_in(provider, oidc_users=("@example.org",))).test_client()
    assert_not_signed_in(other, sign_in(other), "does not hold")


def test_a_provider_that_says_no_is_heard(provider, caplog):
    browser = small_server(signing_in(provider)).test_client()
    [state] = parse_qs(urlsplit(browser.get("/", headers=HTML).headers["Location"]).query)["state"]
    said = "%3Cscript%3Ealert(1)%3C/script%3E%0Aforged"
    answer = browser.get(f"/login/callback?error={said}&state={state}", headers=HTML)
    assert_not_signed_in(browser, answer, "did not sign you in")
    assert "alert" not in answer.text
    [line] = [r.getMessage() for r in caplog.records if r.name == "iris_dash.access"]
    assert "\n" not in line


def test_wrong_sign_ins_are_limited_too(provider):
    browser = small_server(signing_in(provider, logins=LOGINS)).test_client()
    for _ in range(10):
        back = at_provider(browser.get("/", headers=HTML))
        assert browser.get(re.sub(r"code=[\w-]+", "code=x", back)).status_code == 403
    assert_limited(browser.get("/login/callback?code=x&state=x"))
    assert_limited(browser.get("/", headers=RIGHT))


def test_another_site_cannot_lock_an_address_out(provider):
    """It had a page with ten images, each an address of the callback: a browser asks for them
    without the cookies of this site, and its address was limited."""
    server = small_server(signing_in(provider, logins=LOGINS))
    begun = at_provider(server.test_client().get("/", headers=HTML))
    for state in ("x", "", "y" * 70, parse_qs(urlsplit(begun).query)["state"][0]):
        for _ in range(10):
            image = server.test_client().get(f"/login/callback?code=x&state={state}")
            assert_envelope(image, 403)
    # What somebody makes up, or kept for too long, is none that is under way either.
    browser = server.test_client()
    browser.set_cookie("iris_dash_sign_in_x", "made.up")
    for _ in range(10):
        assert browser.get("/login/callback?code=x&state=x").status_code == 403
    assert server.test_client().get("/", headers=RIGHT).status_code == 200
    assert sign_in(server.test_client()).status_code == 302


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "@evil.example",
        ".evil.example",
        "",
        "/%09/evil.example",
        "//[evil",
        "/é\r\nSet-Cookie: x=y",
        "/?" + "x" * 20_000,
    ],
    ids=lambda wanted: wanted[:20],
)
def test_nobody_is_sent_to_another_site(provider, wanted):
    browser = small_server(signing_in(provider)).test_client()
    answer = browser.get(at_provider(browser.get("/login/", query_string={"next": wanted})))
    assert answer.status_code == 302
    # As a browser reads an address: `\\` is `/`, tabs and line ends are nothing.
    location = re.sub(r"[\t\r\n]", "", answer.headers["Location"].replace("\\", "/"))
    assert location.startswith("/")
    assert not location.startswith("//")
    assert location.isascii()
    assert "x=y" not in str([*answer.headers.getlist("Set-Cookie")])


@pytest.mark.parametrize("path", ["//evil.example", "/%2Fevil.example", "/%5Cevil.example"])
def test_a_path_that_reads_as_another_site_is_not_come_back_to(provider, path):
    browser = small_server(signing_in(provider)).test_client()
    environment = {"PATH_INFO": unquote(path), "REQUEST_URI": path, "RAW_URI": path}
    answer = browser.get(at_provider(browser.get("/", headers=HTML, environ_overrides=environment)))
    location = answer.headers["Location"].replace("\\", "/")
    assert location.startswith("/")
    assert not location.startswith("//")


def test_behind_a_proxys_prefix_all_stays_under_it(provider):
    browser = small_server(signing_in(provider)).test_client()
    prefix = {"environ_overrides": {"SCRIPT_NAME": "/flowers"}}
    begun = browser.get("/?a=b", headers=HTML, **prefix)
    assert "Path=/flowers/login/" in begun.headers["Set-Cookie"]
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["redirect_uri"] == ["http://localhost/flowers/login/callback"]
    [sealed] = [c for c in browser._cookies.values() if c.key.startswith("iris_dash_sign_in_")]
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=PATIENCE)
    path = back.headers["Location"].removeprefix("http://localhost/flowers")
    # The test client knows nothing of the prefix.
    browser.set_cookie(sealed.key, sealed.value)
    assert browser.get(path, **prefix).headers["Location"] == "/flowers/?a=b"
    assert 'href="/flowers/login/"' in browser.get("/logout", **prefix).text


def test_bytes_in_an_address_are_no_failure(provider):
    browser = small_server(signing_in(provider)).test_client()
    environment = {"QUERY_STRING": "q=\xff\xfe"}
    assert browser.get("/", headers=HTML, environ_overrides=environment).status_code == 302


def test_a_provider_that_is_away_is_one_clear_line(caplog):
    with identity_provider() as provider:
        settings = signing_in(provider, tokens=ASKING.tokens)
        began = small_server(settings).test_client()
        back = at_provider(began.get("/", headers=HTML))
    away = small_server(settings).test_client()
    for browser, path in ((away, "/"), (began, back), (away, "/login/")):
        page = browser.get(path, headers=HTML)
        assert page.status_code == 503
        assert "The sign-in provider cannot be reached" in page.text
        assert int(page.headers["Retry-After"]) > 0
        assert "Traceback" not in page.text
    assert_envelope(away.get("/login/"), 503)
    assert away.get("/", headers=bearer(TOKENS["weekly"])).status_code == 200
    assert SECRET not in caplog.text
    assert caplog.text.count("is away") == 2  # once per server: then it is left alone for a while


def test_a_provider_that_fails_is_away_too_and_may_come_back(provider, monkeypatch):
    browser = small_server(signing_in(provider)).test_client()
    provider.broken = True
    assert browser.get("/", headers=HTML).status_code == 503
    provider.broken = False
    assert browser.get("/", headers=HTML).status_code == 503
    later = time.monotonic() + 6
    monkeypatch.setattr(provider_module, "monotonic", lambda: later)
    back = at_provider(browser.get("/", headers=HTML))
    provider.broken = True
    assert browser.get(back, headers=HTML).status_code == 503
    provider.broken = False
    monkeypatch.setattr(provider_module, "monotonic", lambda: later + 6)
    # The sign-in is still under way.
    assert browser.get(back, headers=HTML).status_code == 302
