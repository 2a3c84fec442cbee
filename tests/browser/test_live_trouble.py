"""What happens to a live index on its way, and to a drag: no figure is shown that no server gives.

The server runs in this process, so that a story can spoil what it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from iris import flowers
from live_pages import ASKED, SHOWN, come_near, slider
from pages import Page, story
from sample_tables import ROOT
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from served_here import WsgiApp, served_here
from test_failures import COMPLAINTS, trouble

from iris_dash import Explorer
from iris_dash.web.app import create_app

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

INDEX = "/_live-index"


class Product:
    """The product; `spoil` makes of an index's bytes, and of who answers, what is sent instead."""

    def __init__(self) -> None:
        self.explorer = Explorer.open(ROOT / "data" / "iris.csv")
        self.app: WsgiApp = create_app(self.explorer).server
        self.of_indexes: WsgiApp = self.app
        self.spoil: Callable[[bytes], bytes] | None = None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] != INDEX:
            return self.app(environ, start)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        if self.spoil is None:
            return self.of_indexes(environ, start)

        def start_unmeasured(status: str, headers: list[tuple[str, str]], *said: Any) -> Any:
            start(status, [one for one in headers if one[0] != "Content-Length"], *said)

        return [self.spoil(b"".join(self.of_indexes(environ, start_unmeasured)))]


@pytest.fixture
def product() -> Product:
    return Product()


@pytest.fixture
def own(driver: Chrome, product: Product) -> Iterator[Page]:
    """Give a story its tab at the server of this process."""
    with served_here(product) as url:
        yield from story(Page(driver, url))


def cut(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


def tampered(packed: bytes) -> bytes:
    """Return an index in which a number is another one."""
    middle = len(packed) - 40
    return packed[:middle] + bytes([packed[middle] ^ 1]) + packed[middle + 1 :]


def nothing(packed: bytes) -> bytes:
    return packed[:0]


def assert_each_step_is_asked(page: Page) -> None:
    """Drag a slider of the flowers: it is asked while it is held, and right at rest."""
    page.open()
    page.expect_count(150)
    come_near(page, "petal_length")
    with page.hold(slider(page, "petal_length", 1)) as move:
        move(-60)
        page.until(lambda: page.run(ASKED, "_dash-update") > 0, "a question while it is held")
    page.until(lambda: "petal_length" in page.search(), "the answer at rest")
    page.settle()
    high = float(page.bounds()["Petal length"][1])
    page.expect_count(len(flowers(petal_length=(0, high))))
    assert trouble(page) == ""


@pytest.mark.parametrize("spoil", [cut, tampered, nothing])
def test_an_index_that_is_cut_or_tampered_with_is_not_used(
    own: Page, product: Product, spoil: Callable[[bytes], bytes]
) -> None:
    product.spoil = spoil
    assert_each_step_is_asked(own)


def test_an_index_of_a_table_that_was_replaced_is_not_used(own: Page, product: Product) -> None:
    fewer = Explorer.open(pl.read_csv(ROOT / "data" / "iris.csv").head(149))
    product.of_indexes = create_app(fewer).server
    assert_each_step_is_asked(own)


def test_a_drag_goes_on_without_a_connection_and_is_answered_once_there_is_one(own: Page) -> None:
    page = own
    page.tolerated = (*COMPLAINTS, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    page.open()
    page.expect_count(150)
    come_near(page, "petal_length")
    with page.hold(slider(page, "petal_length", 1)) as move:
        move(-20)
        page.until(lambda: page.count() != "150 of 150 flowers", "it is followed")
        before = page.count()
        go_offline(page, True)
        move(-40)
        page.until(lambda: page.count() != before, "it is followed on")
        assert trouble(page) == ""
        high = float(page.bounds()["Petal length"][1])
        shown = f"{len(flowers(petal_length=(0, high)))} of 150 flowers"
        page.expect(page.count, shown)
    page.until(lambda: "does not answer" in trouble(page), "that nothing is answered")
    assert page.count() == shown
    go_offline(page, False)
    page.click("#connection [data-retry]")
    page.expect(lambda: trouble(page), "")
    page.until(lambda: "petal_length" in page.search(), "the answer")
    page.expect(page.count, shown)


def go_offline(page: Page, is_offline: bool) -> None:
    """Break the browser's connection off, or bring it back."""
    page.cdp(
        "Network.emulateNetworkConditions",
        offline=is_offline,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )


EIGHT = [f"m{n}" for n in range(8)]
TABLE = pl.DataFrame(
    {
        "kind": [f"kind {i * 7919 % 1000:03}" for i in range(3000)],
        "same": [5.0] * 3000,
        **{
            name: [(i * 31 + i // 7 * n) % 101 for i in range(3000)] for n, name in enumerate(EIGHT)
        },
    }
)
"""A thousand kinds, a measure of one value, and eight with a slider each."""

STRIKE = """
const [columns] = arguments;
columns.forEach((column, turn) => setTimeout(() => {
    const thumb = document.querySelectorAll(`[data-column=${column}] [role=slider]`)[1];
    thumb.focus();
    const key = {key: "PageDown", code: "PageDown", keyCode: 34, which: 34, bubbles: true};
    thumb.dispatchEvent(new KeyboardEvent("keydown", key));
}, turn * 80));
"""


@pytest.fixture
def measured(
    driver: Chrome, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """Give a story its tab at the eight measures."""
    path: Path = tmp_path_factory.mktemp("eight") / "eight.parquet"
    TABLE.write_parquet(path)
    named = {"IRIS_DASH_DATA": str(path), "IRIS_DASH_FACETS": "kind"}
    yield from story(Page(driver, serve(**named)))


def test_eight_sliders_within_a_second_end_where_each_was_moved(measured: Page) -> None:
    page = measured
    page.open()
    page.until(lambda: "of 3,000" in page.count(), "rows")
    page.settle()
    page.cdp("Emulation.setFocusEmulationEnabled", enabled=True)
    page.run(STRIKE, EIGHT)
    high = 90  # of 0 to 100, ten steps down
    left = TABLE.filter(pl.all_horizontal(pl.col(name) <= high for name in EIGHT))
    page.expect(page.count, f"{len(left):,} of 3,000 rows")
    asked = "&".join(f"{name}=..{high}" for name in EIGHT)
    page.expect(page.search, f"?{asked}")
    page.settle()
    shown = page.run(SHOWN)
    page.driver.refresh()
    page.expect(page.count, shown["count"])
    page.settle()
    assert page.run(SHOWN) == shown


def test_a_thousand_values_follow_a_slider(measured: Page) -> None:
    page = measured
    page.open()
    page.until(lambda: "of 3,000" in page.count(), "rows")
    page.settle()
    come_near(page, "m1")
    page.find("[data-column=m1] [role=slider]").send_keys(Keys.PAGE_UP, Keys.PAGE_UP)
    left = TABLE.filter(pl.col("m1") >= 20)
    page.expect(page.count, f"{len(left):,} of 3,000 rows")
    kinds = {kind: str(count) for kind, count in left["kind"].value_counts().iter_rows()}
    listed = page.facet("kind")
    assert listed
    assert [one["count"] for one in listed] == [kinds.get(one["text"], "0") for one in listed]
    page.expect(page.search, "?m1=20..")
