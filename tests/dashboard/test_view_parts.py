"""The dashboard's views, pure: what they show against plain Python and NumPy."""

from __future__ import annotations

import csv
import itertools
from datetime import UTC, datetime
from statistics import fmean

import numpy as np
import polars as pl
import pytest
from dash.development.base_component import Component
from examples import crossed
from page_answers import answer_controls
from page_views import CHARTS, KEYS
from sample_tables import PETS, ROOT

from iris_dash import Explorer
from iris_dash.analysis.baseline import read_baseline
from iris_dash.copy_as import forms
from iris_dash.dashboard.answer.address import format_address, read_address
from iris_dash.dashboard.answer.controls import state_of_controls
from iris_dash.dashboard.charts.beside_words import lead
from iris_dash.dashboard.charts.comparison_table import comparison_table
from iris_dash.dashboard.charts.correlation import correlation_figure
from iris_dash.dashboard.charts.distributions import WIDEST, distributions_figure
from iris_dash.dashboard.charts.effects import effect_dots, share_dots
from iris_dash.dashboard.charts.matrix import MOST_MEASURES, matrix_figure, pair_names
from iris_dash.dashboard.page.chips import chips, way_back
from iris_dash.dashboard.page.copy_panel import copy_forms
from iris_dash.dashboard.page.histograms import slider_histograms
from iris_dash.dashboard.page.table import table_rows
from iris_dash.dashboard.page.time_control import time_control
from iris_dash.dashboard.theme import DARK, LIGHT
from iris_dash.dashboard.views.all_views import CHOICES
from iris_dash.dashboard.views.distributions import KIND
from iris_dash.dashboard.views.overview import means_text
from iris_dash.dashboard.views.sentence import SentenceMenu
from iris_dash.dashboard.views.summary_order import OrderChoice
from iris_dash.query.schema import Time

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": [], "n": 7}
ALL_CHARTS = [chart for charts in CHARTS.values() for chart in charts]
COMPARED = ("beside_lead", "effects", "shares", "comparison")
SPECIES = ("setosa", "versicolor", "virginica")
URL = "http://127.0.0.1:8050/"


@pytest.fixture(scope="module")
def penguins():
    return Explorer.open(ROOT / "data" / "penguins.csv")


