"""What an address opens: controls with their answer, and the layout that has both already."""

from __future__ import annotations

import orjson
import polars as pl
import pytest
from dash import ALL, Output
from dash.development.base_component import Component
from page_answers import answer_controls
from sample_tables import ROOT

from iris_dash import Explorer, QueryError
from iris_dash.commands.load import load_table, target_of
from iris_dash.config.settings import Settings
from iris_dash.core.errors import EngineAway, QueryTooLong
from iris_dash.dashboard.answer import cached_answer
from iris_dash.dashboard.answer.address import format_address, read_address
from iris_dash.dashboard.answer.cached_answer import answer_question
from iris_dash.dashboard.answer.controls import controls_of_state, state_of_controls
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.dashboard.opened_layout import fill
from iris_dash.dashboard.outputs import opened_outputs
from iris_dash.dashboard.page.measure_control import slider_ends
from iris_dash.dashboard.views import overview
from iris_dash.web.app import create_app
from iris_dash.web.cache import RecentCache

PENGUINS = (
    "",
    "?species=Gentoo&species=Adelie",
    "?species=~none",
    "?sex=~missing",
    "?by=island&island=Torgersen",
    "?body_mass_g=..4000&bill_length_mm=40.5..",
    "?sort=-body_mass_g,species&page=2&per_page=25",
    "?_view=pairs&_correlation=groups&_x=body_mass_g",
    "?nonsense=1&species=rose",
)


@pytest.fixture
def flowers():
    return Explorer.open(ROOT / "data" / "iris.csv")


@pytest.fixture(scope="module")
def penguins():
    return Explorer.open(ROOT / "data" / "penguins.csv")


def plain(value):
    """A value as the page gets it."""
    return orjson.loads(orjson.dumps(value))


@pytest.mark.parametrize("search", PENGUINS)
def test_the_controls_of_a_state_name_that_state(penguins, search):
    state, _ = read_address(penguins.schema, search)
    controls = controls_of_state(penguins.schema, state)
    assert state_of_controls(penguins.schema, controls) == state


# bill_length_mm has two missing values among 344, and runs from 32.1 to 59.6; body_mass_g to 6300.
@pytest.mark.parametrize(
    ("search", "canonical", "count"),
    [
        ("?body_mass_g=6000..6300", "body_mass_g=6000..", 4),
        ("?body_mass_g=6000..9000", "body_mass_g=6000..", 4),
        ("?bill_length_mm=32.1..59.6", "bill_length_mm=~present", 342),
        ("?bill_length_mm=..59.6", "bill_length_mm=~present", 342),
        ("?bill_length_mm=32.1..59.6&bill_length_mm=~missing", "", 344),
        (
            "?body_mass_g=2700..2850&body_mass_g=6000..6300",
            "body_mass_g=..2850&body_mass_g=6000..",
            7,
        ),
    ],
)
def test_a_bound_at_a_sliders_end_is_none_from_the_first(penguins, search, canonical, count):
    # Once anything else was changed it was dropped, and rows without a value came back.
    state, _ = read_address(penguins.schema, search)
    assert format_address(penguins.schema, state) == canonical
    assert penguins.count(state.query) == count
    controls = controls_of_state(penguins.schema, state)
    assert state_of_controls(penguins.schema, controls) == state


def test_a_bound_at_a_sliders_end_of_a_measure_without_missing_values_is_no_filter(flowers):
    state, _ = read_address(flowers.schema, "?petal_width=0.1..2.5")
    assert format_address(flowers.schema, state) == ""


def test_the_one_value_of_a_column_can_be_asked_for():
    years = Explorer.open(pl.DataFrame({"year": [2013, 2013], "x": [1.5, 2.5]}))
    state, _ = read_address(years.schema, "?year=2013..2013")
    assert format_address(years.schema, state) == "year=2013..2013"


def test_a_bound_at_the_number_of_a_sliders_end_is_none():
    # Steps of 2000: the slider's grid begins at -2000.
    incomes = Explorer.open(pl.DataFrame({"income": [-999, 25_000, 60_000, 150_000]}))
    assert slider_ends(incomes.schema.measure("income")) == (-2_000, 150_000)
    for address, canonical, ends in (
        ("", "", (-999, 150_000)),
        ("?income=-999..60000", "income=..60000", (-999, 60_000)),
        ("?income=-998..", "income=-998..", (-998, 150_000)),
    ):
        state, _ = read_address(incomes.schema, address)
        controls = controls_of_state(incomes.schema, state)
        assert controls["ranges"] == {"income": ends}
        assert (
            format_address(incomes.schema, state_of_controls(incomes.schema, controls)) == canonical
        )


