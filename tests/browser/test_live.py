"""A slider that is dragged: the page follows from its live index, and equals the answer at rest."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from flight_page import OF
from flights import Flight
from iris import flowers
from live_pages import (
    ASKED,
    BARS,
    CELLS,
    FRAMES,
    HOLD,
    LINES,
    MARKS,
    SHOWN,
    await_answers,
    await_let_go,
    come_near,
    made_table,
    open_with_answers_in_hand,
    slider,
)
from pages import Page, story
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from test_painting import assert_alike

from iris_dash import Explorer
from iris_dash.commands.load import load_table, target_of
from iris_dash.config.settings import DEFAULT_DATA
from iris_dash.dashboard.answer import live

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

# Keeps back an index, on a clock that stands still.
INDEX_IN_HAND = """
window.clock = performance.now();
performance.now = () => window.clock;
const plain = window.fetch;
window.fetch = (...request) => String(request[0]).includes("_live-index")
    ? new Promise((come) => { window.bring = () => come(plain(...request)); })
    : plain(...request);
"""
# Gives an index's first part at once, and keeps its rest back.
REST_IN_HAND = """
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const [first, rest] = [...arguments].map(bytesOf);
window.clock = performance.now();
performance.now = () => window.clock;
const plain = window.fetch;
window.fetch = (...request) => String(request[0]).includes("_live-index")
    ? Promise.resolve(new Response(new ReadableStream({start: (stream) => {
        stream.enqueue(first);
        window.bring = () => { stream.enqueue(rest); stream.close(); };
        window.cut = () => stream.error(new TypeError("broken"));
    }})))
    : plain(...request);
"""
IMAGES = """
const [done] = arguments;
const pixels = async ({href: {baseVal}}) => {
    const image = Object.assign(new Image(), {src: baseVal});
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"),
        {width: image.naturalWidth, height: image.naturalHeight});
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
};
Promise.all([...document.querySelectorAll("#scatter .hm image")].map(pixels)).then(done);
"""
WATCH_ELEMENTS = """
window.changed = 0;
const observer = new MutationObserver((changes) => { window.changed += changes.length; });
for (const part of document.querySelectorAll(".tails, #counts"))
    observer.observe(part, {childList: true, subtree: true});
"""
BEHIND = "return [...document.querySelectorAll('.is-behind')].map((part) => part.id);"
CARDS_BEHIND = """
return [...document.querySelectorAll("section.card.is-behind h2")]
    .map((title) => title.id.replace("-title", ""));
"""
AXES = "return document.querySelector('#scatter .js-plotly-plot').layout.meta;"
WORDS = "return document.querySelector('details[data-twin=means] .twin-body')?.textContent;"


@pytest.fixture(scope="module")
def stored_url(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Serve the orders from DuckDB, where they are no fewer as a rollup."""
    url = f"duckdb://{tmp_path_factory.mktemp('stored') / 'orders.duckdb'}/orders"
    assert load_table(made_table().with_row_index("_row"), target_of(url))
    return serve(IRIS_DASH_DATA=url)


@pytest.fixture
def stored(driver: Chrome, stored_url: str) -> Iterator[Page]:
    """Give a story its tab at the orders in DuckDB."""
    yield from story(Page(driver, stored_url))


def test_keys_that_rest_while_an_answer_is_out_are_answered_in_the_end(page: Page) -> None:
    open_with_answers_in_hand(page)
    page.expect_count(150)

    def move() -> None:
        slider(page, "petal_length", 1).send_keys(*[Keys.ARROW_LEFT] * 10)
        page.until(lambda: page.run(ASKED, "_dash-update") > 0, "a question")
        slider(page, "petal_length", 1).send_keys(*[Keys.ARROW_LEFT] * 10)

    shown = assert_equal_at_rest(page, move, "petal_length")
    assert shown["count"] == f"{len(flowers(petal_length=(0, 4.9)))} of 150 flowers"


