"""A live index: differences of its cumulated counts are what the rows say, stop by stop."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from live_indexes import live_index
from rolled_tables import TIMES, per_row

from iris_dash import Explorer, open_dataset
from iris_dash.analysis.fine_density import fine_axes, fine_density
from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.live_axes import (
    FIRST_PLACE,
    bars_axis,
    bins_axis,
    live_axis,
    units_axis,
)
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_index import LiveParts, TrendAxes
from iris_dash.analysis.live_plane import Cells, PlaneAxes, bin_cells
from iris_dash.analysis.live_row_counts import RowCounts
from iris_dash.analysis.live_rows import CellRows, Kept
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.analysis.time_indexing import build_time_index
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.analysis.trend import find_trend
from iris_dash.analysis.trend_units import places_between
from iris_dash.core.deadline import within
from iris_dash.query.query import Query
from iris_dash.query.schema import Time
from iris_dash.query.slider_stops import slider_stops
from iris_dash.tables.description import TableDescription

SAID = TableDescription(
    facets=("colour", "shape"),
    measures=("size", "count", "weight"),
    columns={"size": {"step": 0.1}},
)
FIRST_DAY = date(2013, 1, 1)

rows_of_tables = st.lists(
    st.tuples(
        st.sampled_from(["red", "blue", None]),
        st.sampled_from(["round", "flat"]),
        # On the grid, between its points, next to a point, missing.
        st.none()
        | st.integers(-15, 15).map(lambda n: n / 10)
        | st.sampled_from([0.25, 0.1 + 0.2, math.nextafter(0.3, 0)]),
        st.none() | st.integers(0, 6),
        # So many times more than the least that a log scale is offered.
        st.none() | st.sampled_from([1, 2, 3, 4, 5, 7, 12, 2000]),
        st.none() | st.integers(0, 9),
    ),
    min_size=1,
    max_size=14,
)
SPREAD = [
    ("red", "round", -1.5, 0, 1, 0),
    ("red", "flat", 1.5, 6, 3, 9),
    ("blue", "round", 0.3, 3, 2000, 4),
    ("blue", "flat", None, None, 2, None),
    (None, "flat", 0.25, 2, 2, 4),
]
"""In every table, so that each column has its slider and its scales; 0.25 is between two stops."""

NAMES = ("colour", "shape", "size", "count", "weight", "day")


@pytest.fixture(scope="module", autouse=True)
def small_pieces():
    """Rows are looked at in pieces of seven: no table here has fewer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.analysis.live_rows.PIECE", 7)
        yield


def table(rows):
    days = [
        (*row[:5], None if row[5] is None else FIRST_DAY + timedelta(days=row[5])) for row in rows
    ]
    kinds = (pl.String, pl.String, pl.Float64, pl.Int64, pl.Int64, pl.Date)
    return pl.DataFrame(days * TIMES, schema=dict(zip(NAMES, kinds, strict=True)), orient="row")


BY_TIME = "cells by time"
COUNTERS = ("cells", BY_TIME, "a cell per row", "rows", "groups")


def even(rows):
    """Rows whose values are steps, none of them in log: only such cells are known by time."""
    return [
        (*row[:2], row[2] and round(row[2], 1), row[3], row[4] and min(row[4], 9), row[5])
        for row in rows
    ]


def counter(dataset, how):
    """What counts a table's rows in one of the ways."""
    columns = (*dataset.schema.facets, *dataset.schema.measures, *dataset.schema.times)
    rolled = timed = None
    if how in {"cells", BY_TIME}:
        rolled = build_rollup(dataset)
        assert rolled.n is not None
    if how == BY_TIME:
        index = build_time_index(dataset, rolled)
        assert index is not None
        timed = TimedRollup(rolled, index)
    if how == "a cell per row":
        rolled = per_row(dataset)
    counted = Elsewhere(dataset) if how == "groups" else dataset
    return LiveCounts(counted, rolled, timed, Kept(), columns)


class Elsewhere:
    """A table whose rows are only asked."""

    def __init__(self, dataset):
        self._dataset = dataset

    def __getattr__(self, name):
        return getattr(self._dataset, name)

    def in_memory(self):
        return None


def between(array, at, low, high):
    """The sum of an array's places between two stops, the ends of the slider bounding nothing."""
    last = len(at.stops) - 1
    first = FIRST_PLACE - 1 if low == 0 else FIRST_PLACE + at.apart * low
    end = len(array) if high == last else FIRST_PLACE + at.apart * high + 1
    return array[0 if (low, high) == (0, last) else first : end].sum(axis=0)


