"""A query is checked once, names what is wrong, and has one canonical form."""

import pytest

from iris_dash import IrisQuery, Query, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.filters import Choice, Interval, canonical
from iris_dash.query.sort import join_sort


@pytest.mark.parametrize(
    ("raw", "loc", "words"),
    [
        ({"species": "rose"}, ("species",), ["'rose'", "setosa, versicolor, virginica"]),
        ({"species": ["setosa", 1]}, ("species",), ["1", "setosa"]),
        ({"species": True}, ("species",), ["True", "setosa"]),
        ({"species": {"a": 1}}, ("species",), ["setosa"]),
        ({"specis": "setosa"}, ("specis",), ["'specis'", "did you mean 'species'"]),
        ({"lower": {"sepal_lenght": 5}}, ("lower", "sepal_lenght"), ["did you mean"]),
        ({"lower": {"sepal_length": "5"}}, ("lower", "sepal_length"), ["number", "'5'"]),
        ({"lower": {"sepal_length": True}}, ("lower", "sepal_length"), ["number", "True"]),
        ({"upper": {"sepal_length": float("nan")}}, ("upper", "sepal_length"), ["finite", "nan"]),
        ({"upper": {"sepal_length": float("inf")}}, ("upper", "sepal_length"), ["finite", "inf"]),
        ({"lower": 5}, ("lower",), ["object", "sepal_length"]),
        ({"lower": [5]}, ("lower",), ["object"]),
        ({"page": 0}, ("page",), ["greater than or equal to 1", "0"]),
        ({"page": True}, ("page",), ["integer", "True"]),
        ({"page": 1.5}, ("page",), ["integer"]),
        ({"per_page": -1}, ("per_page",), ["-1"]),
        ({"per_page": 10_001}, ("per_page",), ["10000", "10001"]),
        ({"sort": "colour"}, ("sort",), ["'colour'", "columns are sepal_length"]),
        ({"sort": "species,-species"}, ("sort",), ["more than once"]),
        ({"sort": 5}, ("sort",), ["'-a,b'"]),
        ({"by": "sepal_length"}, ("by",), ["'sepal_length'", "facets are species"]),
        ({"by": 3}, ("by",), ["3"]),
    ],
)
def test_a_wrong_query_names_the_value_and_the_valid_ones(explorer, raw, loc, words):
    with pytest.raises(QueryError) as caught:
        parse_query(explorer.schema, raw)
    (problem,) = caught.value.problems
    assert problem.loc == ("body", *loc)
    assert all(word in problem.msg for word in words), problem.msg


def test_inverted_bounds_name_both_numbers(explorer):
    raw = {"lower": {"sepal_length": 6}, "upper": {"sepal_length": 5}}
    with pytest.raises(QueryError, match=r"sepal_length: lower bound 6.* above upper bound 5"):
        parse_query(explorer.schema, raw)


@pytest.mark.parametrize("raw", [[], "text", 5, None, True])
def test_a_query_that_is_no_object_says_what_was_expected(explorer, raw):
    with pytest.raises(QueryError, match="should be a JSON object; its keys may be species"):
        parse_query(explorer.schema, raw)


def test_every_problem_is_reported(explorer):
    with pytest.raises(QueryError) as caught:
        explorer.query(species="rose", colour=1, page=0)
    assert [p.loc[1] for p in caught.value.problems] == ["species", "page", "colour"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"species": "setosa"}, {"species": ["setosa"]}),
        ({"species": ["virginica", "setosa"]}, {"species": ["setosa", "virginica", "setosa"]}),
        ({"species": None}, {}),
        ({"species": ["setosa", "versicolor", "virginica"]}, {}),
        ({"lower": {"sepal_length": 5}}, {"lower": {"sepal_length": 5.0}, "upper": None}),
        ({"lower": {"sepal_length": -0.0}}, {"lower": {"sepal_length": 0}}),
        ({"lower": {"sepal_length": None}}, {}),
        ({"per_page": 5}, {"page": 1, "per_page": 5}),
        ({"page": 2}, {"page": 2, "per_page": 100}),
        ({"sort": "-species"}, {"sort": ["-species"]}),
        ({"sort": None}, {}),
    ],
)
def test_the_same_question_is_one_query(explorer, one, other):
    first, second = explorer.query(**one), explorer.query(**other)
    assert first == second
    assert hash(first) == hash(second)
    assert explorer.text(first) == explorer.text(second)


