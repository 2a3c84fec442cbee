"""URL arguments and queries turn into each other without loss."""

from urllib.parse import parse_qsl

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.query.url import (
    format_query,
    parse_arguments,
    parse_arguments_leniently,
)

ODD = Explorer.open(
    pl.DataFrame(
        {
            "kind & form": ["a=b", "c&d", "~none", "~missing", "é ü", "", None, "..", "1,2"],
            "-depth, m": [0.5, -1.5, 2.0, None, 3.0, 1e-7, 1e21, 4.0, 5.0],
            "year": [1999, 2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007],
        }
    )
)


def parse(explorer, text):
    return parse_arguments(explorer.schema, parse_qsl(text, keep_blank_values=True))


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({}, ""),
        ({"species": "setosa"}, "species=setosa"),
        ({"species": ["virginica", "setosa"]}, "species=~not:versicolor"),
        ({"species": []}, "species=~none"),
        ({"lower": {"sepal_length": 5}}, "sepal_length=5.0.."),
        ({"upper": {"sepal_length": 5.1}}, "sepal_length=..5.1"),
        (
            {"lower": {"sepal_width": 3, "sepal_length": 5}, "upper": {"sepal_length": 5.1}},
            "sepal_length=5.0..5.1&sepal_width=3.0..",
        ),
        ({"sort": "-sepal_length,species"}, "sort=-sepal_length,species"),
        ({"by": "species", "page": 2, "per_page": 5}, "by=species&page=2&per_page=5"),
    ],
)
def test_canonical_text(explorer, filters, text):
    query = explorer.query(**filters)
    assert explorer.text(query) == text
    assert parse(explorer, text) == query


@pytest.mark.parametrize(
    ("text", "loc", "words"),
    [
        ("sepal_length=abc", "sepal_length", ["low..high", "'abc'"]),
        ("sepal_length=5", "sepal_length", ["low..high", "'5'"]),
        ("sepal_length=..", "sepal_length", ["low..high"]),
        ("sepal_length=", "sepal_length", ["low..high"]),
        ("sepal_length=5..x", "sepal_length", ["'5..x'"]),
        ("sepal_length=nan..", "sepal_length", ["finite"]),
        ("sepal_length=..inf", "sepal_length", ["finite"]),
        ("sepal_length=6..5", "sepal_length", ["above"]),
        ("sepal_length=5..&sepal_length=6", "sepal_length", ["expected low..high"]),
        ("species=rose", "species", ["'rose'", "setosa"]),
        ("species=", "species", ["''", "setosa"]),
        ("species=~missing", "species", ["'~missing'"]),
        ("colour=red", "colour", ["'colour'", "keys are species"]),
        ("lower=5", "lower", ["'lower'"]),
        ("page=x", "page", ["integer", "'x'"]),
        ("page=0", "page", ["1"]),
        ("per_page=10001", "per_page", ["10000"]),
        ("page=1&page=2", "page", ["twice"]),
        ("sort=colour", "sort", ["'colour'"]),
        ("sort=", "sort", ["''"]),
    ],
)
def test_wrong_arguments_name_the_argument(explorer, text, loc, words):
    with pytest.raises(QueryError) as caught:
        parse(explorer, text)
    (problem,) = caught.value.problems
    assert problem.loc == ("query", loc)
    assert all(word in problem.msg for word in words), problem.msg


def test_lenient_reading_leaves_out_only_what_is_wrong(explorer):
    pairs = parse_qsl("species=setosa&sepal_length=abc&foo=1&sepal_width=3..2&petal_width=..0.2")
    query, problems = parse_arguments_leniently(explorer.schema, pairs)
    assert explorer.text(query) == "species=setosa&petal_width=..0.2"
    assert {problem.loc[1] for problem in problems} == {"sepal_length", "foo", "sepal_width"}


def test_the_dashboards_own_keys_never_narrow(explorer):
    assert parse(explorer, "_x=petal_length&_anything=1") == explorer.query()


def test_whole_numbers_stay_whole():
    assert ODD.text(ODD.query(lower={"year": 2000})) == "year=2000.."


numbers = st.floats(allow_nan=False, allow_infinity=False)
choices = st.lists(st.sampled_from(ODD.schema.facets[0].values), unique=True)


@given(
    chosen=st.none() | choices,
    low=st.none() | numbers,
    high=st.none() | numbers,
    sort=st.lists(st.tuples(st.sampled_from(ODD.schema.names), st.booleans()), max_size=3),
    page=st.none() | st.integers(1, 10**6),
)
def test_any_query_survives_the_way_through_its_text(chosen, low, high, sort, page):
    from iris_dash.query.sort import join_sort

    if low is not None and high is not None and low > high:
        low, high = high, low
    once = tuple(dict(sort).items())
    query = ODD.query(
        **{"kind & form": chosen},
        lower={"-depth, m": low},
        upper={"-depth, m": high},
        sort=join_sort(once) or None,
        page=page,
    )
    text = format_query(ODD.schema, query)
    assert parse(ODD, text) == query
    assert text.isascii()


@pytest.mark.parametrize("value", ODD.schema.facets[0].values)
def test_every_odd_value_selects_its_own_row(value):
    query = ODD.query(**{"kind & form": [value]})
    assert parse(ODD, ODD.text(query)) == query
    assert ODD.count(query) == 1


@pytest.mark.parametrize(
    ("address", "left", "said"),
    [
        ("species=setosa&species=rose", "species=setosa", ["unknown_value"]),
        (".species=setosa&species=rose&.species=tulip", "species=setosa", ["unknown_value"]),
        ("species=~not:setosa&species=~not:rose", "species=~not:setosa", ["unknown_value"]),
        ("species=rose", "", ["unknown_value"]),
        ("species=setosa&species=~missing", "species=setosa", ["unknown_value"]),
        ("species=setosa&species=~odd", "", ["unknown_condition"]),
    ],
)
def test_of_a_facet_known_values_stay_and_the_unknown_is_said(explorer, address, left, said):
    """One value that is gone used to drop the whole filter, so that all rows were shown."""
    pairs = parse_qsl(address)
    query, problems = parse_arguments_leniently(explorer.schema, pairs)
    assert format_query(explorer.schema, query) == left
    assert [problem.type for problem in problems] == said
