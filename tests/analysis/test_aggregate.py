"""Statistics of groups: a table of cases by hand, and any question against plain loops."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import polars as pl
import pytest
from examples import examples
from group_reference import other_groups, unlike
from grouped_tables import ALL_KINDS, ANCHOR, KEYS, STATISTICS, frame_of, some_rows
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.analysis.aggregate.asking import (
    aggregation_text,
    make_aggregation,
    parse_aggregation_arguments,
)
from iris_dash.analysis.aggregate.percentiles import percentiles
from iris_dash.tables.description import TableDescription

POTS = {
    "glaze": ["amber", "blue", "amber", None, "amber", "blue"],
    "potter": ["Ann", "Bob", None, "Bob", "Cid", "Bob"],
    "height": [1.0, 2.0, None, 4.0, 2.5, 2.0],
    "sold": [3, 1, 2, None, 7, 5],
    "fired": [
        datetime(2013, 1, 31, 23, 30),
        datetime(2013, 2, 1),
        None,
        datetime(2013, 12, 30, 9),
        datetime(2014, 1, 2, 9, 59),
        datetime(2013, 2, 28, 12),
    ],
}
SAID = TableDescription(facets=("glaze",), measures=("height", "sold"))

CASES: dict[str, tuple[dict[str, Any], list[tuple[Any, ...]]]] = {
    "a facet in its own order, the missing group last": (
        {"by": "glaze", "of": "height", "stat": "count,missing,mean,sum"},
        [("amber", 3, 1, 1.75, 3.5), ("blue", 2, 0, 2.0, 4.0), (None, 1, 0, 4.0, 4.0)],
    ),
    # Heights: Bob 8/3, Cid 2.5, Ann 1; None has none. Of 2013-02 2, of 2014-01 2.5, of 2013-12 4.
    "groups by what wider groups have, and within these by what others have": (
        {
            "by": "potter,fired:month",
            "of": "height",
            "stat": "mean",
            "sort": "-mean_height@potter,potter,-mean_height@fired:month",
        },
        [
            ("Bob", "2013-12", 4.0),
            ("Bob", "2013-02", 2.0),
            ("Cid", "2014-01", 2.5),
            ("Ann", "2013-01", 1.0),
            (None, None, None),
        ],
    ),
    "text by how common it is": (
        {"by": "potter", "stat": "count,share"},
        [("Bob", 3, 0.5), ("Ann", 1, 1 / 6), ("Cid", 1, 1 / 6), (None, 1, 1 / 6)],
    ),
    "a statistic, largest first; what has none last": (
        {"by": "potter", "of": "height", "stat": "max", "sort": "-max_height"},
        [("Bob", 4.0), ("Cid", 2.5), ("Ann", 1.0), (None, None)],
    ),
    "a key that descends, the missing one last": (
        {"by": "glaze", "stat": "count", "sort": "-glaze"},
        [("blue", 2), ("amber", 3), (None, 1)],
    ),
    "months": (
        {"by": "fired:month", "of": "sold", "stat": "sum,median"},
        [
            ("2013-01", 3, 3.0),
            ("2013-02", 6, 3.0),
            ("2013-12", None, None),
            ("2014-01", 7, 7.0),
            (None, 2, 2.0),
        ],
    ),
    "weeks across a year's end": (
        {"by": "fired:week", "stat": "count", "having": "count:2.."},
        [("2013-W05", 2), ("2014-W01", 2)],
    ),
    "weekdays with those that are none": (
        {"by": "fired:weekday", "empty": True},
        [
            ("Mon", 1),
            ("Tue", 0),
            ("Wed", 0),
            ("Thu", 3),
            ("Fri", 1),
            ("Sat", 0),
            ("Sun", 0),
            (None, 1),
        ],
    ),
    "quarters with those between": (
        {"by": "fired:quarter", "empty": True, "of": "sold", "stat": "count,sum,distinct"},
        [
            ("2013-Q1", 3, 9, 3),
            ("2013-Q2", 0, None, 0),
            ("2013-Q3", 0, None, 0),
            ("2013-Q4", 1, None, 0),
            ("2014-Q1", 1, 7, 1),
            (None, 1, 2, 1),
        ],
    ),
    "hours of a day": (
        {"by": "fired:hour_of_day"},
        [(0, 1), (9, 2), (12, 1), (23, 1), (None, 1)],
    ),
    "bins by their low ends": (
        {"by": "height:1.5", "of": "sold", "stat": "count,mean"},
        [(0.0, 1, 3.0), (1.5, 3, 13 / 3), (3.0, 1, None), (None, 1, 2.0)],
    ),
    "whole bins": (
        {"by": "sold:2", "sort": "-count,-sold:2"},
        [(2, 2), (6, 1), (4, 1), (0, 1), (None, 1)],
    ),
    "percentiles between two values": (
        {"of": "sold", "stat": "p25,median,p90,min,max"},
        [(2.0, 3.0, 6.2, 1, 7)],
    ),
    "an interval by Student's t": (
        {"of": "height", "stat": "interval,sd", "glaze": "blue"},
        [(2.0, 2.0, 0.0)],
    ),
    "a single value has no deviation": (
        {
            "by": "glaze",
            "of": "height",
            "stat": "sd,interval",
            "glaze": None,
            "having": "sd_height:0..",
        },
        [("amber", 1.0606601717798212, -7.779653552131, 11.279653552131), ("blue", 0.0, 2.0, 2.0)],
    ),
    "times": (
        {
            "by": "glaze",
            "of": "fired",
            "stat": "min,median",
            "having": "min_fired:2013-02..2013-11",
        },
        [("blue", datetime(2013, 2, 1), datetime(2013, 2, 14, 18))],
    ),
    "totals: without the last key, and over all": (
        {
            "by": "glaze,fired:year",
            "of": "sold",
            "stat": "count,median",
            "totals": True,
            "glaze": "amber",
        },
        [
            ("amber", "2013", 2, 1, 3.0),
            ("amber", "2014", 2, 1, 7.0),
            ("amber", None, 2, 1, 2.0),
            ("amber", None, 1, 3, 3.0),
            (None, None, 0, 3, 3.0),
        ],
    ),
    "nothing is selected": ({"by": "glaze", "glaze": []}, []),
    "over nothing": (
        {"of": "sold", "stat": "count,share,sum,mean,median,distinct", "glaze": []},
        [(0, None, None, None, None, 0)],
    ),
    "text and facets": (
        {"of": "potter,glaze", "stat": "missing,distinct"},
        [(1, 1, 3, 2)],
    ),
}


@pytest.fixture(params=["polars", "pandas", "lazily"], scope="module")
def pots(request: pytest.FixtureRequest) -> Explorer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "iris_dash.tables.opening.SHORT_TABLE", 0 if request.param == "lazily" else 99
        )
        sold = {"sold": pd.Series(POTS["sold"], dtype="Int64")}
        library: Any = pd if request.param == "pandas" else pl
        table = library.DataFrame(POTS | sold if library is pd else POTS)
        return Explorer.open(table, SAID)


@pytest.mark.parametrize("case", CASES)
def test_cases_by_hand(pots, case):
    asked, wanted = CASES[case]
    query = pots.query(**{key: value for key, value in asked.items() if key == "glaze"})
    own = {key: value for key, value in asked.items() if key != "glaze"}
    rows = pots.groups(make_aggregation(pots.schema, query, own)).frame.rows()
    assert len(rows) == len(wanted)
    for row, right in zip(rows, wanted, strict=True):
        assert unlike(dict(enumerate(row)), dict(enumerate(right))) == {}


def test_a_frame_has_its_keys_as_index_and_whole_numbers(pots):
    found = pots.aggregate(by="glaze,fired:year", of="sold,height", stat=["count", "max"])
    assert found.index.names == ["glaze", "fired:year"]
    assert list(found.columns) == ["count", "max_sold", "max_height"]
    assert [str(dtype) for dtype in found.dtypes] == ["int64", "Int64", "float64"]
    assert found.loc[("amber", "2014"), "max_sold"] == 7


def test_names_that_are_taken_have_a_number_behind(pots):
    table = pl.DataFrame({"count": ["a", "b"], "x": [1.0, 2.0], "low_x": [3.0, 4.0]})
    explorer = Explorer.open(table, TableDescription(facets=("count",)))
    found = explorer.aggregate(by="count", of="low_x,x", stat="count,mean,interval", totals=True)
    assert list(found.columns) == [
        *("level", "count (2)", "mean_low_x", "mean_x"),
        *("mean_low_low_x", "mean_high_low_x", "mean_low_x (2)", "mean_high_x"),
    ]


def test_a_time_is_gathered_by_the_clock_of_its_zone():
    moments = [datetime(2013, 12, 31, 23, 30, tzinfo=UTC), datetime(2014, 7, 1, 12, tzinfo=UTC)]
    column = pl.Series("t", moments).dt.convert_time_zone("Europe/Berlin")
    explorer = Explorer.open(pl.DataFrame({"t": column, "x": [1.0, 2.0]}))
    found = explorer.aggregate(by="t:hour", of="t", stat="max")
    assert found.index.tolist() == ["2014-01-01T00", "2014-07-01T14"]
    assert found["max_t"].iloc[0] == moments[0].astimezone(ZoneInfo("Europe/Berlin"))
    late = explorer.aggregate(by="t:hour", of="t", stat="max", having="max_t:2014-02..")
    assert late.index.tolist() == ["2014-07-01T14"]


def test_a_date_has_no_hour():
    explorer = Explorer.open(pl.DataFrame({"day": [date(2013, 1, 1), date(2013, 1, 3)]}))
    with pytest.raises(QueryError, match="unknown unit 'hour'"):
        explorer.aggregate(by="day:hour")
    assert explorer.aggregate(of="day", stat="median").iloc[0, 0] == datetime(2013, 1, 2)


def test_long_and_large_numbers_are_as_exact_as_elsewhere():
    long, large = [2**53 + 1, 2**53 + 3, 2**53 + 9], [-1e308, 1e308, 1e308]
    explorer = Explorer.open(pl.DataFrame({"long": long, "large": large}))
    (row,) = explorer.aggregate(of="long,large", stat="min,max,mean,median").to_dict("records")
    assert (row["min_long"], row["max_long"]) == (2**53 + 1, 2**53 + 9)
    assert row["mean_long"] == pytest.approx(2**53 + 13 / 3, rel=1e-15)
    assert row["median_large"] == 1e308
    assert row["mean_large"] == pytest.approx(1e308 / 3)
    assert explorer.aggregate(of="large", stat="p25").iloc[0, 0] == pytest.approx(0, abs=1e293)


def test_percentiles_of_counts_stand_at_exact_ranks():
    counts = pl.DataFrame({"group": [1, 1, 1, 4], "value": [7, 1, 3, 5], "rows": [1, 60, 40, 1]})
    found = percentiles(counts, pl.Series([1, 4]), [0, 59, 60, 99])
    assert {percent: numbers.tolist() for percent, numbers in found.items()} == {
        0: [1, 5],
        59: [1, 5],  # of 101 values the one at place 59, from 0
        60: [3, 5],
        99: [3, 5],
    }


@pytest.mark.parametrize(
    "text",
    [
        "by=glaze&stat=count",
        "glaze=amber&by=glaze,fired:month,height:0.5&of=height,sold&stat=count,interval,p05"
        "&having=count:2..&having=mean_low_height:..3.5&sort=-p05_sold,glaze&page=2&per_page=5"
        "&totals=1&empty=1",
        "of=fired&stat=max&having=max_fired:2013-02..2013-03-01T09:30",
    ],
)
def test_canonical_text_reads_back(pots, text):
    pairs = [tuple(pair.split("=", 1)) for pair in text.split("&")]
    asked = parse_aggregation_arguments(pots.schema, pairs)
    assert aggregation_text(pots.schema, asked) == text


@pytest.mark.parametrize("engine", ["polars", "pandas"])
@given(
    rows=st.lists(some_rows, min_size=1, max_size=30),
    by=st.lists(st.sampled_from(KEYS), max_size=3, unique=True),
    of=st.lists(st.sampled_from(["size", "n"]), min_size=1, unique=True),
)
@examples(2, HealthCheck.function_scoped_fixture)
def test_any_aggregate_of_any_table_equals_plain_loops(engine, rows, by, of):
    rows = [*rows, ANCHOR]
    frame = frame_of(rows)
    if engine == "pandas":
        own = {name: frame[name].to_pandas() for name in ("kind", "name", "when", "size")}
        own |= {"day": pd.Series(frame["day"].to_list(), dtype=object)}
        own |= {"n": pd.Series(frame["n"].to_list(), dtype="Int64")}
        explorer = Explorer.open(pd.DataFrame(own), ALL_KINDS)
    else:
        explorer = Explorer.open(frame, ALL_KINDS)
    arguments = [("by", ",".join(by)), ("of", ",".join(of)), ("stat", ",".join(STATISTICS))]
    asked = parse_aggregation_arguments(explorer.schema, arguments)
    found = explorer.groups(asked).frame.rows(named=True)
    assert other_groups(found, rows, by, of, STATISTICS) == []


MOST = 1.7976931348623157e308


@pytest.mark.parametrize(
    ("numbers", "width", "lows"),
    [
        ([MOST, 9e302, 1e10, -MOST], "1e302", [0.0, 9e302, None]),
        ([1e303, 1e10, 1.0], "1e303", [0, 1e303]),
        ([-(2**63), 5, 2**63 - 1], "2e17", [-9.4e18, 0.0, 9.2e18]),
        ([1.0, 2.0, 5e-324], "1", [0, 1, 2]),
        (pl.Series([2**100, 1], dtype=pl.Int128), "1e30", [0.0, 1e30]),
    ],
)
def test_bins_of_numbers_of_any_size(numbers, width, lows):
    found = Explorer.open(pl.DataFrame({"x": numbers})).aggregate(by=f"x:{width}", stat="count")
    assert [None if pd.isna(low) else low for low in found.index] == pytest.approx(lows)


@pytest.mark.parametrize(
    ("numbers", "width", "least"),
    [
        ([MOST, -MOST], "1e297", r"at most 100,000; a width of 2e\+301 or more"),
        ([MOST, MOST], "1", r"no bins of 1; a width of 2e\+287 or more"),
        ([9e18, 9.001e18], "1e-300", "at most 100,000; a width of"),
    ],
)
def test_bins_that_no_float_tells_apart_are_refused(numbers, width, least):
    explorer = Explorer.open(pl.DataFrame({"x": numbers}))
    with pytest.raises(QueryError, match=least):
        explorer.aggregate(by=f"x:{width}")
