"""The dashboard's pure parts, and its wiring."""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly
import polars as pl
import pytest
from dash.development.base_component import Component

from iris_dash import Explorer, QueryError
from iris_dash.dashboard import ids
from iris_dash.dashboard.callbacks import answer_controls, controls_of_address
from iris_dash.dashboard.layout import create_layout
from iris_dash.dashboard.state import read_address
from iris_dash.dashboard.theme import DARK, GLYPHS, LIGHT, SYMBOLS
from iris_dash.factory import ASSETS, create_app

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": [], "n": 7}


def text_of(component):
    """The text that a component shows."""
    if component is None:
        return ""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(text_of(part) for part in component)
    return text_of(getattr(component, "children", None))


def by_id(explorer):
    """Every component of the page that has an id."""
    found = {}
    for component in create_layout(explorer)._traverse():
        if isinstance(component, Component) and getattr(component, "id", None):
            found[json.dumps(component.id, sort_keys=True)] = component
    return found


def test_every_id_that_a_callback_names_is_in_the_layout(explorer):
    app = create_app(explorer.dataset)
    present = [json.loads(key) for key in by_id(explorer)]
    named = []
    for callback in app._callback_list:
        for part in callback["inputs"] + callback["state"]:
            named.append((part["id"], part["property"]))
        for output in callback["output"].strip(".").split("..."):
            if "." in output:  # a callback without outputs has a bare hash here
                named.append(tuple(output.split("@")[0].rsplit(".", 1)))
    assert len(named) > 40
    for text, _ in named:
        wanted = json.loads(text) if text.startswith("{") else text
        if isinstance(wanted, dict):
            fixed = {k: v for k, v in wanted.items() if v not in (["ALL"], ["MATCH"])}
            assert any(isinstance(p, dict) and fixed.items() <= p.items() for p in present), text
        else:
            assert wanted in present, text


def test_the_script_uses_the_same_ids_and_every_function_that_callbacks_name(explorer):
    script = (ASSETS / "dashboard.js").read_text()
    spelled = set(re.findall(r'(?:setProps|byId)\("([a-z-]+)"', script))
    assert spelled == {ids.ADDRESS, ids.ASKED, ids.CONNECTION, ids.FILTERS_TOGGLE}
    app = create_app(explorer.dataset)
    for callback in app._callback_list:
        function = callback.get("clientside_function")
        if function:
            assert function["namespace"] == "dashboard"
            assert re.search(rf"\b{function['function_name']}\(", script)


def test_a_second_app_in_the_process_has_its_own_callbacks(explorer, pets):
    first, second = create_app(explorer.dataset), create_app(pets.dataset)
    assert len(first._callback_list) == len(second._callback_list) > 5


def test_the_vendored_plotly_is_the_installed_one():
    package = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    version = re.compile(r"plotly\.js.* v(\d+\.\d+\.\d+)")
    ours = version.search((ASSETS / "plotly-cartesian.min.js").read_text()[:200])
    theirs = version.search(package.read_text()[:200])
    assert ours
    assert theirs
    assert ours[1] == theirs[1]


def test_assets_name_no_other_host():
    for path in ASSETS.glob("dashboard.*"):
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", path.read_text()), path


def test_an_answer_shows_the_selection(explorer):
    ranges = {"sepal_length": [5.0, 5.1], "sepal_width": [3.0, 4.4]}
    answer = answer_controls(
        explorer, ASKED | {"facets": {"species": ["setosa"]}, "ranges": ranges}
    )
    assert text_of(answer["count"]) == "16  of 150 flowers"
    assert answer["answered"] == {
        "n": 7,
        "search": "species=setosa&sepal_length=5.0..5.1&sepal_width=3.0..",
    }
    assert answer["main"] == "main"
    assert answer["toggle"] == "Filters (3)"
    assert len(answer["rows"]) == 10
    assert answer["rows"][0] == {
        "sepal_length": 5.1,
        "sepal_width": 3.5,
        "petal_length": 1.4,
        "petal_width": 0.2,
        "species": "● setosa",
    }
    assert (answer["page"], answer["pages"], answer["range"]) == (0, 2, "rows 1–10 of 16")
    counts = [text_of(option["label"]).split() for option in answer["facets"][0]]
    # Under the other filters, by hand: no other species has flowers so short and so wide.
    assert [(c[1], c[2]) for c in counts] == [
        ("setosa", "16"),
        ("versicolor", "0"),
        ("virginica", "0"),
    ]
    assert text_of(answer["key"]) == "● setosa, n = 16"


def test_figures_speak_the_schemas_words(explorer):
    answer = answer_controls(explorer, ASKED | {"axes": ["sepal_length", "petal_width"]})
    scatter = answer["scatter"]
    assert scatter["layout"]["xaxis"]["title"]["text"] == "Sepal length (cm)"
    assert scatter["layout"]["yaxis"]["title"]["text"] == "Petal width (cm)"
    assert [trace["name"] for trace in scatter["data"]] == ["setosa", "versicolor", "virginica"]
    assert [len(trace["x"]) for trace in scatter["data"]] == [50, 50, 50]
    assert (scatter["data"][0]["x"][0], scatter["data"][0]["y"][0]) == (5.1, 0.2)
    looks = {(t["marker"]["color"], t["marker"]["symbol"]) for t in scatter["data"]}
    assert len({c for c, _ in looks}) == len({s for _, s in looks}) == 3
    bars = answer["means"]["data"]
    assert [bar["name"] for bar in bars] == ["setosa", "versicolor", "virginica"]
    assert bars[0]["x"] == ["Sepal length", "Sepal width", "Petal length", "Petal width"]
    assert bars[0]["y"] == pytest.approx([5.006, 3.428, 1.462, 0.246])


