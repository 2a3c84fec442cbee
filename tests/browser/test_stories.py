"""The dashboard as a person meets it: each test is one story in a real browser.

Expected values come from data/iris.csv by plain Python, never through iris_dash.
"""

from __future__ import annotations

import csv
import io
import urllib.request
from pathlib import Path
from statistics import fmean

import pytest
from iris import (
    ALL_TICKED,
    FLOWERS,
    MEASURES,
    SPECIES,
    as_rows,
    flowers,
    flowers_of_controls,
    pause,
)
from pages import Page
from processes import Server
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

AWAY = (
    "ERR_CONNECTION",
    "Failed to fetch",
    "the server did not respond",
    "status of 503",
    # Dash's word for an answer that is an error: the server says that it is loading.
    "dash_renderer",
)


def lightness(page: Page, colour: str) -> int:
    """Return a CSS colour's lightness, from 0 (black) to 255."""
    context = "const pen = document.createElement('canvas').getContext('2d');"
    spelled = page.run(f"{context} pen.fillStyle = arguments[0]; return pen.fillStyle", colour)
    return max(bytes.fromhex(spelled.removeprefix("#")))


def test_opens_with_all_flowers(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.expect(page.rows, as_rows(FLOWERS[:10]))
    assert page.rows()[0] == ["5.1", "3.5", "1.4", "0.2", "setosa"]
    assert page.species() == ALL_TICKED
    assert page.points() == 150
    assert page.search() == ""


def test_unticking_a_species_takes_its_flowers_from_everything(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.toggle("setosa")
    page.expect_count(100)
    page.expect(page.search, "?species=~not:setosa")
    left = flowers("versicolor", "virginica")
    page.expect(page.rows, as_rows(left[:10]))
    assert page.species() == ALL_TICKED | {"setosa": (False, "50")}
    means = page.figure("means")
    assert [group["name"] for group in means] == ["versicolor", "virginica"]
    for group in means:
        own = flowers(group["name"])
        assert group["y"] == pytest.approx([fmean(float(f[m]) for f in own) for m in MEASURES])
    assert page.points() == 100
    assert page.text("#table-range") == "rows 1–10 of 100"


def test_the_count_follows_a_slider_while_the_mouse_still_holds_it(page: Page) -> None:
    page.open()
    page.expect_count(150)
    seen = {page.count()}
    with page.hold(page.thumb("Sepal length", "from")) as move:
        for _ in range(3):
            move(12)
            page.until(lambda: page.count() not in seen, "another count while held")
            seen.add(page.count())
    page.settle()
    low, high = page.bounds()["Sepal length"]
    assert float(low) > 4.3
    page.expect_count(len(flowers(sepal_length=(float(low), float(high)))))
    page.expect(page.search, f"?sepal_length={float(low)}..")


def test_a_slider_moves_by_keyboard_one_step_at_a_time(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.thumb("Sepal length", "from").send_keys(Keys.ARROW_RIGHT)
    page.expect(lambda: page.bounds()["Sepal length"], ("4.4", "7.9"))
    page.expect_count(len(flowers(sepal_length=(4.4, 7.9))))
    page.thumb("Sepal length", "from").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    page.expect(lambda: page.bounds()["Sepal length"], ("4.6", "7.9"))
    page.thumb("Sepal length", "to").send_keys(Keys.ARROW_LEFT)
    page.expect(lambda: page.bounds()["Sepal length"], ("4.6", "7.8"))
    page.expect_count(len(flowers(sepal_length=(4.6, 7.8))))
    page.expect(page.search, "?sepal_length=4.6..7.8")


def test_a_typed_bound_is_exact_and_nonsense_puts_the_old_one_back(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.type_bound("Sepal length", "from", "5.05")
    page.expect_count(len(flowers(sepal_length=(5.05, 7.9))))
    page.expect(page.search, "?sepal_length=5.05..")
    page.type_bound("Sepal length", "from", "abc")
    page.expect(lambda: page.bounds()["Sepal length"], ("5.05", "7.9"))
    page.settle()
    assert page.bounds()["Sepal length"] == ("5.05", "7.9")
    page.expect_count(len(flowers(sepal_length=(5.05, 7.9))))
    assert page.search() == "?sepal_length=5.05.."
    said = "“abc” is not a number; 5.05 stays."
    assert page.text(".filter[data-measure='Sepal length'] .bound-said") == said
    page.type_bound("Sepal length", "to", "7")
    page.expect_count(len(flowers(sepal_length=(5.05, 7))))
    assert not page.visible(".bound-said")


def test_a_low_above_the_high_waits_and_a_strict_bound_is_the_next_value(page: Page) -> None:
    def bounds() -> tuple[str, str]:
        return page.bounds()["Sepal length"]

    page.open("/?sepal_length=5..5.5")
    page.expect_count(len(flowers(sepal_length=(5, 5.5))))
    page.type_bound("Sepal length", "from", "6")
    page.expect(lambda: page.text(".bound-said"), "6 is above 5.5: type the other bound too.")
    page.settle()
    assert bounds() == ("6", "5.5")
    page.expect_count(len(flowers(sepal_length=(5, 5.5))))
    page.type_bound("Sepal length", "to", "<7")
    page.expect(bounds, ("6", "6.9"))
    page.expect_count(len(flowers(sepal_length=(6, 6.9))))
    page.expect(lambda: page.text(".bound-said"), "“<7” means up to 6.9.")
    page.type_bound("Sepal length", "to", Keys.BACKSPACE)
    page.expect(bounds, ("6", "7.9"))
    page.expect(page.search, "?sepal_length=6.0..")


def test_an_address_opens_the_state_that_it_names(page: Page) -> None:
    address = "?species=setosa&sepal_length=5.0..5.1&sepal_width=3.0.."
    page.open(f"/{address}")
    page.expect_count(16)
    assert len(flowers("setosa", sepal_length=(5.0, 5.1), sepal_width=(3.0, 4.4))) == 16
    page.settle()
    assert page.ticked() == ["setosa"]
    assert page.bounds()["Sepal length"] == ("5", "5.1")
    assert page.bounds()["Sepal width"] == ("3", "4.4")
    assert page.search() == address


def test_an_address_opens_the_page_of_the_table_that_it_names(page: Page) -> None:
    falling = sorted(FLOWERS, key=lambda flower: -float(flower["petal_length"]))
    for address, size in (
        ("sort=-petal_length&page=3&per_page=10", 10),
        ("page=6&per_page=25", 25),
    ):
        page.open(f"/?{address}")
        page.expect_count(150)
        rows = falling[20:30] if size == 10 else FLOWERS[125:]
        assert page.rows() == as_rows(rows)
        assert page.find("#per-page").get_property("value") == str(size)
        assert page.search() == f"?{address}"


def test_nonsense_in_an_address_is_named_and_the_rest_applies(page: Page) -> None:
    page.open("/?sepal_length=abc&foo=1&species=setosa")
    page.expect_count(50)
    notice = page.text("#notices")
    assert "sepal_length" in notice
    assert "foo" in notice
    assert page.ticked() == ["setosa"]
    assert page.bounds()["Sepal length"] == ("4.3", "7.9")


def test_sorting_orders_the_whole_table_and_pages_walk_through_it(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.sort_by("petal_width")
    by_width = sorted(FLOWERS, key=lambda flower: float(flower["petal_width"]))
    page.expect(page.rows, as_rows(by_width[:10]))
    page.sort_by("sepal_length")
    rising = sorted(FLOWERS, key=lambda flower: float(flower["sepal_length"]))
    page.expect(page.rows, as_rows(rising[:10]))
    page.sort_by("petal_width")
    page.expect(page.rows, as_rows(by_width[:10]))
    page.sort_by("sepal_length", add=True)
    rising.sort(key=lambda flower: float(flower["petal_width"]))
    page.expect(page.rows, as_rows(rising[:10]))
    page.sort_by("sepal_length", add=True)
    falling = sorted(FLOWERS, key=lambda flower: -float(flower["sepal_length"]))
    falling.sort(key=lambda flower: float(flower["petal_width"]))
    page.expect(page.rows, as_rows(falling[:10]))
    page.choose("#per-page", "25")
    page.expect(page.rows, as_rows(falling[:25]))
    page.click("#table .next-page")
    page.expect(page.rows, as_rows(falling[25:50]))
    page.expect(lambda: page.text("#table-range"), "rows 26–50 of 150")
    page.expect(page.search, "?sort=petal_width,-sepal_length&page=2&per_page=25")
    page.toggle("setosa")
    left = [flower for flower in falling if flower["species"] != "setosa"]
    page.expect(page.rows, as_rows(left[:25]))
    page.expect(lambda: page.text("#table-range"), "rows 1–25 of 100")


def test_the_download_holds_the_flowers_that_match(page: Page, tmp_path: Path) -> None:
    page.open("/?species=setosa&sepal_length=5.0..5.1&sepal_width=3.0..")
    page.expect_count(16)
    wanted = flowers("setosa", sepal_length=(5.0, 5.1), sepal_width=(3.0, 4.4))
    link = "a[data-export='export.csv']"
    address = page.run("return document.querySelector(arguments[0]).href", link)
    with urllib.request.urlopen(address) as answer:
        text = answer.read().decode()
    assert list(csv.DictReader(io.StringIO(text))) == wanted
    page.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.click(".download > button")
    page.click(link)
    file = tmp_path / "iris-16-of-150-flowers.csv"
    page.expect(lambda: file.exists() and file.read_text(), text)


def test_when_nothing_matches_the_page_says_so_and_offers_reset(page: Page) -> None:
    page.open("/?sepal_length=..5&petal_length=6..")
    page.expect_count(0)
    shown = ".only-overview .empty, .table-card .empty"
    page.until(lambda: page.visible(shown), "what stands in place of charts and table")
    for card in (".card:has(#scatter)", ".card:has(#means)", ".card:has(#table)"):
        assert page.text(f"{card} .empty p") == "No flowers match these filters."
        assert page.text(f"{card} .empty .link-button") == "Reset filters"
    pause(page)
    page.click(".card:has(#table) .empty .link-button")
    page.expect_count(150)
    page.expect(page.search, "")
    page.expect(lambda: page.shows(".empty"), False)
    assert page.bounds()["Sepal length"] == ("4.3", "7.9")
    page.driver.back()
    page.expect_count(0)


def test_chosen_axes_change_the_scatter_and_outlive_a_reload(page: Page) -> None:
    def across() -> list[list[float]]:
        return [trace["x"] for trace in page.dots()]

    def values(measure: str) -> list[list[float]]:
        return [[float(flower[measure]) for flower in flowers(name)] for name in SPECIES]

    page.open()
    page.expect(across, values("petal_length"))
    page.choose("#scatter-x", "sepal_width")
    page.expect(across, values("sepal_width"))
    page.choose("#scatter-y", "sepal_length")
    page.expect(page.search, "?_x=sepal_width&_y=sepal_length")
    page.driver.refresh()
    page.expect(across, values("sepal_width"))
    assert page.dots()[0]["y"] == values("sepal_length")[0]
    assert page.find("#scatter-x").get_property("value") == "sepal_width"
    assert page.search() == "?_x=sepal_width&_y=sepal_length"


def test_back_undoes_and_forward_redoes(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.toggle("setosa")
    page.expect_count(100)
    pause(page)
    page.toggle("versicolor")
    page.expect_count(50)
    page.expect(page.search, "?species=virginica")
    page.driver.back()
    page.expect_count(100)
    assert page.ticked() == ["versicolor", "virginica"]
    page.expect(page.search, "?species=~not:setosa")
    page.driver.back()
    page.expect_count(150)
    assert page.species() == ALL_TICKED
    page.settle()
    assert page.search() == ""
    page.driver.forward()
    page.expect_count(100)
    assert page.ticked() == ["versicolor", "virginica"]
    page.settle()
    assert page.search() == "?species=~not:setosa"


def test_an_embedded_page_stays_so_and_its_link_is_the_views_alone(page: Page) -> None:
    page.open("/?species=setosa&_embed=1")
    page.expect_count(50)
    assert page.search() == "?species=setosa&_embed=1"
    assert page.text("#notices") == ""
    pause(page)
    page.toggle("virginica")
    page.expect_count(100)
    page.expect(page.search, "?species=~not:versicolor&_embed=1")
    link = page.driver.execute_async_script(
        "import('/assets/scripts/address.mjs').then(module => arguments[0](module.link()))"
    )
    assert link == f"{page.origin}/?species=~not:versicolor"
    pause(page)
    page.click("#filters .link-button")
    page.expect_count(150)
    page.expect(page.search, "?_embed=1")
    page.driver.back()
    page.expect_count(100)
    assert page.search() == "?species=~not:versicolor&_embed=1"


def test_back_returns_to_the_page_of_the_table(page: Page) -> None:
    page.open("/?per_page=25")
    page.expect_count(150)
    page.click("#table .next-page")
    page.expect(page.search, "?page=2&per_page=25")
    pause(page)
    page.type_bound("Sepal length", "from", "7.5")
    page.expect_count(len(flowers(sepal_length=(7.5, 7.9))))
    page.expect(page.search, "?sepal_length=7.5..&per_page=25")
    page.driver.back()
    page.expect_count(150)
    assert page.text("#table-range") == "rows 26–50 of 150"
    assert page.rows() == as_rows(FLOWERS[25:50])
    assert page.search() == "?page=2&per_page=25"


def test_back_leaves_a_page_that_put_its_address_in_short_form(page: Page) -> None:
    page.open("/docs/")
    page.find(".opblock")
    page.open("/?sepal_length=..5&per_page=10")
    page.expect(page.search, "?sepal_length=..5.0")
    page.settle()
    page.driver.back()
    page.expect(lambda: page.run("return location.pathname"), "/docs/")


def test_rapid_changes_settle_on_the_newest(page: Page) -> None:
    page.open()
    page.expect_count(150)
    thumb = page.thumb("Petal length", "from")
    for name in ("setosa", "virginica", "setosa", "virginica", "setosa"):
        page.toggle(name)
        thumb.send_keys(Keys.ARROW_RIGHT * 5)
    page.until(lambda: page.bounds()["Petal length"][0] == "3.5", "25 steps of the slider")
    page.settle()
    assert page.ticked() == ["versicolor", "virginica"]
    wanted = flowers("versicolor", "virginica", petal_length=(3.5, 6.9))
    page.expect_count(len(wanted))
    page.expect(page.rows, as_rows(wanted[:10]))
    page.expect(page.search, "?species=~not:setosa&petal_length=3.5..")


def test_a_late_answer_never_overwrites_a_newer_one(page: Page) -> None:
    page.delay_answers()
    page.open()
    page.expect_count(150)
    page.run("window.answerDelays = [1500, 0, 700]")
    page.toggle("setosa")
    page.toggle("virginica")
    page.thumb("Petal length", "to").send_keys(Keys.PAGE_DOWN)
    page.toggle("virginica")
    page.type_bound("Sepal width", "from", "2.95")
    page.until(lambda: page.run("return answerDelays.length < 3"), "a question")
    page.settle()
    wanted = flowers_of_controls(page)
    assert page.ticked() == ["versicolor", "virginica"]
    assert 0 < len(wanted) < 100
    page.expect_count(len(wanted))
    page.expect(page.rows, as_rows(wanted[:10]))
    page.settle()
    assert page.count() == f"{len(wanted)} of 150 flowers"


def test_a_server_that_goes_away_is_told_and_what_was_asked_is_caught_up(
    page_of_product: Page, product: Server
) -> None:
    page = page_of_product
    page.tolerated = AWAY
    page.open()
    page.expect_count(150)
    assert not page.visible("#connection")
    product.stop()
    page.toggle("setosa")
    page.until(lambda: page.visible("#connection"), "that the server does not answer", 5)
    assert "The server does not answer" in page.text("#connection")
    assert page.visible("#connection [data-retry]")
    page.toggle("virginica")
    product.start()
    page.until(lambda: not page.visible("#connection"), "that the server answers again")
    page.expect_count(50)
    assert page.ticked() == ["versicolor"]
    page.expect(page.search, "?species=versicolor")


def test_a_reset_while_the_server_is_away_is_caught_up(
    page_of_product: Page, product: Server
) -> None:
    page = page_of_product
    page.tolerated = AWAY
    page.open("/?species=setosa")
    page.expect_count(50)
    product.stop()
    page.click("#filters .link-button")
    page.until(lambda: page.visible("#connection"), "that the server does not answer", 5)
    product.start()
    page.until(lambda: not page.visible("#connection"), "that the server answers again")
    page.expect_count(150)
    assert page.species() == ALL_TICKED
    page.expect(page.search, "")


def test_a_phone_folds_the_filters_and_scrolls_only_the_table(page: Page) -> None:
    page.resize(360, 800, phone=True)
    page.open()
    page.expect_count(150)
    wide = "return Math.max(document.documentElement.scrollWidth, window.innerWidth)"
    assert page.run(wide) <= 360
    assert not page.visible("#filters")
    page.click("#filters-toggle")
    page.until(lambda: page.visible("#filters"), "the filters")
    assert page.find("#filters-toggle").get_attribute("aria-expanded") == "true"
    page.toggle("virginica")
    page.expect_count(100)
    page.expect(lambda: page.text("#filters-toggle"), "Filters (1)")
    assert page.run(wide) <= 360
    page.run("document.querySelector('#filters > :last-child').scrollIntoView({block: 'center'})")
    assert page.run("return document.querySelector('#count').getBoundingClientRect().top") >= 0
    page.click("#filters-toggle")
    page.expect(lambda: page.visible("#filters"), False)
    scrolled = page.run(
        "const box = document.querySelector('#table .dash-spreadsheet-container');"
        "box.scrollLeft = 1000; return [box.scrollLeft > 0, window.scrollX]"
    )
    assert scrolled == [True, 0]


def test_the_page_follows_the_systems_light_and_dark(page: Page) -> None:
    def looks() -> tuple[str, bool, bool]:
        theme = page.run("return document.documentElement.dataset.bsTheme")
        ground = page.run("return getComputedStyle(document.body).backgroundColor")
        ink = page.run("return document.querySelector('#means .js-plotly-plot').layout.font.color")
        return theme, lightness(page, ground) < 64, lightness(page, ink) < 64

    page.prefer("dark")
    page.open()
    page.expect_count(150)
    page.expect(looks, ("dark", True, False))
    page.prefer("light")
    page.expect(looks, ("light", False, True))
    page.prefer("dark")
    page.expect(looks, ("dark", True, False))
    assert page.count() == "150 of 150 flowers"


def test_charts_come_from_one_own_plotly_without_cloud_or_logo(page: Page) -> None:
    page.open()
    page.expect_count(150)
    titles = page.run(
        "return [...document.querySelectorAll('.modebar-btn')].map(e => e.dataset.title)"
    )
    assert len(titles) >= 2
    for word in ("cloud", "share", "edit", "studio", "plotly"):
        assert not any(word in title.lower() for title in titles)
    assert page.all(".modebar-btn--logo, .plotlyjsicon") == []
    loaded = page.run("return performance.getEntriesByType('resource').map(e => e.name)")
    plotly = [url for url in loaded if "plotly" in url.rpartition("/")[2].lower()]
    assert len(plotly) == 1
    assert plotly[0].startswith(f"{page.origin}/assets/plotly")


def test_the_documentation_lists_the_routes_and_tries_one(page: Page) -> None:
    page.open("/docs/")
    page.find(".opblock-summary-path")
    wanted = {"/range/", "/stats/mean/", "/export.csv", "/export/means.xlsx"}
    shown = "return [...document.querySelectorAll('.opblock-summary-path')].map(e => e.innerText)"
    page.until(
        lambda: wanted <= {path.replace("\u200b", "") for path in page.run(shown)}, "the routes"
    )
    block = ".opblock-get:has([data-path='/stats/mean/'])"
    page.click(f"{block} .opblock-summary-control")
    page.click(f"{block} .execute")
    status = f"{block} .live-responses-table tbody .response-col_status"
    page.expect(lambda: page.text(status), "200")
