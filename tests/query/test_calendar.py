"""Units and parts of a time: as they are written, and the same by an expression on a column."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import narwhals as nw
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash.query.calendar import (
    PARTS,
    UNITS,
    part_place,
    unit_after,
    unit_place,
    unit_start,
    unit_text,
)
from iris_dash.tables.calendar_columns import part_column, unit_column

WRITTEN = {
    datetime(2013, 1, 31, 9, 5): "2013 2013-Q1 2013-01 2013-W05 2013-01-31 …T09 …T09:05",
    datetime(2012, 12, 31, 23, 59): "2012 2012-Q4 2012-12 2013-W01 2012-12-31 …T23 …T23:59",
    datetime(2016, 1, 3, 0, 0): "2016 2016-Q1 2016-01 2015-W53 2016-01-03 …T00 …T00:00",
    datetime(2000, 2, 29, 12, 30): "2000 2000-Q1 2000-02 2000-W09 2000-02-29 …T12 …T12:30",
    datetime(1900, 3, 1, 1, 1): "1900 1900-Q1 1900-03 1900-W09 1900-03-01 …T01 …T01:01",
    datetime(987, 11, 5, 6, 7): "0987 0987-Q4 0987-11 0987-W45 0987-11-05 …T06 …T06:07",
}
moments = st.datetimes(datetime(1700, 1, 1), datetime(2250, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


@pytest.mark.parametrize("moment", WRITTEN)
def test_a_unit_is_written_as_iso_8601_has_it(moment):
    texts = [unit_text(unit_place(moment, unit), unit) for unit in UNITS]
    wanted = WRITTEN[moment].split()
    assert texts == [*wanted[:5], *(wanted[4] + text[1:] for text in wanted[5:])]


def test_a_part_is_a_word_or_the_hour():
    moment = datetime(2013, 11, 3, 9, 30)
    words = {part: values[part_place(moment, part)] for part, values in PARTS.items()}
    assert words == {
        "quarter_of_year": "Q4",
        "month_of_year": "Nov",
        "weekday": "Sun",
        "hour_of_day": 9,
    }


@given(moment=moments, unit=st.sampled_from(UNITS))
def test_a_unit_begins_before_its_moments_and_the_next_one_after_them(moment, unit):
    place = unit_place(moment, unit)
    after = unit_after(place, unit)
    assert unit_start(place, unit) <= moment < unit_start(after, unit)
    assert unit_place(unit_start(after, unit) - timedelta(seconds=1), unit) == place


@pytest.mark.parametrize("library", [pl, pd], ids=["polars", "pandas"])
@given(times=st.lists(st.none() | moments, min_size=1, max_size=9))
def test_an_expression_counts_as_python_does(library, times):
    kind = "datetime64[us]" if library is pd else pl.Datetime("us")
    frame = nw.from_native(library.DataFrame({"t": library.Series(times, dtype=kind)}))
    for names, place, column in (
        (UNITS, unit_place, unit_column),
        (PARTS, part_place, part_column),
    ):
        for name in names:
            found = frame.select(column(nw.col("t"), name).alias("n"))["n"].to_list()
            wanted = [None if time is None else place(time, name) for time in times]
            assert [None if n is None or n != n else n for n in found] == wanted


# The year 12024 is like 2024, which began on a Monday; 400 years before 2012 is 1612, and so on.
BEYOND = {
    date(2024, 2, 29): (25, "+12024 +12024-Q1 +12024-02 +12024-W09 +12024-02-29"),
    date(2012, 12, 31): (-6, "-0388 -0388-Q4 -0388-12 -0387-W01 -0388-12-31"),
    date(2000, 1, 1): (-5, "0000 0000-Q1 0000-01 -0001-W52 0000-01-01"),
}


@pytest.mark.parametrize("near", BEYOND)
def test_a_unit_is_written_beyond_the_years_that_python_has(near):
    cycles, wanted = BEYOND[near]
    far = (near - date(1970, 1, 1)).days + cycles * 146_097
    column = nw.from_native(
        pl.DataFrame({"t": [far]}).select(pl.col("t").cast(pl.Int32).cast(pl.Date))
    )
    texts = []
    for unit in UNITS[:5]:
        place = column.select(unit_column(nw.col("t"), unit)).to_numpy()[0, 0]
        texts.append(unit_text(int(place), unit))
    assert " ".join(texts) == wanted
