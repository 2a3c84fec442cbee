"""The page's views and what leads out of it: chips, links, texts to copy, files, the theme.

Expected values come from data/iris.csv by plain Python.
"""

from __future__ import annotations

import csv
import io
import urllib.request
from pathlib import Path
from statistics import correlation, fmean, median
from typing import Any
from urllib.parse import urlsplit

import pytest
from iris import FLOWERS, MEASURES, SPECIES, Flower, as_rows, flowers, pause
from page_views import CARDS
from pages import Page
from sample_tables import ROOT
from selenium.webdriver.common.keys import Keys

from iris_dash.files import FORMATS

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

FILTERED = "shares"
"""Of categories that no filter is about: irises have one, which these stories filter."""

SHOWN = {view: [f"#{card}" for card in cards if card != FILTERED] for view, cards in CARDS.items()}
PARTS = list(dict.fromkeys(card for cards in SHOWN.values() for card in cards))
INK = """
return document.querySelector(`#${arguments[0]} .js-plotly-plot`).layout.font.color;
"""
TEXTS = """
return [...document.querySelectorAll("#copy-forms .form-text")]
    .map(form => [form.querySelector("h3").innerText, form.querySelector("pre").textContent]);
"""
FILES = """
return [...document.querySelectorAll("a[data-export]")].map(link => link.href);
"""


def numbers_of(some: list[Flower], measure: str) -> list[float]:
    return [float(flower[measure]) for flower in some]


def parts_shown(page: Page) -> list[str]:
    return [part for part in PARTS if page.visible(part)]


def words_of_copy_link(page: Page) -> list[str]:
    return [text for text, _ in page.recorded("[data-copy-link]")]


@pytest.mark.parametrize("view", list(SHOWN)[1:])
def test_a_view_shows_its_parts_and_its_address_opens_it_again(page: Page, view: str) -> None:
    page.open("/?species=setosa")
    page.expect_count(50)
    assert parts_shown(page) == SHOWN["overview"]
    pause(page)
    page.view(view)
    page.expect(lambda: parts_shown(page), SHOWN[view])
    page.expect(page.search, f"?species=setosa&_view={view}")
    page.settle()
    assert page.count() == "50 of 150 flowers"
    page.driver.refresh()
    page.expect_count(50)
    page.expect(lambda: parts_shown(page), SHOWN[view])
    page.settle()
    assert page.find(f".views input[value={view}]").is_selected()
    assert page.search() == f"?species=setosa&_view={view}"
    page.driver.back()
    page.expect(lambda: parts_shown(page), SHOWN["overview"])
    page.expect(page.search, "?species=setosa")
    assert page.find(".views input[value=overview]").is_selected()


def test_distributions_are_bars_boxes_or_violins_with_numbers_beside(page: Page) -> None:
    def kinds() -> set[str]:
        return {trace["type"] for trace in page.figure("distributions")}

    page.open("/?_view=distributions&petal_length=1.5..")
    page.expect_count(len(flowers(petal_length=(1.5, 6.9))))
    page.expect(kinds, {"bar"})
    drawn = [trace for trace in page.figure("distributions") if trace["name"] == "setosa"]
    assert [sum(trace["y"]) for trace in drawn] == [
        len(flowers("setosa", petal_length=(1.5, 6.9)))
    ] * 4
    page.click(".segments input[value=box]")
    page.expect(kinds, {"box"})
    page.expect(page.search, "?petal_length=1.5..&_view=distributions&_distribution=box")
    page.click(".segments input[value=violin]")
    page.expect(kinds, {"scatter"})
    page.unfold_twins()
    rows = [row for row in page.numbers(".only-distributions") if row[0] == "Petal length (cm)"]
    assert [row[1] for row in rows] == list(SPECIES)
    for row in rows:
        own = numbers_of(flowers(row[1], petal_length=(1.5, 6.9)), "petal_length")
        assert int(row[2]) == len(own)
        read = [float(row[place]) for place in (3, 5, 7, 8)]
        assert read == pytest.approx([min(own), median(own), max(own), fmean(own)], rel=1e-3)


