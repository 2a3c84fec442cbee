"""A rollup by time answers for a period what a scan of the rows answers, where its bounds are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer
from iris_dash.analysis import time_index, time_indexing
from iris_dash.analysis.scan import Scan
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.analysis.trend import find_trend
from iris_dash.query.filters import AnyOf, Choice, Period
from iris_dash.query.query import Query
from iris_dash.tables.description import TableDescription

SAID = TableDescription(facets=("colour",), measures=("size",), columns={"size": {"step": 0.1}})
FIRST = datetime(1969, 12, 28)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["red", "blue", None]),
        st.none() | st.integers(-9, 9).map(lambda n: n / 10),
        st.none() | st.integers(0, 20 * 24 * 60),
    ),
    min_size=1,
    max_size=20,
)
HOURS = st.none() | st.integers(-30, 21 * 24)
"""From the first stop: a few on midnights, most of them not; the last lie behind all."""


def table(rows: list[tuple[str | None, float | None, int | None]], zone: str | None) -> Explorer:
    """Return rows of twenty days about the end of 1969, each sixteen times, and the days' ends."""
    ends = [("red", 0.1, 0), ("blue", 1.0, 20 * 24 * 60)]
    columns = list(zip(*(rows + ends) * 16, strict=True))
    times = [None if n is None else FIRST + timedelta(minutes=n) for n in columns[2]]
    held = pl.Series(times, dtype=pl.Datetime("us"))
    if zone:
        held = held.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    schema = {"colour": pl.String, "size": pl.Float64}
    frame = pl.DataFrame(dict(zip(schema, columns, strict=False)), schema=schema)
    return Explorer.open(frame.with_columns(at=held), SAID)


def moment(hours: int | None, zone: str | None) -> datetime | None:
    """Return a moment so many hours after the first."""
    if hours is None:
        return None
    return (FIRST + timedelta(hours=hours)).replace(tzinfo=UTC if zone else None)


