"""The dashboard's pure parts, and its wiring."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import dash_bootstrap_components as dbc
import narwhals as nw
import plotly
import polars as pl
import pytest
from dash.development.base_component import Component
from page_answers import answer_controls, controls_of_address
from page_views import CHARTS
from sample_tables import ROOT

from iris_dash import Explorer, Facet, Measure, QueryError, Schema
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.address import format_address, read_address
from iris_dash.dashboard.answer.controls import controls_of_state
from iris_dash.dashboard.charts.mean_panels import Panel, is_wide, means_height, panels
from iris_dash.dashboard.charts.means import means_figure
from iris_dash.dashboard.page.facet_control import facet_control
from iris_dash.dashboard.page.later import Later
from iris_dash.dashboard.page.layout import create_layout
from iris_dash.dashboard.page.table import table_edges
from iris_dash.dashboard.theme import DARK, GLYPHS, LIGHT, SYMBOLS, glyph, series
from iris_dash.dashboard.views.trend import TREND_CARD
from iris_dash.tables.description import TableDescription
from iris_dash.web.app import ASSETS, SCRIPTS, create_app

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


def points_of(answer):
    """The scatter's groups of points, without the histograms beside them."""
    return [trace for trace in answer["scatter"]["data"] if trace["type"] == "scatter"]


def by_id(explorer):
    """Every component of the page that has an id."""
    found = {}
    for component in create_layout(explorer)._traverse():
        if isinstance(component, Component) and getattr(component, "id", None):
            found[json.dumps(component.id, sort_keys=True)] = component
    return found


def test_every_id_that_a_callback_names_is_in_the_layout(explorer):
    # Of a table that has columns of every kind.
    flowers = nw.to_native(explorer.dataset.in_memory()).drop("_row")
    numbers = pl.int_range(pl.len())
    explorer = Explorer.open(
        flowers.with_columns(
            note=numbers.cast(pl.String), day=numbers.cast(pl.Date), k=(numbers % 9).cast(pl.String)
        )
    )
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
    script = "".join(path.read_text() for path in SCRIPTS.glob("*.mjs"))
    spelled = re.findall(
        r'(?:(?:setProps|getElementById)\(|chosen\[)"([a-z-]+)"|"#([a-z-]+)[ "]', script
    )
    assert {one or other for one, other in spelled} == {
        *(ids.SCATTER_X, ids.SCATTER_Y, ids.COLOUR_BY),
        *(ids.ADDRESS, ids.ASKED, ids.COPY_AS, ids.PER_PAGE),
        *(ids.OTHERS, ids.CONNECTION, ids.COUNT, ids.FILTERS_TOGGLE, ids.SAID),
        *(ids.TABLE, ids.CHIPS, ids.COLUMN_NAMES, TREND_CARD.note_id),
    }
    roles = re.findall(r'role(?:: | === )"([a-z-]+)"', script)
    assert set(roles) - {"region", "group", "button", "img"} == {
        *(ids.RANGE, ids.LOW, ids.FACET, ids.FACET_ALL, ids.LEFT_OUT, ids.CHOICE),
        *(ids.CONTAINS, ids.CONDITIONS, ids.PERIOD),
    }
    offered = re.search(r"dash_clientside\.dashboard = \{(.*?)\n\};", script, re.DOTALL)
    assert offered
    app = create_app(explorer.dataset)
    functions = [callback.get("clientside_function") for callback in app._callback_list]
    called = {one["function_name"] for one in functions if one}
    assert {one["namespace"] for one in functions if one} == {"dashboard"}
    assert called <= set(re.findall(r"^  (\w+)[:,]", offered[1], re.MULTILINE))


def test_a_second_app_in_the_process_has_its_own_callbacks(explorer, pets):
    first, second, third = (create_app(one.dataset) for one in (explorer, pets, explorer))
    assert len(first._callback_list) == len(third._callback_list) > 5
    assert len(second._callback_list) > 5


def test_the_vendored_plotly_is_the_installed_one():
    package = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    version = re.compile(r"plotly\.js.* v(\d+\.\d+\.\d+)")
    ours = version.search((ASSETS / "plotly-cartesian.min.js").read_text()[:200])
    theirs = version.search(package.read_text()[:200])
    assert ours
    assert theirs
    assert ours[1] == theirs[1]


