"""What is asked of text: the same rows in every face, one canonical form, clear errors."""

from __future__ import annotations

from urllib.parse import parse_qsl

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.filters import Match, canonical
from iris_dash.query.query import Query
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.words import filter_phrase

TITLES = ["Star Wars", "star*", "A 100 % star_", "~odd", "", None, "Straße", "STRASSE", "Ärger"]
TITLES += [f"no {n}" for n in range(60)]


@pytest.fixture(scope="module")
def films() -> Explorer:
    return Explorer.open(
        pl.DataFrame({"title": TITLES, "kind": ["a", "b", None] * 23, "page": TITLES})
    )


def asked(explorer: Explorer, address: str) -> Query:
    return parse_arguments(explorer.schema, parse_qsl(address, keep_blank_values=True))


def found(explorer: Explorer, query: Query) -> list[str | None]:
    return [row["title"] for piece in explorer.dataset.records(query)[0] for row in piece]


@pytest.mark.parametrize(
    ("address", "said", "titles"),
    [
        ("title=Straße", "Straße", ["Straße"]),
        ("title=straße", ["straße"], []),
        ("title=star*&title=~~odd", ["star*", "~odd"], ["star*", "~odd"]),
        ("title=~missing", [None], [None]),
        ("title=", "", [""]),
        ("title=~none", [], []),
        ("title=~has:STAR", {"has": "STAR"}, TITLES[:3]),
        ("title=~has:%25", {"has": "%"}, ["A 100 % star_"]),
        ("title=~has:_", {"has": ["_"]}, ["A 100 % star_"]),
        ("title=~has:star&title=~has:wars", {"has": ["star", "wars"]}, ["Star Wars"]),
        ("title=~starts:sTAR", {"starts": "sTAR"}, ["Star Wars", "star*"]),
        ("title=~starts:str&title=~has:ß", {"starts": "str", "has": "ß"}, ["Straße"]),
        ("title=~starts:ä", {"starts": ["ä"]}, ["Ärger"]),
        ("title=~starts:a&title=~starts:b", {"starts": ["a", "b"]}, []),
        ("title=~has:star&title=~not:star*", {"has": "star", "not": "star*"}, [*TITLES[0:3:2]]),
        ("title=~present&title=~has:w", {"present": True, "has": "w"}, ["Star Wars"]),
    ],
)
def test_every_face_gives_the_same_rows(films, address, said, titles):
    query = asked(films, address)
    assert found(films, query) == titles
    assert parse_query(films.schema, {"where": {"title": said}}) == query
    assert films.query(where={"title": said}) == query
    assert films.count(query) == len(titles) == len(films.rows(query))
    assert parse_query(films.schema, body_of(films.schema, query)) == query
    assert asked(films, format_query(films.schema, query).replace("+", "%2B")) == query


def test_all_but_some_keeps_what_is_missing(films):
    titles = [title for title in TITLES if title != "star*"]
    assert found(films, asked(films, "title=~not:star*")) == titles
    titles.remove(None)
    assert found(films, asked(films, "title=~not:star*&title=~present")) == titles


def test_a_facet_is_narrowed_by_its_text_too(films):
    assert asked(films, "kind=~has:A") == films.query(kind="a")
    assert asked(films, "kind=~present") == films.query(kind=["a", "b"])
    assert films.query(where={"kind": {"starts": "b", "not": ["a"]}}) == films.query(kind="b")