def test_pairs_show_every_two_measures_and_how_they_go_together(page: Page) -> None:
    def cells() -> list[list[list[float]]]:
        return list(
            page.run(
                "return document.querySelector('#correlation .js-plotly-plot').data.map(t => t.z)"
            )
        )

    def wanted(some: list[Flower]) -> list[Any]:
        columns = [numbers_of(some, name) for name in MEASURES]
        return [pytest.approx([correlation(a, b) for b in columns], abs=1e-4) for a in columns]

    page.open("/?_view=pairs")
    page.expect_count(150)
    page.until(lambda: len(cells()) == 1, "one map of correlations")
    assert cells() == [wanted(FLOWERS)]
    dots = [trace for trace in page.figure("matrix") if trace["type"] == "scatter"]
    assert sum(len(trace["x"]) for trace in dots) == 6 * 150
    page.click(".segments input[value=groups]")
    page.until(lambda: len(cells()) == 3, "a map per species")
    assert cells() == [wanted(flowers(name)) for name in SPECIES]
    page.expect(page.search, "?_view=pairs&_correlation=groups")
    page.toggle("setosa")
    page.until(lambda: len(cells()) == 2, "a map per ticked species")


def test_compare_tells_the_selection_from_the_rest(page: Page) -> None:
    page.open("/?_view=compare")
    page.expect_count(150)
    page.expect(lambda: "Every row is selected" in page.text("#beside-lead"), True)
    page.click("fieldset[data-facet=species] .form-check:has([value=versicolor]) .facet-value")
    page.expect_count(50)
    lead = "50 selected flowers beside the other 100."
    page.expect(lambda: page.text("#beside-lead .lead-line"), lead)
    row = page.numbers("#comparison")[2:][2]
    own = numbers_of(flowers("versicolor"), "petal_length")
    rest = numbers_of(flowers("setosa", "virginica"), "petal_length")
    assert row[0] == "Petal length cm"
    assert (row[3], row[7]) == ("50", "100")
    read = [float(row[place].split("\n")[0]) for place in (4, 8, 1)]
    assert read == pytest.approx([fmean(own), fmean(rest), fmean(own) - fmean(rest)], rel=1e-3)


def test_each_filter_is_a_chip_that_says_what_it_removes_and_goes_by_a_click(page: Page) -> None:
    page.open(
        "/?species=setosa&species=versicolor&petal_length=..4.0&sepal_width=2.5..&_view=table"
    )
    short, wide = {"petal_length": (1.0, 4.0)}, {"sepal_width": (2.5, 4.4)}
    left = len(flowers("setosa", "versicolor", **short, **wide))
    page.expect_count(left)
    alone = {
        "virginica": len(flowers(**short, **wide)) - left,
        "Sepal width": len(flowers("setosa", "versicolor", **short)) - left,
        "Petal length": len(flowers("setosa", "versicolor", **wide)) - left,
    }
    words = [chip[0] for chip in page.chips()]
    said = [f"· {n or 'no'} more without it" for n in alone.values()]
    assert [chip[1] for chip in page.chips()] == said
    assert all(start in word for start, word in zip(alone, words, strict=True))
    assert words[2].endswith("4.0 cm")
    pause(page)
    page.click("#chips .chip:nth-child(3)")
    page.expect_count(left + alone["Petal length"])
    page.expect(lambda: [chip[0] for chip in page.chips()], words[:2])
    page.expect(page.search, "?species=~not:virginica&sepal_width=2.5..&_view=table")
    assert page.bounds()["Petal length"] == ("1", "6.9")
    page.driver.back()
    page.expect_count(left)
    assert page.bounds()["Petal length"] == ("1", "4")