def test_every_asset_is_explained():
    files = [path for path in ASSETS.rglob("*") if path.is_file() and path.name != "README.md"]
    named = set(re.findall(r"`([\w.-]+)`", (ASSETS / "README.md").read_text()))
    assert len(files) > 15
    assert {path.name for path in files} <= named


def test_assets_name_no_other_host():
    own = [ASSETS / "dashboard.css", ASSETS / "theme.js", *SCRIPTS.glob("*.mjs")]
    assert len(own) > 10
    for path in own:
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", path.read_text()), path


def test_an_answer_shows_the_selection(explorer):
    ranges = {"sepal_length": [5.0, 5.1], "sepal_width": [3.0, 4.4]}
    answer = answer_controls(
        explorer, ASKED | {"facets": {"species": ["setosa"]}, "ranges": ranges}
    )
    assert text_of(answer["count"]) == "16  of 150 flowers"
    assert answer["answered"] == {
        "page": 0,
        "search": "species=setosa&sepal_length=5.0..5.1&sepal_width=3.0..",
        "rows": "species=setosa&sepal_length=5.0..5.1&sepal_width=3.0..",
        "failed": {},
        "table": explorer.dataset.fingerprint,
    }
    assert answer["main"] == "main view-overview"
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
    counts = [(box["label"].text, box["label"].count) for box in answer["facets"][0]]
    # Under the other filters, by hand: no other species has flowers so short and so wide.
    assert counts == [
        ("setosa", "16"),
        ("versicolor", "0"),
        ("virginica", "0"),
    ]
    assert text_of(answer["key"]) == "● setosa, n = 16 ◆ versicolor ■ virginica"


def test_figures_speak_the_schemas_words(explorer):
    answer = answer_controls(explorer, ASKED | {"axes": ["sepal_length", "petal_width"]})
    scatter, points = answer["scatter"], points_of(answer)
    assert scatter["layout"]["xaxis"]["title"]["text"] == "Sepal length (cm)"
    assert scatter["layout"]["yaxis"]["title"]["text"] == "Petal width (cm)"
    assert [trace["name"] for trace in points] == ["setosa", "versicolor", "virginica"]
    assert [len(trace["x"]) for trace in points] == [50, 50, 50]
    assert (points[0]["x"][0], points[0]["y"][0]) == (5.1, 0.2)
    looks = {(t["marker"]["color"], t["marker"]["symbol"]) for t in points}
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
    assert answer["main"] == "main view-overview is-empty"
    assert (answer["page"], answer["pages"], answer["range"]) == (0, 1, "no rows")
    page = by_id(explorer)
    resets = [key for key in page if '"reset"' in key]
    # The sidebar's, and one in place of each chart and of the table.
    own = {"scatter", "means", "distributions", "matrix", "correlation", "table"}
    charts = {chart for charts in CHARTS.values() for chart in charts}
    assert own <= charts | {"table"}
    places = [json.loads(key)["place"] for key in resets]
    assert sorted(places) == sorted({"sidebar", "table", *charts})
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
        ("?_view=map&_distribution=", ["_view", "_distribution"]),
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
        assert controls["ticked"] == [["setosa"]]


def test_an_address_sets_every_control(explorer):
    controls = controls_of_address(
        explorer.schema,
        "?species=setosa&sepal_length=5.05..&petal_width=..9&sort=-species&page=2&per_page=25"
        "&_x=sepal_width&_y=sepal_length&_view=pairs&_correlation=groups",
    )
    assert controls == {
        "notices": None,
        "ticked": [["setosa"]],
        "left_out": [],
        "lows": ["5.05", "2", "1", "0.1"],
        "highs": ["7.9", "4.4", "6.9", "2.5"],
        "contains": [],
        "conditions": [],
        "froms": [],
        "untils": [],
        "parts": [],
        "others": {},
        "sort": [{"column_id": "species", "direction": "desc"}],
        "page": 1,
        "per_page": "25",
        "choices": [
            *("pairs", "auto", "auto", "typical", *[""] * 6, "histogram", "groups"),
            *("rest", "auto", "all"),
            *("mean", "sepal_length", "species", "none", "", ""),
        ],
        "logs": [False] * 4,
        "shown_columns": {},
        "x": "sepal_width",
        "y": "sepal_length",
        "by": "species",
    }


