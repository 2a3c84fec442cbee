"""A table of many columns: which filters, measures and columns its page shows, and why."""

from __future__ import annotations

import itertools
import json

import orjson
import polars as pl
import pytest
from dash.development.base_component import Component
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.dashboard.answer.address import format_address, read_address
from iris_dash.dashboard.answer.cached_answer import answer_question
from iris_dash.dashboard.answer.column_choices import first_filters, standing_filters
from iris_dash.dashboard.answer.controls import controls_of_state, state_of_controls
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.query.schema import narrowed
from iris_dash.web.app import create_app
from iris_dash.web.cache import RecentCache

FACETS = [f"f{n:02}" for n in range(10)]
MEASURES = [f"m{n:02}" for n in range(30)]
FIRST = (*FACETS, "m00", "m01")
VIEWS = ("overview", "distributions", "pairs", "compare", "table")


@pytest.fixture(scope="module")
def wide():
    columns = {name: ["a", "b", "c"] * 16 for name in FACETS}
    columns |= {
        name: [(row * (n + 3)) % 48 + 0.5 for row in range(48)] for n, name in enumerate(MEASURES)
    }
    explorer = Explorer.open(pl.DataFrame(columns))
    explorer.cache = RecentCache()
    return explorer


@pytest.fixture(scope="module")
def page(wide):
    return create_app(wide).server.test_client()


def standing(wide, search):
    state, problems = read_address(wide.schema, search)
    assert problems == ()
    return standing_filters(wide.schema, state.query, state.columns)


@pytest.mark.parametrize(
    ("search", "names", "canonical"),
    [
        ("", FIRST, ""),
        ("?_filters=m29,f00", ("m29", "f00"), "_filters=m29,f00"),
        ("?_filters=", (), "_filters="),
        ("?_filters=" + ",".join(FIRST), FIRST, ""),
        ("?_filters=f00,f00", ("f00",), "_filters=f00"),
        # What is active stands, and is not said where nothing else is.
        ("?m17=3..", ("m17", *FIRST), "m17=3.0.."),
        ("?m17=3..&_filters=m17," + ",".join(FIRST), ("m17", *FIRST), "m17=3.0.."),
        ("?m17=3..&_filters=f02", ("m17", "f02"), "m17=3.0..&_filters=m17,f02"),
        ("?f03=a", FIRST, "f03=a"),
        ("?f03=a&_filters=m29", ("f03", "m29"), "f03=a&_filters=f03,m29"),
    ],
)
def test_twelve_filters_stand_at_first_then_those_of_the_address_and_what_is_active(
    wide, search, names, canonical
):
    assert standing(wide, search) == names
    state, _ = read_address(wide.schema, search)
    assert format_address(wide.schema, state) == canonical
    assert read_address(wide.schema, f"?{canonical}") == (state, ())
    controls = controls_of_state(wide.schema, state)
    assert state_of_controls(wide.schema, orjson.loads(orjson.dumps(controls))) == state
    assert {*controls["facets"], *controls["ranges"]} == set(names)


def test_the_choice_of_first_filters_is_one_function(wide):
    assert first_filters(wide.schema) == FIRST


@pytest.mark.parametrize(
    ("search", "messages"),
    [
        ("?_filters=m99", ["unknown column of _filters: 'm99'; columns are f00, f01"]),
        ("?_measures=f00", ["unknown column of _measures: 'f00'; columns are m00, m01"]),
        (
            "?_measures=" + ",".join(MEASURES[:25]),
            ["_measures: at most 24 measures are shown; m24 is left out"],
        ),
    ],
)
def test_what_cannot_be_shown_is_said(wide, search, messages):
    _, problems = read_address(wide.schema, search)
    for problem, message in itertools.zip_longest(problems, messages):
        assert problem.msg.startswith(message)