def test_an_empty_choice_is_not_no_restriction(explorer):
    assert explorer.query(species=[]) != explorer.query()


def test_the_replaced_name_makes_the_same_query(explorer):
    filters = {"species": "setosa", "lower": {"sepal_length": 5}}
    query = IrisQuery(**filters)
    assert isinstance(query, Query)
    assert query == explorer.query(**filters)
    assert explorer.query(**filters) == query
    assert hash(query) == hash(explorer.query(**filters))


def test_a_query_cannot_be_changed(explorer):
    with pytest.raises(AttributeError):
        explorer.query().page = 2


def test_sort_text_escapes_what_it_means_itself():
    assert join_sort((("a,b", True), ("-c", False), ("d\\", False))) == r"-a\,b,\-c,d\\"


SETOSA, LONG, WIDE = (
    Choice("species", ("setosa",)),
    Interval("sepal_length", low=5.0),
    Interval("petal_width", high=0.2),
)


def test_filters_stand_in_the_schemas_order_and_none_lets_everything_in(explorer):
    names = explorer.schema.facet("species").values
    given = (WIDE, Interval("sepal_width"), Choice("species", names), LONG)
    assert canonical(explorer.schema, given) == (LONG, WIDE)
    assert canonical(explorer.schema, (LONG, WIDE, SETOSA)) == (SETOSA, LONG, WIDE)
    assert canonical(explorer.schema, (Choice("species", ()),)) == (Choice("species", ()),)


def test_of_two_filters_on_one_column_the_last_holds(explorer):
    longer = Interval("sepal_length", low=6.0)
    assert canonical(explorer.schema, (LONG, SETOSA, longer)) == (SETOSA, longer)
    assert canonical(explorer.schema, (LONG, SETOSA, Interval("sepal_length"))) == (SETOSA,)


def test_without_leaves_out_the_named_filters_alone():
    query = Query((SETOSA, LONG, WIDE), sort=(("species", True),), by="species", page=2, per_page=9)
    rest = Query((LONG,), sort=(("species", True),), by="species", page=2, per_page=9)
    assert query.without("species", "petal_width") == rest
    assert query.without("petal_length") == query
    assert query.filter_on("sepal_length") == LONG
    assert query.filter_on("petal_length") is None


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (Query(), {}),
        (Query((SETOSA,)), {"species": ["setosa"]}),
        (Query((Choice("species", ()),)), {"species": []}),
        (
            Query((Choice("species", ("setosa", "virginica")),)),
            {"where": {"species": {"not": ["versicolor"]}}},
        ),
        (
            Query((LONG, Interval("petal_width", 0.1, 0.2))),
            {"lower": {"sepal_length": 5.0, "petal_width": 0.1}, "upper": {"petal_width": 0.2}},
        ),
        (
            Query(sort=(("species", True), ("petal_width", False)), by="species"),
            {"sort": "-species,petal_width", "by": "species"},
        ),
        (Query(page=2, per_page=9), {"page": 2, "per_page": 9}),
    ],
)
def test_a_query_as_a_body_is_read_back_as_the_same(explorer, query, body):
    assert body_of(explorer.schema, query) == body
    assert parse_query(explorer.schema, body) == query


def test_a_query_by_the_replaced_name_can_be_asked_anything(explorer):
    query = IrisQuery(species=["setosa"], lower={"sepal_length": 8}, page=3)
    assert explorer.diagnosis(query) == explorer.diagnosis(
        explorer.query(species="setosa", lower={"sepal_length": 8}, page=3)
    )