def assert_equal_at_rest(page: Page, move: Callable[[], Any], column: str) -> dict[str, Any]:
    """Move a slider while no answer comes, then let it come: it changes nothing that is drawn."""
    come_near(page, column)
    before = page.run(SHOWN)
    page.run(HOLD)
    move()
    page.until(lambda: page.run(SHOWN)["count"] != before["count"], f"{column} is followed")
    page.until(lambda: page.run(ASKED, "_dash-update") > 0, "a question")
    # Of keys that rested in between the last ones are still to be asked.
    await_let_go(page, column)
    followed = page.run(SHOWN)
    page.run("window.letGo(); window.held = undefined;")
    await_answers(page)
    assert page.run(SHOWN) == followed
    # What the server answers is drawn anew, whatever stood there.
    page.driver.refresh()
    page.expect(page.count, followed["count"])
    page.settle()
    assert page.run(SHOWN) == followed
    return dict(followed)


def test_by_keys_flowers_are_followed_and_the_answer_is_the_same(page: Page) -> None:
    open_with_answers_in_hand(page, "/?sepal_width=..3.4")
    page.expect_count(len(flowers(sepal_width=(0, 3.4))))

    def move() -> None:
        slider(page, "petal_length", 1).send_keys(*[Keys.ARROW_LEFT] * 20)

    shown = assert_equal_at_rest(page, move, "petal_length")
    expected = flowers(sepal_width=(0, 3.4), petal_length=(0, 4.9))
    assert shown["count"] == f"{len(expected)} of 150 flowers"
    assert [count for _, count, _ in shown["checks"]] == [
        str(sum(flower["species"] == name for flower in expected))
        for name in ("setosa", "versicolor", "virginica")
    ]


@pytest.mark.parametrize(
    ("column", "address"),
    [
        ("grade", "/"),
        ("delay", "/?colour=~not:red"),
        ("price", "/?grade=2..4&search=re"),
        ("price", "/?_log=price"),
        ("day", "/?colour=red&colour=green&_log=price"),
        ("grade", "/?day=2013-01-10..2013-02-20&by=colour"),
    ],
)
def test_every_kind_of_slider_equals_its_answer(orders: Page, column: str, address: str) -> None:
    assert_equals_its_answer(orders, column, address)


@pytest.mark.parametrize(
    ("column", "address"),
    [("price", "/?_log=price&grade=2.."), ("day", "/?colour=red&colour=green")],
)
def test_sliders_over_a_table_on_an_engine_do_too(stored: Page, column: str, address: str) -> None:
    assert_equals_its_answer(stored, column, address)


def assert_equals_its_answer(orders: Page, column: str, address: str) -> None:
    """Follow a slider by keys without an answer, as `assert_equal_at_rest` holds it."""
    open_with_answers_in_hand(orders, address)
    orders.until(lambda: "of 400" in orders.count(), "orders")
    orders.settle()

    def move() -> None:
        thumb = slider(orders, column, 1)
        key = Keys.PAGE_DOWN if column == "delay" else Keys.ARROW_LEFT
        thumb.send_keys(*[key] * (2 if column == "grade" else 6))

    assert_equal_at_rest(orders, move, column)


@pytest.mark.parametrize("held", ["thumb", "histogram"])
def test_while_all_in_sight_is_drawn_nothing_is_asked_until_the_slider_is_let_go(
    page: Page, held: str
) -> None:
    page.open()
    page.expect_count(150)
    page.run("document.querySelector('details[data-twin=means] > summary').click()")
    page.until(lambda: page.run(WORDS), "the words of the means")
    page.settle()
    asked = page.run(ASKED, "_dash-update")
    come_near(page, "petal_length")
    counts = {page.count()}
    thumb = slider(page, "petal_length", 1)
    drawn_on = page.find(".filter[data-column=petal_length] .histogram")
    way = -27 if held == "thumb" else 27  # there are flowers of each length on either
    with page.hold({"thumb": thumb, "histogram": drawn_on}[held]) as move:
        for _ in range(4):
            move(way)
            page.until(lambda: page.count() not in counts, "it is followed")
            counts.add(page.count())
        assert page.run(ASKED, "_dash-update") == asked
        assert sorted(page.run(BEHIND)) == ["table", '{"column":"means","role":"text"}']
        shown = page.run(SHOWN)
    # Let go, axes are drawn as the answer has them: a frame later.
    page.driver.execute_async_script(FRAMES)
    marks = page.run(MARKS)
    page.until(lambda: "petal_length" in page.search(), "the answer at rest")
    page.settle()
    assert page.run(ASKED, "_dash-update") == asked + 1
    page.expect(lambda: page.run(BEHIND), [])
    assert page.run(SHOWN) == shown
    # Points, bars and intervals are those that a page has that is opened there.
    page.driver.refresh()
    page.expect(page.count, shown["count"])
    page.settle()
    page.until(lambda: all(page.run(MARKS)), "both charts")
    for followed, opened in zip(marks, page.run(MARKS), strict=True):
        assert len(followed) > 10
        assert_alike(followed, opened)


