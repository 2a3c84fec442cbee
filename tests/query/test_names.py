"""A column may have any name: how addresses, JSON and Python name it."""

from urllib.parse import parse_qsl

import polars as pl
import pytest

from iris_dash import Explorer, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.names import RESERVED_KEYS, address_key, held_name, name_of_held, named_by
from iris_dash.query.url import parse_arguments, parse_arguments_leniently

ANNOUNCED = "search columns of stat having where bins unit column totals empty bom format"
ODD = [
    *("_id", "_", ".hidden", ".page", "*", "^a$", "^.*$", "$", "-", "-a", "a,b", "\\", "q\"uo'te"),
    *("line\nbreak", "<b>tag</b>", "größe", "a&b=c", "a b ", "__proto__", "~not:x", "x" * 300),
]
NAMES = [*RESERVED_KEYS, *ODD]


@pytest.fixture(scope="module")
def named() -> Explorer:
    """Each name twice: a facet, and a measure called so with an m behind."""
    facets = {name: ["u", "v", "w"] for name in NAMES}
    return Explorer.open(pl.DataFrame(facets | {f"{name}m": [1.5, 2.5, 3.5] for name in ODD}))


def parse(explorer, text):
    return parse_arguments(explorer.schema, parse_qsl(text, keep_blank_values=True))


def test_the_keys_that_are_announced_are_reserved():
    assert {*ANNOUNCED.split(), "sort", "by", "page", "per_page", "lower", "upper"} <= {
        *RESERVED_KEYS
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_same_in_every_face(named, name):
    query = named.query(where={name: "v"}, by=name, sort=[f"-\\{name}"])
    assert named.rows(query)[name].tolist() == ["v"]
    text = named.text(query)
    assert parse(named, text) == query
    assert parse_query(named.schema, body_of(named.schema, query)) == query
    assert named.records(query)[1][0][name] == "v"
    assert named.means(query)[name].tolist() == ["v"]
    assert named.facet_counts(query)[name] == {"u": 1, "v": 1, "w": 1}
    assert [one.name for one in named.diagnosis(query).filters] == [name]


@pytest.mark.parametrize("name", [f"{name}m" for name in ODD])
def test_a_measure_may_have_any_name(named, name):
    query = named.query(where={name: {"from": 2.5, "to": 2.5}}, sort=[f"-\\{name}"])
    assert query == named.query(lower={name: 2.5}, upper={name: 2.5}, sort=[f"-\\{name}"])
    assert parse(named, named.text(query)) == query
    assert named.rows(query)[name].tolist() == [2.5]
    assert named.histograms(query)[name].counts.sum() == 1


@pytest.mark.parametrize(
    ("name", "key"),
    [("species", "species"), ("page", ".page"), ("_id", "._id"), (".h", "..h"), ("*", "*")],
)
def test_a_point_stands_before_what_could_be_a_key(name, key):
    assert address_key(name) == key
    assert named_by(key) == named_by(f".{name}") == name
    assert name_of_held(held_name(name)) == name


def test_a_key_and_the_column_of_its_name_are_told_apart(named):
    query = parse(named, ".page=u&page=2&per_page=1&.sort=v&sort=page")
    assert query == named.query(where={"page": "u", "sort": "v"}, page=2, per_page=1, sort="page")
    pairs = parse_qsl("page=x&.page=u&_id=v&._id=w")
    lenient, problems = parse_arguments_leniently(named.schema, pairs)
    assert named.text(lenient) == ".page=u&._id=w"
    assert [problem.loc for problem in problems] == [("query", "page")]


def test_a_key_that_a_column_has_too_is_explained(named):
    with pytest.raises(QueryError, match=r"unknown key 'unit'; .*did you mean '\.unit'"):
        parse(named, "unit=u")
    with pytest.raises(QueryError, match=r"column of that name stands in \{\"where\": \{\"unit\""):
        named.query(unit="u")


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({"species": "setosa"}, 50),
        ({"species": ["setosa", "virginica"]}, 100),
        ({"species": []}, 0),
        ({"species": None}, 150),
        ({"species": {}}, 150),
        ({"species": {"not": ["setosa"]}}, 100),
        ({"species": {"not": "setosa"}}, 100),
        ({"petal_width": {"to": 0.2}}, 34),
        ({"petal_width": {"from": 0.2, "to": 0.2}}, 29),
        ({"petal_width": {}}, 150),
        ({"petal_width": None}, 150),
    ],
)
def test_where_says_a_condition_per_column(explorer, where, rows):
    assert explorer.count(explorer.query(where=where)) == rows


