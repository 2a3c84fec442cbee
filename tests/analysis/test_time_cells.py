"""A time's number and the calendar say alike on which of its slider's stops it stands."""

from __future__ import annotations

from datetime import UTC, datetime

import narwhals as nw
import polars as pl
import pytest

from iris_dash.analysis import time_cells
from iris_dash.query.names import held_name
from iris_dash.query.schema import Time
from iris_dash.query.slider_stops import slider_stops

YEARS = {"low": datetime(1969, 12, 31, 23), "high": datetime(1972, 2, 3), "unit": "month"}
LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999)
MOMENTS = [
    (None, -2),
    (datetime(1, 1, 1), -1),
    (datetime(1969, 11, 30, 23, 59, 59, 999_999), -1),
    (datetime(1969, 12, 1), 0),
    (datetime(1969, 12, 31, 23, 59, 59, 999_999), 0),
    (datetime(1970, 1, 1), 1),
    (datetime(1972, 2, 29, 23), 26),
    (datetime(1972, 3, 1), 27),
    (LAST, 27),
]
NEAR = [row for row in MOMENTS if row[0] not in (datetime(1, 1, 1), LAST)]
DAYS = [(moment and moment.date(), at) for moment, at in MOMENTS]
DECADES = {"low": datetime(9961, 5, 1), "high": datetime(9999, 5, 1), "unit": "decade"}
NEW_YORK = "America/New_York"
IN_YORK = {
    "low": datetime(2024, 3, 9, 12, tzinfo=UTC),
    "high": datetime(2024, 3, 11, 12, tzinfo=UTC),
    "unit": "day",
}
CASES = {
    "us": (YEARS, None, pl.Datetime("us"), MOMENTS),
    "ms": (YEARS, None, pl.Datetime("ms"), [*MOMENTS[:2], *MOMENTS[5:8]]),
    "ns": (YEARS, None, pl.Datetime("ns"), NEAR),
    "days": (YEARS, None, pl.Date(), DAYS),
    "endless": (DECADES, None, pl.Datetime("us"), [(datetime(9959, 1, 1), -1), (LAST, 3)]),
    # The clock goes from 2:00 to 3:00 on the tenth, which has 23 hours.
    "zone": (
        IN_YORK,
        NEW_YORK,
        pl.Datetime("us", NEW_YORK),
        [
            (datetime(2024, 3, 9, 4, 59, tzinfo=UTC), -1),
            (datetime(2024, 3, 9, 5, tzinfo=UTC), 0),
            (datetime(2024, 3, 10, 5, tzinfo=UTC), 1),
            (datetime(2024, 3, 11, 3, 59, tzinfo=UTC), 1),
            (datetime(2024, 3, 11, 4, tzinfo=UTC), 2),
            (datetime(2024, 3, 12, 4, tzinfo=UTC), 3),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("most", [0, time_cells.MOST_POINTS], ids=["calendar", "numbers"])
def test_where_times_stand(name, most, monkeypatch):
    ends, zone, dtype, rows = CASES[name]
    monkeypatch.setattr(time_cells, "MOST_POINTS", most)
    time_cells._even_points.cache_clear()
    stops = slider_stops(Time("at", "At", "at", dtype == pl.Date, zone, **ends))
    times = [moment for moment, _ in rows]
    held = pl.Series(held_name("at"), times, dtype=dtype)
    found = time_cells.stops_of(stops, nw.from_native(held.to_frame(), eager_only=True))
    assert found.tolist() == [at for _, at in rows]
    numbers = time_cells._stops_of_numbers(stops, held)
    assert (numbers is None) == (most == 0)


def test_nanoseconds_too_far_to_subtract_are_told_by_the_calendar():
    far = {"low": datetime(1681, 1, 1), "high": datetime(2260, 1, 1), "unit": "decade"}
    stops = slider_stops(Time("at", "At", "at", **far))
    times = [datetime(1681, 6, 1), datetime(2259, 6, 1)]
    held = pl.Series(held_name("at"), times, dtype=pl.Datetime("ns"))
    found = time_cells.stops_of(stops, nw.from_native(held.to_frame(), eager_only=True))
    assert found.tolist() == [0, 57]