@contextmanager
def slid_before_its_index(page: Page) -> Iterator[None]:
    """Hold a slider that was moved while its index, which was asked, is kept back."""
    page.open()
    page.expect_count(150)
    page.settle()
    page.run(INDEX_IN_HAND)
    with page.hold(slider(page, "petal_length", 1)) as move:
        move(-60)
        page.until(lambda: page.run("return Boolean(window.bring)"), "the index is asked")
        yield


def test_a_step_is_not_asked_while_its_index_may_come_at_once(page: Page) -> None:
    with slid_before_its_index(page):
        page.driver.execute_async_script(FRAMES)
        assert page.run(ASKED, "_dash-update") == 0
        assert page.count() == "150 of 150 flowers"
        page.run("window.bring()")
        page.until(lambda: page.count() != "150 of 150 flowers", "it is followed")
        page.driver.execute_async_script(FRAMES)
        assert page.run(ASKED, "_dash-update") == 0
    page.until(lambda: page.run(ASKED, "_dash-update") == 1, "the answer at rest")


def test_a_step_is_asked_once_its_index_takes_longer(page: Page) -> None:
    with slid_before_its_index(page):
        page.run("window.clock += 100")
        page.until(lambda: page.count() != "150 of 150 flowers", "it is followed")
        assert page.run(ASKED, "_dash-update") == 1


