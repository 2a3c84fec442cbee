"""What the browser refuses, and what it shows of a table that is made to do harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import hostile
import pytest
from page_views import ADDRESSES
from pages import Page
from processes import running
from selenium.webdriver import Chrome
from shared import shared_file

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

SELECTED = "/?_view=compare&sepal_length=..5.0"
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI}) =>
    window.violations.push(effectiveDirective + " " + blockedURI));
"""
INJECT = """
const script = document.createElement("script");
script.textContent = "window.pwned = 1";
document.body.append(script);
const link = document.createElement("a");
link.setAttribute("onclick", "window.pwned = 2");
document.body.append(link);
link.click();
const later = document.createElement("script");
later.src = "data:text/javascript,window.pwned=3";
document.body.append(later);
"""
PICTURE = """
const done = arguments[arguments.length - 1];
const plot = document.querySelector("#scatter .js-plotly-plot");
Plotly.toImage(plot, {format: "png"}).then(url => {
    const picture = new Image();
    picture.onload = () => done(picture.width);
    picture.onerror = () => done("not shown");
    picture.src = url;
});
"""
FETCH = """
const [url, options, done] = [arguments[0], arguments[1], arguments[arguments.length - 1]];
fetch(url, options).then(
    async answer => done([answer.status, answer.headers.get("X-Total-Count"),
                          (await answer.text()).length]),
    error => done(error.name));
"""
TEXTS = """
return [...document.querySelectorAll(`${arguments[0]} svg text`)]
    .map(text => text.textContent.replace(/\\s/g, "")).filter(Boolean);
"""
SHORTENED = re.compile(r"<a(?=.*…).{3,}")


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """Serve a folder as another site for the length of a block; its origin."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing on standard error."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Another site's origin; its pages are the files of the test's folder."""
    with elsewhere(tmp_path) as origin:
        yield origin


@contextmanager
def tab(driver: Chrome, origin: str) -> Iterator[Page]:
    """Open a tab for the length of a block, whatever it complains of."""
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    page = Page(driver, origin)
    page.complaints()
    yield page
    driver.close()
    driver.switch_to.window(first)
    page.complaints()
    page.requests()


@pytest.fixture
def visitor(driver: Chrome) -> Iterator[Page]:
    """A tab for another site, where the browser may complain."""
    with tab(driver, "") as page:
        yield page