@pytest.fixture(scope="module")
def penguin_rows():
    with (ROOT / "data" / "penguins.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def parts(component):
    """Every component within one, or within a list of them."""
    if isinstance(component, list | tuple):
        return [found for one in component for found in parts(one)]
    if not isinstance(component, Component):
        return []
    return [component, *parts(getattr(component, "children", None))]


def text_of(component):
    if component is None:
        return ""
    if isinstance(component, list | tuple):
        return "".join(text_of(part) for part in component)
    if isinstance(component, Component):
        return text_of(getattr(component, "children", None))
    return str(component)


def lines_of(components):
    """The cells of every table within some components, row by row."""
    rows = [part for part in parts(components) if part._type == "Tr"]
    return [[text_of(cell) for cell in row.children] for row in rows]


def attribute(component, name):
    return component.to_plotly_json()["props"][name]


def asked_of(explorer, search):
    """What the page asks at an address."""
    state, problems = read_address(explorer.schema, search)
    assert problems == ()
    return state


def in_view(explorer, view, **more):
    asked = ASKED | {"choices": {"_view": view}, "open": ALL_CHARTS}
    return answer_controls(explorer, asked | more)


# --- The state with the page's own choices


OF_PAGE = tuple(choice for choice in CHOICES if not isinstance(choice, SentenceMenu | OrderChoice))
"""Whose values are the page's own, not the table's: see tests/dashboard/test_summarise.py."""


HALVES = [
    tuple(choice.values[-1 if place < half else 0] for place, choice in enumerate(OF_PAGE))
    for half in range(len(OF_PAGE) + 1)
]
"""Choices of which the first few are not the usual ones, from none to all."""


@pytest.mark.parametrize("chosen", [*crossed(*(choice.values for choice in OF_PAGE)), *HALVES])
def test_every_choice_outlives_the_address_and_the_controls(explorer, chosen):
    state = asked_of(explorer, "species=setosa&petal_length=1.5..&_x=sepal_width")
    for choice, value in zip(OF_PAGE, chosen, strict=True):
        address = f"{format_address(explorer.schema, state)}&{choice.key}={value}"
        state = asked_of(explorer, address)
    address = format_address(explorer.schema, state)
    assert tuple(choice.chosen(state) for choice in OF_PAGE) == chosen
    assert asked_of(explorer, address) == state
    for choice, value in zip(OF_PAGE, chosen, strict=True):
        assert (f"{choice.key}={value}" in address) == (value != choice.values[0])
    controls = ASKED | {
        "facets": {"species": ["setosa"]},
        "ranges": {"petal_length": [1.5, 6.9]},
        "axes": list(state.axes),
        "choices": dict(zip((choice.key for choice in OF_PAGE), chosen, strict=True)),
    }
    assert state_of_controls(explorer.schema, controls) == state


def test_only_an_unfolded_text_is_answered(explorer):
    def texts(opened):
        return {key for key in in_view(explorer, "overview", open=opened) if "text" in key}

    assert texts([]) == set()
    assert texts(["means", "distributions"]) == {"means_text"}
    assert texts(ALL_CHARTS) == {"scatter_text", "means_text"}


@pytest.mark.parametrize(
    ("view", "own"),
    [
        (
            "overview",
            {"scatter", "note", "scatter_text", "means", "means_text", "means_title", "key"},
        ),
        ("distributions", {"distributions", "distributions_text"}),
        ("pairs", {"matrix", "matrix_note", "matrix_text", "correlation", "correlation_text"}),
        (
            "compare",
            {
                *(f"{part}{look}" for part in COMPARED for look in ("", "_look")),
                *("compared", "compared_text", "compared_title", "compared_key"),
            },
        ),
        ("table", set()),
    ],
)
def test_a_view_is_answered_with_what_it_shows_alone(explorer, view, own):
    answer = in_view(explorer, view)
    always = {"answered", "main", "count", "facets", "toggle", "chips", "way_back", "histograms"}
    table = {"rows", "edges", "page", "pages", "range"} if view in ("overview", "table") else set()
    assert set(answer) == always | own | table
    assert answer["main"] == f"main view-{view}"
    assert answer["answered"]["search"] == ("" if view == "overview" else f"_view={view}")
    assert answer["answered"]["rows"] == ""


@pytest.mark.parametrize("view", KEYS)
@pytest.mark.parametrize("columns", [{"k": ["a", "b"]}, {"x": [1.5, 2.5]}, {"x": [3, 3]}, PETS])
def test_every_view_of_any_table_answers_something(columns, view):
    explorer = Explorer.open(pl.DataFrame(columns))
    for choices in ({}, {"_distribution": "box"}, {"_distribution": "violin"}):
        answer = in_view(
            explorer, view, choices={"_view": view, "_correlation": "groups"} | choices
        )
        assert answer["main"] == f"main view-{view}"


# --- Chips and the way back


def test_a_chip_says_what_its_filter_removes_and_opens_the_rest(explorer, flowers):
    search = "species=setosa&species=virginica&petal_length=..4.5&_view=pairs&_x=sepal_width"
    state = asked_of(explorer, f"{search}&page=2&per_page=25")
    found = chips(explorer.schema, state, explorer.diagnosis(state.query))
    short = [flower for flower in flowers if flower["petal_length"] <= 4.5]
    kept = [flower for flower in short if flower["species"] != "versicolor"]
    two = [flower for flower in flowers if flower["species"] != "versicolor"]
    texts = [[text_of(part) for part in chip.children] for chip in found]
    assert [text[0] for text in texts] == [
        "Species: all but versicolor",
        "Petal length up to 4.5 cm",
    ]
    assert [text[1] for text in texts] == [
        f"· {len(short) - len(kept)} more without it",
        f"· {len(two) - len(kept)} more without it",
    ]
    assert [attribute(chip, "data-open") for chip in found] == [
        "?petal_length=..4.5&per_page=25&_x=sepal_width&_view=pairs",
        "?species=~not:versicolor&per_page=25&_x=sepal_width&_view=pairs",
    ]
    said = f"Petal length up to 4.5 cm · {len(two) - len(kept)} more without it, remove this filter"
    assert attribute(found[1], "aria-label") == said


def test_no_filter_no_chip(explorer):
    state = asked_of(explorer, "")
    diagnosis = explorer.diagnosis(state.query)
    assert chips(explorer.schema, state, diagnosis) == []
    assert way_back(explorer.schema, state, diagnosis.relaxation) == []


def test_the_way_back_opens_as_many_rows_as_it_says(explorer, flowers):
    state = asked_of(explorer, "sepal_length=..5.0&petal_length=4.9..&_view=table")
    relaxation = explorer.diagnosis(state.query).relaxation
    words, button = way_back(explorer.schema, state, relaxation)
    assert text_of(words) == "The smallest step back:"
    there = asked_of(explorer, attribute(button, "data-open"))
    ends = {one.name: (one.low, one.high) for one in there.query.filters}
    found = [
        flower
        for flower in flowers
        if all(
            (low is None or low <= flower[name]) and (high is None or flower[name] <= high)
            for name, (low, high) in ends.items()
        )
    ]
    assert found
    assert text_of(button) == f"{relaxation.words} gives {len(found)}"
    assert there.choices == state.choices


# --- Histograms above the sliders


def counted(values, edges):
    edges = np.array(edges)
    return np.histogram(values, np.append(edges[:-1] - 1e-9, edges[-1] + 1e-9))[0].tolist()


def test_histograms_are_under_all_the_other_filters(explorer, flowers):
    query = explorer.query(species=["setosa", "virginica"], lower={"petal_length": 1.45})
    _, beside = explorer.histograms_beside(query)
    by = explorer.group_facet(query)
    shown = slider_histograms(explorer.schema, query, beside, explorer.whole_histograms, by)
    assert list(shown) == [measure.name for measure in explorer.schema.measures]
    for name, one in shown.items():
        assert one["all"] == counted([flower[name] for flower in flowers], one["edges"])
        assert one["spans"] == [[1.45, None] if name == "petal_length" else [None, None]]
        assert [group["colour"] for group in one["groups"]] == [
            "var(--series-0)",
            "var(--series-2)",
        ]
        for species, group in zip(("setosa", "virginica"), one["groups"], strict=True):
            own = [
                flower[name]
                for flower in flowers
                if flower["species"] == species
                and (name == "petal_length" or flower["petal_length"] >= 1.45)
            ]
            assert group["counts"] == counted(own, one["edges"])


def test_a_table_without_facets_has_histograms_of_one_colour():
    explorer = Explorer.open(pl.DataFrame({"x": [1.0, 2.0, 2.0, None]}))
    shown = answer_controls(explorer, ASKED)["histograms"]["x"]
    assert [group["colour"] for group in shown["groups"]] == ["var(--accent)"]
    assert sum(shown["all"]) == sum(shown["groups"][0]["counts"]) == 3


# --- Distributions


def test_distributions_as_bars_count_every_value(explorer, flowers):
    figure = in_view(explorer, "distributions")["distributions"]
    assert {trace["type"] for trace in figure["data"]} == {"bar"}
    assert len(figure["data"]) == 4 * 3
    axes = {trace["xaxis"] for trace in figure["data"]}
    assert axes == {"x", "x2", "x3", "x4"}
    for trace in figure["data"]:
        name = explorer.schema.measures[["x", "x2", "x3", "x4"].index(trace["xaxis"])].name
        own = [flower[name] for flower in flowers if flower["species"] == trace["name"]]
        edges = [middle - trace["width"] / 2 for middle in trace["x"]]
        edges.append(edges[-1] + trace["width"])
        assert trace["y"] == counted(own, edges)
        assert sum(trace["y"]) == 50
    titles = [figure["layout"][f"xaxis{n}"]["title"]["text"] for n in ("", 2, 3, 4)]
    assert titles == [measure.title for measure in explorer.schema.measures]


def test_boxes_are_the_exact_five_numbers(penguins, penguin_rows):
    choices = {"_view": "distributions", "_distribution": "box"}
    figure = in_view(penguins, "distributions", choices=choices)["distributions"]
    names = [measure.name for measure in penguins.schema.measures]
    assert len(figure["data"]) == 3 * len(names)
    for number, trace in enumerate(figure["data"]):
        name = names[number // 3]
        own = [
            float(row[name])
            for row in penguin_rows
            if row["species"] == trace["name"] and row[name]
        ]
        quartiles = np.percentile(own, [0, 25, 50, 75, 100]).tolist()
        keys = ("lowerfence", "q1", "median", "q3", "upperfence")
        assert [trace[key][0] for key in keys] == pytest.approx(quartiles)
        assert trace["mean"] == pytest.approx([fmean(own)])
        # Of whole numbers a quartile may have two decimals more, which the pointer shows.
        assert trace["yhoverformat"] == (".3~f" if "bill" in name else ".2~f")
        assert trace["x"] == [number % 3]
    assert figure["layout"]["xaxis"]["ticktext"] == ["Adelie", "Chinstrap", "Gentoo"]
    titles = [note["text"] for note in figure["layout"]["annotations"]]
    assert titles == [measure.title for measure in penguins.schema.measures]


def test_violins_are_mirrored_and_as_wide_as_their_fullest_bin(explorer):
    choices = {"_view": "distributions", "_distribution": "violin"}
    figure = in_view(explorer, "distributions", choices=choices)["distributions"]
    shapes = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    medians = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert len(shapes) == len(medians) == 12
    assert [trace["y"][0] for trace in medians[:3]] == pytest.approx([5.0, 5.9, 6.5])
    for number, trace in enumerate(shapes):
        middle, half = number % 3, len(trace["x"]) // 2
        right, left = trace["x"][:half], trace["x"][half:][::-1]
        assert [r - middle for r in right] == pytest.approx([middle - x for x in left])
        assert max(right) == pytest.approx(middle + WIDEST)
        assert trace["y"][:half] == trace["y"][half:][::-1]


def test_a_group_without_values_has_neither_box_nor_violin():
    frame = pl.DataFrame({"k": ["a", "a", "b"], "x": [1.0, 2.0, None]})
    explorer = Explorer.open(frame)
    query, by = explorer.query(), explorer.schema.facets[0]
    for kind in KIND.values:
        figure = distributions_figure(
            explorer.schema, kind, explorer.histograms(query), explorer.spreads(query), by, LIGHT
        )
        drawn = {t["name"] for t in figure["data"] if kind != "histogram" or sum(t["y"])}
        assert drawn == {"a"}


# --- Pairs


def test_the_matrix_shows_each_pair_once_and_histograms_between(explorer, flowers):
    figure = in_view(explorer, "pairs")["matrix"]
    names = [measure.name for measure in explorer.schema.measures]
    by_axis = {}
    for trace in figure["data"]:
        by_axis.setdefault(trace["xaxis"], []).append(trace)
    assert len(by_axis) == 4 * 5 / 2
    places = [(up, across) for i, up in enumerate(names) for across in names[: i + 1]]
    for (up, across), traces in zip(places, by_axis.values(), strict=True):
        assert [trace["name"] for trace in traces] == list(SPECIES)
        for trace in traces:
            own = [flower for flower in flowers if flower["species"] == trace["name"]]
            if up == across:
                assert trace["type"] == "bar"
                assert sum(trace["y"]) == 50
            else:
                assert trace["x"] == [flower[across] for flower in own]
                assert trace["y"] == [flower[up] for flower in own]


def test_no_plot_of_the_matrix_is_without_a_value_to_draw(explorer):
    """Plotly draws broken lines around such plots."""
    figure = in_view(explorer, "pairs", facets={"species": []})["matrix"]
    assert len(figure["data"]) == 6 * 3
    assert all((trace["x"], trace["y"]) == ([None], [None]) for trace in figure["data"])


def test_a_matrix_of_many_measures_says_so_and_has_no_crowd_of_points():
    """Nine measures: 8 are drawn, and 28 plots of 6,000 points each are densities."""
    frame = pl.DataFrame(
        {f"m{n}": [float(i * n % 997) for i in range(6_000)] for n in range(1, 10)}
    )
    explorer = Explorer.open(frame)
    parts = in_view(explorer, "pairs")
    assert parts["matrix_note"] == "8 of 9 measures are drawn; choose others above."
    assert {trace["type"] for trace in parts["matrix"]["data"]} == {"heatmap", "bar"}
    few = explorer.pairs(explorer.query(), ["m1", "m2", "m3", "m4", "m5"], 6_000)
    assert all(scatter.points for scatter in few.values())


def test_labels_are_not_correlated_unasked():
    ids = [5_000_000 + 7 * n for n in range(30)]
    rows = {
        "Respondent ID": ids,
        "x": [n % 7 / 2 for n in range(30)],
        "y": [n * n / 3 for n in range(30)],
    }
    figure = in_view(Explorer.open(pl.DataFrame(rows)), "pairs")["correlation"]
    assert list(figure["data"][0]["x"]) == ["X", "Y"]


def test_plots_of_the_matrix_do_not_overlap():
    frame = pl.DataFrame({f"m{n}": [float(n), 2.0 * n + 1] for n in range(9)})
    explorer = Explorer.open(frame)
    names = pair_names(explorer.schema)
    assert len(names) == MOST_MEASURES == 8
    query = explorer.query()
    figure = matrix_figure(
        explorer.schema, explorer.pairs(query, names, 2), explorer.histograms(query), None, DARK
    )
    layout = figure["layout"]
    boxes = [
        (layout[f"xaxis{n}"]["domain"], layout[f"yaxis{n}"]["domain"]) for n in ["", *range(2, 37)]
    ]
    for (x, y), (across, up) in itertools.combinations(boxes, 2):
        assert x[1] < across[0] or across[1] < x[0] or y[0] > up[1] or up[0] > y[1]
    assert all(0 <= low < high <= 1.0000001 for box in boxes for low, high in box)


def numpy_correlation(columns):
    """Pairs that have both values alone; None where NumPy finds no number."""
    columns = [np.array(column, dtype=float) for column in columns]
    found = []
    for one in columns:
        line = []
        for other in columns:
            both = ~np.isnan(one) & ~np.isnan(other)
            line.append((int(both.sum()), np.corrcoef(one[both], other[both])[0, 1]))
        found.append(line)
    return found


def expect_correlations(one, columns):
    for i, line in enumerate(numpy_correlation(columns)):
        for j, (n, r) in enumerate(line):
            assert one.n[i][j] == n
            assert one.r[i][j] == pytest.approx(r, abs=1e-9)


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("filters", [{}, {"lower": {"petal_length": 1.4}}])
def test_correlations_of_flowers_are_numpys(explorer, flowers, grouped, filters):
    least = filters.get("lower", {}).get("petal_length", 0)
    rows = [flower for flower in flowers if flower["petal_length"] >= least]
    found = explorer.correlations(explorer.query(**filters), grouped)
    assert [one.group for one in found] == (list(SPECIES) if grouped else [None])
    for one in found:
        own = [row for row in rows if not grouped or row["species"] == one.group]
        expect_correlations(one, [[row[name] for row in own] for name in one.measures])


@pytest.mark.parametrize("by", [None, "species", "island", "sex"])
def test_correlations_of_penguins_leave_out_their_gaps(penguins, penguin_rows, by):
    found = penguins.correlations(penguins.query(by=by), by is not None)
    groups = {row[by or "species"] or None for row in penguin_rows} if by else {None}
    assert {one.group for one in found} == groups
    for one in found:
        own = [row for row in penguin_rows if by is None or (row[by] or None) == one.group]
        columns = [[float(row[name] or "nan") for row in own] for name in one.measures]
        expect_correlations(one, columns)


def test_a_correlation_of_too_few_or_of_a_constant_is_none():
    frame = pl.DataFrame(
        {"k": list("aaabbbb"), "x": [1, 2, None, 1, 2, 3, 4], "y": [2, 4, 6, 5, 5, 5, 5]}
    )
    few, constant = Explorer.open(frame).correlations(Explorer.open(frame).query(), True)
    assert (few.group, few.n[0][1], few.r[0][1]) == ("a", 2, None)
    assert (constant.group, constant.n[0][1], constant.r[0][1]) == ("b", 4, None)
    assert constant.r[0][0] == pytest.approx(1.0)


def test_the_correlation_map_writes_its_numbers(penguins):
    found = penguins.correlations(penguins.query(), True)
    figure = correlation_figure(penguins.schema, found, penguins.schema.facets[0], LIGHT)
    assert len(figure["data"]) == 3
    assert [note["text"] for note in figure["layout"]["annotations"]] == [
        "Adelie",
        "Chinstrap",
        "Gentoo",
    ]
    first = figure["data"][0]
    assert first["text"][0][0] == "1.00"
    assert first["text"][2][3] == f"{found[0].r[2][3]:.2f}"
    assert first["customdata"][2][3] == 151


# --- Comparison


def beside(explorer, query, baseline="rest"):
    return explorer.beside(query, read_baseline(explorer.schema, baseline))


def test_a_comparison_has_both_samples_and_what_is_between(explorer, flowers):
    found = beside(explorer, explorer.query(species=["setosa"]))
    table, note = comparison_table(explorer.schema, found)
    lines = lines_of(table)
    assert lines[0] == ["Measure", "Selected − the rest", "Selected", "The rest"]
    assert [line[0] for line in lines[2:]] == [
        "Sepal length cm",
        "Sepal width cm",
        "Petal length cm",
        "Petal width cm",
    ]
    own = [flower["petal_length"] for flower in flowers if flower["species"] == "setosa"]
    rest = [flower["petal_length"] for flower in flowers if flower["species"] != "setosa"]
    line = next(part for part in parts(table) if part._type == "Tbody").children[2]
    cells = [cell.children for cell in line.children]
    assert (cells[3], cells[7]) == ("50", "100")
    means = (fmean(own), fmean(rest), fmean(own) - fmean(rest))
    assert [float(cells[place][0].replace("−", "-")) for place in (4, 8, 1)] == pytest.approx(
        means, rel=1e-3
    )
    assert cells[2][0].endswith(" large")
    assert "read with care" not in text_of(note)


@pytest.mark.parametrize(
    ("chosen", "baseline", "words"),
    [
        ([], "rest", "No row is selected"),
        (list(SPECIES), "rest", "Every row is selected"),
        (list(SPECIES), "all", "Every row is selected"),
        (["setosa"], "species:setosa", "All selected flowers are of species setosa"),
    ],
)
def test_without_two_sides_there_is_nothing_to_compare(explorer, chosen, baseline, words):
    query = explorer.query(species=chosen)
    found = beside(explorer, query, baseline)
    (said,) = lead(explorer.schema, query, found)
    assert said.startswith(words)
    assert comparison_table(explorer.schema, found) == []
    assert effect_dots(explorer.schema, query, found, found.measures, None) == []
    assert share_dots(explorer.schema, found) == []


def test_small_samples_are_marked(explorer):
    query = explorer.query(lower={"petal_length": 6.5})
    count = explorer.count(query)
    table, note = comparison_table(explorer.schema, beside(explorer, query))
    assert {line[3] for line in lines_of(table)[2:]} == {f"{count} *"}
    assert "read with care" in text_of(note)


@pytest.mark.parametrize(
    ("query", "baseline", "said"),
    [
        (
            "species=setosa",
            "rest",
            [
                "50 selected flowers beside the other 100.",
                "Their mean petal length is 3.44 cm lower than that of the rest "
                "(95 % interval −3.61 to −3.27), a large effect.",
            ],
        ),
        (
            "species=setosa",
            "all",
            [
                "50 selected flowers beside all 150.",
                "Their mean petal length is 2.3 cm lower than that of all flowers "
                "(95 % interval −2.41 to −2.18), a large effect.",
            ],
        ),
        (
            "species=~not:virginica",
            "species:versicolor",
            [
                "50 selected flowers, without species versicolor, beside 50 flowers of species "
                "versicolor.",
                "Their mean petal length is 2.8 cm lower than that of species versicolor "
                "(95 % interval −2.94 to −2.66), a large effect.",
            ],
        ),
    ],
)
def test_a_comparison_begins_with_what_differs_most(explorer, query, baseline, said):
    # Fisher's means: petals of 1.462, 4.26 and 5.552 cm; intervals by SciPy's Welch test.
    query = explorer.query(query)
    assert lead(explorer.schema, query, beside(explorer, query, baseline)) == said


def test_dots_stand_most_different_first_and_choose_their_distribution(explorer):
    answer = in_view(explorer, "compare", facets={"species": ["setosa"]})
    lines = [part for part in parts(answer["effects"]) if part._type == "Button"]
    assert [attribute(line, "data-value") for line in lines] == [
        *("of:petal_length", "of:petal_width", "of:sepal_length", "of:sepal_width")
    ]
    assert [attribute(line, "aria-pressed") for line in lines] == ["true", *["false"] * 3]
    assert answer["compared_title"] == "Petal length: selected and the rest"
    assert answer["shares_look"] == "is-nothing"
    bars, line = answer["compared"]["data"]
    assert sum(bars["y"]) == pytest.approx(100)
    assert sum(line["y"][:-1]) == pytest.approx(100)
    chosen = {"_view": "compare", "_compared": "of:sepal_width", "_with": "species:virginica"}
    other = in_view(explorer, "compare", facets={"species": ["setosa"]}, choices=chosen)
    assert other["compared_title"] == "Sepal width: selected and species virginica"


def test_what_a_filter_says_is_no_finding(explorer):
    query = explorer.query("species=setosa&petal_length=..1.9")
    answer = lead(explorer.schema, query, beside(explorer, query))
    assert "mean petal width" in answer[1]


def test_shares_of_categories_are_dots_that_filter(penguins):
    """Of 124 penguins of Dream 56 are Adelie and 68 Chinstrap; of the other 220, 96 and 0."""
    query = penguins.query("island=Dream")
    found = beside(penguins, query)
    values = {(one.facet, one.value): one for one in found.shares}
    one = values["species", "Chinstrap"]
    assert (one.selected, one.baseline) == (68, 0)
    assert one.selected_share == pytest.approx(68 / 124)
    assert "island" not in {name for name, _ in values}
    _, _, said = lead(penguins.schema, query, found)
    assert said.startswith("0\xa0% of them have species Gentoo, 56.4 points less than of the rest")
    lines = [part for part in parts(share_dots(penguins.schema, found)) if part._type == "Button"]
    assert attribute(lines[0], "data-pick") == "Gentoo"


# --- Text alternatives


def test_the_scatters_text_counts_each_group_along_its_axis(explorer):
    answer = in_view(explorer, "overview", facets={"species": ["setosa", "virginica"]})
    lines = lines_of(answer["scatter_text"])
    assert text_of(answer["scatter_text"][0]) == (
        "A scatter of Petal width (cm) over Petal length (cm): 100 of 100 flowers."
    )
    assert lines[0][0] == "Species"
    assert len(lines[0]) == 6
    assert [line[0] for line in lines[1:]] == ["setosa", "virginica"]
    assert [sum(int(cell) for cell in line[1:]) for line in lines[1:]] == [50, 50]


def test_the_means_text_has_the_bars_numbers(explorer):
    answer = in_view(explorer, "overview")
    lines = lines_of(answer["means_text"])
    assert lines[0] == ["Measure", *(f"{name} (n = 50)" for name in SPECIES)]
    assert lines[1][:2] == ["Sepal length (cm)", "5.006 (4.906 – 5.106)"]
    drawn = [trace["y"] for trace in answer["means"]["data"]]
    read = [[float(cell.split()[0]) for cell in line[1:]] for line in lines[1:]]
    assert np.allclose(np.array(read).T, drawn, rtol=1e-3)


def test_the_distributions_text_has_the_five_numbers(penguins, penguin_rows):
    lines = lines_of(in_view(penguins, "distributions")["distributions_text"])
    own = [
        float(row["body_mass_g"])
        for row in penguin_rows
        if row["species"] == "Gentoo" and row["body_mass_g"]
    ]
    line = next(line for line in lines if line[:2] == ["Body mass (g)", "Gentoo"])
    assert line[2] == str(len(own))
    read = [float(cell.replace(",", "")) for cell in line[3:9]]
    wanted = [*np.percentile(own, [0, 25, 50, 75, 100]), fmean(own)]
    assert read == pytest.approx(wanted, abs=0.5)


def test_the_correlation_text_begins_with_the_strongest(explorer):
    lines = lines_of(in_view(explorer, "pairs")["correlation_text"])
    assert lines[0] == ["Pair", "Group", "r", "n"]
    assert lines[1] == ["Petal width and Petal length", "all flowers", "0.963", "150"]
    strengths = [abs(float(line[2].replace("−", "-"))) for line in lines[1:]]
    assert len(strengths) == 6
    assert strengths == sorted(strengths, reverse=True)


def test_a_text_of_nothing_is_its_sentence_alone(explorer):
    by = explorer.schema.facets[0]
    (only,) = means_text(explorer.schema, [], by)
    assert text_of(only) == "Means with their 95 % intervals per species: 0 groups."
    answer = in_view(explorer, "overview", facets={"species": []})
    assert lines_of(answer["scatter_text"]) == []


# --- Copy as


def test_each_text_to_copy_is_the_one_that_is_shown(explorer):
    source = str(ROOT / "data" / "iris.csv")
    asked = ASKED | {
        "facets": {"species": ["setosa"]},
        "sort": [{"column_id": "petal_length", "direction": "desc"}],
        "page": 2,
        "choices": {"_view": "pairs"},
    }
    rows = answer_controls(explorer, asked)["answered"]["rows"]
    sections = copy_forms(explorer, rows, URL, source)
    query = explorer.query(species=["setosa"], sort="-petal_length")
    wanted = forms(explorer, query, URL.rstrip("/"), source, is_served=True)
    found = {}
    for section in sections:
        inner = parts(section)
        name = text_of(next(part for part in inner if part._type == "H3"))
        shown = text_of(next(part for part in inner if part._type == "Pre"))
        button = next(part for part in inner if part._type == "Button")
        assert attribute(button, "data-copy") == shown
        found[name] = shown
    assert found == wanted
    assert list(found) == ["curl", "Python", "pandas", "Polars", "DuckDB"]


def test_before_the_first_answer_the_whole_table_is_copied(explorer):
    source = str(ROOT / "data" / "iris.csv")
    shown = [
        text_of(part)
        for part in parts(copy_forms(explorer, "", URL, source))
        if part._type == "Pre"
    ]
    texts = forms(explorer, explorer.query(), URL.rstrip("/"), source, is_served=True)
    assert shown == list(texts.values())
    assert source not in "".join(shown)


@pytest.mark.parametrize(("unit", "look"), [("day", ""), ("hour", " is-stacked")])
def test_two_texts_with_hours_do_not_stand_beside_each_other(unit, look):
    ends = {"low": datetime(2024, 5, 6), "high": datetime(2024, 5, 8)}
    boxes = [
        part
        for part in parts(time_control(Time("at", "At", "at", unit=unit, **ends)))
        if "time-bounds" in str(getattr(part, "className", ""))
    ]
    assert [box.className for box in boxes] == [f"time-bounds{look}"]


@pytest.mark.parametrize(
    ("microseconds", "shown"),
    [(637_000, "00:00:00.637"), (637_250, "00:00:00.637250"), (0, "00:00:00")],
)
def test_a_moment_has_no_more_zeros_than_thousandths(microseconds, shown):
    moment = datetime(2024, 5, 6, microsecond=microseconds)
    [row] = table_rows([{"at": moment, "day": moment.date()}], None)
    assert row == {"at": f"2024-05-06 {shown}", "day": "2024-05-06"}
    [row] = table_rows([{"at": moment.replace(tzinfo=UTC)}], None)
    assert row == {"at": f"2024-05-06 {shown}+00:00"}