@pytest.mark.parametrize("view", list(SHOWN))
def test_where_nothing_is_left_one_step_brings_rows_back(page: Page, view: str) -> None:
    choice = "" if view == "overview" else f"&_view={view}"
    page.open(f"/?sepal_length=..5&petal_length=4.9..{choice}")
    assert flowers(sepal_length=(4.3, 5.0), petal_length=(4.9, 6.9)) == []
    page.expect_count(0)
    page.until(lambda: page.visible("#way-back button"), "a way back")
    words = page.text("#way-back button")
    pause(page)
    page.click("#way-back button")
    page.until(lambda: page.count() != "0 of 150 flowers", "rows")
    page.settle()
    (low, high), (start, end) = (page.bounds()[name] for name in ("Sepal length", "Petal length"))
    ends = (float(low), float(high)), (float(start), float(end))
    back = flowers(sepal_length=ends[0], petal_length=ends[1])
    assert back
    page.expect_count(len(back))
    assert words.endswith(f" gives {len(back)}")
    assert not page.shows("#way-back")
    assert (f"_view={view}" in page.search()) == bool(choice)
    page.driver.back()
    page.expect_count(0)


def test_copy_link_puts_the_address_on_the_clipboard(page: Page) -> None:
    page.open_clipboard()
    page.open("/?species=virginica&_view=compare")
    page.expect_count(50)
    page.type_bound("Petal length", "from", "6")
    page.expect_count(len(flowers("virginica", petal_length=(6.0, 6.9))))
    page.expect(page.search, "?species=virginica&petal_length=6.0..&_view=compare")
    page.record("[data-copy-link]")
    page.click("[data-copy-link]")
    page.expect(lambda: words_of_copy_link(page), ["Copied", "Copy link"])
    wanted = f"{page.origin}/?species=virginica&petal_length=6.0..&_view=compare"
    assert page.copied() == wanted


def test_copying_needs_no_permission_where_the_browser_gives_none(page: Page) -> None:
    page.open_clipboard()
    # As on a page that is neither local nor encrypted.
    page.prepare(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
    )
    page.open("/?species=setosa")
    page.expect_count(50)
    page.record("[data-copy-link]")
    page.find("[data-copy-link]").send_keys(Keys.ENTER)
    page.expect(lambda: words_of_copy_link(page), ["Copied", "Copy link"])
    assert page.run("return document.activeElement.matches('[data-copy-link]')")
    page.run("delete navigator.clipboard")
    assert page.copied() == f"{page.origin}/?species=setosa"


