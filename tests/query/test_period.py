"""What is asked of times: the same rows in every face, one canonical form, clear errors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.moments import end_text, period_of, start_text
from iris_dash.query.query import Query
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.words import filter_phrase

NEW_YORK = "America/New_York"
MOMENTS = [
    datetime(1904, 2, 29, 12),
    datetime(1969, 12, 31, 23, 59, 59, 999_999),
    datetime(2012, 12, 31, 23, 59, 59, 999_999),
    datetime(2013, 1, 1),
    datetime(2013, 2, 28, 9, 30),
    datetime(2013, 3, 1),
    None,
    datetime(2013, 12, 31, 23, 59),
    datetime(2400, 2, 29),
]


@pytest.fixture(scope="module", params=["short", "long", "pandas"])
def events(request: pytest.FixtureRequest) -> Explorer:
    moments = pl.Series(MOMENTS, dtype=pl.Datetime("us"))
    frame = pl.DataFrame(
        {
            "when": moments,
            "day": moments.dt.date(),
            "there": moments.dt.replace_time_zone("UTC").dt.convert_time_zone(NEW_YORK),
            "exact": pl.Series([*MOMENTS[:8], None], dtype=pl.Datetime("ns")),
            "n": range(len(MOMENTS)),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "short":
            patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        return Explorer.open(frame.to_pandas() if request.param == "pandas" else frame)


def asked(explorer: Explorer, address: str) -> Query:
    if address.partition("=")[0] not in explorer.schema.times_by_name:
        pytest.skip("Narwhals knows no zone with _ in its name in a pandas frame (2.29)")
    return parse_arguments(explorer.schema, parse_qsl(address, keep_blank_values=True))


def found(explorer: Explorer, query: Query) -> list[int]:
    return [row["n"] for piece in explorer.dataset.records(query)[0] for row in piece]


@pytest.mark.parametrize(
    ("address", "said", "rows"),
    [
        ("when=2013", "2013", [3, 4, 5, 7]),
        ("when=2013..", {"from": "2013"}, [3, 4, 5, 7, 8]),
        ("when=..2012", {"to": "2012"}, [0, 1, 2]),
        ("when=2013-02..2013-03", {"from": "2013-02", "to": "2013-03"}, [4, 5]),
        ("when=2013-02-28T09", "2013-02-28T09", [4]),
        ("when=2013-02-28 09:31..", {"from": "2013-02-28 09:31"}, [5, 7, 8]),
        ("when=2012-12-31T23:59:59.999999", "2012-12-31T23:59:59.999999", [2]),
        ("when=2012-12-31T23:59:59.99", "2012-12-31T23:59:59.99", [2]),
        ("when=1904-02-29", "1904-02-29", [0]),
        ("when=2400..9999", {"from": "2400", "to": "9999"}, [8]),
        ("day=2013-02-28..2013-03-01", {"from": "2013-02-28", "to": "2013-03-01"}, [4, 5]),
        ("day=..1969", {"to": "1969"}, [0, 1]),
        ("there=2012-12-31", "2012-12-31", [2, 3]),
        ("there=2013-02-28T04:30", "2013-02-28T04:30", [4]),
        ("there=2013-02-28T09:30Z", "2013-02-28T09:30Z", [4]),
        ("there=2013-02-28T10:30%2B01:00", "2013-02-28T10:30+01:00", [4]),
        ("exact=2013-02", "2013-02", [4]),
        ("exact=..1969-12-31", {"to": "1969-12-31"}, [0, 1]),
    ],
)
def test_every_face_gives_the_same_rows(events, address, said, rows):
    name = address.partition("=")[0]
    query = asked(events, address)
    assert found(events, query) == rows
    assert events.query(where={name: said}) == query
    assert events.count(query) == len(rows) == len(events.rows(query))
    assert parse_query(events.schema, body_of(events.schema, query)) == query
    assert asked(events, format_query(events.schema, query)) == query
    if isinstance(said, dict):
        sides = {"from": "lower", "to": "upper"}
        assert events.query(**{sides[end]: {name: text} for end, text in said.items()}) == query


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("when=2013-01-01T00:00:00..2013-12-31", "when=2013"),
        ("when=2013-01..2013-03-31T23:59:59.999999", "when=2013..2013-03"),
        ("when=2013-01-01T00:00:00.250..", "when=2013-01-01T00:00:00.25.."),
        ("when=..2013-06-30T23", "when=..2013-06"),
        ("day=2013-02-01..2013-02-28", "day=2013-02"),
        ("there=2013-11-03T01:30-05:00..", "there=2013-11-03T06:30Z.."),
        ("there=2013-11-03T01:30-04:00..", "there=2013-11-03T01:30.."),
        ("there=2013-02-28T09:30Z", "there=2013-02-28T04:30"),
        ("when=..9999", ""),
    ],
)
def test_equal_questions_have_one_text(events, address, text):
    assert format_query(events.schema, asked(events, address)) == text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "when=2013-02-30",
            "when: expected a time such as 2013, 2013-02, 2013-02-14 or",
        ),
        ("when=..2013-13", "not '2013-13'"),
        ("when=yesterday", "not 'yesterday'"),
        ("when=", "when: expected low..high, low.. or ..high with times, not ''"),
        ("when=..", "expected low..high"),
        ("when=2013..2014..2015", "expected low..high"),
        ("when=2013-02-28T09:30Z", "expected a time"),
        ("when=2013-03..2013-02", "when: lower bound 2013-03 is above upper bound 2013-02"),
        ("when=2013&when=x", "when: expected a time"),
    ],
)
def test_what_cannot_be_asked_says_what_can(events, address, words):
    with pytest.raises(QueryError) as caught:
        asked(events, address)
    assert words in caught.value.problems[0].msg


def test_a_date_has_no_hours():
    explorer = Explorer.open(pl.DataFrame({"day": [date(2013, 2, 28)]}))
    with pytest.raises(
        QueryError, match="day: expected a time such as 2013, 2013-02 or 2013-02-14, "
    ):
        asked(explorer, "day=2013-02-28T09")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"where": {"when": 2013}}, "expected a time"),
        ({"where": {"when": {"after": "2013"}}}, "unknown bound 'after'; bounds are from, to"),
        ({"lower": {"when": 2013}}, "expected a time"),
        ({"lower": {"when": "2014"}, "upper": {"when": "2013"}}, "above"),
        ({"lower": {"when": "2014"}, "where": {"when": "2013"}}, "twice"),
        ({"lower": {"wen": "2014"}}, "did you mean 'when'"),
    ],
)
def test_a_body_that_cannot_be_asked_says_what_can(events, body, words):
    with pytest.raises(QueryError) as caught:
        parse_query(events.schema, body)
    assert words in caught.value.problems[0].msg


@pytest.mark.parametrize(
    ("address", "phrase"),
    [
        ("when=2013-06..2013-08", "When 2013-06 – 2013-08"),
        ("when=2013", "When 2013"),
        ("when=2013..2013-03", "When 2013-01 – 2013-03"),
        ("when=2013-02-14..2013", "When 2013-02-14 – 2013-12-31"),
        ("day=2013-02-14..", "Day from 2013-02-14"),
        ("there=..2013", "There up to 2013"),
    ],
)
def test_a_phrase_per_filter(events, address, phrase):
    (one,) = asked(events, address).filters
    assert filter_phrase(events.schema, one) == phrase


def test_diagnosis_tells_what_it_removes_and_the_way_back(events):
    diagnosis = events.diagnosis(asked(events, "when=1999&n=2..4"))
    assert diagnosis.count == 0
    effects = [(one.kind, one.removes_alone) for one in diagnosis.filters]
    assert effects == [("time", 3), ("measure", 0)]
    assert diagnosis.relaxation.words == "When up to 2012 instead of 1999"


ZONES = st.sampled_from([None, NEW_YORK, "Asia/Kathmandu", "Pacific/Apia"])
FROM, TO = datetime(1900, 1, 1), datetime(2200, 1, 1)


def first_of_month(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, 1)


@given(st.datetimes(FROM, TO) | st.datetimes(FROM, TO).map(first_of_month), ZONES)
def test_the_shortest_text_names_the_same_moment(moment: datetime, zone: str | None) -> None:
    if zone is not None:
        moment = moment.replace(tzinfo=UTC)
    start, end = period_of(start_text(moment, zone), zone), period_of(end_text(moment, zone), zone)
    assert start is not None
    assert end is not None
    assert start[0] == moment == end[1]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 23), ZONES)
def test_an_hour_lasts_an_hour_on_its_clock(day: date, hour: int, zone: str | None) -> None:
    period = period_of(f"{day}T{hour:02}", zone)
    assert period is not None
    start, before = period
    assert before is not None
    clock = datetime(day.year, day.month, day.day, hour)
    if zone is None:
        assert (start, before) == (clock, clock + timedelta(hours=1))
    else:
        local = clock.replace(tzinfo=ZoneInfo(zone))
        assert start == local.astimezone(UTC)
        assert before == (clock + timedelta(hours=1)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
