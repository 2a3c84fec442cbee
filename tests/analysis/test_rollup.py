"""A rollup answers exactly what a scan of the rows answers, and only where it pays."""

from __future__ import annotations

import math
import statistics

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from rolled_tables import SAID, per_row, rows_of_tables, slider_ends, table

from iris_dash import Explorer, open_dataset
from iris_dash.analysis.grid import Grid, grid_of
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.query.schema import Measure
from iris_dash.tables.description import TableDescription


@given(
    rows=rows_of_tables,
    sizes=st.none() | slider_ends,
    counts=st.none() | slider_ends,
    open_end=st.sampled_from(["low", "high", "none"]),
    chosen=st.none() | st.lists(st.integers(0, 2), unique=True),
    by=st.booleans(),
)
@examples(0.6)
def test_rollup_equals_scan(rows, sizes, counts, open_end, chosen, by):
    dataset = open_dataset(table(rows), SAID)
    explorer, scan = Explorer(dataset), Scan(dataset)
    lower, upper = {}, {}
    for name, ends, unit in (("size", sizes, 0.1), ("count", counts, 2)):
        if ends is not None:
            low, high = (round(end * unit, 1) for end in ends)
            if open_end != "low":
                lower[name] = low
            if open_end != "high":
                upper[name] = high
    facet = dataset.schema.facets[0]
    values = None if chosen is None else [facet.values[i % len(facet.values)] for i in chosen]
    query = explorer.query(colour=values, lower=lower, upper=upper)
    group = facet if by else None

    for rollup in (build_rollup(dataset), per_row(dataset)):
        assert rollup.answers(query)
        assert rollup.count(query) == scan.count(query)
        assert rollup.count_facets(query) == scan.count_facets(query)
        ours, theirs = rollup.means(query, group), scan.means(query, group)
        assert [(g.group, g.n) for g in ours] == [(g.group, g.n) for g in theirs]
        for one, other in zip(ours, theirs, strict=True):
            assert one.means == pytest.approx(other.means, abs=1e-9, nan_ok=True)
        for axes in (None, ("size", "count"), ("count", "size"), ("size", "size")):
            ours, theirs = (a.histograms(query, group, axes) for a in (rollup, scan))
            assert list(ours) == list(theirs) == ["size", "count"]
            for name in ours:
                assert ours[name].edges == theirs[name].edges
                assert np.array_equal(ours[name].counts, theirs[name].counts)
            if axes:
                one, other = (a.density(query, axes, group) for a in (rollup, scan))
                assert (one.x_edges, one.y_edges) == (other.x_edges, other.y_edges)
                assert np.array_equal(one.counts, other.counts)


def test_cells_by_hand():
    frame = pl.DataFrame({"x": [0.0, 0.1, 0.15, 0.3, 0.30000000000000004, None, math.inf, 0.5]})
    dataset = open_dataset(frame, TableDescription(columns={"x": {"step": 0.1}}))
    grid = grid_of(dataset.schema.measures[0])
    cells = dataset.frame.select(grid.cells().alias("cell"))["cell"].to_list()
    assert cells == [0, 2, 3, 6, 7, -2, 11, 10]
    bounds = (0.0, 0.3, 0.5, 0.05, -1.0, 9.0)
    assert [grid.lower_cell(bound) for bound in bounds] == [0, 6, 10, None, 0, 11]
    assert [grid.upper_cell(bound) for bound in bounds] == [0, 6, 10, None, -1, 10]


def test_bins_are_whole_steps_and_none_holds_one_value_more():
    frame = pl.DataFrame({"x": [i / 10 for i in range(121)] * 2})
    explorer = Explorer.open(frame, TableDescription(columns={"x": {"step": 0.1}}))
    histogram = explorer.histograms(explorer.query())["x"]
    # 121 values: 61 fine bins of 2, so 31 of 4; the last holds 12.0 alone.
    assert len(histogram.edges) == 32
    assert histogram.edges[:3] == (-0.05, 0.35, 0.75)
    assert histogram.ends[:2] == ((0.0, 0.3), (0.4, 0.7))
    assert histogram.counts.tolist() == [[8] * 30 + [2]]


