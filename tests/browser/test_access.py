"""For everyone: what axe-core finds, what a keyboard reaches, what is said aloud, what is seen.

axe-core judges every view in light and dark, wide and on a phone; what it cannot judge (text in
charts, the marks of groups) is computed here from the theme's colours.
"""

from __future__ import annotations

import pytest
from accessibility import PHONE, at_rest, check_everywhere, open_at_rest
from page_views import CHARTS, KEYS
from pages import Page
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")


FLOWERS = {
    **{view: f"/?_view={view}" for view in KEYS},
    "filtered": "/?species=setosa&petal_width=0.2..0.4&sort=-petal_length",
    "compared": "/?species=setosa&_view=compare",
    "boxes": "/?_view=distributions&_distribution=box",
    "nothing": "/?petal_width=1..1.05&species=setosa",
    "notices": "/?nonsense=3&species=rose",
}
OTHERS = {
    "sex": "/?by=sex",
    "groups": "/?_view=pairs&_correlation=groups",
    "penguins compared": "/?island=Dream&_view=compare",
}


# --- axe-core


@pytest.mark.parametrize("address", FLOWERS.values(), ids=FLOWERS)
def test_axe_finds_no_fault_in_the_flowers(page: Page, address: str) -> None:
    open_at_rest(page, address)
    check_everywhere(page)


@pytest.mark.parametrize("address", OTHERS.values(), ids=OTHERS)
def test_axe_finds_no_fault_in_the_penguins(penguins: Page, address: str) -> None:
    open_at_rest(penguins, address)
    check_everywhere(penguins)


def test_axe_finds_no_fault_in_a_facet_of_forty_values_on_a_phone_or_wide(cities: Page) -> None:
    open_at_rest(cities, "/?by=city")
    check_everywhere(cities)


def test_axe_finds_no_fault_in_the_open_menu_panel_twins_and_filters(page: Page) -> None:
    open_at_rest(page, "/?species=setosa")
    page.run("for (const twin of document.querySelectorAll('details')) twin.open = true")
    page.until(lambda: len(page.all("details thead")) == 2, "both twins of the overview")
    page.click(".download > button")
    page.find(".download .dropdown-menu.show")
    check_everywhere(page, ".top")  # the menu lies over other targets, as menus do
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.resize(*PHONE, phone=True)
    page.click("#filters-toggle")
    page.until(lambda: page.visible("#filters"), "the filters")
    check_everywhere(page)
    page.click("#copy-as")
    page.find(".modal.show .form-text")
    check_everywhere(page)


# --- Names, structure, keyboard


def test_what_dash_leaves_unnamed_has_a_name(page: Page) -> None:
    open_at_rest(page, "/?per_page=10")
    names = page.run(
        "return [...document.querySelectorAll('[role=slider], .previous-next-container button,"
        "input.current-page, .column-header-name')].map(part => part.ariaLabel)"
    )
    assert names[:2] == ["Sepal length, from", "Sepal length, to"]
    assert {"First page", "Next page", "Page", "Sort by Species"} <= set(names)
    assert None not in names
    assert page.run("return document.documentElement.lang") == "en"
    headings = page.run("return [...document.querySelectorAll('h1, h2')].map(e => e.tagName)")
    assert headings.count("H1") == 1
    assert headings[0] == "H1"
    landmarks = page.run(
        "return ['header', 'nav', 'aside', 'main'].map(e => document.querySelectorAll(e).length)"
    )
    assert landmarks == [1, 1, 1, 1]


def test_every_chart_has_a_sentence_and_a_table_behind_a_disclosure(penguins: Page) -> None:
    page = penguins
    texts = (
        "return [...document.querySelectorAll('.card')].filter(card => card.offsetParent"
        " && card.querySelector('.js-plotly-plot'))"
        ".map(card => [card.querySelector('h2').innerText,"
        "(card.querySelector('details p') || {textContent: ''}).textContent,"
        "card.querySelectorAll('details thead th').length,"
        "card.querySelectorAll('details tbody th[scope=row]').length])"
    )
    charts = []
    for view in CHARTS:
        open_at_rest(page, f"/?bill_length_mm=40..&_view={view}")
        assert page.run("return document.querySelectorAll('details[open]').length") == 0
        page.unfold_twins()
        charts += page.run(texts)
    known = ["Scatter", "Mean per species", "Distributions", "Every two measures", "Correlation"]
    assert [title for title, *_ in charts if title in known] == known
    assert len(charts) == sum(map(len, CHARTS.values()))
    for title, sentence, columns, rows in charts:
        assert sentence.endswith((".", "penguins.")), title
        assert columns >= (4 if title in known else 2), title
        assert rows >= 3, title