@given(
    rows=ROWS,
    zone=st.sampled_from([None, "UTC", "America/New_York", "Asia/Kolkata"]),
    ends=st.lists(st.tuples(HOURS, HOURS), min_size=1, max_size=2),
    missing=st.booleans(),
    low=st.none() | st.integers(-9, 9).map(lambda n: n / 10),
    on_stops=st.booleans(),
    by=st.booleans(),
    in_pieces=st.booleans(),
    parts=st.none() | st.tuples(st.sampled_from(["weekday", "month_of_year"]), st.integers(1, 127)),
)
@examples(0.6)
def test_a_rollup_by_time_equals_a_scan(
    rows, zone, ends, missing, low, on_stops, by, in_pieces, parts
):
    explorer = table(rows, zone)
    with pytest.MonkeyPatch.context() as patch:
        if in_pieces:
            patch.setattr(time_index, "PIECE", 5)
            patch.setattr(time_indexing, "PIECE", 7)
            patch.setattr(time_indexing, "MOST_CODES", 4)
        index, scan = explorer.time_index, Scan(explorer.dataset)
    assert index is not None
    periods = []
    for one in ends:
        start, before = (moment(end, zone) for end in one)
        if on_stops:
            stops = index.stops
            start, before = (
                end if end is None else stops.starts[stops.stop_of(end) % len(stops)]
                for end in (start, before)
            )
        periods.append(Period("at", start, before))
    is_open = periods[0] == Period("at")
    several = len(periods) > 1 or missing or is_open
    one = AnyOf("at", tuple(periods), missing) if several else periods[0]
    sized = explorer.query(lower={} if low is None else {"size": low})
    chosen = ()
    if parts is not None:
        part = explorer.schema.parts_by_name[f"at:{parts[0]}"]
        # The last of its values may be the missing one.
        values = [part.values[-1], *part.values[:6]]
        chosen = (Choice(part.name, tuple(v for n, v in enumerate(values) if parts[1] >> n & 1)),)
    query = Query(filters=(one, *chosen, *sized.filters))
    rollup = explorer.aggregates(query)
    if on_stops:
        assert isinstance(rollup, TimedRollup)
    group = explorer.schema.facets[0] if by else None

    assert rollup.count(query) == scan.count(query)
    assert rollup.count_facets(query) == scan.count_facets(query)
    stops = index.stops
    if parts is not None:  # the scan's own condition, beside a plain loop
        days = {"weekday": lambda at: f"{at:%a}", "month_of_year": lambda at: f"{at:%b}"}[parts[0]]
        held = explorer.rows(Query(filters=chosen))["at"]
        told = [None if pd.isna(at) else days(at) for at in explorer.rows()["at"]]
        assert len(held) == sum(one in chosen[0].values for one in told)
    for asked in (query, query.without("at"), query.without(*(one.name for one in chosen))):
        assert np.array_equal(
            rollup.stop_counts(asked, stops, group), scan.stop_counts(asked, stops, group)
        )
    (time,) = explorer.schema.times
    for unit in ("day", "week", "month", "hour"):
        plain = find_trend(explorer.dataset, query, time, unit, by=group)
        assert replace(explorer.trend(query, time, unit, None, group), cut=plain.cut) == plain
    ours, theirs = (found.moments(query, group) for found in (rollup, scan))
    assert [(g.group, g.n, g.counts) for g in ours] == [(g.group, g.n, g.counts) for g in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.means == pytest.approx(other.means, abs=1e-9)
        assert mine.deviations == pytest.approx(other.deviations, abs=1e-6)
    mine, other = (found.histograms(query, group)["size"] for found in (rollup, scan))
    assert np.array_equal(mine.counts, other.counts)
    rests = [found.rest(query) for found in (rollup, scan)]
    assert rests[0].count(Query()) == rests[1].count(Query())
    mine, other = (found.histograms(Query(), group)["size"] for found in rests)
    assert np.array_equal(mine.counts, other.counts)


@pytest.mark.parametrize("dust", [0.0, 3e-16], ids=["points", "dust"])
def test_rows_lie_in_the_cells_of_their_values(dust):
    # Twelve rows of each pair but the last, of which there are three more a day later.
    pairs = [(2, 0.3), (None, 0.3), (2, None), (1, 0.1)]
    rows = [(*pair, FIRST) for pair in pairs] * 12 + [(1, 0.1, FIRST + timedelta(days=1))] * 3
    frame = pl.DataFrame(rows, schema=["colour", "size", "at"], orient="row")
    explorer = Explorer.open(frame.with_columns(pl.col("size") * (1 + dust)), SAID)
    query = explorer.query(lower={"at": "1969-12-29"})
    assert isinstance(explorer.aggregates(query), TimedRollup)
    (facet,) = explorer.schema.facets
    (group,) = explorer.aggregates(query).means(query, facet)
    assert (group.group, group.n, group.means) == (1, 3, (pytest.approx(0.1),))


def test_a_bound_between_two_stops_needs_no_rows_where_none_is():
    explorer = table([], None)
    # Rows at the first midnight and at the last: at noon of a day between nothing is parted.
    for lower, is_known in (("1970-01-03T12", True), ("1969-12-28T12", False)):
        query = explorer.query(lower={"at": lower})
        assert isinstance(explorer.aggregates(query), TimedRollup) == is_known
        assert explorer.count(query) == 16


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"size": [1.0, 2.0] * 40}),
        pl.DataFrame({"size": [1.0, 2.0] * 40, "at": [FIRST] * 80}),
        # As many sizes as rows: it keeps a cell per row.
        pl.DataFrame({"size": np.arange(80) / 7, "at": [FIRST, datetime(1971, 1, 1)] * 40}),
    ],
    ids=["no time", "one moment", "not rolled up"],
)
def test_other_tables_have_no_index(frame):
    assert Explorer.open(frame).time_index is None


def test_groups_by_month_are_counted_without_a_row():
    """The first question after a start was slow: it looked at each row of the table."""
    days = [datetime(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    frame = pl.DataFrame({"colour": ["red", "blue"] * 365, "at": days * 2})
    index = Explorer.open(frame, TableDescription(facets=("colour",))).time_index
    assert index is not None
    firsts = [np.flatnonzero([day.month == month for day in days])[0] for month in range(1, 13)]
    assert {*firsts, 365} <= {*(index.known[0] - time_index.FIRST_STOP)}


def test_a_weekday_needs_no_rows():
    """Each view of a table with a weekday picked looked at every row's time."""
    explorer = table([("red", 0.5, 24 * 60), ("blue", 0.5, 25 * 60)], None)
    # 1969-12-28 was a Sunday, as is the last moment, which is no day of its own.
    query = explorer.query(where={"at:weekday": ["Mon"]})
    rollup = explorer.aggregates(query)
    assert isinstance(rollup, TimedRollup)
    assert rollup.count(query) == 32
    hours = explorer.query(where={"at:hour_of_day": [1]})
    assert not isinstance(explorer.aggregates(hours), TimedRollup)  # days have no hours
    assert explorer.count(hours) == 16
