"""The Columns view: what its lines say of numbers, times, words, constants and nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from dash import html
from page_answers import answer_controls
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.dashboard.page.header import header
from iris_dash.tables.description import TableDescription

HOURS = [datetime(2026, 1, 1) + timedelta(hours=n) for n in range(100)]
TABLE = pl.DataFrame(
    {
        "size": [n * 37 % 101 * 10.5 for n in range(100)],
        "year": [2013] * 100,
        "zip": [f"{n % 3:05}" for n in range(100)],
        "hour": HOURS,
        "day": [one.date() + timedelta(days=n) for n, one in enumerate(HOURS)],
        "kind": ["a"] * 60 + ["b"] * 39 + [None],
        "user_id": [f"u{n * 37 % 101}" for n in range(100)],
        "nothing": [None] * 100,
    },
    schema_overrides={"nothing": pl.Float64},
)


@pytest.fixture(scope="module")
def lines():
    explorer = Explorer.open(TABLE)

    def of(**question):
        asked = {"choices": {"_view": "columns"}} | question
        found = answer_controls(explorer, asked)["column_lines"]
        return found, {line["name"]: line for line in found["lines"]}

    return of


def test_times_of_which_python_has_only_one_end_are_said_too():
    """All lines were lost to a difference between a time and a text."""
    first = datetime(2020, 1, 1)
    nanoseconds = pl.Series([0] * 20 + list(range(1, 20)), dtype=pl.Int64).cast(pl.Duration("ns"))
    times = pl.Series([first] * 39, dtype=pl.Datetime("ns")) + nanoseconds
    explorer = Explorer.open(pl.DataFrame({"t": times, "x": range(39)}))
    found = answer_controls(explorer, {"choices": {"_view": "columns"}})["column_lines"]
    (line, _) = found["lines"]
    assert line["name"] == "t"
    assert line["ends"] == ["2020-01-01", "2020-01-01", "2020-01-01T00:00:00.000000019"]


def test_a_large_number_is_written_with_a_power_of_ten():
    """Three hundred digits pushed all else out of the page."""
    table = pl.DataFrame({"large": [n * 1e300 for n in range(40)], "x": range(40)})
    found = answer_controls(Explorer.open(table), {"choices": {"_view": "columns"}})["column_lines"]
    assert found["lines"][0]["ends"] == ["0", "1.95e+301", "3.9e+301"]


def test_a_line_says_a_columns_values_as_people_read_them(lines):
    _, found = lines()
    assert found["size"]["ends"] == ["0", "519.8", "1,050"]  # without 64 of 0 to 100: 49.5
    assert found["year"]["only"] == "2013"
    assert found["zip"]["top"] == [("00000", "34 %"), ("00001", "33 %"), ("00002", "33 %")]
    # Of five days the hour matters.
    assert found["hour"]["ends"] == ["2026-01-01", "2026-01-03 01:30", "2026-01-05 03:00"]
    assert found["day"]["ends"][0] == date(2026, 1, 1).isoformat()
    assert found["kind"]["top"] == [("a", "61 %"), ("b", "39 %")]
    assert (found["kind"]["missing"], found["kind"]["distinct"]) == (1, 2)
    assert found["kind"]["bars"] == (60, 39)
    # Of labels that all differ none is common; of nothing there is nothing to say.
    for name in ("user_id", "nothing"):
        assert {"ends", "top", "only", "bars"} & {*found[name]} == set()
    assert [line["kind"] for line in found.values()] == [
        *("number", "constant", "code", "time", "time", "category", "code", "empty")
    ]


def test_selected_rows_stand_in_front_of_all(lines):
    asked = {"facets": {"kind": ["b"]}}
    said, found = lines(**asked)
    assert found["kind"]["selected"] == (0, 39)
    assert (said["rows"], found["kind"]["distinct"]) == (100, 2)
    said, found = lines(**asked, choices={"_view": "columns", "_numbers": "selected"})
    assert (said["rows"], found["kind"]["only"]) == (39, "b")
    assert found["year"]["notes"] == ("constant",)
    assert said["by"] == "kind"
    assert said["filters"] is None
    assert said["listed"] == TABLE.columns


def test_an_undescribed_table_is_told_in_a_sentence():
    def about(explorer):
        (words,) = [p.children for p in header(explorer)._traverse() if isinstance(p, html.P)]
        return words

    assert about(Explorer.open(TABLE)) == (
        "100 rows · 8 columns: 2 times, a category, a number, 2 codes, a constant and an empty one"
    )
    said = TableDescription(about="all of it")
    assert about(Explorer.open(TABLE, said)) == "100 rows · all of it"
    assert about(Explorer.open(ROOT / "data" / "iris.csv")) == (
        "150 flowers · three species, four lengths in cm"
    )
