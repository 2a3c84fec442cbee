"""How rows run over time: by hand, and the same of every kind of frame and engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.analysis.judgment import trend_time
from iris_dash.analysis.trend import Rhythm, Trend
from iris_dash.analysis.trend_units import fitting_unit
from iris_dash.commands.load import load_table, target_of
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema, Time
from iris_dash.tables.description import TableDescription

POTS = {
    "glaze": ["amber", "blue", "amber", "blue", "amber", None],
    "height": [1.0, 2.0, 3.0, None, 8.0, 4.0],
    "fired": [
        date(2013, 1, 31),
        date(2013, 1, 2),
        date(2013, 1, 30),
        date(2013, 2, 1),
        date(2013, 4, 9),
        None,
    ],
}
SAID = TableDescription(facets=("glaze",), measures=("height",))


@pytest.fixture(params=["polars", "pandas", "duckdb", "sqlite"])
def explorer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Explorer]:
    """The pots in each kind of table."""
    frame = pl.DataFrame(POTS)
    if request.param == "pandas":
        yield Explorer.open(frame.to_pandas(), SAID)
        return
    if request.param == "polars":
        yield Explorer.open(frame, SAID)
        return
    address = f"{request.param}://{tmp_path}/pots.{request.param}/pots"
    assert load_table(frame, target_of(address))
    explorer = Explorer.open(address, SAID)
    with closing(explorer.dataset):
        yield explorer


def asked(explorer: Explorer, unit: str, of: str | None = None, **filters: Any) -> Trend:
    """Return a trend of the pots."""
    schema, query = explorer.schema, explorer.query(**filters)
    (time,) = schema.times
    measure = None if of is None else schema.measure(of)
    return explorer.trend(query, time, unit, measure, explorer.group_facet(query))


def test_a_unit_without_rows_counts_nothing(explorer: Explorer) -> None:
    """March has none, and a pot without a date is in no month."""
    found = asked(explorer, "month")
    assert {line.group: line.counts for line in found.lines} == {
        "amber": (2, 0, 0, 1),
        "blue": (1, 1, 0, 0),
    }
    assert found.cut == (True, True)


def test_a_filter_bounds_the_units(explorer: Explorer) -> None:
    """The units are those that are asked for, whether or not rows are in them."""
    found = asked(explorer, "month", glaze="amber", where={"fired": {"from": "2013-02"}})
    assert [line.counts for line in found.lines] == [(0, 0, 1)]
    assert found.cut == (False, True)
    assert asked(explorer, "month", where={"fired": {"from": "2014"}}).lines == ()


def test_means_have_gaps_and_intervals(explorer: Explorer) -> None:
    """Amber pots of January: 1 and 3, mean 2, t(0.975, 1) = 12.706, sd √2, half 12.706."""
    amber, blue = asked(explorer, "month", "height").lines
    assert amber.values == (2.0, None, None, 8.0)
    assert amber.intervals[0] == pytest.approx((2 - 12.7062, 2 + 12.7062), abs=1e-4)
    assert amber.intervals[1:] == (None, None, None)
    assert blue.values == (2.0, None, None, None)
    assert blue.counts == (1, 1, 0, 0)


def test_a_table_says_its_rhythm(explorer: Explorer) -> None:
    """Six rows are too few to be a series; their days differ, so a day is the finest unit."""
    (time,) = explorer.schema.times
    units = ("year", "quarter", "month", "week", "day")
    assert explorer.rhythm(time) == Rhythm(units, None)


MONTHS = [date(2000 + n // 12, n % 12 + 1, 1) for n in range(24)]
HOURS = [datetime(2013, 1, 1) + timedelta(hours=n) for n in range(48)]

RHYTHMS: dict[str, tuple[dict[str, list[Any]], tuple[str, str | None]]] = {
    "monthly": ({"t": MONTHS}, ("month", "time")),
    "monthly, of two": ({"t": MONTHS * 2, "who": ["a"] * 24 + ["b"] * 24}, ("month", "group")),
    "monthly, several": ({"t": MONTHS * 2, "who": ["a", "b"] * 24}, ("month", None)),
    "yearly": ({"t": [date(year, 1, 1) for year in range(1990, 2010)]}, ("year", "time")),
    "weekly": ({"t": [date(2013, 1, 7) + timedelta(7 * n) for n in range(20)]}, ("week", "time")),
    "hourly": ({"t": HOURS}, ("hour", "time")),
    "by the minute": ({"t": [*HOURS, HOURS[0].replace(minute=5)]}, ("minute", "time")),
    "days as moments": (
        {"t": [t.replace(hour=0) + (t - HOURS[0]) * 23 for t in HOURS]},
        ("hour", "time"),
    ),
}


@pytest.mark.parametrize("name", RHYTHMS)
def test_units_are_those_that_tell_times_apart(name: str) -> None:
    """Of figures of each month no week is a unit, and their count says nothing."""
    columns, wanted = RHYTHMS[name]
    explorer = Explorer.open(
        pl.DataFrame(columns | {"n": [row / 7 for row in range(len(columns["t"]))]})
    )
    time = trend_time(explorer.schema)
    assert time is not None
    rhythm = explorer.rhythm(time)
    assert (rhythm.units[-1], rhythm.series) == wanted


SPANS = {
    "a day": (datetime(2013, 1, 1), datetime(2013, 1, 1, 23), "hour"),
    "a week": (datetime(2013, 1, 1), datetime(2013, 1, 7, 23), "hour"),
    "three months": (datetime(2013, 1, 1), datetime(2013, 3, 31), "day"),
    "a year": (datetime(2013, 1, 1), datetime(2013, 12, 31), "week"),
    "ten years": (datetime(2003, 1, 1), datetime(2012, 12, 31), "month"),
    "a century": (datetime(1913, 1, 1), datetime(2012, 12, 31), "year"),
    "two thousand years": (datetime(1, 1, 1), datetime(2000, 12, 31), "year"),
}


@pytest.mark.parametrize("name", SPANS)
def test_the_unit_fits_the_span(name: str) -> None:
    """30 to 400 units, the nearest to 120."""
    low, high, unit = SPANS[name]
    units = ("year", "quarter", "month", "week", "day", "hour")
    assert fitting_unit(Time("t", "T", "t", low=low, high=high), Query(), units) == unit


def test_no_trend_without_a_time_that_differs() -> None:
    """A single instant, and times of day, have none."""
    instant = Time("t", "T", "t", low=HOURS[0], high=HOURS[0])
    of_day = Time("d", "D", "d", zone="time of day", low=HOURS[0], high=HOURS[9])
    assert trend_time(Schema((instant, of_day))) is None
    assert (
        trend_time(Schema((instant, Time("u", "U", "u", low=HOURS[0], high=HOURS[1])))) is not None
    )
