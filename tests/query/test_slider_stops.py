"""A time's slider stands at units of its clock, each with the texts of its two ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash.query.moments import TIME_OF_DAY, period_of
from iris_dash.query.schema import Time
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.stops import fitting_unit

NEW_YORK = "America/New_York"


def a_time(low: datetime, high: datetime, zone: str | None = None) -> Time:
    """Return a time between two moments; in UTC where it has a zone."""
    unit = fitting_unit(low, high, zone, is_date=False)
    return Time("t", "T", "t", zone=zone, low=low, high=high, unit=unit)


def utc(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("time", "firsts", "lasts"),
    [
        (
            Time("t", "T", "t", low=datetime(2013, 1, 31), high=datetime(2013, 3, 1), unit="month"),
            ["2013", "2013-02", "2013-03"],
            ["2013-01", "2013-02", "2013-03"],
        ),
        (
            Time("t", "T", "t", low=datetime(1969, 12, 29), high=datetime(1970, 1, 5), unit="week"),
            ["1969-12-29", "1970-01-05"],
            ["1970-01-04", "1970-01-11"],
        ),
        # The hour that is shown twice is one stop; the one that is left out is none.
        (
            Time(
                *("t", "T", "t"),
                zone=NEW_YORK,
                low=utc(2013, 11, 3, 4, 30),
                high=utc(2013, 11, 3, 7, 30),
                unit="hour",
            ),
            ["2013-11-03", "2013-11-03T01", "2013-11-03T02"],
            ["2013-11-03T00", "2013-11-03T01", "2013-11-03T02"],
        ),
        (
            Time(
                *("t", "T", "t"),
                zone=NEW_YORK,
                low=utc(2013, 3, 10, 6, 30),
                high=utc(2013, 3, 10, 7, 30),
                unit="hour",
            ),
            ["2013-03-10T01", "2013-03-10T03"],
            ["2013-03-10T01", "2013-03-10T03"],
        ),
        (
            Time(
                *("t", "T", "t"),
                zone=TIME_OF_DAY,
                low=datetime(1970, 1, 1, 22),
                high=datetime(1970, 1, 1, 23, 59),
                unit="hour",
            ),
            ["22", "23"],
            ["22", "23"],
        ),
        (
            Time(
                "t", "T", "t", low=datetime(9801, 1, 1), high=datetime(9999, 12, 31), unit="century"
            ),
            ["9800", "9900"],
            ["9899", "9900"],
        ),
    ],
    ids=["months", "weeks", "twice", "left out", "of day", "the last century"],
)
def test_each_stop_has_the_shortest_texts_of_its_ends(
    time: Time, firsts: list[str], lasts: list[str]
) -> None:
    found = slider_stops(time)
    assert found is not None
    assert (found.first_texts, found.last_texts) == (firsts, lasts)


@pytest.mark.parametrize(
    "time",
    [
        Time("t", "T", "t"),
        a_time(datetime(2013, 1, 1), datetime(2013, 1, 1)),
        # A minute of the hour that is shown twice lies at two places.
        a_time(utc(2013, 11, 3, 4, 30), utc(2013, 11, 3, 6, 30), NEW_YORK),
        # St John's went back at a minute past midnight: the day before came again.
        a_time(utc(1990, 6, 1), utc(1990, 12, 1), "America/St_Johns"),
    ],
    ids=["no value", "one moment", "minutes twice", "a day again"],
)
def test_a_time_without_units_in_order_has_no_slider(time: Time) -> None:
    assert slider_stops(time) is None


def test_a_moment_lies_within_the_room_of_its_stop() -> None:
    found = slider_stops(a_time(datetime(2013, 1, 1), datetime(2013, 12, 31)))
    assert found is not None
    days = [datetime(2013, 1, 1), datetime(2013, 1, 2, 18), datetime(2014, 1, 1)]
    assert [found.position(day) for day in days] == [-0.5, 1.25, 364.5]
    assert [found.stop_of(day) for day in (datetime(2012, 12, 31), *days)] == [-1, 0, 1, 365]


ZONES = st.sampled_from([None, NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"])
MOMENTS = st.datetimes(datetime(1800, 1, 3), datetime(2100, 12, 29))
SPANS = st.sampled_from([60, 3_000, 90_000, 86_400 * 300, 86_400 * 2_000, 86_400 * 20_000])


@given(MOMENTS, SPANS, ZONES)
def test_two_stops_texts_name_all_from_one_to_the_other(
    one: datetime, seconds: int, zone: str | None
) -> None:
    """A text's own beginning and end are the stops'."""
    low = one if zone is None else one.replace(tzinfo=UTC)
    found = slider_stops(a_time(low, low + timedelta(seconds=seconds), zone))
    if found is None:
        return
    assert list(found.starts) == sorted({*found.starts})
    assert list(found.places) == sorted({*found.places})
    ends = (*found.starts[1:], found.after)
    texts = zip(found.first_texts, found.last_texts, found.starts, ends, strict=True)
    for first, last, start, end in texts:
        assert (period_of(first, zone) or ())[0] == start
        assert (period_of(last, zone) or ())[1] == end