def test_a_table_of_few_columns_has_nothing_to_choose(explorer):
    state, problems = read_address(explorer.schema, "?_filters=species")
    assert problems[0].msg.startswith("unknown key '_filters'")
    assert state.columns == ()
    opened = open_address(explorer, {"search": ""})
    assert opened["shown_columns"] == {}
    client = create_app(explorer).server.test_client()
    text = client.get("/_dash-layout?search=").get_data(as_text=True)
    for name in ("standing", "column-names", "column-chooser", "filter-away"):
        assert name not in text


def ids_of(layout):
    """Each id of a layout, as text, with what its component holds."""
    if isinstance(layout, list):
        for one in layout:
            yield from ids_of(one)
    elif isinstance(layout, dict) and "props" in layout:
        if "id" in layout["props"]:
            yield json.dumps(layout["props"]["id"], sort_keys=True), layout["props"]
        yield from ids_of(layout["props"].get("children"))


def control(role, column):
    return json.dumps({"column": column, "role": role})


def test_controls_that_do_not_stand_are_not_built(page):
    found = dict(ids_of(page.get("/_dash-layout?search=").get_json()))
    assert [name for name in FACETS + MEASURES if control("facet", name) in found] == FACETS
    assert [name for name in MEASURES if control("range", name) in found] == ["m00", "m01"]
    histograms = found['"histograms"']["data"]
    assert list(histograms) == ["m00", "m01"]


def test_an_address_opens_with_its_controls_in_the_layout(page):
    search = "%3F_filters=m29,f03%26m29=..9%26f05=a"
    found = dict(ids_of(page.get(f"/_dash-layout?search={search}").get_json()))
    assert [name for name in FACETS if control("facet", name) in found] == ["f03", "f05"]
    assert [name for name in MEASURES if control("range", name) in found] == ["m29"]
    assert found[control("high", "m29")]["value"] == "9"
    assert found[control("facet", "f05")]["value"] == ["a"]
    assert found[control("facet", "f03")]["value"] == ["a", "b", "c"]
    # Counts stand beside the values.
    assert "count" in found[control("facet", "f03")]["options"][0]["label"]["props"]
    assert found['"shown-columns"']["data"]["_filters"] == ["f05", "m29", "f03"]
    assert list(found['"histograms"']["data"]) == ["m29"]


def post(page, callback, asked, standing, shown=None):
    """What the page's own route answers a page in which these filters stand."""
    spec = next(
        one
        for one in page.get("/_dash-dependencies").get_json()
        if [part["id"] for part in one["inputs"]] == [callback]
    )

    def places(part):
        name, _, prop = part.rpartition(".")
        if not name.startswith("{"):
            return {"id": name, "property": prop}
        named = json.loads(name)
        if named["column"] != ["ALL"]:
            return {"id": named, "property": prop}
        kinds = {"facet": FACETS, "choice": [], "low": MEASURES, "high": MEASURES, "log": MEASURES}
        own = [one for one in standing if one in kinds.get(named["role"], ())]
        return [{"id": named | {"column": one}, "property": prop} for one in own]

    body = {
        "output": spec["output"],
        "outputs": [places(part) for part in spec["output"].strip(".").split("...")],
        "inputs": [{"id": callback, "property": "data", "value": asked}],
        "state": [
            {"id": one["id"], "property": one["property"], "value": shown} for one in spec["state"]
        ],
        "changedPropIds": [f"{callback}.data"],
    }
    answer = page.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def test_going_to_other_filters_builds_them_with_their_values(page):
    there = {"search": "?m29=..9&_filters=f01"}
    response = post(page, "address", there, FIRST, {"_filters": list(FIRST)})
    found = dict(ids_of(response["standing"]["children"]))
    assert found[control("high", "m29")]["value"] == "9"
    assert [name for name in FACETS if control("facet", name) in found] == ["f01"]
    # Nothing is set of the controls that go.
    assert not any("role" in key for key in response)
    # Where the same stand nothing is built.
    response = post(page, "address", there, ("m29", "f01"), {"_filters": ["m29", "f01"]})
    assert "standing" not in response
    set_values = {key: value for key, value in response.items() if "high" in key}
    assert list(set_values.values()) == [{"value": "9"}]