def bounded(explorer, query, at, low, high):
    """The query whose slider stands at two stops."""
    column, last = at.axis.column, len(at.stops) - 1
    if isinstance(column, Time):
        stops = slider_stops(column)
        texts = (stops.first_texts[low], stops.last_texts[high])
    else:
        texts = (repr(at.stops[low]), repr(at.stops[high]))
    ends = ("" if low == 0 else texts[0], "" if high == last else texts[1])
    own = f"{column.name}={'..'.join(ends)}" if any(ends) else ""
    return explorer.query("&".join(filter(None, (explorer.text(query), own))))


def assert_tells_what_a_scan_does(rows, filters, by, name, in_log, ends, how):
    dataset = open_dataset(table(even(rows) if how == BY_TIME else rows), SAID)
    counts = counter(dataset, how)
    explorer, scan, schema = Explorer(dataset), Scan(dataset), dataset.schema
    column = {c.name: c for c in (*schema.measures, *schema.times)}[name]
    query = explorer.query(filters).without(name)
    group = schema.facet(by) if by else None
    logs = {"weight"} if in_log and schema.measure("weight").log else set()
    at = live_axis(query, column, name in logs)
    assert at is not None
    low, high = sorted(round(end * (len(at.stops) - 1)) for end in ends)
    asked = bounded(explorer, query, at, low, high)
    bars = [
        bins_axis(measure, None, measure.name in logs)
        for measure in schema.measures
        if measure.name != name
    ]
    bars += [bars_axis(slider_stops(time)) for time in schema.times if time.name != name]
    groups = len(group.values) if group else 1
    time, size = schema.times[0], schema.measure("size")
    days = tuple(places_between(time.low, time.high, "day"))
    trend = None
    if name == time.name:
        trend = TrendAxes(time, None, group, size)
    elif time.name not in filters:
        trend = TrendAxes(time, units_axis(slider_stops(time), "day", days), group, size)
    planes = made_planes(schema, group is not None)
    parts = LiveParts(group, bars, schema.facets, schema.measures, trend=trend)
    found = live_index(counts, query, at, replace(parts, plane=lambda: planes[0]))
    assert_tells_the_plane(found, scan, asked, (low, high), group)
    # An engine is asked one more thing for the other cells; all else it was asked already.
    fewer = parts if dataset is counts.dataset else LiveParts(group, [], [], [])
    fine = live_index(counts, query, at, replace(fewer, plane=lambda: planes[1]))
    whole = fine_density(dataset, asked, (planes[1].across.places, planes[1].up.places), group)
    told = cells_of(fine, low, high, planes[1])
    assert np.array_equal(told, whole.counts if group else whole.counts.sum(axis=0))
    assert int(between(found.groups, at, low, high).sum()) == scan.count(asked)
    assert list(found.facets) == ["colour", "shape"]
    for one, values in scan.count_facets(asked).items():
        own = between(found.facets[one], at, low, high)
        assert own.tolist() == list(values.values())
    assert list(found.without) == [one.name for one in query.filters]
    for one, rows in found.without.items():
        assert int(between(rows, at, low, high).sum()) == scan.count(asked.without(one))
    for measure in schema.measures:
        if measure.name == name:
            continue
        others = asked.without(measure.name)
        own = scan.histogram(others, measure.name, group, measure.name in logs)
        told = between(found.histograms[measure.name], at, low, high)
        assert np.array_equal(told, own.counts)
    for time in schema.times:
        if time.name != name:
            others = asked.without(time.name)
            own = scan.stop_counts(others, slider_stops(time), group)
            told = between(found.histograms[time.name], at, low, high)
            assert np.array_equal(told, own)
    if trend is not None:
        assert_tells_the_trend(found.trend, dataset, asked, at, (low, high), (time, size, group))
    moments = {one.group: one for one in scan.moments(asked, group)}
    values = group.values if group else (None,)
    for place, measure in enumerate(schema.measures):
        sums = found.sums[measure.name]
        n, first, second = (
            between(part.reshape(-1, groups), at, low, high)
            for part in (sums.n, sums.first, sums.second)
        )
        for value, k, one, two in zip(values, n, first, second, strict=True):
            own = moments.get(value)
            assert k == (own.counts[place] if own else 0)
            if k:
                assert sums.middle + one / k == pytest.approx(own.means[place], abs=1e-9)
            if k > 1:
                deviation = math.sqrt(max(two - one**2 / k, 0) / (k - 1))
                # Of sums over all of the slider few digits are left for equal values.
                near = 1e-7 * (measure.high - measure.low)
                assert deviation == pytest.approx(own.deviations[place], abs=near)


