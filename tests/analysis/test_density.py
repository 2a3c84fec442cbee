"""Above so many rows the scatter is a density that says what its colours mean."""

from __future__ import annotations

import base64

import numpy as np
import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.dashboard.charts.density import density_figure, density_note
from iris_dash.dashboard.theme import LIGHT

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": [], "n": 1}


@pytest.fixture
def long_table(monkeypatch):
    """Seven red rows at (0, 0), one blue there, four blue at (0.1, 0.2)."""
    monkeypatch.setattr("iris_dash.explorer.MOST_POINTS", 10)
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
    rows = [("red", 0.0, 0.0)] * 7 + [("blue", 0.0, 0.0)] + [("blue", 0.1, 0.2)] * 4
    return Explorer.open(pl.DataFrame(rows, schema=["colour", "x", "y"], orient="row"))


def counts_of(trace):
    """A heat map's numbers, read back as a browser reads them."""
    typed = trace["z"]
    shape = tuple(map(int, typed["shape"].split(",")))
    return np.frombuffer(base64.b64decode(typed["bdata"]), f"<{typed['dtype']}").reshape(shape)


def kinds(figure):
    """The kinds of a figure's traces, without the histograms at its margins."""
    return [trace["type"] for trace in figure["data"] if trace["type"] != "bar"]


def test_many_rows_are_a_density_few_are_points(long_table):
    answer = answer_controls(long_table, ASKED)
    assert kinds(answer["scatter"]) == ["heatmap", "heatmap"]
    assert "Too many rows for points" in answer["note"]
    few = answer_controls(long_table, ASKED | {"facets": {"colour": ["blue"]}})
    assert kinds(few["scatter"]) == ["scatter", "scatter"]
    assert few["scatter"]["layout"] == answer["scatter"]["layout"]


def test_each_group_has_its_own_numbers_and_gaps(long_table):
    query, facet = long_table.query(), long_table.schema.facets[0]
    density = long_table.aggregates(query).density(query, ("x", "y"), facet)
    figure = density_figure(long_table.schema, density, facet, ("x", "y"), LIGHT)
    red, blue = figure["data"]
    # Two values across, three up, each in a bin of its own.
    assert (red["x"], red["y"]) == ([-0.05, 0.05, 0.15], [-0.05, 0.05, 0.15, 0.25])
    none = [np.nan, np.nan]
    assert np.array_equal(counts_of(red), [[7, np.nan], none, none], equal_nan=True)
    assert np.array_equal(counts_of(blue), [[1, np.nan], none, [np.nan, 4]], equal_nan=True)
    assert (red["zmax"], blue["zmax"]) == (7, 7)
    assert red["colorscale"][0][1].endswith(",0)")
    assert [stop for stop, _ in red["colorscale"]] == sorted(s for s, _ in red["colorscale"])
    assert density_note(long_table.schema, density, ("x", "y")).endswith("up to 7).")


def test_an_empty_density_draws_nothing(long_table):
    query, facet = long_table.query(colour=[]), long_table.schema.facets[0]
    density = long_table.aggregates(query).density(query, ("x", "y"), facet)
    assert density_figure(long_table.schema, density, facet, ("x", "y"), LIGHT)["data"] == []
