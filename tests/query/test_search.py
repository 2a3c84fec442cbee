"""A search over all texts, and the choice of columns: in every face alike."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.words import filter_phrase, query_in_words

COLOURS = ["Red", "blue", None, "Red", "50%", "blue", "Red", "blue"]
TITLES = ["A red star", "Blue", "none", None, "100% ÄPFEL", "a_b", "*", "rest"]
TABLE = pl.DataFrame(
    {
        "colour": COLOURS,
        "title": [title and f"{title} {n}" for n, title in enumerate(TITLES)],
        "size": [*range(8)],
        "tame": [True, False] * 4,
        "n": range(8),
    }
)


@pytest.fixture(scope="module", params=["short", "long", "pandas"])
def things(request: pytest.FixtureRequest) -> Explorer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.tables.inference.ALWAYS_FEW", 4)
        if request.param != "short":
            patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        return Explorer.open(TABLE.to_pandas() if request.param == "pandas" else TABLE)


@pytest.mark.parametrize(
    ("address", "text", "rows"),
    [
        ("search=RED", "search=red", [0, 3, 6]),
        ("search=re", "search=re", [0, 3, 6, 7]),
        ("search=%25", "search=%25", [4]),
        ("search=äpf", "search=%C3%A4pf", [4]),
        ("search=_", "search=_", [5]),
        ("search=*", "search=*", [6]),
        ("search=rue", "search=rue", [0, 2, 4, 6]),  # tame is true
        ("search=nowhere", "search=nowhere", []),
        ("search=", "", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("search=re&size=1..6", "size=1..6&search=re", [3, 6]),
        ("search=re&title=~not:* 6&colour=Red", "colour=Red&title=~not:*%206&search=re", None),
    ],
)
def test_a_search_looks_in_every_text(things, address, text, rows):
    schema = things.schema
    assert {"colour", "tame"} == set(schema.facets_by_name)
    assert [*schema.texts_by_name] == ["title"]
    query = parse_arguments(schema, parse_qsl(address, keep_blank_values=True))
    rows = [0, 3] if rows is None else rows
    found = [row["n"] for piece in things.dataset.records(query)[0] for row in piece]
    assert found == rows
    assert things.count(query) == len(rows)
    assert format_query(schema, query) == text.replace(" ", "%20")
    assert parse_query(schema, json.loads(json.dumps(body_of(schema, query)))) == query
    assert sum(things.facet_counts(query)["tame"].values()) == len(rows)


def test_a_search_is_said_and_taken_away(things):
    query = things.query(search="nowhere", tame=True)
    assert filter_phrase(things.schema, query.filters[-1]) == "Any text contains “nowhere”"
    told = things.diagnosis(query)
    assert [(one.kind, one.removes_alone) for one in told.filters] == [("facet", 0), ("search", 4)]
    assert told.relaxation.query.filters == things.query(tame=True).filters
    assert told.relaxation.count == 4


def test_what_cannot_be_searched_for_is_refused(things):
    for wrong, words in ((5, "valid string"), ("x" * 1_001, "at most 1000 characters")):
        with pytest.raises(QueryError, match=words):
            things.query(search=wrong)


def test_a_column_that_is_called_search_is_asked_with_a_point():
    explorer = Explorer.open(pl.DataFrame({"search": ["a", "b", "a"], "columns": ["x", "y", "x"]}))
    query = parse_arguments(explorer.schema, parse_qsl(".search=a&search=x&columns=columns"))
    assert format_query(explorer.schema, query) == ".search=a&search=x&columns=columns"
    assert explorer.records(query) == (2, [{"columns": "x"}, {"columns": "x"}])


@pytest.mark.parametrize(
    ("address", "text", "keys"),
    [
        ("columns=size,colour", "columns=size,colour", ["size", "colour"]),
        ("columns=n&sort=-title", "sort=-title&columns=n", ["n"]),
        ("columns=colour,title,size,tame,n", "", ["colour", "title", "size", "tame", "n"]),
    ],
)
def test_columns_choose_and_order_what_rows_have(things, address, text, keys):
    schema = things.schema
    query = parse_arguments(schema, parse_qsl(address))
    assert format_query(schema, query) == text
    assert parse_query(schema, body_of(schema, query)) == query
    whole = things.records(parse_arguments(schema, parse_qsl(address.partition("&")[2])))[1]
    for asked in (query, query.on_page(2, 3)):
        rows = things.records(asked)[1]
        assert [[*row] for row in rows] == [keys] * len(rows)
        wanted = whole if asked is query else whole[3:6]
        assert rows == [{key: row[key] for key in keys} for row in wanted]
        assert [*things.rows(asked).columns] == keys
        assert things.table_rows(asked) == rows
        file = b"".join(things.export("csv", asked).pieces).decode()
        header = next(line for line in file.splitlines() if not line.startswith("#"))
        assert header == ",".join(keys)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("size,size", "more than once"),
        ("sizes", "unknown column 'sizes'; columns are colour, title, size, tame, n; did you mean"),
        ("", "unknown column ''"),
        ("-size", "unknown column '-size'"),
        (5, "columns should be text"),
        (["size", 5], "columns should be text"),
        ("size," * 100, "columns names more than every column once"),
    ],
)
def test_what_is_no_choice_of_columns_is_refused(things, columns, words):
    with pytest.raises(QueryError) as caught:
        things.query(columns=columns)
    assert words in caught.value.problems[0].msg


def test_words_say_the_columns(things):
    query = things.query(columns=["size", "title"], search="star")
    said = query_in_words(things.schema, query)
    assert said == [("Any text", "contains “star”"), ("Columns", "Size, Title")]


TEXTS = st.sampled_from(["Red", "re", "%", "_", "*", "", "ß", "SS", "a.b", "star", "\n", "'"])


@given(
    texts=st.lists(st.none() | TEXTS, min_size=1, max_size=8),
    values=st.lists(st.none() | TEXTS, min_size=8, max_size=8),
    part=TEXTS.filter(bool),
)
def test_any_search_equals_a_plain_loop(texts, values, part):
    values = values[: len(texts)]
    frame = pl.DataFrame(
        {"g": pl.Series(values, dtype=pl.String), "t": pl.Series(texts, dtype=pl.String)}
    )
    explorer = Explorer.open(frame.with_row_index("n"))
    found = [row["n"] for row in explorer.records(explorer.query(search=part))[1]]
    held = [[v for v in pair if v is not None] for pair in zip(texts, values, strict=True)]
    assert found == [n for n, has in enumerate(held) if any(part.lower() in v.lower() for v in has)]