def test_a_keyboard_sorts_the_table(page: Page) -> None:
    open_at_rest(page, "/?_view=table")
    orders = "return [...document.querySelectorAll('#table th')].map(head => head.ariaSort)"
    page.run("document.querySelector('th[data-dash-column=petal_width] [role=button]').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.expect(page.search, "?sort=petal_width&_view=table")
    page.expect(lambda: page.run(orders), ["none", "none", "none", "ascending", "none"])
    page.driver.switch_to.active_element.send_keys(" ")
    page.expect(page.search, "?sort=-petal_width&_view=table")
    page.expect(lambda: page.run(orders), ["none", "none", "none", "descending", "none"])


def test_arrow_keys_choose_the_view_from_one_stop(page: Page) -> None:
    open_at_rest(page, "/")
    page.run("document.querySelector('.views input:checked').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    page.expect(page.search, "?_view=distributions")
    page.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert not page.run("return document.activeElement.closest('.views')")


def test_escape_closes_menu_and_panel_and_gives_the_focus_back(page: Page) -> None:
    open_at_rest(page, "/")
    for opener, opened in ((".download > button", ".dropdown-menu.show"), ("#copy-as", ".modal")):
        page.click(opener)
        page.find(opened)
        page.settle()
        page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        page.until(lambda opened=opened: not page.all(opened), f"{opened} closed")
        page.until(
            lambda opener=opener: page.run(
                "return document.activeElement.matches(arguments[0])", opener
            ),
            f"the focus on {opener}",
        )


def test_an_open_dialog_leaves_the_page_where_it_is(page: Page) -> None:
    right = "return document.querySelector('#main').getBoundingClientRect().right"
    open_at_rest(page, "/")
    before = page.run(right)
    page.click("#copy-as")
    page.find(".modal.show .form-text")
    page.settle()
    assert page.run(right) == before


FOCUSED = """
const part = document.activeElement, look = getComputedStyle(part);
const shown = look.opacity === "0" ? getComputedStyle(part.nextElementSibling) : look;
return [part.ariaLabel || part.innerText || part.id, shown.outlineStyle,
        parseFloat(shown.outlineWidth), part === document.body];
"""


@pytest.mark.parametrize("address", ["/?species=setosa", "/?species=setosa&_view=table"])
def test_the_focus_is_seen_wherever_the_tab_key_leads(page: Page, address: str) -> None:
    open_at_rest(page, address)
    names = []
    for _ in range(80):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        name, style, width, at_end = page.run(FOCUSED)
        if at_end:
            break
        names.append(name)
        assert style == "solid", name
        assert width >= 2, name
    assert names[0] == "Skip to the flowers"
    for stop in ("Copy link", "Download", "Sepal length, from"):
        assert stop in names
    for stop in (
        "Species: setosa · 100 more without it, remove this filter",
        "Sort by Species",
        "Next page",
    ):
        assert stop in names


def test_the_skip_link_leads_past_the_filters(page: Page) -> None:
    open_at_rest(page, "/?species=setosa")
    page.driver.switch_to.active_element.send_keys(Keys.TAB, Keys.ENTER)
    page.until(lambda: page.run("return document.activeElement.id") == "main", "the main part")
    page.settle()
    assert page.count() == "50 of 150 flowers"


# --- Said aloud, and rest


def test_the_count_is_said_once_after_a_drag(page: Page) -> None:
    open_at_rest(page, "/")
    page.expect(lambda: page.text("#said"), "150 of 150 flowers")
    assert page.find("#said").get_attribute("role") == "status"
    page.record("#count", "#said")
    with page.hold(page.thumb("Sepal length", "to")) as move:
        for _ in range(8):
            move(-12)
            page.settle()
    page.settle()
    count = page.count()
    page.expect(lambda: page.text("#said"), count)
    page.choose("#per-page", "25")
    page.expect(page.search, f"{page.search().split('&')[0]}&per_page=25")
    page.driver.execute_async_script("setTimeout(arguments[0], 1200)")
    counts, said = page.recorded("#count"), page.recorded("#said")
    words = [text for text, _ in said]
    assert words[-1] == count
    assert len(words) == len(set(words))
    assert len(counts) > 1
    # However slow the drag was: each is said at rest.
    for text, at in said:
        before = [change for change in counts if change[1] <= at]
        assert before[-1][0] == text
        assert at - before[-1][1] >= 650


def test_nothing_moves_for_those_who_ask_for_less_motion(page: Page) -> None:
    def longest(wish: str) -> float:
        features = [{"name": "prefers-reduced-motion", "value": wish}]
        page.cdp("Emulation.setEmulatedMedia", features=features)
        times = page.run(
            "return [...document.querySelectorAll('*')].map(part => getComputedStyle(part))"
            ".flatMap(look => [...look.transitionDuration.split(','), look.animationDuration])"
        )
        return max(float(time.strip().removesuffix("s")) for time in times)

    open_at_rest(page, "/")
    assert longest("no-preference") > 0.1
    assert longest("reduce") < 0.001
    # Not even at once: each of a chart's thousands of marks would begin and end a transition.
    page.run(
        "window.begun = 0; addEventListener('transitionrun', () => { window.begun += 1; }, true)"
    )
    page.prefer("dark")
    page.expect(lambda: page.run("return document.documentElement.dataset.bsTheme"), "dark")
    at_rest(page)
    assert page.run("return window.begun") == 0
