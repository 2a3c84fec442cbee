"""Above so many rows the scatter is a density that says what its colours mean."""

from __future__ import annotations

import base64
import math

import numpy as np
import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.analysis.aggregates import Density
from iris_dash.analysis.plane_extents import outside, typical_extent, whole_extent
from iris_dash.dashboard.charts.density import (
    _typed,
    density_figure,
    density_note,
    density_steps,
)
from iris_dash.dashboard.theme import LIGHT
from iris_dash.query.schema import Facet, Measure, Schema

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": [], "n": 1}


@pytest.fixture
def long_table(monkeypatch):
    """Seven red rows at (0, 0), one blue there, four blue at (0.1, 0.2)."""
    monkeypatch.setattr("iris_dash.explorer.chart_answers.MOST_POINTS", 10)
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
    rows = [("red", 0.0, 0.0)] * 7 + [("blue", 0.0, 0.0)] + [("blue", 0.1, 0.2)] * 4
    return Explorer.open(pl.DataFrame(rows, schema=["colour", "x", "y"], orient="row"))


def counts_of(trace):
    """A heat map's numbers, read back as a browser reads them."""
    return typed(trace["z"])


def typed(numbers):
    shape = tuple(map(int, numbers["shape"].split(",")))
    return np.frombuffer(base64.b64decode(numbers["bdata"]), f"<{numbers['dtype']}").reshape(shape)


def kinds(figure):
    """The kinds of a figure's traces, without the histograms at its margins."""
    return [trace["type"] for trace in figure["data"] if trace["type"] != "bar"]


def test_many_rows_are_a_density_few_are_points(long_table):
    answer = answer_controls(long_table, ASKED)
    assert kinds(answer["scatter"]) == ["heatmap", "heatmap"]
    assert "rows per cell of" in "".join(map(str, answer["note"])).lower()
    few = answer_controls(long_table, ASKED | {"facets": {"colour": ["blue"]}})
    assert kinds(few["scatter"]) == ["scatter", "scatter"]
    assert few["scatter"]["layout"] == answer["scatter"]["layout"]


@pytest.mark.parametrize("rows", ["polars", "pandas"])
@pytest.mark.parametrize(("places", "kind"), [(6 * 25, "scatter"), (6 * 20, "heatmap")])
def test_many_points_on_few_places_are_a_density(rows, places, kind):
    # 1,200 rows: 8 of them on each of 150 places, 10 on each of 120.
    frame = pl.DataFrame(
        {"x": [n % 6 for n in range(1200)], "y": [n % places for n in range(1200)]}
    )
    assert frame.unique().height == places
    explorer = Explorer.open(frame if rows == "polars" else frame.to_pandas())
    assert set(kinds(answer_controls(explorer, ASKED | {"axes": ["x", "y"]})["scatter"])) == {kind}
    few = ASKED | {"axes": ["x", "y"], "ranges": {"x": [0, 4]}}  # five of six: 1,000
    assert set(kinds(answer_controls(explorer, few)["scatter"])) == {kind}
    fewer = ASKED | {"axes": ["x", "y"], "ranges": {"x": [0, 3]}}
    assert set(kinds(answer_controls(explorer, fewer)["scatter"])) == {"scatter"}


def density_of(explorer, query, by):
    return explorer.aggregates(query).density(query, ("x", "y"), by)


def test_a_cell_has_the_colour_of_its_commonest_group_at_the_strength_of_all(long_table):
    query, facet = long_table.query(), long_table.schema.facets[0]
    density = density_of(long_table, query, facet)
    figure = density_figure(long_table.schema, density, facet, ("x", "y"), LIGHT)
    blue, red = figure["data"][:2]
    # Two values across, three up, each in a bin of its own: 7 red and 1 blue, and 4 blue.
    assert (red["x"], red["y"]) == ([-0.05, 0.05, 0.15], [-0.05, 0.05, 0.15, 0.25])
    none = [np.nan, np.nan]
    assert np.array_equal(counts_of(red), [[8, np.nan], none, none], equal_nan=True)
    assert np.array_equal(counts_of(blue), [none, none, [np.nan, 4]], equal_nan=True)
    assert (red["zmax"], blue["zmax"]) == (8, 8)
    assert red["colorscale"][0][1].endswith(",0)")
    assert [stop for stop, _ in red["colorscale"]] == sorted(s for s, _ in red["colorscale"])
    assert density_note(long_table.schema, density, ("x", "y")) == "Rows per cell of 0.1 × 0.1."


def test_more_than_three_groups_and_none_have_one_hue():
    edges = (0.0, 1.0, 2.0)
    density = Density(edges, edges, np.array([[[i, 0], [0, 1]] for i in range(4)]))
    facet = Facet("g", "G", "g", tuple("abcd"))
    for by in (facet, None):
        schema = Schema((Measure("x", "X", "x"), Measure("y", "Y", "y"), facet))
        trace, above, right = density_figure(schema, density, by, ("x", "y"), LIGHT)["data"]
        assert np.array_equal(counts_of(trace), [[6, np.nan], [np.nan, 4]], equal_nan=True)
        assert trace["colorscale"][-1][1] == "rgba(52,87,213,0.950)"
        assert (above["y"], right["x"]) == ([6, 4], [6, 4])
        assert {bars["marker"]["color"] for bars in (above, right)} == {"#3457d5"}


