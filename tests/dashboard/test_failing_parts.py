"""A part of the page's answer that fails: it says so alone, and the others are as ever."""

from __future__ import annotations

import json
import logging
import re

import polars as pl
import pytest
from dash.development.base_component import Component
from page_answers import answer_controls
from sample_tables import ROOT
from werkzeug.exceptions import ServiceUnavailable

from iris_dash import Explorer, QueryError
from iris_dash.core.errors import EngineAway, QueryTooLong
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.layout import TROUBLES, create_layout
from iris_dash.dashboard.views import overview, scatter, table
from iris_dash.dashboard.views.all_views import VIEWS, offered_cards
from iris_dash.dashboard.views.view import View
from iris_dash.web.app import SCRIPTS

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "n": 7}
AXES = ["petal_length", "petal_width"]
AWAY = "flowers at 127.0.0.1: connection refused"
CHART_FAILED = "This chart could not be made; the reason is in the server's log."


@pytest.fixture
def flowers():
    return Explorer.open(ROOT / "data" / "iris.csv")


@pytest.fixture
def dated():
    """The flowers with a day and a bed each: a table that every card has something to show of."""
    frame = pl.read_csv(ROOT / "data" / "iris.csv").with_row_index("day")
    beds = pl.when(pl.col("day") % 2 == 0).then(pl.lit("left")).otherwise(pl.lit("right"))
    day = pl.date(2026, 1, 1) + pl.duration(days="day")
    return Explorer.open(frame.with_columns(day, bed=beds))


def answer(explorer, view="overview", **more):
    return answer_controls(explorer, ASKED | {"axes": AXES, "choices": {"_view": view}} | more)


def breaks(error):
    def fail(*_, **__):
        raise error

    return fail


def shown(found):
    """The keys of an answer, and without what names the question."""
    return {key: value for key, value in found.items() if key != "answered"}


def failed(found):
    return found["answered"]["failed"]


VIEW_KEYS = {
    "scatter": {"scatter", "note"},
    "means": {"means", "key"},
    "table": {"rows", "edges"},
    "distributions": {"distributions"},
    "matrix": {"matrix", "matrix_note"},
    "correlation": {"correlation"},
    "comparison": {"comparison", "comparison_look"},
    "filters": {"facets", "histograms"},
}
"""What of an answer each part gives; the text of a chart is asked for apart."""

BREAKS = [
    ("overview", "scatter", "scatter.scatter_figure"),
    ("overview", "means", "overview.means_figure"),
    ("overview", "table", "table.table_rows"),
    ("table", "table", "table.table_edges"),
    ("distributions", "distributions", "distributions.distributions_figure"),
    ("pairs", "matrix", "pairs.matrix_figure"),
    ("pairs", "correlation", "pairs.correlation_figure"),
    ("compare", "comparison", "compare.comparison_table"),
]


@pytest.mark.parametrize(("view", "part", "function"), BREAKS)
def test_what_breaks_one_part_leaves_the_others(flowers, monkeypatch, caplog, view, part, function):
    whole = answer(flowers, view)
    assert failed(whole) == {}
    broken = breaks(ZeroDivisionError("s3cret"))
    monkeypatch.setattr(f"iris_dash.dashboard.views.{function}", broken)
    found = answer(flowers, view)
    assert list(failed(found)) == [part]
    assert failed(found)[part].endswith(" could not be made; the reason is in the server's log.")
    assert set(whole) - set(found) == VIEW_KEYS[part]
    same = set(found) - {"answered"}
    assert str(shown(found)) == str({key: whole[key] for key in whole if key in same})
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert errors[0].exc_info[0] is ZeroDivisionError
    assert "s3cret" not in json.dumps(failed(found))


@pytest.mark.parametrize(
    ("view", "card"),
    [(view, card) for view in VIEWS for card in view.cards],
    ids=lambda part: part.key if isinstance(part, View) else part.id,
)
def test_whichever_card_breaks_the_others_stay(dated, monkeypatch, view, card):
    whole = answer(dated, view.key)
    monkeypatch.setattr(type(card), "make", breaks(ValueError))
    found = answer(dated, view.key)
    assert list(failed(found)) == [card.id]
    lost = set(whole) - set(found)
    assert lost
    assert lost <= set(card.outputs())