def test_controls_that_no_page_sends_are_an_error_not_a_guess(explorer):
    with pytest.raises(QueryError, match="rose"):
        answer_controls(explorer, ASKED | {"facets": {"species": ["rose"]}})


def test_the_layout_is_written_once_for_all_who_come(monkeypatch):
    client = create_app(ROOT / "data" / "iris.csv").server.test_client()
    first = client.get("/_dash-layout")
    assert json.loads(first.data)["type"] == "Div"
    monkeypatch.setattr("dash.dash.to_json", None)
    again = client.get("/_dash-layout")
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/_dash-layout", headers=tag).status_code == 304


def test_what_nobody_sees_first_waits_for_the_first_chart(explorer):
    layout = create_layout(explorer)
    boxes = [part for part in layout._traverse() if isinstance(part, Later)]
    first, *others = (
        {part.id for part in box._traverse() if isinstance(getattr(part, "id", None), str)}
        for box in boxes
    )
    charts = {"scatter", "means"}
    assert charts <= first
    hidden = {"table"}.union(*CHARTS.values()) - charts
    assert len(hidden) > 3
    assert hidden <= set().union(*others) - first
    # Dash works on each component that stands whenever anything happens.
    standing = sum(isinstance(part, Component) for part in layout._traverse())
    waiting = sum(isinstance(part, Component) for box in boxes[1:] for part in box._traverse())
    assert standing - waiting <= 200


def test_the_page_imitates_no_language_that_every_browser_speaks_that_runs_its_scripts():
    app = create_app(ROOT / "data" / "iris.csv")
    page = app.server.test_client().get("/").text
    assert "react-dom@" in page
    assert "polyfill" not in page
    # What Dash's own scripts took from there; this one stands before them.
    bundle = "dash_bootstrap_components."
    assert page.index(bundle) < page.index("dash_renderer.") < page.index("dash_core_components.")
    components = Path(dbc.__file__).parent / "_components" / "dash_bootstrap_components.min.js"
    assert "globalThis.regeneratorRuntime=" in components.read_text()


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


@pytest.fixture(scope="module")
def penguins():
    return Explorer.open(ROOT / "data" / "penguins.csv")


def test_the_facet_that_colours_is_the_queries_by(penguins, explorer):
    state, problems = read_address(penguins.schema, "?by=island&year=2007")
    assert (state.query.by, problems) == ("island", ())
    assert format_address(penguins.schema, state) == "year=2007&by=island"
    assert controls_of_address(penguins.schema, "?by=island")["by"] == "island"
    answer = answer_controls(penguins, ASKED | {"by": "island"})
    assert answer["answered"]["search"] == "by=island"
    assert answer["means_title"] == "Mean per island"
    islands = ["Biscoe", "Dream", "Torgersen"]
    assert [trace["name"] for trace in points_of(answer)] == islands
    assert {trace["name"] for trace in answer["scatter"]["data"]} == set(islands)
    assert answer["rows"][0]["island"] == "■ Torgersen"
    assert answer["rows"][0]["species"] == "Adelie"
    coloured = [
        name
        for facet, name in zip(answer["facets"], ("species", "island", "sex", "year"), strict=True)
        if getattr(facet[0]["label"], "mark", None) == "●"
    ]
    assert coloured == ["island"]


@pytest.mark.parametrize("search", ["", "?by=species"])
def test_the_first_facet_colours_and_is_not_said(penguins, search):
    state, problems = read_address(penguins.schema, search)
    assert problems == ()
    assert format_address(penguins.schema, state) == ""
    assert controls_of_address(penguins.schema, search)["by"] == "species"
    answer = answer_controls(penguins, ASKED | {"by": "species"})
    assert answer["answered"]["search"] == ""