@contextmanager
def slid_by_its_first_part(page: Page) -> Iterator[tuple[Callable[[int], None], Any]]:
    """Hold a slider of which the first part of the index is here; give what moves it, and marks."""
    page.open("/?sepal_width=..3.4")
    page.expect_count(len(flowers(sepal_width=(0, 3.4))))
    page.settle()
    page.until(lambda: all(page.run(MARKS)), "both charts")
    state = {"ranges": {"sepal_width": [None, 3.4]}, "axes": page.run(AXES)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LONG", 0)
        explorer = Explorer.open(DEFAULT_DATA)
        found = live.live_answer(explorer, {"column": "petal_length", "state": state})
    assert found.rest is not None
    parts = [b64encode(part).decode() for part in (found.first, found.rest())]
    page.run(REST_IN_HAND, *parts)
    marks, told = page.run(MARKS), page.count()
    with page.hold(slider(page, "petal_length", 1)) as move:
        move(-60)
        page.until(lambda: page.count() != told, "it is followed")
        page.driver.execute_async_script(FRAMES)
        yield move, marks


def assert_counts_are_the_flowers(page: Page) -> None:
    """Count, checkboxes and histograms are those of the flowers that the slider lets in."""
    high = float(page.bounds()["Petal length"][1])
    let_in = flowers(sepal_width=(0, 3.4), petal_length=(0, high))
    assert 0 < len(let_in) < len(flowers(sepal_width=(0, 3.4)))
    shown = page.run(SHOWN)
    assert shown["count"] == f"{len(let_in)} of 150 flowers"
    assert [count for _, count, _ in shown["checks"]] == [
        str(sum(flower["species"] == name for flower in let_in))
        for name in ("setosa", "versicolor", "virginica")
    ]


def test_of_an_index_whose_rest_is_on_its_way_the_counts_follow_and_then_all(page: Page) -> None:
    with slid_by_its_first_part(page) as (move, marks):
        assert_counts_are_the_flowers(page)
        assert {"means", "scatter"} <= {*page.run(CARDS_BEHIND)}
        move(-20)
        page.driver.execute_async_script(FRAMES)
        assert_counts_are_the_flowers(page)
        assert page.run(MARKS) == marks
        assert page.run(ASKED, "_dash-update") == 0
        page.run("window.bring()")
        page.until(lambda: page.run(MARKS) != marks, "the rest joins in")
        page.driver.execute_async_script(FRAMES)
        assert page.run(CARDS_BEHIND) == []
        assert page.run(ASKED, "_dash-update") == 0
        assert_counts_are_the_flowers(page)
        shown = page.run(SHOWN)
    page.driver.execute_async_script(FRAMES)
    followed = page.run(MARKS)
    page.until(lambda: page.run(ASKED, "_dash-update") == 1, "the answer at rest")
    page.settle()
    page.expect(lambda: page.run(BEHIND), [])
    assert page.run(SHOWN) == shown
    page.driver.refresh()
    page.expect(page.count, shown["count"])
    page.settle()
    page.until(lambda: all(page.run(MARKS)), "both charts")
    assert page.run(SHOWN) == shown
    for own, opened in zip(followed, page.run(MARKS), strict=True):
        assert_alike(own, opened)


@pytest.mark.parametrize("how", ["window.cut()", "window.clock += 1000"])
def test_where_the_rest_does_not_come_the_steps_are_asked(page: Page, how: str) -> None:
    with slid_by_its_first_part(page) as (_, marks):
        assert page.run(ASKED, "_dash-update") == 0
        page.run(how)
        page.until(lambda: page.run(ASKED, "_dash-update") > 0, "the step is asked")
        page.until(lambda: page.run(MARKS) != marks, "its answer")
        assert page.run(CARDS_BEHIND) == []
        assert_counts_are_the_flowers(page)


MEANS_OF_ALL = "/?_trend=mean:price&by=~none"


@pytest.mark.parametrize(
    ("column", "address", "pixels"),
    [
        ("grade", "/", -12),
        ("grade", MEANS_OF_ALL, -12),
        ("grade", "/?day=2013-01-05..", -12),
        ("day", "/", -12),
        ("day", MEANS_OF_ALL, -12),
        ("day", "/?day=2013-02-01..2013-02-20", 12),
    ],
)
def test_lines_over_time_follow_too(orders: Page, column: str, address: str, pixels: int) -> None:
    orders.open(address)
    orders.until(lambda: "of 400" in orders.count(), "orders")
    orders.settle()
    whole = orders.run(LINES)
    come_near(orders, column)
    with orders.hold(slider(orders, column, 1)) as move:
        for _ in range(8):
            move(pixels)
        orders.until(lambda: orders.run(LINES) != whole, "they are followed")
        assert orders.run(ASKED, "_dash-update") == 0
    orders.until(lambda: orders.run(ASKED, "_dash-update") == 1, "the answer at rest")
    orders.settle()
    orders.until(lambda: f"{column}=" in orders.search(), "the address")
    assert orders.run(ASKED, "_dash-update") == 1
    assert_lines_are_those_of_a_page_opened_there(orders)


def assert_lines_are_those_of_a_page_opened_there(page: Page) -> None:
    """Open the page anew: its lines over time are those that stood."""
    page.driver.execute_async_script("setTimeout(arguments[0], 100)")
    followed, count = page.run(LINES), page.count()
    page.driver.refresh()
    page.expect(page.count, count)
    page.settle()
    page.until(lambda: page.run(LINES), "lines")
    for one, other in zip(followed, page.run(LINES), strict=True):
        assert_alike([bent(one)], [bent(other)])


def bent(path: str) -> str:
    """Return a path without its corners between two that are as high: Plotly leaves some out."""
    if not path.startswith("M"):
        return path
    corners = [tuple(map(float, one.split(","))) for one in path[1:].split("L")]
    kept = [
        corner
        for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False)
        if not before[1] == corner[1] == after[1]
    ]
    return f"{corners[0]} {kept} {corners[-1]}"


