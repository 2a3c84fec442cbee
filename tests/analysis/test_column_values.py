"""A column's values with their counts: under the other filters, searched, in order, by page."""

from __future__ import annotations

from datetime import date

import pandas as pd
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.tables.description import TableDescription

WORDS = ["b", "B", "ab", "ÄB", "äb%", "_", "", None, "10", "9"]
SAID = TableDescription(facets=("kind",))


def table(rows: list[tuple[int, int, int]]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pl.DataFrame(
        {
            "kind": [WORDS[i] for i in columns[0]],
            "title": [WORDS[i] for i in columns[1]],
            "month": [None if i == 3 else i for i in columns[2]],
            "day": [None if i == 3 else date(2026, 1, 1 + i) for i in columns[2]],
        },
        schema={"kind": pl.String, "title": pl.String, "month": pl.Int64, "day": pl.Date},
    )


ROWS = [(i * 7 % 10, i * 3 % 10, i % 4) for i in range(30)] + [(0, 8, 1)] * 5


def counted(values: list[object], order: list[object] | None = None) -> list[tuple[object, int]]:
    """How often each value is there, the commonest first, then in order, missing last."""
    known = [v for v in (order or sorted({v for v in values if v is not None})) if v is not None]
    found = [(value, values.count(value)) for value in (*known, None)]
    return sorted((one for one in found if one[1]), key=lambda one: -one[1])


@pytest.fixture(params=["short", "long", "pandas"])
def explorer(request, monkeypatch):
    if request.param == "long":
        monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
    frame = table(ROWS)
    return Explorer.open(frame.to_pandas() if request.param == "pandas" else frame, SAID)


def listed(frame: pd.DataFrame) -> list[tuple[object, int]]:
    values = [None if pd.isna(value) else value for value in frame["value"]]
    return list(zip(values, frame["count"], strict=True))


def test_the_commonest_values_first_under_the_other_filters(explorer):
    rows = table(ROWS).to_dicts()
    order = list(explorer.schema.facet("kind").values)
    assert listed(explorer.values("kind")) == counted([row["kind"] for row in rows], order)
    assert listed(explorer.values("title")) == counted([row["title"] for row in rows])
    query = explorer.query(where={"kind": ["b"], "title": {"has": "b"}, "month": {"from": 1}})
    within = [row for row in rows if (row["month"] or 0) >= 1]
    kinds = [row["kind"] for row in within if row["title"] and "b" in row["title"].lower()]
    assert listed(explorer.values("kind", query)) == counted(kinds, order)
    titles = [row["title"] for row in within if row["kind"] == "b"]
    assert listed(explorer.values("title", query)) == counted(titles)


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        ("b", {"b", "B", "ab", "ÄB", "äb%"}),
        ("äB", {"ÄB", "äb%"}),
        ("%", {"äb%"}),
        ("_", {"_"}),
        (".", set()),
        ("1", {"10"}),
        ("missing", set()),
    ],
)
def test_a_search_is_literal_text_in_letters_of_any_case(explorer, search, wanted):
    for column in ("kind", "title"):
        assert set(explorer.values(column, search=search)["value"]) == wanted


def test_pages_follow_each_other_and_end(explorer):
    for column in ("kind", "title", "month", "day"):
        whole = listed(explorer.values(column))
        pages = [listed(explorer.values(column, page=n, per_page=3)) for n in range(1, 6)]
        assert [one for page in pages for one in page] == whole
        assert pages[4] == []


def test_values_of_numbers_and_times(explorer):
    months = [row["month"] for row in table(ROWS).to_dicts()]
    found = listed(explorer.values("month"))
    assert found == counted(months)
    days = [
        (None if day is None else str(day)[:10], n) for day, n in listed(explorer.values("day"))
    ]
    assert days == [(None if m is None else f"2026-01-0{m + 1:.0f}", n) for m, n in found]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"column": "kinds"}, "unknown column 'kinds'; columns are kind, day, title, month"),
        ({"column": "month", "search": "1"}, "Month holds no text"),
        ({"column": "kind", "search": "x" * 1_001}, "at most 1,000 characters, not 1,001"),
        ({"column": "kind", "search": 1}, "search: expected text"),
        ({"column": "kind", "page": 0}, "page: "),
    ],
)
def test_what_cannot_be_asked(explorer, asked, said):
    with pytest.raises(QueryError, match=said):
        explorer.values(**asked)


def test_a_table_without_rows_has_no_values():
    assert listed(Explorer.open(table([])).values("title")) == []


@given(
    rows=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), max_size=30),
    chosen=st.none() | st.lists(st.sampled_from(WORDS), unique=True),
    search=st.sampled_from(["", "B", "ä", "%"]),
    long=st.booleans(),
)
@examples(0.6)
def test_values_are_those_that_a_loop_counts(rows, chosen, search, long):
    with pytest.MonkeyPatch.context() as patch:
        if long:
            patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        explorer = Explorer.open(table(rows), TableDescription(facets=()))
    where = {} if chosen is None else {"kind": chosen}
    plain = table(rows).to_dicts()
    titles = [row["title"] for row in plain if chosen is None or row["kind"] in chosen]
    if search:
        titles = [t for t in titles if t is not None and search.lower() in t.lower()]
    found = explorer.values("title", explorer.query(where=where), search)
    assert listed(found) == counted(titles)