def test_the_parts_are_called_what_they_are(flowers, monkeypatch):
    monkeypatch.setattr(scatter, "scatter_figure", breaks(ValueError))
    monkeypatch.setattr(table, "table_rows", breaks(ValueError))
    assert failed(answer(flowers)) == {
        "scatter": CHART_FAILED,
        "table": "This table could not be made; the reason is in the server's log.",
    }


def test_a_text_that_breaks_fails_its_own_chart(flowers, monkeypatch):
    monkeypatch.setattr(overview, "means_text", breaks(ValueError))
    assert failed(answer(flowers)) == {}
    found = answer(flowers, open=["scatter", "means"])
    assert failed(found) == {"means": CHART_FAILED}
    assert "scatter_text" in found


def test_while_the_engine_is_away_the_rollup_still_answers(flowers, monkeypatch, caplog):
    whole = answer(flowers)
    monkeypatch.setattr(Explorer, "table_rows", breaks(EngineAway(AWAY)))
    found = answer(flowers)
    assert failed(found) == {"table": f"The table cannot be asked now: {AWAY}."}
    assert str(found["means"]) == str(whole["means"])
    assert found["pages"] == 15
    assert not any(record.exc_info for record in caplog.records)
    monkeypatch.setattr(Explorer, "_points", breaks(EngineAway(AWAY)))
    assert set(failed(answer(flowers))) == {"table", "scatter"}


def test_what_takes_too_long_fails_alone_too(flowers, monkeypatch):
    monkeypatch.setattr(Explorer, "table_rows", breaks(QueryTooLong(30)))
    said = "The answer takes longer than 30 s, so it was given up."
    assert failed(answer(flowers)) == {"table": said}


def test_without_histograms_go_the_filters_and_the_charts_beside_them(flowers, monkeypatch, caplog):
    monkeypatch.setattr(Explorer, "histograms_beside", breaks(ValueError))
    found = answer(flowers)
    assert set(failed(found)) == {"filters", "scatter"}
    assert failed(found)["filters"].startswith("The counts beside the filters could not be made")
    assert "means" in found
    assert "rows" in found
    assert len([record for record in caplog.records if record.exc_info]) == 1


def test_without_counts_of_facets_the_charts_stay(flowers, monkeypatch):
    monkeypatch.setattr(Explorer, "facet_counts", breaks(ValueError))
    found = answer(flowers)
    assert set(failed(found)) == {"filters"}
    assert "scatter" in found


@pytest.mark.parametrize("error", [QueryError([]), ServiceUnavailable()])
def test_what_is_wrong_with_the_whole_question_is_raised(flowers, monkeypatch, error):
    monkeypatch.setattr(Explorer, "table_rows", breaks(error))
    with pytest.raises(type(error)):
        answer(flowers)


def test_where_nothing_can_be_counted_all_of_it_fails(flowers, monkeypatch):
    monkeypatch.setattr(Explorer, "diagnosis", breaks(EngineAway(AWAY)))
    with pytest.raises(EngineAway):
        answer(flowers)


def test_every_part_has_a_place_for_its_failure(flowers):
    names = pl.DataFrame({"name": ["a", "b"]})
    wanted = [(flowers, set(VIEW_KEYS)), (Explorer.open(names), {"filters", "table"})]
    for explorer, known in wanted:
        parts = {"filters", *(card.id for card in offered_cards(explorer.schema))}
        assert parts & set(VIEW_KEYS) == known
        layout = [part for part in create_layout(explorer)._traverse() if is_place(part)]
        places = {attribute(part, "data-failure") for part in layout}
        assert places == parts
        for part in layout:
            assert attribute(part, "role") == "alert"
            assert attribute(part, "hidden") is True
    assert ids.FILTERS in wanted[1][1]


def test_the_script_tells_the_troubles_of_the_layout():
    script = (SCRIPTS / "trouble.mjs").read_text()
    # The type checker lets the script tell no other kind.
    kinds = re.search(r"export const KINDS = .*(\[.*\])", script)
    assert kinds
    assert set(json.loads(kinds[1])) == set(TROUBLES)


def attribute(component, name):
    return component.to_plotly_json()["props"][name]


def is_place(part):
    return isinstance(part, Component) and "data-failure" in part.to_plotly_json()["props"]