@pytest.fixture
def years(
    driver: Chrome, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """Give a story its tab at six years of days, more on some than on others."""
    days = [
        date(2013, 1, 1) + timedelta(day)
        for day in range(6 * 365)
        for _ in range(1 + day * day % 11)
    ]
    path = tmp_path_factory.mktemp("years") / "years.parquet"
    pl.DataFrame({"day": days, "n": [i % 7 for i in range(len(days))]}).write_parquet(path)
    yield from story(Page(driver, serve(IRIS_DASH_DATA=str(path))))


TITLE = "return document.querySelector('#trend-title').textContent;"


def test_a_time_is_followed_by_its_own_lines_once_its_stops_tell_them(years: Page) -> None:
    """Of six years months are drawn, which part the slider's weeks: asked. Of fewer, its weeks."""
    years.open()
    years.until(lambda: years.run(LINES), "lines")
    years.settle()
    assert years.run(TITLE) == "Rows per month"
    come_near(years, "day")
    with years.hold(slider(years, "day", 1)) as move:
        move(-4)
        years.until(lambda: years.run(ASKED, "_dash-update") > 0, "months are asked")
        for _ in range(15):
            move(-6)
        years.expect(lambda: years.run(TITLE), "Rows per week")
        years.settle()
        asked, whole = years.run(ASKED, "_dash-update"), years.run(LINES)
        for _ in range(5):
            move(-3)
        years.until(lambda: years.run(LINES) != whole, "they are followed")
        assert years.run(ASKED, "_dash-update") == asked
        assert "trend-note" in years.run(BEHIND)
    years.until(lambda: years.run(ASKED, "_dash-update") == asked + 1, "the answer at rest")
    years.settle()
    years.expect(lambda: years.run(BEHIND), [])
    assert_lines_are_those_of_a_page_opened_there(years)
    assert years.run(TITLE) == "Rows per week"


def test_a_density_and_counts_of_many_values_follow_too(visits: Page) -> None:
    def see() -> None:
        visits.until(lambda: "of 60,000" in visits.count(), "visits")
        visits.settle()
        visits.until(lambda: len(visits.run(CELLS)) == 3, "a density of three kinds")

    visits.open("/?by=kind")
    see()
    bars, cells = visits.run(BARS), visits.run(CELLS)
    assert len(bars) == 11  # ten towns and the others
    come_near(visits, "age")
    with visits.hold(slider(visits, "age", 1)) as move:
        move(-14)
        visits.until(lambda: visits.run(CELLS) != cells, "it is followed")
        visits.run(WATCH_ELEMENTS)
        for _ in range(7):
            move(-14)
        # Texts and shapes alone: else all who follow the elements would look at them each time.
        assert visits.run("return document.querySelectorAll('.tails').length") > 0
        assert visits.run("return window.changed") == 0
        assert visits.run(ASKED, "_dash-update") == 0
        visits.driver.execute_async_script(FRAMES)
        followed = visits.run(CELLS)
        followed_bars = dict(visits.run(BARS))
        images = visits.driver.execute_async_script(IMAGES)
        assert {"scatter-note"} <= {*visits.run(BEHIND)} <= {"scatter-note", "table"}
    visits.until(lambda: "age" in visits.search(), "the answer at rest")
    visits.settle()
    assert visits.run(ASKED, "_dash-update") == 1
    visits.expect(lambda: visits.run(BEHIND), [])
    visits.driver.refresh()
    see()
    assert visits.run(CELLS) == followed
    # The commonest come first, now that it rests: of those that stood before each has its rows.
    opened_bars = dict(visits.run(BARS))
    assert {*followed_bars} & {*opened_bars} > {"others"}
    assert sum(map(as_number, followed_bars.values())) == as_number(visits.count().split()[0])
    for town in {*followed_bars} & {*opened_bars} - {"others"}:
        assert followed_bars[town] == opened_bars[town]
    # Painted cells look as those that Plotly draws.
    opened_images = visits.driver.execute_async_script(IMAGES)
    assert [len(one) for one in images] == [len(one) for one in opened_images]
    assert len(images) == 3
    for painted, drawn in zip(images, opened_images, strict=True):
        assert sum(map(bool, painted[3::4])) > 10
        assert painted[3::4] == pytest.approx(drawn[3::4], abs=2)


def as_number(text: str) -> int:
    return int(text.replace(",", ""))


def test_where_not_all_cards_can_follow_those_that_can_do(
    driver: Chrome, flights_url: str, flights: list[Flight]
) -> None:
    for page in story(Page(driver, flights_url)):  # hours, which the slider's days do not tell
        open_with_answers_in_hand(page, "/?by=origin&time_hour=2013-01-01..2013-01-07")
        count = sum(flight["time_hour"] < datetime(2013, 1, 8) for flight in flights)
        page.expect_count(count, OF)
        page.until(lambda: page.run(LINES) and page.run(MARKS)[1], "both charts")  # noqa: B023
        come_near(page, "distance")
        drawn = [page.run(LINES), page.run(MARKS)[1]]
        page.run(HOLD)
        slider(page, "distance", 1).send_keys(*[Keys.ARROW_LEFT] * 40)
        page.until(lambda: page.run(MARKS)[1] != drawn[1], "the means")  # noqa: B023
        assert page.run(BEHIND) == []
        assert page.run(LINES) == drawn[0]
        page.until(lambda: page.run(ASKED, "_dash-update") > 0, "a question")  # noqa: B023
        page.run("window.letGo(); window.held = undefined;")
        page.until(lambda: "distance" in page.search(), "the answer at rest")  # noqa: B023
        page.settle()
        page.until(lambda: page.run(LINES) != drawn[0], "the lines")  # noqa: B023
        followed, said = page.run(MARKS)[1], page.count()
        page.driver.refresh()
        page.expect(page.count, said)
        page.settle()
        page.until(lambda: page.run(MARKS)[1], "the means")  # noqa: B023
        assert_alike(followed, page.run(MARKS)[1])


def test_back_where_it_was_before_the_answers_came_nothing_stays_of_the_steps(page: Page) -> None:
    # Charts that wait for answers.
    open_with_answers_in_hand(page, "/?_view=distributions")
    page.expect_count(150)
    page.settle()
    before = page.run(SHOWN)
    come_near(page, "sepal_length")
    page.run(HOLD)
    slider(page, "sepal_length", 1).send_keys(
        Keys.ARROW_LEFT
    )  # 7.8: no setosa less, asked and held
    page.until(lambda: page.run(ASKED, "_dash-update") > 0, "a question")
    slider(page, "sepal_length", 1).send_keys(*[Keys.ARROW_LEFT] * 28)
    page.until(lambda: page.count() == "32 of 150 flowers", "the last step")
    page.click(".sidebar .card-head .link-button")
    page.run("window.letGo(); window.held = undefined;")
    page.expect_count(150)
    page.expect(lambda: page.run(SHOWN), before)


PAINTED = """
const [thumb, done] = arguments;
const charts = [...document.querySelectorAll("#scatter, #means")]
    .map((card) => card.querySelector(".js-plotly-plot"));
const stood = charts.map(({data, _fullData}) => ({data, _fullData}));
thumb.focus();
const key = {key: "ArrowLeft", keyCode: 37, which: 37, bubbles: true};
thumb.dispatchEvent(new KeyboardEvent("keydown", key));
(async () => {
    for (let turn = 0; turn < 20; turn++) await null;  // before the next frame
    done(charts.map((chart, i) =>
        [chart.data !== stood[i].data, chart._fullData === stood[i]._fullData]));
})();
"""
"""Press a key: whether each chart shows something else at once, and Plotly has not drawn it."""
DRAWN = """
return [...document.querySelectorAll("#scatter .js-plotly-plot, #means .js-plotly-plot")]
    .every(({data, _fullData}) => data.every(({y}, i) => y === _fullData[i].y));
"""


def test_each_key_after_a_rest_is_painted_at_once(page: Page) -> None:
    """Plotly wrote into the figure that stood, and drew the first step after each rest itself."""
    page.open()
    page.expect_count(150)
    page.settle()
    come_near(page, "petal_length")
    thumb = slider(page, "petal_length", 1)
    for high in (6.8, 6.7):
        page.expect(lambda: page.run(DRAWN), True)
        painted = page.driver.execute_async_script(PAINTED, thumb)
        assert painted == [[True, True], [True, True]]
        page.expect_count(len(flowers(petal_length=(0, high))))
        page.expect(page.search, f"?petal_length=..{high}")
        page.settle()


def test_keys_that_end_where_they_began_set_no_filter(page: Page) -> None:
    page.open()
    page.expect_count(150)
    come_near(page, "petal_width")
    thumb = slider(page, "petal_width", 1)
    for keys in (Keys.ARROW_LEFT + Keys.ARROW_RIGHT, Keys.ARROW_LEFT * 3 + Keys.END):
        thumb.send_keys(keys)
        page.settle()
        page.expect_count(150)
        page.expect(
            lambda: thumb.get_attribute("aria-valuenow"), thumb.get_attribute("aria-valuemax")
        )
        assert page.search() == ""


STRIKE = """
const [filter, strokes, done] = arguments;
const thumbs = document.querySelectorAll(`.filter[data-column='${filter}'] [role=slider]`);
(async () => {
  for (const [side, key] of strokes) {
    thumbs[side].focus();
    thumbs[side].dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    for (let turn = 0; turn < 20; turn++) await null;  // the slider has moved, Dash has not drawn
  }
  done();
})();
"""
"""Press keys on a slider's thumbs, faster than Dash draws where it was told that they stand."""


def strike(page: Page, column: str, *strokes: tuple[int, str]) -> None:
    # A window that is not in front hears of no focus.
    page.driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    page.driver.execute_async_script(STRIKE, column, strokes)


def test_no_key_is_lost_between_two_thumbs(page: Page) -> None:
    page.open()
    page.expect_count(150)
    strike(page, "petal_length", (0, "PageUp"), (1, "PageDown"), (0, "ArrowRight"))
    page.expect(page.search, "?petal_length=2.1..5.9")
    page.settle()
    page.expect_count(len(flowers(petal_length=(2.1, 5.9))))
    assert page.bounds()["Petal length"] == ("2.1", "5.9")
    ends = [slider(page, "petal_length", side).get_attribute("aria-valuenow") for side in (0, 1)]
    assert ends == ["2.1", "5.9"]


def test_home_and_end_move_the_thumb_that_has_the_focus(page: Page) -> None:
    """To its own end, which is the other thumb; that one stands still."""
    page.open("/?petal_length=1.55..5.9")
    page.expect_count(len(flowers(petal_length=(1.55, 5.9))))
    page.thumb("Petal length", "to").send_keys(Keys.HOME)
    page.expect(page.search, "?petal_length=1.55..1.55")
    page.expect_count(0)
    page.thumb("Petal length", "to").send_keys(Keys.END)
    page.expect(page.search, "?petal_length=1.55..")
    page.thumb("Petal length", "to").send_keys(*[Keys.ARROW_LEFT] * 9)
    page.expect(page.search, "?petal_length=1.55..6.0")
    page.thumb("Petal length", "from").send_keys(Keys.END)
    page.expect(page.search, "?petal_length=6.0..6.0")
    page.expect_count(len(flowers(petal_length=(6.0, 6.0))))
    page.thumb("Petal length", "from").send_keys(Keys.ARROW_LEFT)
    page.expect(page.search, "?petal_length=5.9..6.0")
    page.thumb("Petal length", "from").send_keys(Keys.HOME)
    page.expect(page.search, "?petal_length=..6.0")


def test_home_and_end_on_a_slider_of_times(orders: Page) -> None:
    orders.open("/?day=2013-01-10..2013-02-20")
    orders.until(lambda: "of 400" in orders.count(), "orders")
    orders.settle()
    slider(orders, "day", 1).send_keys(Keys.HOME)
    orders.expect(orders.search, "?day=2013-01-10")
    slider(orders, "day", 1).send_keys(Keys.ARROW_RIGHT)
    orders.expect(orders.search, "?day=2013-01-10..2013-01-11")
    slider(orders, "day", 0).send_keys(Keys.END)
    orders.expect(orders.search, "?day=2013-01-11")


def test_keys_at_once_go_as_far_as_keys_with_rests(orders: Page) -> None:
    """A slider in log stands elsewhere than a step of it after each key."""

    def open_anew() -> None:
        orders.open("/?_log=price")
        orders.until(lambda: "of 400" in orders.count(), "orders")
        orders.settle()

    open_anew()
    slowly = orders.search()
    for _ in range(4):
        before = slowly
        strike(orders, "price", (1, "PageDown"))
        orders.until(lambda: orders.search() != before, "the answer")  # noqa: B023
        orders.settle()
        slowly = orders.search()
    assert slowly.startswith("?price=..")
    open_anew()
    strike(orders, "price", *[(1, "PageDown")] * 4)
    orders.expect(orders.search, slowly)
    orders.settle()
    assert orders.search() == slowly


def test_without_an_index_each_step_is_asked(page: Page) -> None:
    page.open()
    page.expect_count(150)
    page.run(
        "const plain = window.fetch; window.fetch = (...request) =>"
        " String(request[0]).includes('_live-index') ? Promise.reject(new TypeError())"
        " : plain(...request);"
    )
    with page.hold(slider(page, "petal_length", 1)) as move:
        move(-60)
        page.until(lambda: page.count() != "150 of 150 flowers", "an answer while it is held")
        assert page.run(ASKED, "_dash-update") > 0
    page.until(lambda: "petal_length" in page.search(), "the answer at rest")
    page.settle()
    high = float(page.bounds()["Petal length"][1])
    page.expect_count(len(flowers(petal_length=(0, high))))
