"""The stops of a slider over times: calendar units, few enough, on the column's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import open_dataset
from iris_dash.explorer import Explorer
from iris_dash.query.schema import Unit
from iris_dash.query.stops import (
    MOST_STOPS,
    clock_at,
    extremes_text,
    fitting_unit,
    next_start,
    unit_starts,
)
from iris_dash.query.url import parse_arguments

Y2013 = datetime(2013, 1, 1)


@pytest.mark.parametrize(
    ("low", "high", "unit", "count"),
    [
        (Y2013, Y2013, "second", 1),
        (Y2013, Y2013 + timedelta(seconds=399), "second", 400),
        (Y2013, Y2013 + timedelta(seconds=400), "minute", 7),
        (Y2013, Y2013 + timedelta(minutes=399, seconds=59), "minute", 400),
        (Y2013, Y2013 + timedelta(hours=10), "hour", 11),
        (Y2013, datetime(2013, 12, 31, 23, 59), "day", 365),
        (datetime(2012, 1, 1), datetime(2012, 12, 31), "day", 366),
        (datetime(2012, 1, 1), datetime(2015, 12, 31), "week", 210),
        (datetime(2000, 1, 1), datetime(2010, 3, 1), "month", 123),
        (datetime(1900, 1, 1), datetime(1999, 12, 31), "quarter", 400),
        (datetime(1583, 6, 1), datetime(1969, 12, 31), "year", 387),
        (datetime(1000, 1, 1), datetime(2262, 4, 12), "decade", 127),
        (datetime(1, 1, 1), datetime(9999, 12, 31), "century", 100),
        (datetime.min, datetime.max, "century", 100),
    ],
)
def test_units_are_the_finest_of_few(low: datetime, high: datetime, unit: Unit, count: int) -> None:
    found = fitting_unit(low, high, None, is_date=False)
    assert found == unit
    assert len(unit_starts(low, high, found)) == count


def test_dates_have_days_at_the_finest() -> None:
    assert fitting_unit(Y2013, Y2013, None, is_date=True) == "day"


def test_stops_begin_their_units() -> None:
    def texts(low: datetime, high: datetime, unit: Unit) -> list[str]:
        return [start.isoformat() for start in unit_starts(low, high, unit)]

    assert texts(
        datetime(1969, 12, 31, 23, 59, 59), datetime(1970, 1, 1, 0, 0, 0, 5), "second"
    ) == [
        "1969-12-31T23:59:59",
        "1970-01-01T00:00:00",
    ]
    assert texts(datetime(2012, 2, 28, 9), datetime(2012, 3, 1), "day") == [
        "2012-02-28T00:00:00",
        "2012-02-29T00:00:00",
        "2012-03-01T00:00:00",
    ]
    assert texts(datetime(2013, 1, 3), datetime(2013, 1, 7), "week") == [
        "2012-12-31T00:00:00",
        "2013-01-07T00:00:00",
    ]
    assert texts(datetime(2013, 5, 3), datetime(2013, 7, 1), "quarter") == [
        "2013-04-01T00:00:00",
        "2013-07-01T00:00:00",
    ]
    assert texts(datetime(5, 1, 1), datetime(20, 1, 1), "decade") == [
        "0001-01-01T00:00:00",
        "0010-01-01T00:00:00",
        "0020-01-01T00:00:00",
    ]


ZONES = st.sampled_from([None, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
MOMENTS = st.datetimes()


@given(MOMENTS, MOMENTS, ZONES, st.integers(0, 10**6))
def test_every_moment_is_in_one_of_few_stops(
    one: datetime, other: datetime, zone: str | None, near: int
) -> None:
    other = one + timedelta(seconds=near) if near % 2 and one.year < 9999 else other
    low, high = sorted(m if zone is None else m.replace(tzinfo=UTC) for m in (one, other))
    unit = fitting_unit(low, high, zone, is_date=False)
    first, last = clock_at(low, zone), clock_at(high, zone)
    found = unit_starts(first, last, unit)
    assert len(found) <= MOST_STOPS
    assert all(a < b for a, b in pairwise(found))
    assert all(start.tzinfo is None for start in found)
    if first <= last:  # a clock that is put back may show less later
        assert found[0] <= first
        following = next_start(found[-1], unit)
        assert found[-1] <= last
        assert following is None or last < following


FIRST, LAST = datetime(1904, 2, 29, 12), datetime(2400, 2, 29)


@pytest.mark.parametrize("make", [pl.Series, pd.Series], ids=["polars", "pandas"])
def test_extremes_are_exact_before_1970_and_after_2262(make: type) -> None:
    frame = pl.DataFrame({"t": pl.Series([None, LAST, Y2013, FIRST], dtype=pl.Datetime("us"))})
    table = frame if make is pl.Series else frame.to_pandas()
    (time,) = open_dataset(table).schema.times
    assert (time.low, time.high, time.unit) == (FIRST, LAST, "decade")
    assert extremes_text(time) == "1904-02-29 to 2400-02-29"


@pytest.mark.parametrize(
    ("series", "low", "high"),
    [
        # A nanosecond before 1970 lies in the last millionth of 1969.
        (
            pl.Series([-1, 1_999], dtype=pl.Datetime("ns")),
            datetime(1969, 12, 31, 23, 59, 59, 999_999),
            datetime(1970, 1, 1, 0, 0, 0, 1),
        ),
        (pl.Series([-1, 0], dtype=pl.Date), datetime(1969, 12, 31), datetime(1970, 1, 1)),
        (
            pl.Series([0, 10**9], dtype=pl.Datetime("ms", "America/New_York")),
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(1970, 1, 12, 13, 46, 40, tzinfo=UTC),
        ),
        # Years that Python has not: of those that it has.
        (
            pl.Series([-(10**6), 0, 10**7], dtype=pl.Date),
            datetime(1970, 1, 1),
            datetime(1970, 1, 1),
        ),
        (pl.Series([None], dtype=pl.Date), None, None),
        (pl.Series([10**7], dtype=pl.Date), None, None),
    ],
)
def test_extremes_of_every_type(
    series: pl.Series, low: datetime | None, high: datetime | None
) -> None:
    (time,) = open_dataset(pl.DataFrame({"t": series})).schema.times
    assert (time.low, time.high) == (low, high)


@pytest.mark.parametrize(
    ("zone", "years"),
    [("America/New_York", ["0000", "2012", "9999"]), ("Asia/Kolkata", ["0001", "2013", "+10000"])],
)
def test_moments_that_a_clock_has_in_no_year_of_python(zone: str, years: list[str]) -> None:
    moments = [datetime(1, 1, 1, 1), datetime(9999, 12, 31, 23, 30), datetime(2013, 1, 1)]
    utc = pl.Series(moments, dtype=pl.Datetime("us")).dt.replace_time_zone("UTC")
    explorer = Explorer.open(pl.DataFrame({"t": utc.dt.convert_time_zone(zone)}))
    assert sorted(explorer.aggregate(by=["t:year"]).index, key=int) == years
    asked = {
        period: explorer.query(where={"t": {"from": period}})
        for period in ("0001-01-01T00:00Z", "0001-01-02T00:00Z", "9999-12-31T23:00Z")
    }
    assert {period: explorer.count(query) for period, query in asked.items()} == {
        "0001-01-01T00:00Z": 3,
        "0001-01-02T00:00Z": 2,
        "9999-12-31T23:00Z": 1,
    }
    for query in asked.values():
        assert parse_arguments(explorer.schema, parse_qsl(explorer.text(query))) == query