def test_a_column_called_as_a_key_is_asked_with_a_point(films):
    query = asked(films, ".page=~has:wars")
    assert found(films, query) == ["Star Wars"]
    assert format_query(films.schema, query) == ".page=~has:wars"
    assert body_of(films.schema, query) == {"where": {"page": {"has": ["wars"]}}}


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("title=b&title=a&title=~missing&title=a", "title=a&title=b&title=~missing"),
        ("title=~has:Star&title=~has:TAR", "title=~has:star"),
        ("title=~starts:Star&title=~has:tar", "title=~starts:star"),
        ("title=~starts:s&title=~starts:St", "title=~starts:st"),
        ("title=~has:star&title=~not:moon&title=~present", "title=~has:star"),
        ("title=star&title=moon&title=~has:oo", "title=moon"),
        ("title=star&title=~has:oo", "title=~none"),
        (
            "title=~not:b&title=~not:~missing&title=~not:a",
            "title=~not:a&title=~not:b&title=~present",
        ),
        ("kind=b&title=~has:x", "kind=b&title=~has:x"),
    ],
)
def test_equal_questions_have_one_text(films, address, text):
    assert format_query(films.schema, asked(films, address)) == text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("title=~foo:x", "title: '~foo:x' is no condition; conditions are a value or ~none"),
        ("title=~has:", "has should be text of 1 to 1000 characters"),
        ("title=~starts:" + "x" * 1_001, "starts should be text of 1 to 1000 characters"),
        ("&".join(f"title={n}" for n in range(1_001)), "at most 1000 values"),
        ("titel=x", "did you mean 'title'"),
        ("kind=~what", "kind: '~what' is no condition"),
    ],
)
def test_what_cannot_be_asked_says_what_can(films, address, words):
    with pytest.raises(QueryError) as caught:
        asked(films, address)
    assert words in caught.value.problems[0].msg


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (5, "should be text, or null"),
        ({"is": "x"}, "unknown condition 'is'; conditions are any, not, has"),
        ({"any": ["x"], "not": ["y"]}, "values are chosen, or left out, not both"),
        ({"has": [""]}, "has should be text"),
        ({"has": 5}, "has should be text"),
        ({"present": False}, "present should be true"),
        ([["x"]], "should be text, or null"),
    ],
)
def test_a_body_that_cannot_be_asked_says_what_can(films, said, words):
    with pytest.raises(QueryError) as caught:
        parse_query(films.schema, {"where": {"title": said}})
    (problem,) = caught.value.problems
    assert (problem.loc, words in problem.msg) == (("body", "where", "title"), True)


@pytest.mark.parametrize(
    ("match", "phrase"),
    [
        (Match("title", ("a", "b", None)), "Title is a or b or (missing)"),
        (Match("title", ()), "Title is none"),
        (Match("title", None, ("LAX", None)), "Title not LAX, present"),
        (Match("title", None, (), ("star",), ("a ",)), "Title contains “star”, begins with “a␣”"),
        (Match("title", tuple("abcdefgh")), "Title is a or b or c or d or e or f and 2 more"),
    ],
)
def test_a_phrase_per_filter(films, match, phrase):
    assert filter_phrase(films.schema, match) == phrase


LETTERS = st.text("aAbßİı%_*~", max_size=3)
VALUES = st.lists(st.none() | LETTERS, max_size=3)
PARTS = st.lists(st.text("aAbß", min_size=1, max_size=2), max_size=2)


@given(
    st.none() | VALUES.map(tuple),
    VALUES.map(tuple),
    PARTS.map(tuple),
    PARTS.map(tuple),
    st.none() | LETTERS,
)
def test_the_canonical_form_means_the_same(films, values, left_out, has, starts, text):
    small = (tuple(map(str.lower, has)), tuple(map(str.lower, starts)))
    match = Match("title", values, left_out, *small)
    (*shortest,) = canonical(films.schema, [Match("title", values, left_out, has, starts)])
    assert all(one.holds(text) for one in shortest) == match.holds(text)
    assert canonical(films.schema, shortest) == tuple(shortest)
    query = Query(tuple(shortest))
    assert asked(films, format_query(films.schema, query)) == query
    assert parse_query(films.schema, body_of(films.schema, query)) == query


def test_diagnosis_tells_what_it_removes_and_the_way_back(films):
    query = asked(films, "title=~has:star&kind=b&title=~has:wars")
    diagnosis = films.diagnosis(query)
    assert (diagnosis.count, diagnosis.total) == (0, len(TITLES))
    assert [(one.kind, one.words) for one in diagnosis.filters] == [
        ("facet", "Kind: b"),
        ("text", "Title contains “star”, contains “wars”"),
    ]
    assert diagnosis.filters[1].removes_alone == films.count(films.query(kind="b"))
    assert diagnosis.relaxation.words == "Kind: also a"