def test_an_answer_for_filters_that_stand_no_more_leaves_the_others(wide, page):
    state, _ = read_address(wide.schema, "")
    asked = orjson.loads(orjson.dumps(controls_of_state(wide.schema, state))) | {"n": 1}
    assert "answered" in post(page, "asked", asked, ("f00", "f01"))


def test_a_view_shows_eight_measures_or_those_that_are_chosen(wide):
    def shown(search):
        state, _ = read_address(wide.schema, f"?_view=compare&m15=..5&{search}")
        asked = orjson.loads(orjson.dumps(controls_of_state(wide.schema, state)))
        answer = answer_controls(wide, asked)
        table = orjson.dumps(answer["comparison"], default=Component.to_plotly_json).decode()
        return [name for name in MEASURES if f"{name[0].upper()}{name[1:]}" in table]

    assert shown("") == MEASURES[:8]
    assert shown("_measures=m29,m03") == ["m03", "m29"]


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_drawn_of_the_chosen_measures_alone(wide, view):
    state, _ = read_address(
        wide.schema, f"?_view={view}&columns=f00,m20&_measures=m29,m03&_x=m11&m15=5..&_log=m00"
    )
    asked = orjson.loads(orjson.dumps(controls_of_state(wide.schema, state)))
    answered = answer_question(wide, asked)["answered"]
    assert answered["failed"] == {}
    assert "columns=f00,m20" in answered["search"]
    assert "_measures=m29,m03" in answered["search"]


def test_the_rows_have_the_chosen_columns(wide):
    opened = answer_controls(wide, {"columns": {"columns": ["m20", "f00"]}})
    assert [list(row) for row in opened["rows"]] == [["m20", "f00"]] * 10
    assert [column["id"] for column in opened["table_columns"]] == ["m20", "f00"]
    first = answer_controls(wide, {})
    assert len(first["table_columns"]) == 20


def test_a_chip_takes_a_filter_away_and_leaves_its_control(wide):
    state, _ = read_address(wide.schema, "?m17=3..")
    asked = orjson.loads(orjson.dumps(controls_of_state(wide.schema, state)))
    (chip,) = answer_controls(wide, asked)["chips"]
    there = getattr(chip, "data-open")
    assert standing(wide, there) == ("m17", *FIRST)
    assert getattr(chip, "data-column") == "m17"


def test_a_schema_is_narrowed_to_the_same_one_each_time(wide):
    names = ("m03", "f00")
    part = narrowed(wide.schema, names)
    assert part.names == names
    assert [measure.name for measure in part.measures] == ["m03"]
    assert narrowed(wide.schema, names) is part
    assert narrowed(wide.schema, wide.schema.names) is wide.schema


def test_what_is_asked_of_some_measures_is_what_all_of_them_say(wide):
    schema, query = wide.schema, wide.query(f00="a", lower={"m02": 10})
    some = (schema.measure("m07"), schema.measure("m03"))
    places = [schema.measures.index(one) for one in some]
    for part, whole in zip(wide.spreads(query, some), wide.spreads(query), strict=True):
        assert (part.group, part.n) == (whole.group, whole.n)
        assert part.measures == tuple(whole.measures[place] for place in places)
    by_name = {one.measure: one for one in wide.comparison(query)}
    assert wide.comparison(query, some) == [by_name[one.name] for one in some]
    means = wide.group_moments(query)
    for part, whole in zip(wide.group_moments(query, some), means, strict=True):
        assert part.means == tuple(whole.means[place] for place in places)
    own, beside = wide.histograms_beside(query, ("m00", "m01"), (), some)
    assert list(own) == list(beside) == ["m07", "m03"]
    counts = wide.facet_counts(query)
    assert wide.facet_counts(query, schema.facets[2:4]) == {
        facet.name: counts[facet.name] for facet in schema.facets[2:4]
    }
    (found,) = wide.correlations(query, False, of=some)
    assert found.measures == ("m07", "m03")