@pytest.fixture(scope="session")
def harmful_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve the table that is made to do harm for the whole session."""
    write = hostile.write_hostile
    with shared_file(common, "hostile.csv", lambda path: write(path.parent)) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def harmful(driver: Chrome, harmful_url: str) -> Iterator[Page]:
    """Give a story its tab at that table; it must stay clean."""
    with tab(driver, harmful_url) as page:
        page.resize(1400, 1000)
        yield page
        assert page.complaints() == []


def test_every_view_needs_nothing_that_the_policy_refuses(page: Page) -> None:
    page.prepare(WATCH)
    for address in (*ADDRESSES, SELECTED):
        page.open(address)
        page.settle()
        assert page.run("return window.violations") == [], address
    page.open()
    page.settle()
    assert page.driver.execute_async_script(PICTURE) > 100
    page.click("#copy-as")
    page.find(".modal.show")
    assert page.run("return window.violations") == []


def test_a_script_that_gets_into_the_page_does_not_run(page: Page) -> None:
    page.prepare(WATCH)
    page.open()
    page.settle()
    page.run(INJECT)
    page.expect(
        lambda: sorted(page.run("return window.violations")),
        ["script-src-attr inline", "script-src-elem data", "script-src-elem inline"],
    )
    assert page.run("return window.pwned") is None
    page.tolerated = ("Content Security Policy",)


def test_the_documentation_asks_the_server_under_its_policy(page: Page) -> None:
    page.prepare(WATCH)
    page.open("/docs/")
    page.click("#operations-default-getMeans .opblock-summary-control")
    page.click("#operations-default-getMeans .execute")
    shown = "#operations-default-getMeans .live-responses-table"
    page.expect(lambda: page.text(f"{shown} tbody .response-col_status").split()[-1], "200")
    assert "mean_sepal_length" in page.text(f"{shown} .highlight-code")
    assert page.run("return window.violations") == []


# --- Other sites


def framed(visitor: Page, folder: Path, site: str, product: str) -> Page:
    """Open a page of another site that frames the product, and step into the frame."""
    frame = f'<!doctype html><iframe width="1300" height="900" src="{product}"></iframe>'
    (folder / "frame.html").write_text(frame)
    visitor.resize(1400, 1000)
    visitor.driver.get(f"{site}/frame.html")
    visitor.driver.switch_to.frame(0)
    return visitor


def test_a_site_in_the_settings_shows_the_page_in_a_frame_without_its_header(
    visitor: Page, tmp_path: Path, site: str
) -> None:
    with running(more={"IRIS_DASH_FRAME_ANCESTORS": site}) as server:
        page = framed(visitor, tmp_path, site, f"{server.url}/?_embed=1&species=setosa")
        page.expect_count(50)
        assert not page.visible("header.top")
        assert page.text("#notices") == ""
        # It stays so whatever is asked there, and after Reset.
        page.tick("species", "virginica")
        page.expect_count(100)
        page.expect(page.search, "?species=~not:versicolor&_embed=1")
        page.run("document.querySelector('.sidebar .card-head button').click()")
        page.expect_count(150)
        page.expect(page.search, "?_embed=1")
        page.driver.switch_to.default_content()


def test_a_page_outside_a_frame_has_its_header(page: Page) -> None:
    page.open("/?_embed=0")
    page.expect_count(150)
    assert page.visible("header.top")
    page.expect(page.search, "")


@pytest.mark.parametrize("allowed", ["", "https://site.example.org"])
def test_no_other_site_shows_the_page_in_a_frame(
    visitor: Page, tmp_path: Path, site: str, allowed: str
) -> None:
    with running(more={"IRIS_DASH_FRAME_ANCESTORS": allowed}) as server:
        page = framed(visitor, tmp_path, site, server.url)
        page.driver.switch_to.default_content()
        page.until(lambda: "frame-ancestors" in " ".join(page.complaints()), "the refusal")
        page.driver.switch_to.frame(0)
        assert page.all("#main") == []
        page.driver.switch_to.default_content()


def test_scripts_of_a_site_in_the_settings_read_the_routes_alone(
    visitor: Page, tmp_path: Path, site: str
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>elsewhere</title>")
    ask = {
        "method": "POST",
        "headers": {"Content-Type": "application/json", "Authorization": "Bearer none"},
        "body": '{"species": "setosa", "page": 1, "per_page": 1}',
    }
    with running(more={"IRIS_DASH_CORS_ORIGINS": site}) as server:
        visitor.driver.get(site)
        fetch = partial(visitor.driver.execute_async_script, FETCH)
        status, total, _ = fetch(f"{server.url}/range/", ask)
        assert (status, total) == (200, "50")
        assert fetch(f"{server.url}/range/?species=rose", {})[0] == 422
        assert fetch(f"{server.url}/range/", ask | {"credentials": "include"}) == "TypeError"
        assert fetch(f"{server.url}/_dash-layout", {}) == "TypeError"
        assert fetch(f"{server.url}/_dash-update-component", ask) == "TypeError"
        # Without asking whether it may, it learns nothing either.
        assert fetch(f"{server.url}/range/", {"mode": "no-cors"}) == "TypeError"
        visitor.driver.get(site.replace("127.0.0.1", "localhost"))
        assert fetch(f"{server.url}/range/", {}) == "TypeError"


def test_no_sites_scripts_read_anything_unless_the_settings_say_so(
    visitor: Page, tmp_path: Path, site: str, server_url: str
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>elsewhere</title>")
    visitor.driver.get(site)
    fetch = partial(visitor.driver.execute_async_script, FETCH)
    for path in ("/range/", "/export.csv", "/openapi.json", "/"):
        assert fetch(server_url + path, {}) == "TypeError"


# --- A table made to do harm


def test_harmful_texts_are_shown_as_text_in_every_view(harmful: Page) -> None:
    page = harmful
    page.prepare(WATCH)
    for address in (*ADDRESSES, "/?_view=compare&toString=..3.5", "/?_view=table"):
        page.open(address)
        page.until(lambda: page.count().endswith(f"of 60 {hostile.WORD}"), "the count")
        page.settle()
        page.unfold_twins()
        assert page.run("return [window.pwned, window.violations]") == [None, []], address
    assert page.text("h1") == page.driver.title == hostile.TITLE
    assert page.text(".about") == f"60 {hostile.WORD} · {hostile.ABOUT}"
    for facet, values in ((hostile.FACET, hostile.VALUES), ("constructor", hostile.OTHERS)):
        texts = sorted(map(hostile.shown, values))
        assert sorted(one["text"] for one in page.facet(facet)) == texts
    page.expect(lambda: len(page.run("return document.querySelectorAll('#table td')")), 70)
    shown = page.run(
        "return [...document.querySelectorAll('#table tr')].map(row =>"
        " [...row.querySelectorAll('td')].map(cell => cell.textContent)).filter(r => r.length)"
    )
    for row, wanted in zip(shown, hostile.hostile_rows(), strict=False):
        # The colouring facet's values have a symbol in front.
        texts = map(hostile.shown, list(wanted.values())[:4])
        assert [row[0].partition(" ")[2], *row[1:4]] == list(texts)
    assert (
        page.run("return document.querySelectorAll('#table a, #table img, #table b').length") == 0
    )


def test_harmful_labels_are_text_in_charts(harmful: Page) -> None:
    page = harmful
    values = {squeezed(value) for value in hostile.VALUES}
    last = squeezed(hostile.LAST)
    page.open("/?_view=distributions&_distribution=box")
    page.settle()
    # A title's words that do not fit are left out.
    assert values | {"<a…", last} <= set(page.run(TEXTS, "#distributions"))
    page.open("/?_view=pairs&_correlation=groups")
    page.settle()
    # The middle of a long name is left out, as much of it as does not fit beside an axis.
    assert last in page.run(TEXTS, "#matrix")
    assert any(SHORTENED.fullmatch(text) for text in page.run(TEXTS, "#matrix"))
    assert {'<ahref="j…%{y}', last} | values <= set(page.run(TEXTS, "#correlation"))
    page.open(f"/?by=constructor&_x={hostile.MEASURE}")
    page.settle()
    assert any(SHORTENED.fullmatch(text) for text in page.run(TEXTS, "#scatter"))
    assert page.all(".js-plotly-plot text a") == []


def squeezed(text: str) -> str:
    """Return a text without blanks: a chart breaks its lines at them."""
    return "".join(text.split())


def test_a_harmful_filter_is_a_chip_and_an_address(harmful: Page) -> None:
    page = harmful
    page.open("/")
    page.settle()
    page.tick("constructor", "constructor")
    page.expect(lambda: page.count().split()[0], "45")
    page.click("fieldset[data-facet='constructor'] .form-check:first-child .facet-value")
    page.expect(lambda: page.count().split()[0], "15")
    page.expect(page.search, "?constructor=constructor")
    page.expect(lambda: page.chips()[0][0].split(": ")[-1], "constructor")
    page.click("#chips .chip")
    page.expect(lambda: page.count().split()[0], "60")
    page.click("#means-key li:nth-child(1) button")
    page.expect(lambda: page.count().split()[0], "12")
    page.settle()
    assert page.run("return window.pwned") is None


def test_the_documentation_shows_harmful_words_as_text(harmful: Page) -> None:
    page = harmful
    page.open("/docs/")
    page.until(lambda: hostile.WORD in page.text(".information-container"), "the words")
    assert hostile.TITLE in page.text(".information-container")
    page.click("#operations-default-getRows .opblock-summary-control")
    page.until(lambda: page.all("#operations-default-getRows .parameters"), "its parameters")
    assert f"{hostile.LABEL} ({hostile.UNIT}): low..high" in page.text(
        "#operations-default-getRows"
    )
    assert page.run("return window.pwned") is None
    assert page.all(".opblock a[href^=javascript]") == []
