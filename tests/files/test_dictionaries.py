"""Columns that are written from dictionaries of their texts."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import cycle, islice
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash.files.dictionaries import LEAST, SHARE, as_dictionary, distinct_texts, each_text

BERLIN = ZoneInfo("Europe/Berlin")


def long(values: list[Any], dtype: Any = None, rows: int = LEAST) -> pl.Series:
    """Return so many rows of these values, one after the other and over again."""
    return pl.Series("a", list(islice(cycle(values), rows)), dtype=dtype)


FEW = {
    "tenths": ([0.1, -1.5, 12.0, 0.3], ["0.1", "-1.5", "12.0", "0.3"]),
    "a little below a whole": ([0.29, 0.57, 1.15], ["0.29", "0.57", "1.15"]),
    "missing": ([None, 0.5, None, 7.25], [None, "0.5", None, "7.25"]),
    "wholes": ([2015.0, 1999.0], ["2015.0", "1999.0"]),
    "one value": ([5.0], ["5.0"]),
    "large": ([99_999_999.9, 99_999_998.1], ["99999999.9", "99999998.1"]),
    "days": (
        [date(2024, 2, 29), None, date(2022, 12, 31)],
        ["2024-02-29", None, "2022-12-31"],
    ),
    "hours": (
        [datetime(2024, 2, 29, 23, 5, 0, 250), datetime(2024, 3, 1, 1, 5, 0, 250)],
        ["2024-02-29T23:05:00.000250", "2024-03-01T01:05:00.000250"],
    ),
    "an hour that is twice": (
        [datetime(2024, 10, 27, 2, tzinfo=BERLIN, fold=fold) for fold in (0, 1)],
        ["2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00"],
    ),
    "times of day": ([time(9, 15), time(17)], ["09:15:00", "17:00:00"]),
}


@pytest.mark.parametrize(("values", "texts"), FEW.values(), ids=FEW)
def test_few_values_are_an_enum_of_their_texts(values, texts):
    found = as_dictionary(long(values, rows=100_000))
    assert isinstance(found.dtype, pl.Enum)
    assert found.name == "a"
    assert found.cast(pl.String).to_list() == long(texts, rows=100_000).to_list()


NOT = {
    "a short column": long([0.1, 0.2], rows=LEAST - 1),
    "text": long(["a", "b"]),
    "whole numbers": long([1, 2]),
    "all missing": long([None], pl.Float64),
    "a negative nought": long([0.0] * 9_999 + [-0.0]),
    "no number": long([0.5] * 9_999 + [float("nan")]),
    "no numbers": long([float("nan")]),
    "infinity": long([0.5] * 9_999 + [float("inf")]),
    "finer than the first": long([0.5] * 9_999 + [0.55]),
    "not quite a tenth": long([0.1] * 9_999 + [0.1 + 2**-56]),
    "millionths": long([0.000_001, 0.000_002]),
    "far from nought": long([9.4e15, 9.4e15 + 2]),
    "as far as numbers go": long([1.7e308, -1.7e308]),
    "many": pl.Series(np.arange(LEAST) / 10),
    "one too many": long([n / 10 for n in range(LEAST // SHARE + 1)]),
    "many days": pl.Series(np.arange(LEAST, dtype=np.int32)).cast(pl.Date),
    "few times far apart": long([datetime(1, 1, 1, 0, 0, 1), datetime(9999, 1, 1)]),
    "the ends of time": pl.Series([2**63 - 1, -(2**63 - 1)] * LEAST).cast(pl.Datetime("us")),
    "finer times than the first": long([datetime(2024, 1, 1)] * 9_999 + [datetime(2024, 1, 1, 5)]),
}


@pytest.mark.parametrize("column", NOT.values(), ids=NOT)
def test_others_are_left_as_they_are(column):
    assert as_dictionary(column) is column


@given(
    st.sampled_from([1, 10, 100, 1_000]),
    st.integers(-(10**11), 10**11),
    st.lists(st.integers(0, 1_200), min_size=1, max_size=20),
)
def test_numbers_are_written_as_polars_writes_them(scale, low, offsets):
    column = long([(low + offset) / scale for offset in offsets])
    written = as_dictionary(column).to_frame().write_csv()
    assert written == column.to_frame().write_csv()


def test_a_dictionary_as_long_as_it_may_be():
    column = long([n / 10 for n in range(256)], rows=256 * SHARE * 5)
    found = as_dictionary(column)
    assert isinstance(found.dtype, pl.Enum)
    assert len(found.dtype.categories) == 256
    assert found.to_list() == column.cast(pl.String).to_list()


def test_texts_are_looked_at_and_changed_once_each():
    column = pl.Series(["b", None, "a", "b"], dtype=pl.Enum(["a", "b", "c"]))
    assert distinct_texts(column).to_list() == ["a", "b", "c"]
    changed = each_text(column, lambda texts: texts + "!")
    assert changed.cast(pl.String).to_list() == ["b!", None, "a!", "b!"]
    assert isinstance(changed.dtype, pl.Enum)


def test_texts_in_no_dictionary_too():
    column = pl.Series(["b", None, "a", "b"])
    assert sorted(distinct_texts(column).drop_nulls()) == ["a", "b"]
    assert each_text(column, lambda texts: texts + "!").to_list() == ["b!", None, "a!", "b!"]