def test_points_stand_still_while_a_filter_moves(explorer):
    axes = [
        answer_controls(explorer, ASKED | {"facets": {"species": chosen}})["scatter"]["layout"]
        for chosen in (["setosa"], ["virginica"])
    ]
    assert axes[0] == axes[1]


def test_figures_follow_the_theme(explorer):
    light, dark = (
        answer_controls(explorer, ASKED | {"theme": name})["scatter"] for name in ("light", "dark")
    )
    assert light["layout"]["font"]["color"] == LIGHT.ink
    assert dark["layout"]["font"]["color"] == DARK.ink
    assert dark["data"][0]["marker"]["color"] == DARK.series[0]


def test_colours_and_symbols_are_as_many_in_every_place():
    css = (ASSETS / "dashboard.css").read_text()
    for theme, name in ((LIGHT, ":root {"), (DARK, '[data-bs-theme="dark"] {')):
        block = css.split(name, 1)[1].split("}", 1)[0]
        assert tuple(re.findall(r"--series-\d: (#[0-9a-f]{6})", block)) == theme.series
    assert len(LIGHT.series) == len(DARK.series) == len(SYMBOLS) == len(GLYPHS)


def test_nothing_selected_is_said_and_the_page_stays_the_first(explorer):
    answer = answer_controls(explorer, ASKED | {"facets": {"species": []}, "page": 3})
    assert answer["main"] == "main is-empty"
    assert (answer["page"], answer["pages"], answer["range"]) == (0, 1, "no rows")
    page = by_id(explorer)
    resets = [key for key in page if '"reset"' in key]
    assert len(resets) == 4
    assert "No flowers match these filters." in text_of(create_layout(explorer))


def test_a_page_past_the_end_becomes_the_last(explorer):
    answer = answer_controls(explorer, ASKED | {"page": 99})
    assert (answer["page"], answer["pages"]) == (14, 15)
    assert answer["answered"]["search"] == "page=15&per_page=10"
    assert [row["petal_length"] for row in answer["rows"]][-1] == 5.1


def test_sorting_by_several_columns_covers_all_rows(explorer):
    sort = [
        {"column_id": "species", "direction": "desc"},
        {"column_id": "petal_length", "direction": "desc"},
    ]
    answer = answer_controls(explorer, ASKED | {"sort": sort})
    assert [row["petal_length"] for row in answer["rows"][:3]] == [6.9, 6.7, 6.7]
    assert answer["rows"][0]["species"] == "■ virginica"
    assert answer["answered"]["search"] == "sort=-species,-petal_length"


@pytest.mark.parametrize(
    ("search", "problems"),
    [
        ("?sepal_length=abc", ["sepal_length"]),
        ("?foo=1&species=rose", ["foo", "species"]),
        ("?_x=colour&_z=1", ["_x", "_z"]),
        ("?per_page=7", ["per_page"]),
        ("?sepal_length=6..5", ["sepal_length"]),
        ("?%ff%fe&&&==", [""]),
    ],
)
def test_nonsense_in_the_address_is_left_out_and_named(explorer, search, problems):
    state, found = read_address(explorer.schema, search)
    assert {p.loc[1] for p in found} >= {p for p in problems if p}
    assert explorer.count(state.query) == 150
    controls = controls_of_address(explorer.schema, search + "&species=setosa")
    assert controls["notices"] is not None
    if "species=" not in search:
        assert controls["facets"] == [["setosa"]]


def test_an_address_sets_every_control(explorer):
    controls = controls_of_address(
        explorer.schema,
        "?species=setosa&sepal_length=5.05..&petal_width=..9&sort=-species&page=2&per_page=25"
        "&_x=sepal_width&_y=sepal_length",
    )
    assert controls == {
        "notices": None,
        "facets": [["setosa"]],
        "ranges": [[5.05, 7.9], [2.0, 4.4], [1.0, 6.9], [0.1, 2.5]],
        "lows": ["5.05", "2", "1", "0.1"],
        "highs": ["7.9", "4.4", "6.9", "9"],
        "sort": [{"column_id": "species", "direction": "desc"}],
        "page": 1,
        "per_page": "25",
        "x": "sepal_width",
        "y": "sepal_length",
    }


def test_controls_that_no_page_sends_are_an_error_not_a_guess(explorer):
    with pytest.raises(QueryError, match="rose"):
        answer_controls(explorer, ASKED | {"facets": {"species": ["rose"]}})


@pytest.mark.parametrize(
    "columns",
    [
        {"name": [f"n{i}" for i in range(60)]},
        {"x": [1.5, 2.5]},
        {"kind": ["a", "b", None]},
        {"x": [3, 3], "y": [1.0, None]},
        {"a b": [1, 2], "Ünï{}": ["x", "y"], "q\"u'o": [0.5, 0.25]},
    ],
    ids=["text only", "one measure", "facet only", "constant", "odd names"],
)
def test_any_table_gets_a_page_with_what_it_has(columns):
    explorer = Explorer.open(pl.DataFrame(columns))
    app = create_app(explorer.dataset)
    assert app.server.test_client().get("/_dash-layout").status_code == 200
    controls = controls_of_address(explorer.schema, "")
    assert controls["notices"] is None
    answer = answer_controls(explorer, ASKED)
    n = len(next(iter(columns.values())))
    assert text_of(answer["count"]) == f"{n}  of {n} rows"
    assert len(answer["rows"]) == min(n, 10)


def test_a_missing_facet_value_is_a_checkbox_of_its_own(pets):
    answer = answer_controls(pets, ASKED | {"facets": {"kind": ["~missing"]}})
    assert text_of(answer["count"]) == "1  of 6 rows"
    assert answer["rows"][0]["kind"] == "■ (missing)"
    assert answer["answered"]["search"] == "kind=~missing"
