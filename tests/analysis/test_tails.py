"""Histograms of long tails and densities of fine cells; counts by hand and by NumPy."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.analysis.fine_density import cell_width, fine_axes
from iris_dash.analysis.live_rows import FrameRows
from iris_dash.query.schema import Measure

DELAYS = [n % 40 for n in range(3960)] + [400 + n for n in range(40)]
"""Two in a hundred are 400 and more; a histogram of all has one bar that says anything."""


@pytest.fixture(scope="module")
def late():
    odd = [10 * n + 0.5 for n in range(4000)]
    return Explorer.open(
        pl.DataFrame({"delay": [float(n) for n in DELAYS], "even": odd}, strict=False)
    )


def test_a_long_tail_is_held_by_the_last_bar(late):
    delay, even = late.schema.measures
    found = late.clipped_histograms(late.query(), [delay, even])
    assert list(found) == ["delay"]
    clip = found["delay"]
    counts, edges = clip.histogram.counts[0], clip.histogram.edges
    assert counts.sum() == 4000
    inside = [n for n in DELAYS if edges[0] < n < edges[-1]]
    assert (clip.below, clip.above) == (0, 4000 - len(inside))
    assert clip.above == pytest.approx(40, abs=15)
    by_numpy = np.histogram(inside, edges)[0]
    assert counts[:-1].tolist() == by_numpy[:-1].tolist()
    assert counts[-1] == by_numpy[-1] + clip.above


def test_where_a_tail_begins_does_not_move_with_a_filter(late):
    delay = late.schema.measure("delay")
    whole = late.clipped_histograms(late.query(), [delay])["delay"]
    few = late.clipped_histograms(late.query(lower={"delay": 410}), [delay])["delay"]
    assert few.histogram.edges == whole.histogram.edges
    assert few.above <= few.histogram.counts.sum() == sum(n >= 410 for n in DELAYS)


def test_above_a_slider_a_tail_is_a_bar_of_its_own(late):
    delay, even = late.schema.measures
    found = late.tailed_histograms(late.query(lower={"delay": 410}), [delay, even])
    assert list(found) == ["delay"]
    for one in found["delay"]:  # not narrowed by its own bounds
        assert (one.low, one.histogram.edges[-2]) == (None, one.high)
        counts, edges = one.histogram.counts[0].tolist(), one.histogram.edges
        assert sum(counts) == 4000
        assert counts[-1] == sum(n > one.high for n in DELAYS)
        assert counts[:-1] == np.histogram(DELAYS, edges[:-1])[0].tolist()
        assert edges[-1] >= 439


def test_the_page_says_what_a_sliders_tails_hold(late):
    drawn = answer_controls(late, {})["histograms"]
    tailed = late.tailed_histograms(late.query(), late.schema.measures)["delay"][1]
    assert drawn["delay"]["tails"] == [None, tailed.high]
    below, above = drawn["delay"]["rest"]
    assert (below, above) == ("", f"1.0 % above {round(tailed.high - 0.5)}")
    assert sum(drawn["delay"]["all"]) == 4000
    assert "tails" not in drawn["even"]


def test_the_page_says_how_much_an_end_bar_holds(late):
    asked = {"choices": {"_view": "distributions"}, "open": ["distributions"]}
    found = answer_controls(late, asked)
    clip = late.clipped_histograms(late.query(), late.schema.measures)["delay"]
    texts = [note["text"] for note in found["distributions"]["layout"]["annotations"]]
    assert texts == [f"{clip.above:,} higher ▸"]
    sentence = found["distributions_text"][0].children
    assert f"its last {clip.above:,} higher ones." in sentence


@pytest.mark.parametrize(
    "column",
    [
        {"x": [n % 12 for n in range(1200)] + [50]},  # a bar per value
        {"x": [n / 10 for n in range(1000)]},  # no tail
        {"x": [0.5] * 999 + [1e6]},  # one bar would be left
        {"x": [0.5, None, 1.5]},
    ],
)
def test_what_has_no_tail_keeps_its_bars(column):
    explorer = Explorer.open(pl.DataFrame(column))
    assert explorer.clipped_histograms(explorer.query(), explorer.schema.measures) == {}


@pytest.mark.parametrize(
    ("decimals", "span", "cells", "width"),
    [
        (0, (-40, 250), 80, 3.0),
        (0, (0, 20), 80, 1.0),
        (1, (0, 100), 80, 1.2),
        (2, (0, 1), 60, 0.01),
    ],
)
def test_a_cell_is_of_whole_units(decimals, span, cells, width):
    measure = Measure("x", "X", "x", low=span[0], high=span[1], step=1.0, decimals=decimals)
    assert cell_width(measure, span, cells) == width


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_fine_cells_count_every_row_within(library):
    random = np.random.default_rng(1)
    x, y = random.normal(0, 10, (2, 5000)).round(1)
    colour = np.where(x + y > 0, "red", "blue")
    frame = pl.DataFrame({"x": x, "y": y, "colour": colour})
    explorer = Explorer.open(frame if library == "polars" else frame.to_pandas())
    extent = ((-20.0, 20.0), (-15.0, 25.0))
    across, up = explorer.schema.measures
    cells = fine_axes((across, up), extent)
    found = explorer.fine_density(explorer.query(), cells)
    assert found.counts.shape[1] >= 60
    assert found.counts.shape[2] >= 80
    for group, value in enumerate(("blue", "red")):
        own = colour == value
        edges = found.y_edges, found.x_edges
        assert found.counts[group].tolist() == np.histogram2d(y[own], x[own], edges)[0].tolist()
    red = explorer.fine_density(explorer.query(colour="red"), cells)
    assert red.counts[0].sum() == 0


def test_cells_that_floats_do_not_tell_apart_are_not_made():
    frame = pl.DataFrame({"x": [1e15 + n for n in range(9)], "y": [n / 7 for n in range(9)]})
    x, y = Explorer.open(frame).schema.measures
    assert fine_axes((x, y), ((1e15, 1e15 + 9), (0, 1))) is None


def test_fine_cells_are_the_same_of_rows_in_memory():
    """Hundredths are no floats: 0.29 times 100 is a little less than 29."""
    hundredths = [n / 100 for n in range(200)]
    frame = pl.DataFrame({"x": hundredths, "y": hundredths[::-1]})
    explorer = Explorer.open(frame)
    across, up = explorer.schema.measures
    cells = fine_axes((across, up), ((0.2, 1.7), (0.0, 1.99)))
    found = explorer.fine_density(explorer.query(), cells)
    rows = FrameRows(explorer.dataset.in_memory())
    x, y = (axis.of(rows) for axis in cells)
    counts = np.zeros((cells[1].length + 1, cells[0].length + 1), dtype=int)
    np.add.at(counts, (y, x), 1)
    assert counts[:-1, :-1].tolist() == found.counts[0].tolist()
    assert 140 < found.counts.sum() < 200
