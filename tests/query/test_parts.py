"""Parts of a time as filters: weekdays, months, quarters and hours, in every face alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.filters import Choice
from iris_dash.query.schema import Schema, Time
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.words import filter_phrase

MOMENTS = [
    datetime(2013, 1, 5, 6, 30),  # a Saturday
    datetime(2013, 6, 5, 16),  # a Wednesday
    None,
    datetime(2014, 12, 7, 23, 59, 59),  # a Sunday
    datetime(1969, 12, 31, 23),  # a Wednesday
    datetime(2012, 2, 29),  # a Wednesday
]


def opened(kind: str) -> Explorer:
    moments = pl.Series(MOMENTS, dtype=pl.Datetime("us"))
    frame = pl.DataFrame(
        {
            "at": moments,
            "day": moments.dt.date(),
            # In Tokyo it is nine hours later.
            "there": moments.dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"),
            "full": pl.Series([MOMENTS[0], *MOMENTS[:2], *MOMENTS[3:]], dtype=pl.Datetime("ns")),
            "g": ["a", "a", "a", "b", "b", "b"],
            "n": range(6),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        if kind != "short":
            patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        return Explorer.open(frame.to_pandas() if kind == "pandas" else frame)


@pytest.fixture(scope="module", params=["short", "long", "pandas"])
def events(request: pytest.FixtureRequest) -> Explorer:
    return opened(request.param)


@pytest.mark.parametrize(
    ("address", "words", "rows"),
    [
        ("at:weekday=Sat&at:weekday=Sun", "At, weekday: Sat, Sun", [0, 3]),
        ("at:weekday=~not:Wed", "At, weekday: all but Wed", [0, 2, 3]),
        ("at:weekday=~not:Wed&at:weekday=~present", "At, weekday: all but Wed, (missing)", [0, 3]),
        ("at:weekday=~missing", "At, weekday: (missing)", [2]),
        ("at:month_of_year=Feb&at:month_of_year=Jun", "At, month: Feb, Jun", [1, 5]),
        ("at:quarter_of_year=Q4", "At, quarter: Q4", [3, 4]),
        ("at:hour_of_day=23&at:hour_of_day=0", "At, hour: 0, 23", [3, 4, 5]),
        ("at:hour_of_day=~none", "At, hour: none", []),
        ("day:weekday=Sun", "Day, weekday: Sun", [3]),
        ("there:weekday=Mon", "There, weekday: Mon", [3]),
        ("there:hour_of_day=8&there:month_of_year=Jan", None, [4]),
        ("full:weekday=Sat", "Full, weekday: Sat", [0, 1]),
        ("at=2013&at:weekday=Sat", None, [0]),
        ("at:weekday=~has:t", "At, weekday: Tue, Thu, Sat", [0]),
    ],
)
def test_every_face_gives_the_same_rows(events, address, words, rows):
    schema = events.schema
    if address.partition(":")[0] not in schema.times_by_name:
        pytest.skip("Narwhals knows no zone with / in its name in a pandas frame (2.29)")
    query = parse_arguments(schema, parse_qsl(address))
    found = [row["n"] for piece in events.dataset.records(query)[0] for row in piece]
    assert found == rows
    assert events.count(query) == len(rows) == len(events.rows(query))
    counted = events.facet_counts(query)["g"]
    assert counted == {g: sum("aaabbb"[n] == g for n in rows) for g in "ab"}
    assert parse_query(schema, body_of(schema, query)) == query
    assert parse_arguments(schema, parse_qsl(format_query(schema, query))) == query
    chosen = tuple(one for one in query.filters if isinstance(one, Choice))
    where = {one.name: list(one.values) for one in chosen}
    assert events.query(where=where).filters == chosen
    if words:
        assert [filter_phrase(schema, one) for one in query.filters] == [words]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("n:weekday=Mon", "n is no time, so it has no 'weekday'; times have parts"),
        ("g:weekday=Mon", "g is no time"),
        ("at:day=1", "unknown part of at: 'day'; parts are quarter_of_year, month_of_year"),
        ("at:weekday=Monday", "values of at:weekday are Mon, Tue, Wed"),
        ("gone:weekday=Mon", "unknown key 'gone:weekday'"),
    ],
)
def test_what_is_no_part_says_what_is(events, address, words):
    with pytest.raises(QueryError) as caught:
        parse_arguments(events.schema, parse_qsl(address))
    assert words in caught.value.problems[0].msg
    key, value = address.split("=")
    with pytest.raises(QueryError) as caught:
        events.query(where={key: value})
    assert words.replace("key", "column") in caught.value.problems[0].msg


def test_a_date_has_no_hours():
    explorer = opened("short")
    with pytest.raises(QueryError, match=r"parts are quarter_of_year, month_of_year, weekday$"):
        explorer.query(**{"day:hour_of_day": 1})


def test_the_smallest_step_back_adds_a_day(events):
    step = events.diagnosis(events.query(**{"at:weekday": "Thu", "g": "a"})).relaxation
    assert (step.words, step.count) == ("At, weekday: also Wed", 1)


def test_a_column_that_is_called_like_a_part_is_that_column():
    days = [date(2013, 1, 5), date(2013, 1, 7)] * 3
    explorer = Explorer.open(pl.DataFrame({"day": days, "day:weekday": [*"abcabc"]}))
    assert "day:weekday" in explorer.schema.facets_by_name
    assert explorer.count(explorer.query(**{"day:weekday": "b"})) == 2
    assert "day:month_of_year" in explorer.schema.parts_by_name


def test_parts_are_numbers_as_iso_counts_them():
    schema = Schema((Time("t", "T", "t"),))
    numbers = {
        part.part: [part.number(value) for value in part.values]
        for part in schema.parts_by_name.values()
    }
    assert numbers == {
        "quarter_of_year": [1, 2, 3, 4],
        "month_of_year": [*range(1, 13)],
        "weekday": [*range(1, 8)],
        "hour_of_day": [*range(24)],
    }


@given(
    hours=st.lists(st.none() | st.integers(-1_000_000, 1_000_000), min_size=1, max_size=12),
    chosen=st.sets(st.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", None])),
)
def test_any_weekdays_equal_a_plain_loop(hours, chosen):
    """Of hours a century to each side of 1970."""
    first = datetime(1970, 1, 1)
    moments = [None if hour is None else first + timedelta(hours=hour) for hour in [*hours, None]]
    frame = pl.DataFrame({"t": pl.Series(moments, dtype=pl.Datetime("us"))}).with_row_index("n")
    explorer = Explorer.open(frame)
    query = explorer.query(where={"t:weekday": sorted(chosen, key=str)})
    found = [row["n"] for piece in explorer.dataset.records(query)[0] for row in piece]
    names = [None if moment is None else moment.strftime("%a") for moment in moments]
    assert found == [n for n, name in enumerate(names) if name in chosen]