def test_an_address_opens_with_its_answer(flowers):
    opened = open_address(
        flowers,
        {
            "search": "?species=setosa&sepal_length=5.05..&sort=-species&page=2&per_page=10&x=1",
            "theme": "dark",
            "narrow": "true",
        },
    )
    assert opened["answered"]["state"] == {
        "facets": {"species": ["setosa"]},
        "ranges": {
            "sepal_length": (5.05, 7.9),
            "sepal_width": (2.0, 4.4),
            "petal_length": (1.0, 6.9),
            "petal_width": (0.1, 2.5),
        },
        "texts": {},
        "times": {},
        "parts": {},
        "search": "",
        "others": {},
        "sort": [{"column_id": "species", "direction": "desc"}],
        "by": "species",
        "page": 1,
        "per_page": 10,
        "axes": ["petal_length", "petal_width"],
        "choices": {
            "_view": "overview",
            "_trend": "auto",
            "_counts": "auto",
            "_extent": "typical",
            "_shown": "",
            "_over": "",
            "_unit": "",
            "_lines": "",
            "_beside": "",
            "_calendar": "",
            "_distribution": "histogram",
            "_correlation": "all",
            "_with": "rest",
            "_compared": "auto",
            "_numbers": "all",
            "_stat": "mean",
            "_of": "sepal_length",
            "_rows": "species",
            "_columns": "none",
            "_order": "",
            "_across": "",
        },
        "log": [],
        "columns": {},
        "theme": "dark",
        "narrow": True,
        "open": (),
    }
    assert opened["ticked"] == [["setosa"]]
    assert opened["lows"] == ["5.05", "2", "1", "0.1"]
    assert opened["notices"] is not None
    assert "n" not in opened["answered"]
    # The controls' state, were it asked for, is answered alike.
    asked = answer_question(flowers, plain(opened["answered"]["state"]) | {"n": 1})
    assert asked["answered"].pop("n") == 1
    state = opened["answered"].pop("state")
    for name, part in asked.items():
        assert plain(opened[name]) == plain(part), name
    assert answer_controls(flowers, plain(state))["answered"] == opened["answered"]


def test_a_page_past_the_last_opens_the_last(flowers):
    opened = open_address(flowers, {"search": "?species=setosa&page=99&per_page=25"})
    assert opened["page"] == opened["answered"]["state"]["page"] == 1


def test_an_address_and_the_controls_that_it_sets_are_answered_once(flowers, monkeypatch):
    flowers.cache = RecentCache()
    opened = open_address(flowers, {"search": "?sepal_length=5.0.."})
    monkeypatch.setattr(cached_answer, "answer_state", None)
    found = answer_question(flowers, plain(opened["answered"]["state"]))
    assert found["answered"]["search"] == "sepal_length=5.0.."


def test_where_a_part_fails_the_controls_alone_are_set(flowers, monkeypatch):
    def away(*_, **__):
        raise EngineAway("gone")

    monkeypatch.setattr(overview, "means_figure", away)
    opened = open_address(flowers, {"search": "?species=setosa"})
    assert opened["ticked"] == [["setosa"]]
    assert opened["answered"] is None
    assert "scatter" not in opened