@pytest.mark.parametrize(
    ("values", "step", "edges", "counts"),
    [
        (range(1, 13), None, [0.5 + i for i in range(13)], [1] * 12),
        (range(60), None, [i - 0.5 for i in range(61)], [1] * 60),
        (range(61), None, [2 * i - 0.5 for i in range(32)], [2] * 30 + [1]),
        # December as a float beside a missing month; a step of several values; a half step.
        ([*range(1, 13), None], None, [0.5 + i for i in range(13)], [1] * 12),
        (range(401), 2, [12 * i - 0.5 for i in range(35)], [12] * 33 + [5]),
        ([0, 1], 0.5, [0, 0.5, 1], [1, 1]),
        ([0, 1], None, [-0.5, 0.5, 1.5], [1, 1]),
        # Closed: of values between the steps no bin holds one more.
        ([0.0, 0.25, 0.5, 1.0], 0.5, [0, 0.5, 1], [2, 2]),
    ],
)
def test_no_bin_holds_a_value_more_than_others(values, step, edges, counts):
    asked = {"columns": {"x": {"step": step}}} if step else {}
    for frame in (pl.DataFrame({"x": list(values)}), pl.DataFrame({"x": list(values)}).to_pandas()):
        explorer = Explorer.open(frame, TableDescription(**asked))
        for answers in (
            explorer.rollup,
            explorer.aggregates(explorer.query()),
            Scan(explorer.dataset),
        ):
            for found in (
                answers.histograms(explorer.query(), None)["x"],
                answers.histogram(explorer.query(), "x", None),
            ):
                assert list(found.edges) == pytest.approx(edges)
                assert found.counts.tolist() == [counts]


def test_a_constant_column_has_one_bin():
    explorer = Explorer.open(pl.DataFrame({"x": [2.5] * 7}))
    assert explorer.histograms(explorer.query())["x"].counts.tolist() == [[7]]


@pytest.mark.parametrize("step", [0.1, 0.05, 0.2, 0.5, 1, 2, 5, 100, 1e-6, 2e-8])
def test_grid_points_are_what_their_decimals_read_as(step):
    grid = grid_of(Measure("x", "X", "x", low=0.0, high=50 * step, step=step))
    for k in range(51):
        point = grid.point(k)
        assert float(f"{point:.12f}") == point
        assert grid.lower_cell(point) == grid.upper_cell(point) == 2 * k


def test_a_table_that_does_not_roll_up_keeps_a_cell_per_row():
    numbers = np.random.default_rng(1).normal(size=(3_000, 3))
    dataset = open_dataset(pl.DataFrame(numbers, schema=["a", "b", "c"]))
    assert build_rollup(dataset).n is None


def test_bounds_between_the_steps_are_answered_by_the_rows(monkeypatch):
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
    said = TableDescription(columns={"x": {"step": 0.1}})
    explorer = Explorer.open(pl.DataFrame({"x": [0.1, 0.2, 0.25, 0.3] * 50}), said)
    assert explorer.rollup is not None
    on, between = explorer.query(lower={"x": 0.2}), explorer.query(lower={"x": 0.255})
    assert explorer.aggregates(on) is explorer.rollup
    assert isinstance(explorer.aggregates(between), Scan)
    assert (explorer.count(on), explorer.count(between)) == (150, 50)


def test_a_bound_between_the_steps_where_no_row_is_needs_no_rows(monkeypatch):
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
    said = TableDescription(columns={"x": {"step": 0.1}})
    explorer = Explorer.open(pl.DataFrame({"x": [0.1, 0.2, 0.25, 0.3, 0.9] * 50}), said)
    for lower, upper, count in ((0.15, None, 200), (0.33, 0.89, 0), (None, 0.11, 50)):
        bounds = {k: {"x": v} for k, v in (("lower", lower), ("upper", upper)) if v is not None}
        query = explorer.query(**bounds)
        parted = any(v is not None and 0.2 < v < 0.3 for v in (lower, upper))
        assert (explorer.aggregates(query) is explorer.rollup) != parted
        assert explorer.count(query) == Scan(explorer.dataset).count(query) == count


def test_a_cell_per_row_answers_any_bound():
    frame = pl.DataFrame({"x": [0.1, 0.22, 0.27, 0.3, None, math.inf], "colour": list("ababab")})
    dataset = open_dataset(frame, TableDescription(columns={"x": {"step": 0.1}}))
    rollup, explorer = per_row(dataset), Explorer(dataset)
    for lower, upper, count in ((0.25, None, 3), (None, 0.25, 2), (0.23, 0.26, 0), (0.2, 0.27, 2)):
        bounds = {k: {"x": v} for k, v in (("lower", lower), ("upper", upper)) if v is not None}
        query = explorer.query(**bounds)
        assert rollup.answers(query)
        assert rollup.count(query) == count
        assert sum(rollup.count_facets(query)["colour"].values()) == count