def test_the_choice_of_colour_stands_where_there_is_a_choice(penguins, explorer):
    def is_seen(of):
        looks = [str(getattr(part, "className", "")) for part in of]
        return not any("chooser is-unasked" in look for look in looks)

    texts = Explorer.open(pl.DataFrame({"a": ["x", "y"], "b": ["v", "w"]}))
    for table, is_choice in ((penguins, True), (texts, True), (explorer, False)):
        parts = list(create_layout(table)._traverse())
        assert json.dumps(ids.COLOUR_BY) in by_id(table)
        assert is_seen(parts) is is_choice
    numbers = Explorer.open(pl.DataFrame({"x": [n / 7 for n in range(50)]}))
    assert json.dumps(ids.COLOUR_BY) not in by_id(numbers)


def test_no_groups_of_an_address_stay_though_there_is_one_facet(explorer):
    """A step of a slider brought them back: no control had held what the address asked."""
    controls = controls_of_address(explorer.schema, "?by=~none")
    assert controls["by"] == "~none"
    assert controls_of_address(explorer.schema, "")["by"] == "species"


def test_the_tables_edge_follows_the_colouring_facet():
    facet = Facet("k", "K", "k", values=("a", "b", None), colours=("#123456",))
    records = [{"k": "b"}, {"k": "a"}, {"k": None}, {"k": "b"}]
    assert table_edges(records, facet) == [
        {
            "if": {"column_id": "k", "row_index": [0, 3]},
            "boxShadow": "inset 3px 0 0 var(--series-1)",
            "color": "var(--series-1)",
        },
        {
            "if": {"column_id": "k", "row_index": [1]},
            "boxShadow": "inset 3px 0 0 #123456",
            "color": "#123456",
        },
        {
            "if": {"column_id": "k", "row_index": [2]},
            "boxShadow": "inset 3px 0 0 var(--series-2)",
            "color": "var(--series-2)",
        },
    ]
    assert table_edges(records, None) == []


def test_64_values_without_counts_have_64_pairs_of_symbol_and_colour():
    facet = Facet("k", "K", "k", values=tuple(f"v{i}" for i in range(64)))
    pairs = [(glyph(facet, i), series(i)) for i in range(64)]
    assert len(set(pairs)) == 64
    assert pairs[:8] == list(zip(GLYPHS, range(8), strict=True))


def test_symbol_and_colour_of_a_group_are_the_same_everywhere():
    """Of ten equally common values the first eight have colours."""
    names = [f"v{i}" for i in range(10)]
    frame = pl.DataFrame({"k": names * 4, "x": range(40), "y": range(40)})
    wide = Explorer.open(frame, TableDescription(facets=("k",)))
    answer = answer_controls(wide, ASKED | {"per_page": 100, "by": "k"})
    points = {trace["name"]: trace["marker"] for trace in points_of(answer)}
    boxes = {box["value"]: box["label"] for box in answer["facets"][0]}
    for position, name in enumerate(names):
        has_own = position < 8
        look = f"series-{position if has_own else 'others'}"
        shape = GLYPHS[position] if has_own else "○"
        assert (boxes[name].mark, boxes[name].look) == (shape, look)
        shade = LIGHT.series[position] if has_own else LIGHT.others
        assert points[name]["color"] == shade
        assert points[name]["symbol"] == (SYMBOLS[position] if has_own else "circle-open")
        assert answer["rows"][position]["k"] == f"{shape} {name}"
        edge = next(e for e in answer["edges"] if position in e["if"]["row_index"])
        assert edge["boxShadow"].endswith(f"var(--{look})")
        if has_own:
            key = answer["key"][position].children.children[0]
            assert (key.children, key.className) == (shape, f"glyph {look}")
            assert answer["means"]["data"][position]["marker"]["color"] == shade
    assert answer["means"]["data"][8]["marker"]["color"] == LIGHT.others
    assert answer["key"][8].children[1] == "2 others, n = 8"


def schema_of(*units):
    measures = [
        Measure(f"m{i}", f"Measure {i}", f"m{i}", unit=unit, high=1.0)
        for i, unit in enumerate(units)
    ]
    return Schema(tuple(measures))