def test_beside_a_density_are_the_rows_of_each_of_its_columns_and_rows():
    colours = Facet("c", "C", "c", ("blue", "red"))
    measures = (Measure("x", "X", "x", low=1, high=100, log=True), Measure("y", "Y", "y", high=6))
    schema = Schema((*measures, colours))
    counts = np.array([[[1, 0], [2, 0], [4, 0]], [[0, 8], [16, 0], [0, 0]]])
    density = Density((1.0, 10.0, 100.0), (0.0, 2.0, 4.0, 6.0), counts)
    figure = density_figure(schema, density, colours, ("x", "y"), LIGHT, ["x"])
    above = {bars["meta"]: bars for bars in figure["data"] if bars.get("orientation") == "v"}
    right = {bars["meta"]: bars for bars in figure["data"] if bars.get("orientation") == "h"}
    assert [above[name]["y"] for name in colours.values] == [[7, None], [16, 8]]
    assert [right[name]["x"] for name in colours.values] == [[1, 2, 4], [8, 16, None]]
    assert (above["red"]["x"], above["red"]["width"]) == ([5.5, 55.0], [9.0, 90.0])
    assert (right["red"]["y"], right["red"]["width"]) == ([1.0, 3.0, 5.0], 2.0)
    assert above["red"]["marker"]["color"] == LIGHT.series[1]


@pytest.mark.parametrize(
    ("across", "extent", "share"),
    [
        # 4 of 1,000 rows lie far away: the 99.5th percentile is in the first bin.
        ([996, 0, 0, 4], (0.0, 1.0), 0.004),
        # A hundredth at either end is more than the half of one.
        ([10, 980, 0, 10], None, None),
        ([1, 0, 998, 1], (2.0, 3.0), 0.002),
        ([0, 0, 0, 0], None, None),
    ],
)
def test_a_density_ends_at_percentiles(across, extent, share):
    density = Density((0.0, 1.0, 2.0, 3.0, 4.0), (0.0, 1.0), np.array([[across]]))
    found = whole_extent(density)
    if extent is None:
        assert found is None
        return
    assert found == (extent, (0.0, 1.0))
    assert outside(density, found) == pytest.approx(share)


@pytest.mark.parametrize(
    ("across", "whole", "extent", "share"),
    [
        # Less than the whole table's, or nothing: its axes stand still.
        ([0, 500, 0, 0], (1.0, 3.0), (1.0, 3.0), 0),
        ([0, 0, 0, 0], (1.0, 3.0), (1.0, 3.0), 0),
        ([1, 500, 0, 0], (1.0, 3.0), (1.0, 3.0), 1 / 501),
        # A selection beyond them is seen.
        ([0, 500, 0, 500], (0.0, 2.0), None, None),
        ([0, 500, 500, 1], (0.0, 2.0), (0.0, 3.0), 1 / 1001),
        ([1, 500, 500, 1], None, None, None),
    ],
)
def test_a_selections_axes_are_those_of_the_whole_table_and_what_lies_beyond(
    across, whole, extent, share
):
    density = Density((0.0, 1.0, 2.0, 3.0, 4.0), (0.0, 1.0), np.array([[across]]))
    found = typical_extent(density, whole and (whole, (0.0, 1.0)))
    assert found == (extent and (extent, (0.0, 1.0)))
    if found:
        assert outside(density, found) == pytest.approx(share)


def test_the_legend_counts_in_powers_of_ten():
    density = Density((0.0, 1.0, 2.0), (0.0, 1.0), np.array([[[436, 7]]]))
    steps = density_steps(density)
    assert [step for step, _ in steps] == [1, 10, 100, 436]
    # Strength follows the logarithm, from 0.15 to 0.95.
    assert steps[0][1] == pytest.approx(0.15)
    assert steps[1][1] == pytest.approx(0.15 + 0.8 * math.log(10) / math.log(436))
    assert steps[-1][1] == pytest.approx(0.95)
    assert density_steps(Density((0.0, 1.0), (0.0, 1.0), np.zeros((1, 1, 1), int))) == []


@pytest.mark.parametrize(
    ("most", "kind", "written"),
    [
        (255, "u1", "/wE="),
        (65_535, "u2", "//8BAA=="),
        (65_536, "u4", "AAABAAEAAAA="),
        (2**32 - 1, "u4", "/////wEAAAA="),
        (2**32, "f8", "AAAAAAAA8EEAAAAAAADwPw=="),
    ],
)
def test_counts_are_written_as_short_as_they_are(most, kind, written):
    # Base64 of both numbers, the least byte first; as floats 0x41f00000… and 0x3ff00000….
    assert _typed(np.array([most, 1])) == {"dtype": kind, "bdata": written, "shape": "2"}


def test_an_empty_density_draws_nothing(long_table):
    query, facet = long_table.query(colour=[]), long_table.schema.facets[0]
    density = long_table.aggregates(query).density(query, ("x", "y"), facet)
    data = density_figure(long_table.schema, density, facet, ("x", "y"), LIGHT)["data"]
    blue, red = data[:2]
    # Each group keeps its place: another selection may have it.
    assert (blue["meta"], red["meta"]) == ("blue", "red")
    assert all(np.isnan(counts_of(trace)).all() for trace in (blue, red))


def test_hovering_tells_every_group_of_a_cell_the_commonest_first(long_table):
    blue, red = answer_controls(long_table, ASKED)["scatter"]["data"][:2]
    assert "%{z:,} rows<br>red %{customdata[0]:,}, blue %{customdata[1]:,}<" in red["hovertemplate"]
    assert (
        "%{z:,} rows<br>blue %{customdata[0]:,}, red %{customdata[1]:,}<" in blue["hovertemplate"]
    )
    none = [[0, 0], [0, 0]]
    assert typed(red["customdata"]).tolist() == [[[7, 1], [0, 0]], none, none]
    assert typed(blue["customdata"]).tolist() == [none, none, [[0, 0], [4, 0]]]
