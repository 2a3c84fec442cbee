"""The page's answers as they are sent, and that they are kept."""

from __future__ import annotations

import json

import numpy as np
import orjson
import plotly.io
import polars as pl
import pytest
from dash import dcc, html
from page_answers import answer_controls
from page_views import CHARTS, KEYS
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.core.errors import EngineAway
from iris_dash.dashboard.answer import cached_answer
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.cached_answer import answer_question, pack, unpack
from iris_dash.dashboard.views import overview
from iris_dash.web.cache import RecentCache

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "n": 7}


@pytest.fixture
def flowers():
    return Explorer.open(ROOT / "data" / "iris.csv")


@pytest.fixture
def made(monkeypatch):
    """The questions that were answered anew."""
    questions = []

    def answer(*asked):
        questions.append(asked)
        return answer_state(*asked)

    monkeypatch.setattr(cached_answer, "answer_state", answer)
    return questions


def plain(parts):
    return orjson.loads(orjson.dumps(parts))


def question(view="overview", **more):
    return ASKED | {"choices": {"_view": view}, "axes": ["petal_length", "petal_width"]} | more


@pytest.mark.parametrize("view", KEYS)
@pytest.mark.parametrize("table", ["iris", "penguins", "a long table"])
def test_what_is_sent_is_what_plotly_would_have_sent(view, table, monkeypatch):
    if table == "a long table":
        monkeypatch.setattr("iris_dash.explorer.chart_answers.MOST_POINTS", 10)
        monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        table = "penguins"
    explorer = Explorer.open(ROOT / "data" / f"{table}.csv")
    axes = [measure.name for measure in explorer.schema.measures[:2]]
    asked = question(view, axes=axes, open=CHARTS.get(view))
    # One answer, sent in two ways: two could differ in a mean's last digit, as groups are summed
    # in any order.
    answer = answer_controls(explorer, asked)
    monkeypatch.setattr(cached_answer, "answer_state", lambda *_: answer)
    expected = json.loads(plotly.io.json.to_json_plotly(answer))
    expected["answered"]["n"] = 7
    assert plain(answer_question(explorer, asked)) == expected


@pytest.mark.parametrize("longest", [250_000, 25_000])
def test_the_same_question_is_answered_once(flowers, made, monkeypatch, longest):
    """A long answer is kept too, shortened: a table of many columns has no other."""
    monkeypatch.setattr("iris_dash.explorer.shortened.MOST_CACHED_BYTES", longest)
    flowers.cache = RecentCache()
    first = answer_question(flowers, question(n=1))
    again = answer_question(flowers, question(n=2))
    assert len(made) == 1
    assert (first["answered"]["n"], again["answered"]["n"]) == (1, 2)
    assert plain(first | {"answered": None}) == plain(again | {"answered": None})


@pytest.mark.parametrize(
    "other",
    [
        {"theme": "dark"},
        {"facets": {"species": ["setosa"]}},
        {"page": 1},
        {"open": ["means"]},
        {"narrow": True},
        {"view": "pairs"},
    ],
)
def test_another_question_has_another_answer(flowers, made, other):
    flowers.cache = RecentCache()
    answer_question(flowers, question())
    found = answer_question(flowers, question(**other))
    assert len(made) == 2
    assert plain(found) == plain(answer_question(Explorer(flowers.dataset), question(**other)))


def test_another_table_has_another_answer(flowers, made):
    other = Explorer.open(pl.read_csv(ROOT / "data" / "iris.csv").head(20))
    flowers.cache = other.cache = RecentCache()
    for explorer in (flowers, other):
        answer_question(explorer, question())
    assert len(made) == 2


def test_an_answer_with_a_failed_part_is_not_kept(flowers, made, monkeypatch):
    flowers.cache = RecentCache()

    def away(*_, **__):
        raise EngineAway("gone")

    with monkeypatch.context() as broken:
        broken.setattr(overview, "means_figure", away)
        assert "means" not in answer_question(flowers, question())
    whole = answer_question(flowers, question())
    assert "means" in whole
    assert len(made) == 2


def test_parts_are_packed_and_unpacked():
    parts = {
        "answered": {"rows": 'a\n"b'},
        "facets": [[{"label": html.B("\n☃")}], []],
        "numbers": np.arange(6.0)[::2],
        "infinite": [float("nan"), None, np.float64(0.1)],
    }
    bold = {"props": {"children": "\n☃"}, "type": "B", "namespace": "dash_html_components"}
    assert plain(cached_answer.unpack(cached_answer.pack(parts))) == {
        "answered": {"rows": 'a\n"b'},
        "facets": [[{"label": bold}], []],
        "numbers": [0.0, 2.0, 4.0],
        "infinite": [None, None, 0.1],
    }


@pytest.mark.parametrize("nonsense", [{"page": 10**30}, {"choices": {"_view": "\ud800"}}])
def test_a_question_of_what_orjson_does_not_know_is_one_too(flowers, nonsense):
    whole = plain(answer_question(flowers, ASKED | {"axes": ["petal_length", "petal_width"]}))
    found = plain(answer_question(flowers, question() | nonsense))
    assert found["count"] == whole["count"]


def test_components_are_packed_as_dash_writes_them():
    button = html.Button(
        [html.Span("a", className="b", **{"aria-hidden": "true"}), "c", dcc.Graph(id="d")],
        title=None,
        **{"data-open": "?x=1"},
    )
    packed = unpack(pack({"answered": {}, "part": button}))
    assert orjson.loads(orjson.dumps(packed["part"])) == json.loads(
        plotly.io.json.to_json_plotly(button)
    )
