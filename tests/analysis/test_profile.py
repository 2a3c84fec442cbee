"""What each column holds: figures over a query's rows beside the whole table, by hand."""

from __future__ import annotations

import math
from datetime import date, datetime

import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.tables.description import TableDescription

TABLE = {
    "kind": ["a", "b", "a", None, "a", "c"],
    "title": ["x", "y", None, "z", "x", "w"],
    "size": [1.5, 4.0, None, 2.5, math.inf, 4.0],
    "width": [None, 4.5, 2.5, 2.5, 1.0, 1.0],
    "code": [70, 10, 10, 30, 30, 90],
    "long": [2**60, 2**60 + 100, 2**60 + 300, 2**60, 2**60 + 1, 2**60],
    "day": [datetime(2026, 1, n) if n else None for n in (1, 4, 5, 0, 1, 3)],
    "none": [None] * 6,
}
SCHEMA = dict.fromkeys(("kind", "title"), pl.String) | {
    **dict.fromkeys(("size", "width", "none"), pl.Float64),
    **dict.fromkeys(("code", "long"), pl.Int64),
    "day": pl.Datetime,
}
SAID = TableDescription(facets=("kind",), columns={"code": {"kind": "code"}})
FIRST, LAST = datetime(2026, 1, 1), datetime(2026, 1, 5)

WHOLE = {
    "kind": ("facet", "text", 6, 1, 3, None, None, None, None, [("a", 3), ("b", 1), ("c", 1)]),
    "title": (
        *("text", "text", 6, 1, 4, None, None, None, None),
        [("x", 2), ("w", 1), ("y", 1), ("z", 1)],
    ),
    # Infinity is a value, but no end, and there is no mean.
    "size": ("measure", "number", 6, 1, 4, 1.5, None, None, 4.0, []),
    "width": ("measure", "number", 6, 1, 3, 1.0, 4.5, 2.3, 2.5, []),
    "code": (
        *("measure", "integer", 6, 0, 4, 10, 90, None, 30.0),
        [(10, 2), (30, 2), (70, 1), (90, 1)],
    ),
    "long": ("measure", "integer", 6, 0, 4, 2**60, 2**60 + 300, float(2**60), float(2**60), []),
    "day": ("time", "datetime", 6, 1, 4, FIRST, LAST, None, datetime(2026, 1, 3), []),
    "none": ("other", "other", 6, 6, 0, None, None, None, None, []),
}
"""Kind, type, rows, missing, distinct, min, max, mean, median, top."""

SELECTED = {
    "kind": ("facet", "text", 3, 0, 1, None, None, None, None, [("a", 3)]),
    "title": ("text", "text", 3, 1, 1, None, None, None, None, [("x", 2)]),
    "size": ("measure", "number", 3, 1, 2, 1.5, None, None, None, []),
    "width": ("measure", "number", 3, 1, 2, 1.0, 2.5, 1.75, 1.75, []),
    "code": ("measure", "integer", 3, 0, 3, 10, 70, None, 30.0, [(10, 1), (30, 1), (70, 1)]),
    "long": ("measure", "integer", 3, 0, 3, 2**60, 2**60 + 300, float(2**60), float(2**60), []),
    "day": ("time", "datetime", 3, 0, 2, FIRST, LAST, None, datetime(2026, 1, 1), []),
    "none": ("other", "other", 3, 3, 0, None, None, None, None, []),
}
"""The same of the rows of kind a."""

NOTHING = {name: (*told[:2], 0, 0, 0, None, None, None, None, []) for name, told in WHOLE.items()}


@pytest.fixture(params=["short", "long", "pandas"])
def explorer(request, monkeypatch):
    if request.param == "long":
        monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
    frame = pl.DataFrame(TABLE, schema={name: SCHEMA[name] for name in TABLE})
    return Explorer.open(frame.to_pandas() if request.param == "pandas" else frame, SAID)


def said(record):
    top = [(one["value"], one["count"]) for one in record["top"]]
    keys = ("kind", "type", "count", "missing", "distinct", "min", "max", "mean", "median")
    return (*(record[key] for key in keys), top)


ASKED = [({}, WHOLE), ({"kind": "a"}, SELECTED), ({"kind": []}, NOTHING)]


@pytest.mark.parametrize(("filters", "expected"), ASKED, ids=["all", "some", "none"])
def test_figures_of_a_querys_rows_stand_beside_the_whole_table(explorer, filters, expected):
    query = explorer.query(**filters)
    records = explorer.column_records(query)
    assert {record["name"]: said(record) for record in records} == expected
    whole = {r["name"]: said(r | r["whole"]) for r in records}
    assert whole == WHOLE
    assert [*whole] == [*TABLE]


def test_a_pandas_frame_has_a_row_per_column(explorer):
    frame = explorer.columns(explorer.query(kind="a"))
    assert [*frame.index] == [*TABLE]
    assert frame.index.name == "name"
    assert frame["missing"].to_dict() == {name: told[3] for name, told in SELECTED.items()}
    assert frame.loc["width", "mean"] == 1.75
    assert frame.loc["long", "max"] == 2**60 + 300
    assert frame.loc["title", "top"] == [{"value": "x", "count": 2}]


@pytest.mark.parametrize(
    "columns",
    [
        {"x": [1.5]},
        {"k": ["a"]},
        {"x": [math.inf, -math.inf]},
        {"x": [None, None]},
        {"t": ["", None]},
        {"x" * 300: [1, 2]},
        {"day": [date(2026, 1, 1)]},
    ],
)
def test_odd_tables_have_a_profile(columns):
    explorer = Explorer.open(pl.DataFrame(columns))
    (record,) = explorer.column_records(explorer.query())
    (values,) = columns.values()
    assert record["count"] == len(values)
    assert record["missing"] == values.count(None)
    assert record["distinct"] == len({*values} - {None})
    assert all(v is None or not isinstance(v, float) or math.isfinite(v) for v in record.values())


def test_what_is_known_of_the_whole_table_is_asked_once(explorer, monkeypatch):
    explorer.columns()
    calls = []
    asked = explorer.known_profiles.selected
    monkeypatch.setattr(
        "iris_dash.analysis.profile.profiles.column_figures", lambda *a: calls.append(a) or {}
    )
    explorer.column_records(explorer.query())
    assert calls == []
    asked(explorer.aggregates, explorer.query(kind="a"))
    assert len(calls) == 1
