"""Below a path of its host, in a browser: with a login or without, nothing is asked elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from logins import PASSWORD, basic, hash_of
from pages import Page, story
from processes import Server, running
from selenium.webdriver import Chrome
from service_servers import Nginx, documented_nginx, nginx_server

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

PROXIED = {"IRIS_DASH_PROXIES": "1", "IRIS_DASH_PROXY_HEADERS": "for proto prefix"}

FRONTS: dict[str, Callable[[int], AbstractContextManager[Nginx]]] = {
    "documented": documented_nginx,
    "shipped": lambda port: nginx_server([port], path="/iris"),
}
"""The proxies that serve a server at a port below /iris."""

PLACE = "return location.pathname + location.search"
FILES = "return [...document.querySelectorAll('a[data-export]')].map(link => link.href)"
FETCH = """
const [address, done] = arguments;
fetch(address).then(answer => answer.text()).then(done, error => done(`${error}`));
"""


@pytest.fixture(scope="module")
def proxied() -> Iterator[Server]:
    """A server that believes a proxy which says its path."""
    with running(more=PROXIED) as server:
        yield server


def below(driver: Chrome, front: Nginx) -> Iterator[Page]:
    """Give a story its tab; it fails if anything is asked for that is not below the path."""
    assert front.url.endswith("/iris")
    yield from story(Page(driver, front.url))


@pytest.fixture(params=FRONTS)
def page(driver: Chrome, proxied: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Give a story its tab below the path."""
    with FRONTS[request.param](proxied.port) as front:
        yield from below(driver, front)


def explore(page: Page) -> None:
    """Ask all that the page can ask, by what a person does."""
    page.open("/?species=setosa")
    page.expect_count(50)
    page.tick("species", "virginica")
    page.expect_count(100)
    page.expect(lambda: page.run(PLACE), "/iris/?species=~not:versicolor")
    page.view("pairs")
    page.expect(page.search, "?species=~not:versicolor&_view=pairs")
    page.settle()
    page.click("#chips .chip")
    page.expect_count(150)
    page.expect(lambda: page.run(PLACE), "/iris/?_view=pairs")
    page.driver.back()
    # How far depends on how quick all this was: what comes together is one step of the history.
    page.until(lambda: page.count() != "150 of 150 flowers", "an older address is opened")
    page.settle()
    assert page.run(PLACE).startswith(("/iris/?species=setosa", "/iris/?species=~not:versicolor"))
    files = page.run(FILES)
    assert len(files) > 8
    assert [link for link in files if not link.startswith(f"{page.origin}/export")] == []
    text = page.driver.execute_async_script(FETCH, files[0])
    assert text.startswith("sepal_length,")
    assert text.count("\n") == 1 + int(page.count().split()[0])
    page.click("#copy-as")
    page.find(".modal.show .form-text")
    assert f"'{page.origin}/range/?species=" in page.text(".modal.show .form-text")


def execute(page: Page) -> None:
    """Let the documentation ask a route."""
    page.open("/docs/")
    page.click("#operations-default-getMeans .opblock-summary-control")
    page.click("#operations-default-getMeans .execute")
    shown = "#operations-default-getMeans .live-responses-table"
    page.expect(lambda: page.text(f"{shown} tbody .response-col_status").split()[-1], "200")
    assert f"{page.origin}/stats/mean/" in page.text("#operations-default-getMeans .request-url")


def test_the_page_and_the_documentation_ask_for_nothing_above_the_path(page: Page) -> None:
    explore(page)
    execute(page)


def test_the_embedded_form_stays_embedded_below_the_path(page: Page) -> None:
    page.open("/?_embed=1&species=setosa")
    page.expect_count(50)
    assert not page.visible("header.top")
    page.tick("species", "virginica")
    page.expect(lambda: page.run(PLACE), "/iris/?species=~not:versicolor&_embed=1")


def test_a_path_without_its_slash_leads_to_the_page(page: Page) -> None:
    page.driver.get(page.origin)
    page.expect_count(150)
    assert page.run(PLACE) == "/iris/"
    page.requests()  # the one without the slash


@pytest.fixture
def asking(driver: Chrome) -> Iterator[Page]:
    """Give a story its tab at a server that asks for a password."""
    login = {"IRIS_DASH_LOGINS": f"ann:{hash_of(PASSWORD)}"}
    with running(more=PROXIED | login) as server, documented_nginx(server.port) as front:
        yield from below(driver, front)


def test_with_a_password_all_is_below_the_path_too(asking: Page) -> None:
    asking.cdp("Network.enable")
    asking.cdp("Network.setExtraHTTPHeaders", headers=basic("ann", PASSWORD))
    explore(asking)
    execute(asking)


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    """A provider that signs everyone in."""
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def signing_in(driver: Chrome, provider: IdentityProvider) -> Iterator[Page]:
    """Give a story its tab at a server where the provider signs people in."""
    settings = {
        "IRIS_DASH_OIDC_ISSUER": provider.url,
        "IRIS_DASH_OIDC_CLIENT": CLIENT,
        "IRIS_DASH_OIDC_SECRET": SECRET,
        "IRIS_DASH_SECRET_KEY": "a key of the tests' own",
    }
    with running(more=PROXIED | settings) as server, documented_nginx(server.port) as front:
        yield from below(driver, front)


def test_who_signs_in_comes_back_below_the_path(
    signing_in: Page, provider: IdentityProvider
) -> None:
    page = signing_in
    page.open("/?species=setosa")
    page.expect_count(50)
    assert page.run(PLACE) == "/iris/?species=setosa"
    elsewhere = [url for url in page.requests() if not url.startswith(f"{page.origin}/")]
    assert {url.startswith(f"{provider.url}/") for url in elsewhere} == {True}
    explore(page)
    [cookie] = page.driver.get_cookies()
    assert (cookie["name"], cookie["path"]) == ("iris_dash_login", "/iris/")
    page.open("/logout")
    page.until(lambda: "signed out" in page.text("p"), "that one is signed out")
    assert page.run("return document.querySelector('a').href") == f"{page.origin}/login/"
    assert page.driver.get_cookies() == []