def test_copy_as_gives_the_shown_rows_to_other_tools(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_clipboard()
    page.open("/?species=virginica&petal_length=..5.0&sort=-sepal_length")
    wanted = sorted(
        flowers("virginica", petal_length=(1.0, 5.0)), key=lambda one: -float(one["sepal_length"])
    )
    page.expect_count(len(wanted))
    page.expect(page.rows, as_rows(wanted[:10]))
    page.settle()
    page.click("#copy-as")
    page.until(lambda: page.visible("#copy-panel .form-text"), "texts to copy")
    page.settle()
    texts = dict(page.run(TEXTS))
    assert list(texts) == ["curl", "Python", "pandas", "Polars", "DuckDB"]
    assert page.origin in texts["curl"]
    page.click(".form-text:nth-of-type(3) [data-copy]")
    page.expect(page.copied, texts["pandas"])
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    exec(compile(texts["pandas"], "copied", "exec"), names)
    rows = [[str(cell) for cell in row] for row in names["rows"].itertuples(index=False)]
    assert rows == as_rows(wanted)
    page.press(Keys.ESCAPE)
    page.until(lambda: page.all("#copy-panel .form-text") == [], "the panel closed")
    # A next look has the next query.
    page.toggle("versicolor")
    page.expect(page.search, "?species=~not:setosa&petal_length=..5.0&sort=-sepal_length")
    page.click("#copy-as")
    page.until(lambda: "setosa" in dict(page.run(TEXTS)).get("DuckDB", ""), "the new query as SQL")


def test_every_file_of_the_menu_has_the_shown_query(page: Page) -> None:
    page.open("/")
    page.expect_count(150)
    query = "species=setosa&petal_length=1.5.."
    page.toggle("versicolor")
    page.toggle("virginica")
    page.type_bound("Petal length", "from", "1.5")
    wanted = flowers("setosa", petal_length=(1.5, 6.9))
    page.expect_count(len(wanted))
    page.expect(page.search, f"?{query}")
    page.settle()
    page.click(".download > button")
    page.until(lambda: page.visible("a[data-export]"), "the menu")
    urls = page.run(FILES)
    for_excel = [url for url in urls if "bom=1" in url]
    wanted_paths = ("/export.csv", "/export/means.csv")
    assert for_excel == [f"{page.origin}{path}?bom=1&{query}" for path in wanted_paths]
    files = {urlsplit(url).path: url for url in urls if url not in for_excel}
    rows = [f"/export.{known.suffix}" for known in FORMATS]
    offered = [f"/export/means.{known.suffix}" for known in FORMATS if known.offers_means]
    assert list(files) == rows + offered
    answers = {}
    for path, url in files.items():
        assert urlsplit(url).query == query
        with urllib.request.urlopen(url) as answer:
            assert answer.status == 200
            answers[path] = answer.read()
    assert list(csv.DictReader(io.StringIO(answers["/export.csv"].decode()))) == wanted
    means = list(csv.DictReader(io.StringIO(answers["/export/means.csv"].decode())))
    assert [row["species"] for row in means] == ["setosa"]
    assert float(means[0]["mean_petal_length"]) == pytest.approx(
        fmean(numbers_of(wanted, "petal_length"))
    )


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_chart_is_saved_as_a_picture(page: Page, tmp_path: Path, kind: str) -> None:
    page.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.open()
    page.expect_count(150)
    page.click(f"[data-chart=scatter][data-picture={kind}]")
    file = tmp_path / f"scatter.{kind}"
    start = {"png": b"\x89PNG", "svg": b"<svg"}[kind]
    page.until(lambda: file.exists() and file.read_bytes().startswith(start), "the picture")


def test_the_theme_switch_is_remembered_until_it_is_switched_back(page: Page) -> None:
    def looks() -> tuple[str, str]:
        theme = page.run("return document.documentElement.dataset.bsTheme")
        return theme, page.run(INK, "means")

    light, dark = ("light", "#1b1f24"), ("dark", "#e6e9ee")
    page.prefer("light")
    page.open()
    page.expect_count(150)
    page.expect(looks, light)
    page.click("[data-theme-switch]")
    page.expect(looks, dark)
    page.driver.refresh()
    page.expect_count(150)
    page.expect(looks, dark)
    # The charts of another view are drawn in it too.
    page.view("distributions")
    page.expect(lambda: page.run(INK, "distributions"), dark[1])
    page.click("[data-theme-switch]")
    page.expect(lambda: page.run(INK, "distributions"), light[1])
    page.view("overview")
    page.expect(looks, light)
    # What the system says is not remembered, so that the page follows it again.
    assert page.run("return localStorage.length") == 0
    page.prefer("dark")
    page.expect(looks, dark)


def test_the_theme_switch_works_both_ways_where_nothing_can_be_remembered(page: Page) -> None:
    def theme() -> str:
        return str(page.run("return document.documentElement.dataset.bsTheme"))

    page.prepare("Object.defineProperty(window, 'localStorage', {get() { throw new Error(); }})")
    page.prefer("light")
    page.open()
    page.expect_count(150)
    page.click("[data-theme-switch]")
    page.expect(lambda: (theme(), page.run(INK, "means")), ("dark", "#e6e9ee"))
    page.click("[data-theme-switch]")
    page.expect(lambda: (theme(), page.run(INK, "means")), ("light", "#1b1f24"))


def test_what_is_older_than_the_filters_is_dimmed_until_the_answer_comes(page: Page) -> None:
    def stale() -> bool:
        return bool(page.run("return document.body.classList.contains('is-stale')"))

    page.delay_answers()
    page.open()
    page.expect_count(150)
    assert not stale()
    page.run("window.held = new Promise(done => { window.release = done; })")
    page.toggle("setosa")
    page.until(stale, "that old charts are dimmed")
    assert page.count() == "150 of 150 flowers"
    opacity = "return Number(getComputedStyle(document.querySelector('.chart-box')).opacity)"
    page.until(lambda: page.run(opacity) < 0.9, "a fainter chart")
    page.run("window.release()")
    page.expect_count(100)
    page.expect(stale, False)
    page.until(lambda: page.run(opacity) == 1, "a clear chart")
