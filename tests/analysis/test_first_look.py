"""What public-shaped tables are shown by where nobody said: a table of tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.analysis.judgment import (
    counted_facets,
    first_filters,
    first_groups,
    first_measures,
    trend_time,
)

N = 120
EVEN = np.arange(N)
RISING = EVEN / 7 + 0.3
WAVE = np.sin(EVEN * 1.7) * 10 + 20.123
ODD = (EVEN * 37 % 101) / 3 + 0.5
"""Amounts: `RISING` goes together with neither `WAVE` nor `ODD`, whose order is mixed."""

NEAR = RISING + np.cos(EVEN * 2.3) * 2
"""Goes together with `RISING`, and is not the same."""

HOURS = [datetime(2013, 1, 1) + timedelta(hours=13 * int(i)) for i in EVEN]
DAYS = [date(2012, 1, 1) + timedelta(days=int(i)) for i in EVEN]


def of(*values):
    """A column of these values again and again."""
    return [values[i % len(values)] for i in EVEN]


def many(count, name="v"):
    """A column of so many texts."""
    return [f"{name}{i % count}" for i in EVEN]


CARRIERS = many(16, "C")
CODES = [f"N{i:05}" for i in EVEN]
NO_TEXT = pl.Series([None] * N, dtype=pl.String)

# columns; then groups, axes, time, the first counted facet, the measures of means
TABLES = {
    "flights": (
        {
            "year": of(2013),
            "month": of(*range(1, 13)),
            "dep_time": of(517, 2359, 1745),
            "dep_delay": NEAR,
            "arr_delay": RISING,
            "carrier": CARRIERS,
            "flight": EVEN * 3,
            "tailnum": CODES,
            "origin": of("EWR", "JFK", "LGA"),
            "distance": WAVE * 50,
            "air_time": WAVE * 6 + 1e-3 * EVEN,
            "hour": of(*range(5, 24)),
            "minute": of(*range(60)),
            "time_hour": HOURS,
        },
        ("origin", ("dep_delay", "arr_delay"), "time_hour", "carrier"),
        ["dep_delay", "arr_delay", "distance", "air_time"],
    ),
    "stocks": (
        {"symbol": of("AAPL", "GOOG", "IBM"), "date": DAYS, "price": RISING},
        ("symbol", None, "date", None),
        ["price"],
    ),
    "prices of one share, nearly the same": (
        {"date": DAYS, "open": RISING, "close": RISING + 0.01, "volume": NEAR * 1e6},
        (None, ("open", "volume"), "date", None),
        ["open", "close", "volume"],
    ),
    "weather by day": (
        {
            "date": DAYS,
            "precipitation": ODD,
            "temp_max": NEAR,
            "temp_min": RISING,
            "weather": of("sun", "rain", "fog", "snow", "drizzle"),
        },
        ("weather", ("temp_max", "temp_min"), "date", None),
        ["precipitation", "temp_max", "temp_min"],
    ),
    "survey": (
        {
            "Respondent ID": EVEN + 3_000,
            "Age": of("18-29", "30-44", "60+", None),
            "Agree": of("Agree", "Disagree", "Neutral"),
            "Score": of(*range(11)),
            "Comment": CODES,
        },
        ("Age", None, None, "Agree"),
        ["Score"],
    ),
    "sensor log": (
        {
            "at": HOURS,
            "sensor": many(12, "s"),
            "temperature": RISING,
            "humidity": NEAR,
            "serial": EVEN + 17,
        },
        (None, ("temperature", "humidity"), "at", "sensor"),
        ["temperature", "humidity"],
    ),
    "sales by country": (
        {
            "country": many(40, "land"),
            "product": of("pear", "plum"),
            "amount": RISING,
            "price": ODD,
            "revenue": NEAR,
            "zip": EVEN * 11 + 10_000,
        },
        ("product", ("amount", "revenue"), None, "country"),
        ["amount", "price", "revenue"],
    ),
    "one column of numbers": ({"x": RISING}, (None, None, None, None), ["x"]),
    "one column of texts": ({"x": CODES}, (None, None, None, None), []),
    "one facet": ({"x": of("a", "b")}, ("x", None, None, None), []),
    "all text": (
        {"name": CODES, "town": many(30), "side": of("left", "right")},
        ("side", None, None, "town"),
        [],
    ),
    "all missing": ({"x": NO_TEXT, "y": NO_TEXT}, (None, None, None, None), []),
    "three rows": (
        {"who": ["a", "b", "c"], "x": [1.5, 2.5, 9.25], "y": [3.5, 1.25, 2.0]},
        ("who", ("x", "y"), None, None),
        ["x", "y"],
    ),
    "dates alone": ({"day": DAYS}, (None, None, "day", None), []),
    "one day alone": ({"day": of(date(2020, 1, 1))}, (None, None, None, None), []),
    "two times": (
        {"printed": of(datetime(2024, 1, 1)), "sold": HOURS},
        (None, None, "sold", None),
        [],
    ),
    "coordinates": (
        {"latitude": ODD, "longitude": WAVE, "value": RISING, "near": NEAR},
        (None, ("longitude", "latitude"), None, None),
        ["latitude", "longitude", "value", "near"],
    ),
    "trips between places": (
        {"end_lat": RISING, "start_lat": ODD, "startLng": WAVE, "minutes": NEAR},
        (None, ("startLng", "start_lat"), None, None),
        ["end_lat", "start_lat", "startLng", "minutes"],
    ),
    "server logs": (
        {
            "level": of("info", "error"),
            "status": of(200, 204, 404, 500),
            "bytes": RISING,
            "ms": NEAR,
        },
        ("level", ("bytes", "ms"), None, None),
        ["bytes", "ms"],
    ),
    "money": (
        {"paid": RISING, "tip": NEAR, "sex": of("f", "m"), "size": of(1, 2, 3, 4)},
        ("sex", ("paid", "tip"), None, None),
        ["paid", "tip", "size"],
    ),
    "percentages": (
        {"share": ODD / 100, "rate": RISING / 100, "code": CARRIERS},
        (None, ("share", "rate"), None, "code"),
        ["share", "rate"],
    ),
    "a constant beside amounts": (
        {"one": of(1.5), "x": ODD, "y": RISING},
        (None, ("x", "y"), None, None),
        ["x", "y"],
    ),
    "codes and identifiers": (
        {"id": EVEN + 1, "postcode": EVEN * 7, "x": ODD, "y": WAVE},
        (None, ("x", "y"), None, None),
        ["x", "y"],
    ),
    "the same measured twice": (
        {"cm": ODD, "inch": ODD / 2.54, "weight": NEAR + ODD},
        (None, ("cm", "weight"), None, None),
        ["cm", "inch", "weight"],
    ),
    "only the same measured twice": (
        {"cm": ODD, "inch": ODD / 2.54},
        (None, ("cm", "inch"), None, None),
        ["cm", "inch"],
    ),
    "whole numbers alone": (
        {"year": of(*range(1990, 2020)), "doors": of(2, 4, 5), "seats": of(2, 5, 7, 9)},
        (None, ("doors", "seats"), None, None),
        ["doors", "seats"],
    ),
    "true and false": (
        {"won": of(True, False), "x": ODD},
        ("won", None, None, None),
        ["x"],
    ),
    "nine groups": (
        {"team": many(9), "x": ODD, "y": WAVE},
        (None, ("x", "y"), None, "team"),
        ["x", "y"],
    ),
    "times of day": (
        {"at": [h.time() for h in HOURS], "x": ODD},
        (None, None, None, None),
        ["x"],
    ),
    "amounts with gaps": (
        {
            "empty": pl.Series([None] * (N - 5) + [1.5, 2.5, 3.5, 4.5, 5.5]),
            "x": pl.Series(RISING).set(pl.Series(EVEN % 3 == 0), None),
            "y": ODD,
            "z": NEAR,
        },
        (None, ("x", "z"), None, None),
        ["empty", "x", "y", "z"],
    ),
}


@pytest.fixture(params=TABLES)
def table(request):
    columns, *expected = TABLES[request.param]
    return Explorer.open(pl.DataFrame(columns)), *expected


def name(column):
    return column and column.name


def test_what_a_table_is_shown_by(table):
    explorer, (groups, axes, time, counted), means = table
    schema = explorer.schema
    found = next(iter(counted_facets(schema)), None)
    assert (name(first_groups(schema)), schema.axes, name(trend_time(schema)), name(found)) == (
        groups,
        axes,
        time,
        counted,
    )
    assert [m.name for m in schema.measures if m.is_averaged] == means


def test_of_many_measures_amounts_are_shown_first():
    schema = Explorer.open(pl.DataFrame(TABLES["flights"][0])).schema
    assert [m.name for m in first_measures(schema, 6)] == [
        *("month", "dep_delay", "arr_delay", "distance", "air_time", "hour")
    ]
    # Neither the constant year, nor the codes, nor the identifier of an aeroplane.
    assert [column.name for column in first_filters(schema, 8)] == [
        *("carrier", "origin", "time_hour", "tailnum"),
        *("dep_delay", "arr_delay", "distance", "air_time"),
    ]
    assert len(first_filters(schema, 14)) == 14
    assert "year" not in [column.name for column in first_filters(schema, 13)]


def test_hundreds_of_genes_are_judged_by_the_first_of_them():
    genes = {f"gene{i}": np.roll(ODD, i * 7) + i for i in range(500)}
    genes["gene40"] = genes["gene3"] + np.cos(EVEN) * 3
    schema = Explorer.open(pl.DataFrame({"group": of("control", "treated"), **genes})).schema
    assert first_groups(schema).name == "group"
    assert schema.axes == ("gene3", "gene40")
    assert [m.name for m in first_measures(schema, 3)] == ["gene0", "gene1", "gene2"]
    assert [c.name for c in first_filters(schema, 3)] == ["group", "gene0", "gene1"]


def test_axes_are_the_same_on_every_engine(tmp_path):
    frame = pl.DataFrame(TABLES["weather by day"][0])
    pandas = Explorer.open(frame.to_pandas())
    frame.write_csv(tmp_path / "days.csv")
    assert pandas.schema.axes == Explorer.open(tmp_path / "days.csv").schema.axes