def test_measures_of_one_unit_share_one_plot_up_to_eight():
    assert panels(schema_of(*["cm"] * 8)) == [Panel("cm", tuple(range(8)), 0)]
    nine = panels(schema_of(*["cm"] * 9))
    assert [panel.measures for panel in nine] == [(0, 1, 2, 3, 4), (5, 6, 7, 8)]
    assert [panel.level for panel in nine] == [0, 1]
    assert means_height(schema_of(*["cm"] * 9)) == 2 * means_height(schema_of("cm"))


def test_units_stand_side_by_side_each_as_wide_as_its_measures():
    mm, g = panels(schema_of("mm", "mm", "g", "mm"))
    assert (mm.unit, mm.measures, mm.x) == ("mm", (0, 1, 3), (0.0, 3 / 5))
    assert (g.unit, g.measures, g.x) == ("g", (2,), (4 / 5, 1.0))
    assert not is_wide(schema_of("mm", "mm", "g", "mm"))
    assert is_wide(schema_of("mm", "mm", "g", "mm", "s"))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 20, 60])
def test_subplots_never_overlap_and_show_every_measure_once(count):
    schema = schema_of(*[f"u{i % 5}" for i in range(count)])
    shown = panels(schema) if count else []
    assert sorted(place for panel in shown for place in panel.measures) == list(range(count))
    for first, second in itertools.combinations(shown, 2):
        apart = first.x[1] < second.x[0] or second.x[1] < first.x[0]
        assert apart or first.y[0] > second.y[1] or second.y[0] > first.y[1]
    assert all(0 <= low < high <= 1 for panel in shown for low, high in (panel.x, panel.y))


def test_measures_share_an_axis_that_are_of_one_known_unit_and_like_size():
    def scales(*measures):
        columns = [
            Measure(f"m{i}", f"m{i}", f"m{i}", unit=unit, low=low, high=high)
            for i, (unit, low, high) in enumerate(measures)
        ]
        return [panel.measures for panel in panels(Schema(tuple(columns)))]

    assert scales(("cm", 1, 8), ("cm", 0, 2), ("mm", 1, 8)) == [(0, 1), (2,)]
    assert scales(("", 0, 10), ("", 0, 10)) == [(0,), (1,)]
    assert scales(("m", 0, 5000), ("m", -40, 500), ("m", 0, 499), ("m", -50, 0)) == [
        (0, 1),
        (2, 3),
    ]


def test_on_a_phone_three_subplots_of_one_measure_stand_in_a_row():
    wide, phone = (panels(schema_of(*[""] * 6), narrow) for narrow in (False, True))
    assert [panel.level for panel in wide] == [0] * 6
    assert [panel.level for panel in phone] == [0, 0, 0, 1, 1, 1]
    assert [panel.level for panel in panels(schema_of(*["cm"] * 6), narrow=True)] == [0]


def test_no_unit_is_never_written():
    figure = means_figure(schema_of("", "mm"), [], None, LIGHT)
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["mm"]


def test_at_most_six_means_are_told_and_what_is_left_out_is_said():
    # m7 differs most between the groups, m0 and m1 not at all.
    columns = {f"m{i}": [10 + i * j % 2 * i + j / 100 for j in range(8)] for i in range(8)}
    columns |= {f"m{i}": [1.0, 2.0] * 4 for i in (0, 1)} | {"g": ["a", "a", "b", "b"] * 2}
    answer = answer_controls(Explorer.open(pl.DataFrame(columns)), ASKED)
    assert {bars["x"][0] for bars in answer["means"]["data"]} == {f"M{i}" for i in range(2, 8)}
    assert text_of(answer["key"][0]) == "the 6 of 8 measures that differ most"


def test_subplots_of_one_unit_share_their_scale():
    figure = means_figure(schema_of(*["cm"] * 9), [], None, LIGHT)
    assert "matches" not in figure["layout"]["yaxis"]
    assert figure["layout"]["yaxis2"]["matches"] == "y"
    mixed = means_figure(schema_of("mm", "g"), [], None, LIGHT)
    assert "matches" not in mixed["layout"]["yaxis2"]
    assert [note["text"] for note in mixed["layout"]["annotations"]] == ["mm", "g"]