@pytest.mark.parametrize(
    ("body", "loc", "words"),
    [
        ({"where": 5}, ("where",), "should be an object with a condition per column: species"),
        ({"where": {"specis": "x"}}, ("where", "specis"), "did you mean 'species'"),
        ({"where": {"species": "rose"}}, ("where", "species"), "values of species are setosa"),
        ({"where": {"species": {"not": [None]}}}, ("where", "species"), "unknown value"),
        (
            {"where": {"species": {"any": ["setosa"], "not": ["virginica"]}}},
            ("where", "species"),
            "species: values are chosen, or left out, not both",
        ),
        ({"where": {"species": {"is": "x"}}}, ("where", "species"), "conditions are any, not, has"),
        ({"where": {"petal_width": 5}}, ("where", "petal_width"), "with numbers from and to"),
        ({"where": {"petal_width": [5]}}, ("where", "petal_width", 0), "with numbers from and to"),
        ({"where": {"petal_width": {"low": 1}}}, ("where", "petal_width", "low"), "from, to"),
        ({"where": {"petal_width": {"to": "1"}}}, ("where", "petal_width", "to"), "number"),
        ({"where": {"petal_width": {"from": 2, "to": 1}}}, ("where", "petal_width"), "above"),
        ({"where": {"species": "setosa"}, "species": "setosa"}, ("where", "species"), "twice"),
        ({"where": {"petal_width": {"to": 1}}, "upper": {"petal_width": 1}}, None, "twice"),
    ],
)
def test_what_where_cannot_say_is_refused(explorer, body, loc, words):
    with pytest.raises(QueryError) as caught:
        parse_query(explorer.schema, body)
    (problem,) = caught.value.problems
    assert loc is None or problem.loc == ("body", *loc)
    assert words in problem.msg


LETTERS = Explorer.open(pl.DataFrame({"c": ["a", "b", "", None, "~x", "~not:a"]}))


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        (["a"], "c=a"),
        (["a", "b", None], "c=a&c=b&c=~missing"),  # a tie
        (["a", "b", "", "~x", "~not:a"], "c=~present"),
        (["a", "b", None, "~x", "~not:a"], "c=~not:"),
        (["a", "b", "", None], "c=~not:~~not:a&c=~not:~~x"),
        (["~not:a"], "c=~~not:a"),
        ([], "c=~none"),
    ],
)
def test_of_a_facet_the_shorter_side_is_written(chosen, text):
    query = LETTERS.query(c=chosen)
    assert LETTERS.text(query) == text
    assert parse(LETTERS, text) == query
    assert parse_query(LETTERS.schema, body_of(LETTERS.schema, query)) == query
    assert LETTERS.count(query) == len(chosen)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("c=~none&c=a", "c=a"),
        (".c=a", "c=a"),
    ],
)
def test_other_spellings_ask_the_same(text, same):
    assert LETTERS.text(parse(LETTERS, text)) == same


@pytest.mark.parametrize("text", ["c=a&c=~not:b", "c=~not:b&c=a&c=b", "c=~none&c=~not:a"])
def test_values_are_chosen_or_left_out_not_both(text):
    with pytest.raises(QueryError, match="c: values are chosen, or left out, not both"):
        parse(LETTERS, text)


def test_one_of_many_values_unticked_is_a_short_address():
    many = Explorer.open(pl.DataFrame({"p": [f"Product {n:04} — größe XL" for n in range(12)]}))
    query = many.query(where={"p": {"not": ["Product 0003 — größe XL"]}})
    assert many.text(query) == "p=~not:Product%200003%20%E2%80%94%20gr%C3%B6%C3%9Fe%20XL"