@pytest.mark.parametrize("error", [QueryTooLong(1), EngineAway("gone"), TypeError("a fault")])
def test_where_nothing_can_be_answered_the_controls_alone_are_set(flowers, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(flowers, "diagnosis", fail)
    assert open_address(flowers, {"search": "?species=setosa"})["answered"] is None


def test_the_controls_do_not_wait_for_an_engine(tmp_path):
    address = f"duckdb://{tmp_path}/flowers.duckdb/flowers"
    load_table(pl.read_csv(ROOT / "data" / "iris.csv"), target_of(address))
    explorer = Explorer.open(address)
    opened = open_address(explorer, {"search": "?species=setosa"})
    assert (opened["ticked"], opened["answered"]) == ([["setosa"]], None)


def test_nonsense_about_how_the_page_looks_is_left_out(flowers):
    looks = {"theme": "pink", "open": ["\ud800", "scatter", "nothing"], "at": "x"}
    opened = open_address(flowers, {"search": "?\ud800=\ud800", **looks})
    orjson.dumps(opened, default=Component.to_plotly_json)
    state = plain(opened["answered"]["state"])
    assert (state["theme"], state["narrow"], state["open"]) == ("", False, ["scatter"])


@pytest.mark.parametrize("asked", [{"search": 5}, {"narrow": "perhaps"}, {"open": "x"}, 5, ["x"]])
def test_what_opens_no_address_is_told_so(flowers, asked):
    with pytest.raises(QueryError):
        open_address(flowers, asked)


def test_every_part_has_an_output(penguins, pets):
    for explorer in (penguins, pets):
        opened = open_address(explorer, {"search": ""})
        assert opened.keys() <= opened_outputs(explorer.schema).keys()


def test_a_layout_is_filled_by_its_components_ids():
    layout = {
        "props": {
            "children": [
                {"props": {"id": {"role": "low", "column": "a"}, "value": 1}, "type": "Input"},
                {"props": {"children": {"props": {"id": "count"}, "type": "P"}}, "type": "Div"},
                {"props": {"id": {"role": "low", "column": "b"}}, "type": "Input"},
                {"props": {"id": {"role": "twin", "column": "b"}}, "type": "Div"},
                "text",
                None,
            ]
        },
        "type": "Div",
    }
    fill(
        layout,
        [
            (Output({"role": "low", "column": ALL}, "value"), [3, 4]),
            (Output("count", "children"), "5"),
            (Output({"role": "twin", "column": "b"}, "children"), "words"),
        ],
    )
    low, box, high, twin, *_ = layout["props"]["children"]
    assert (low["props"]["value"], high["props"]["value"]) == (3, 4)
    assert box["props"]["children"]["props"]["children"] == "5"
    assert twin["props"]["children"] == "words"
    for output, value in (
        (Output("nothing", "children"), "5"),
        (Output({"role": "low", "column": ALL}, "value"), [3]),
    ):
        with pytest.raises(ValueError, match="zip"):
            fill(layout, [(output, value)])


@pytest.fixture(scope="module")
def client():
    return create_app(settings=Settings(log="none")).server.test_client()


def found(part, component_id):
    """The properties of a component of a layout."""
    if isinstance(part, list):
        return next((props for one in part if (props := found(one, component_id))), None)
    if not isinstance(part, dict):
        return None
    if part["props"].get("id") == component_id:
        return part["props"]
    return found(part["props"].get("children"), component_id)


def test_the_layout_comes_as_its_address_opens_it(client):
    plain_layout = client.get("/_dash-layout")
    asked = {"search": "?species=setosa&petal_length=..1.4", "theme": "light", "narrow": "false"}
    opened = client.get("/_dash-layout", query_string=asked)
    layout = opened.json
    assert found(layout, {"role": "facet", "column": "species"})["value"] == ["setosa"]
    assert found(layout, {"role": "high", "column": "petal_length"})["value"] == "1.4"
    assert found(layout, "count")["children"][0]["props"]["children"] == "24"
    assert len(found(layout, "scatter")["figure"]["data"][0]["x"]) == 24
    assert found(layout, "answered")["data"]["search"] == "species=setosa&petal_length=..1.4"
    # The plain one is as ever.
    assert client.get("/_dash-layout").data == plain_layout.data
    assert found(plain_layout.json, "answered").get("data") is None


def test_an_opened_layout_is_not_sent_again_while_it_is_the_same(client):
    asked = {"search": "?species=setosa", "theme": "light", "narrow": "false"}
    opened = client.get("/_dash-layout", query_string=asked)
    assert opened.headers["Cache-Control"] == "no-cache"
    tag = opened.headers["ETag"]
    assert tag.startswith('W/"')
    again = client.get("/_dash-layout", query_string=asked, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/_dash-layout", query_string=asked | {"theme": "dark"})
    assert other.headers["ETag"] != tag


def test_a_layout_that_cannot_be_opened_is_told_so(client):
    answer = client.get("/_dash-layout?search=&narrow=perhaps")
    assert answer.status_code == 422
    assert "narrow" in str(answer.get_json()["detail"])
