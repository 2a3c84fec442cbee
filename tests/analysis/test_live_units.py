"""The units that a time slider's stops lie in: what the server draws between any two stops."""

from datetime import UTC, date, datetime, timedelta

from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from iris_dash.analysis.live_units import stop_units
from iris_dash.analysis.trend_units import asked_span, count_units, cut_ends, places_between
from iris_dash.query.calendar import units_of
from iris_dash.query.filters import Period
from iris_dash.query.query import Query
from iris_dash.query.schema import Time
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.stops import fitting_unit

ZONES = (None, "UTC", "Asia/Kolkata", "America/Sao_Paulo")
HOUR = timedelta(hours=1)

begins = st.datetimes(datetime(1990, 1, 1), datetime(2024, 1, 1))
lengths = st.integers(60, 10**9).map(lambda seconds: timedelta(seconds=seconds))


def time_of(low, high, zone, is_date):
    if is_date:
        low, high = (datetime.combine(end.date(), datetime.min.time()) for end in (low, high))
        zone = None
    if zone is not None:
        low, high = low.replace(tzinfo=UTC), high.replace(tzinfo=UTC)
    unit = fitting_unit(low, high, zone, is_date)
    return Time("t", "T", "t", low=low, high=high, zone=zone, unit=unit, is_date=is_date)


@given(begins, lengths, st.sampled_from(ZONES), st.booleans(), st.data())
@examples()
def test_units_between_stops_are_those_of_a_query_there(begin, length, zone, is_date, data):
    time = time_of(begin, begin + length, zone, is_date)
    stops, units = slider_stops(time), units_of(time.is_date)
    if stops is None:
        return
    low, high = sorted(data.draw(st.integers(0, len(stops) - 1)) for _ in range(2))
    behind = stops.starts[high + 1] if high + 1 < len(stops) else None
    asked = Period("t", stops.starts[low] if low else None, behind)
    query = Query(filters=(asked,) if low or behind else ())
    span = asked_span(time, query)
    assert span is not None
    for own in stop_units(stops, units):
        assert count_units(*span, own.unit) == own.last[high] - own.first[low] + 1
        assert bool(own.places) == (own.first == own.last)
        if own.places:
            shown = own.places[own.first[low] : own.first[high] + 1]
            assert shown == tuple(places_between(*span, own.unit))
            cut = own.cut[0][low], own.cut[1][high]
            assert cut == (
                (False, False) if own.unit == units[-1] else cut_ends(own.unit, shown, span)
            )


def test_weeks_part_months_and_tell_days_by_hand():
    """A year of weeks from a Thursday: the first and the last are cut, months lie across them."""
    time = Time(
        "t",
        "T",
        "t",
        low=datetime(2015, 1, 1),
        high=datetime(2016, 2, 5),
        unit="week",
        is_date=True,
    )
    month, week, day = stop_units(slider_stops(time), ("month", "week", "day"))
    assert (month.first[:6], month.last[:6]) == ((0, 0, 0, 0, 0, 1), (0, 0, 0, 0, 1, 1))
    assert (month.places, month.cut) == ((), ((), ()))
    assert week.first == week.last == tuple(range(58))
    assert [at for at, is_cut in enumerate(week.cut[0]) if is_cut] == [0]
    assert [at for at, is_cut in enumerate(week.cut[1]) if is_cut] == [57]
    # Of the first week four days are there, of the others seven.
    assert (day.first[:3], day.last[:3]) == ((0, 4, 11), (3, 10, 17))
    assert date(2015, 1, 1).isoweekday() == 4