def made_planes(schema, grouped):
    """Sizes over counts, in cells of the sliders' steps, and in others."""
    size, count = schema.measure("size"), schema.measure("count")
    bins = [bin_cells(measure, grid_of(measure).fine) for measure in (count, size)]
    fine = fine_axes((count, size), ((1.0, 6.0), (-0.7, 1.2)))
    cells = [Cells(axis, axis.edges) for axis in fine]
    return [PlaneAxes(*own, grouped) for own in (bins, cells)]


def cells_of(found, low, high, plane):
    """The rows per cell of a plane between two stops, by group or of all in one."""
    groups = len(found.groups[0]) if plane.grouped else 1
    shape = (groups, plane.up.places.length, plane.across.places.length)
    dense = np.zeros((found.at.axis.length, int(np.prod(shape))), dtype=np.int64)
    np.add.at(dense, (found.plane.places, found.plane.cells), found.plane.counts)
    assert (np.diff(found.plane.places * dense.shape[1] + found.plane.cells) > 0).all()
    own = between(dense, found.at, low, high).reshape(shape)
    return own if plane.grouped else own[0]


def assert_tells_the_plane(found, scan, asked, ends, group):
    plane = found.plane.axes
    density = scan.density(asked, ("count", "size"), group)
    assert (plane.across.edges, plane.up.edges) == (density.x_edges, density.y_edges)
    told = cells_of(found, *ends, plane)
    assert np.array_equal(told, density.counts if group else density.counts.sum(axis=0))


def assert_tells_the_trend(found, dataset, asked, at, ends, of):
    time, size, group = of
    wanted = find_trend(dataset, asked, time, "day", by=group, of=size, is_whole=True)
    lines = {line.group: line for line in wanted.lines}
    parts = (found.counts, found.sums.n, found.sums.first)
    if at.axis.column == time:  # whose stops are days: each has its own
        assert all(part.shape == (at.axis.length, *found.counts.shape[1:]) for part in parts)
        days = slice(FIRST_PLACE + ends[0], FIRST_PLACE + ends[1] + 1)
        by_line = (np.moveaxis(part[days], 0, -1) for part in parts)
        counts, n, first = (part.reshape(-1, part.shape[-1]) for part in by_line)
    else:
        counts, n, first = (between(part, at, *ends).reshape(-1, part.shape[-1]) for part in parts)
    for place, value in enumerate(group.values if group else (None,)):
        line = lines.get(value)
        assert counts[place].tolist() == list(line.counts if line else [0] * counts.shape[-1])
        for at_unit, mean in enumerate(line.values if line else ()):
            assert (n[place, at_unit] > 0) == (mean is not None)
            if mean is not None:
                own = found.sums.middle + first[place, at_unit] / n[place, at_unit]
                assert own == pytest.approx(mean, abs=1e-9)


@pytest.mark.parametrize("is_here", [False, True])
def test_a_slider_whose_first_count_takes_an_engine_too_long_has_no_index(monkeypatch, is_here):
    """Of ten seconds one chart may take half a one: twenty wait, and the page with them.

    Where the rows are here it was the machine that was busy: that is not kept.
    """
    dataset = open_dataset(table(SPREAD), SAID)
    size = dataset.schema.measure("size")
    counts = LiveCounts(dataset, None, None, Kept(), (size,))
    at, parts = live_axis(Query(), size, False), LiveParts(None, [], [], [])
    clock = [0.0]
    monkeypatch.setattr(LiveCounts, "is_here", is_here)
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr("iris_dash.analysis.live_index.monotonic", lambda: clock[0])
    for seconds, is_offered in ((0.4, True), (0.6, False)):
        counted = replace(counts)
        count = counted.count

        def slowly(*asked, seconds=seconds, count=count):
            clock[0] += seconds
            return count(*asked)

        object.__setattr__(counted, "count", slowly)
        with within(10):
            found = live_index(counted, Query(), at, parts)
        assert (found is not None) == (is_offered or is_here)