def test_bars_of_two_measures_with_one_label_stay_apart():
    frame = pl.DataFrame({"a_b": [1.0, 2.0], "a b": [3.0, 5.0]})
    answer = answer_controls(Explorer.open(frame), ASKED)
    assert [bars["x"] for bars in answer["means"]["data"]] == [["A b (a_b)"], ["A b (a b)"]]
    assert [bars["y"] for bars in answer["means"]["data"]] == [[1.5], [4.0]]


def test_rows_without_both_values_are_said_under_the_scatter(penguins, explorer):
    assert answer_controls(explorer, ASKED)["note"] == ""
    answer = answer_controls(penguins, ASKED)
    assert answer["note"] == ["2 penguins without both values are not drawn"]
    lone = answer_controls(penguins, ASKED | {"facets": {"species": ["Gentoo"]}})
    assert lone["note"][0] == "1 of the penguins lacks a value and is not drawn"


def test_values_without_rows_are_dimmed(penguins):
    answer = answer_controls(penguins, ASKED | {"facets": {"island": ["Torgersen"]}})
    dimmed = [
        option["label"].text
        for option in answer["facets"][0]
        if getattr(option["label"], "dimmed", False)
    ]
    assert dimmed == ["Chinstrap", "Gentoo"]


@pytest.mark.parametrize(
    ("count", "buttons", "folds", "search"),
    [(3, 0, 0, 0), (4, 2, 0, 0), (8, 2, 0, 0), (9, 2, 1, 0), (12, 2, 1, 0), (13, 2, 1, 1)],
)
def test_a_facet_gets_what_its_length_asks_for(count, buttons, folds, search):
    facet = Facet("k", "K", "k", values=tuple(f"v{i}" for i in range(count)))
    parts = [p for p in facet_control(facet, first=True)._traverse() if isinstance(p, Component)]
    names = [str(getattr(part, "className", "")) for part in parts]
    assert names.count("link-button facet-all") + names.count("link-button facet-none") == buttons
    assert names.count("link-button facet-more") == names.count("leave-out") == folds
    assert names.count("facet-search") == search


@pytest.mark.parametrize(
    ("search", "ticked", "left_out", "canonical"),
    [
        ("", [], False, ""),
        ("?k=v3&k=v1", ["v1", "v3"], False, "k=v1&k=v3"),
        ("?k=~not:v3", ["v3"], True, "k=~not:v3"),
        ("?k=~not:~missing", ["~missing"], True, "k=~present"),
        ("?k=~none", [*(f"v{i}" for i in range(9)), "~missing"], True, "k=~none"),
        # As many are chosen as are shown to be left out: the fewer of both.
        ("?" + "&".join(f"k=v{i}" for i in range(7)), ["v7", "v8", "~missing"], True, None),
    ],
)
def test_of_many_values_ticks_choose_some_or_leave_some_out(search, ticked, left_out, canonical):
    frame = pl.DataFrame({"k": [*(f"v{i}" for i in range(9)), None] * 2})
    many = Explorer.open(frame, TableDescription(facets=("k",)))
    controls = controls_of_address(many.schema, search)
    assert (controls["ticked"], controls["left_out"]) == ([ticked], [left_out])
    conditions = [("~not:" if left_out else "") + text for text in ticked]
    answer = answer_controls(many, ASKED | {"texts": {"k": conditions}})
    if canonical is not None:
        assert answer["answered"]["search"] == canonical
    state, _ = read_address(many.schema, search)
    assert controls_of_state(many.schema, state)["texts"] == {"k": conditions}


def test_of_many_values_the_commonest_stand_first_whatever_is_asked():
    names = [f"v{i}" for i in range(10) for _ in range(2 if i == 7 else 1)]
    many = Explorer.open(
        pl.DataFrame({"k": names, "x": range(11)}), TableDescription(facets=("k",))
    )
    for ranges in ({}, {"x": [0, 3]}):
        answer = answer_controls(many, ASKED | {"ranges": ranges})
        order = [option["value"] for option in answer["facets"][0]]
        assert order == ["v7", *(f"v{i}" for i in range(10) if i != 7)]


def test_that_the_page_is_embedded_is_no_part_of_what_it_shows(explorer):
    state, problems = read_address(explorer.schema, "?species=setosa&_embed=1")
    assert problems == ()
    assert format_address(explorer.schema, state) == "species=setosa"