def test_grid_keeps_whole_numbers_whole():
    assert Grid("x", 5, 1, 0, 3).point(2) == 10.0


def test_rows_are_counted_piece_by_piece(monkeypatch):
    monkeypatch.setattr("iris_dash.analysis.cell_counts.PIECE", 1)
    months = [row % 12 + 1 for row in range(1200)]
    frame = pl.DataFrame({"half": ["first"] * 600 + ["second"] * 600, "month": months})
    dataset = open_dataset(frame, TableDescription(facets=("half",), measures=("month",)))
    rows, half = per_row(dataset), dataset.schema.facets[0]
    query = Explorer(dataset).query(lower={"month": 3})
    for asked, counts in ((query, [0, 0, *[50] * 10]), (query.without("month"), [50] * 12)):
        assert rows.histogram(asked, "month", half).counts.tolist() == [counts, counts]
        # Missing and below; each month and what lies between it and the next; above.
        found = rows.cell_counts(asked, "month", half)
        assert found[:, 2:-1:2].tolist() == [counts, counts]
        assert found.sum() == 2 * sum(counts)


@pytest.mark.parametrize("more", [[], [6.05]])  # of points alone, and one between two of them
def test_means_and_deviations_of_cells(more):
    sizes = {"red": [1.0, 1.5, 4.5, *more], "blue": [2.0, None, 2.5, 7.0]}
    rows = [(colour, size) for colour, own in sizes.items() for size in own] * 4
    frame = pl.DataFrame(rows, schema=["colour", "size"], orient="row")
    said = TableDescription(facets=("colour",), columns={"size": {"step": 0.5}})
    explorer = Explorer(open_dataset(frame, said))
    assert explorer.rollup is not None
    assert explorer.rollup.n is not None
    groups = explorer.group_moments(explorer.query(lower={"size": 1.5}))
    for group, least in zip(groups, ("blue", "red"), strict=True):
        values = [size for size in sizes[group.group] if size is not None and size >= 1.5] * 4
        assert (group.group, group.n, group.counts) == (least, len(values), (len(values),))
        assert group.means == pytest.approx((statistics.mean(values),), rel=1e-14)
        assert group.deviations == pytest.approx((statistics.stdev(values),), rel=1e-14)


ROWS = [("red", 1.5, 4.0), ("blue", 2.25, -1.0), ("red", 3.0, 0.5), (None, 0.125, 8.0)] * 9


def test_means_of_rows_by_hand(monkeypatch):
    monkeypatch.setattr("iris_dash.analysis.row_sums.PIECE", 5)
    monkeypatch.setattr("iris_dash.analysis.row_sums.MOST_AT_ONCE", 1)
    rows = pl.DataFrame(ROWS, schema=["colour", "size", "price"], orient="row")
    frame = pl.concat([rows[:1], rows[1:9], rows[9:]], rechunk=False)  # held in three pieces
    dataset = open_dataset(frame, TableDescription(facets=("colour",)))
    rows, colour = per_row(dataset), dataset.schema.facets[0]
    with monkeypatch.context() as alone:
        alone.setattr(Scan, "means", None)
        query = Explorer(dataset).query(upper={"price": 4})
        found = [(one.group, one.n, one.means) for one in rows.means(query, colour)]
        assert found == [("blue", 9, (2.25, -1.0)), ("red", 18, (2.25, 2.25))]
        assert [(one.n, one.means) for one in rows.means(query, None)] == [(27, (2.25, 3.5 / 3))]
        whole = query.without("price")
        assert rows.means(whole, None)[0].means == (6.875 / 4, 11.5 / 4)
        assert rows.means(whole, colour)[-1].means == (0.125, 8.0)


@pytest.mark.parametrize("odd", [None, math.inf, -math.inf, math.nan])
def test_means_beside_values_that_no_sum_may_hold(odd):
    frame = pl.DataFrame(
        [*ROWS, ("red", odd, 1.0)], schema=["colour", "size", "price"], orient="row"
    )
    dataset = open_dataset(frame, TableDescription(facets=("colour",)))
    query = Explorer(dataset).query(lower={"size": 0}, upper={"size": 3})
    found = [one.means for one in per_row(dataset).means(query, dataset.schema.facets[0])]
    assert found == [(2.25, -1.0), (2.25, 2.25), (0.125, 8.0)]