@given(
    rows=rows_of_tables.map(lambda rows: SPREAD + rows),
    filters=st.lists(
        st.sampled_from(
            [
                *("colour=red", "shape=~not:flat", "size=-1..0.5", "count=2..", "weight=..3"),
                *("day=2013-01-02..2013-01-05", "size=0.27..", "size=~missing&size=0..1"),
            ]
        ),
        unique_by=lambda text: text.partition("=")[0],
        max_size=3,
    ).map("&".join),
    by=st.sampled_from(["colour", "shape", None]),
    named=st.sampled_from(
        [("size", False), ("count", False), ("weight", False), ("weight", True), ("day", False)]
    ),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    how=st.sampled_from(COUNTERS),
)
@examples(0.5)
def test_differences_are_what_a_scan_of_the_rows_says(rows, filters, by, named, ends, how):
    assert_tells_what_a_scan_does(rows, filters, by, *named, ends, how)


@pytest.mark.parametrize("how", COUNTERS)
@pytest.mark.parametrize(("name", "end"), [("size", 17 / 30), ("weight", 1.0)])
def test_each_way_of_counting_tells_what_a_scan_does(how, name, end):
    """Of the last row but one size and count are missing, not its weight."""
    assert_tells_what_a_scan_does(SPREAD, "", "colour", name, False, (0.0, end), how)


def test_sums_over_a_time_beside_those_on_the_slider_of_another():
    """Both are of all rows: how many there are is kept for each of them."""
    days = [FIRST_DAY + timedelta(days=n % 9) for n in range(90)]
    later = [FIRST_DAY + timedelta(days=n // 3) for n in range(90)]
    frame = pl.DataFrame({"day": days, "seen": later, "size": [n % 7 for n in range(90)]})
    dataset = open_dataset(frame, TableDescription(measures=("size",)))
    (size,), (day, seen) = dataset.schema.measures, dataset.schema.times
    places = tuple(places_between(seen.low, seen.high, "day"))
    trend = TrendAxes(seen, units_axis(slider_stops(seen), "day", places), None, size)
    query = Explorer(dataset).query()
    at = live_axis(query, day, in_log=False)
    counts = LiveCounts(dataset, per_row(dataset), None, Kept(), (day, seen, size))
    found = live_index(counts, query, at, LiveParts(None, [], [], [size], trend=trend))
    assert found.sums["size"].n.sum() == 90
    assert found.trend.sums.n.tolist() == found.trend.counts.tolist()
    assert found.trend.counts.sum(axis=0).tolist() == [3] * 30


def test_rows_are_counted_once_by_the_same_axes(monkeypatch):
    """A facet's counts are those of the groups where it is the facet of these."""
    dataset = open_dataset(table(SPREAD), SAID)
    counts, schema = counter(dataset, "a cell per row"), dataset.schema
    bars = [bins_axis(measure, None, False) for measure in schema.measures[1:]]
    [plane, _] = made_planes(schema, grouped=True)
    counted, plain = [], RowCounts._counts

    def count(self, axes):
        counted.append(tuple(axes))
        return plain(self, axes)

    monkeypatch.setattr(RowCounts, "_counts", count)
    group, at = schema.facet("colour"), live_axis(Query(), schema.measures[0], False)
    parts = LiveParts(group, bars, schema.facets, schema.measures, plane=lambda: plane)
    found = live_index(counts, Query(), at, parts)
    # The groups, two histograms, shapes, and the plane's cells; colours are the groups.
    assert len(counted) == len(set(counted)) == 5
    assert np.array_equal(found.facets["colour"], found.groups)


@pytest.mark.parametrize("filters", ["", "size=1.."])
def test_sums_count_from_near_the_mean_whichever_rows_are_looked_at(filters):
    """One row in eight is looked at here, and those are all that are far from the others."""
    sizes = [float(1_000_000 if i % 8 == 0 else i % 3) for i in range(56)]
    dataset = open_dataset(pl.DataFrame({"size": sizes}), TableDescription(measures=("size",)))
    explorer = Explorer(dataset)
    query = explorer.query(filters)
    rows = CellRows.of(per_row(dataset), query, dataset.in_memory(), Kept())
    assert len(rows.pieces) == 8
    kept = [size for size in sizes if not filters or size >= 1]
    [measure] = dataset.schema.measures
    assert rows.middle(measure) == 1_000_000
    assert abs(rows.middle(measure) - statistics.mean(kept)) < math.sqrt(8) * statistics.pstdev(
        kept
    )
    moments = rows.moments(measure, rows.middle(measure))
    n = len(kept)
    variance = moments.second.sum() / n - (moments.first.sum() / n) ** 2
    assert math.sqrt(variance) == pytest.approx(statistics.pstdev(kept), rel=1e-12)
