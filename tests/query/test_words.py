"""What a query asks, as people say it."""

import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.query.value_text import value_name, value_text
from iris_dash.query.words import filter_phrase


def phrases(schema, query):
    return {one.name: filter_phrase(schema, one) for one in query.filters}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, {}),
        ({"species": ["virginica", "setosa"]}, {"species": "Species: all but versicolor"}),
        ({"species": []}, {"species": "Species: none"}),
        (
            {"lower": {"sepal_length": 5}, "upper": {"sepal_length": 5.1}},
            {"sepal_length": "Sepal length 5.0 – 5.1 cm"},
        ),
        ({"lower": {"sepal_length": 5}}, {"sepal_length": "Sepal length from 5.0 cm"}),
        ({"upper": {"sepal_length": 5.125}}, {"sepal_length": "Sepal length up to 5.125 cm"}),
        (
            {"lower": {"sepal_width": 3}, "upper": {"sepal_width": 3}},
            {"sepal_width": "Sepal width 3.0 cm"},
        ),
    ],
)
def test_words(explorer, asked, words):
    assert phrases(explorer.schema, explorer.query(**asked)) == words


def test_words_without_a_unit_and_of_missing_values(pets):
    query = pets.query(kind=[None], tame=[True], lower={"legs": 3})
    assert phrases(pets.schema, query) == {
        "kind": "Kind: (missing)",
        "tame": "Tame: true",
        "legs": "Legs from 3",
    }


def test_words_of_many_values():
    frame = pl.DataFrame({"letter": list("abcdefghijklmnop") * 3})
    explorer = Explorer.open(frame)
    words = phrases(explorer.schema, explorer.query(letter=list("ghijklmn")))
    assert words == {"letter": "Letter: g, h, i, j, k, l and 2 more"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(missing)"),
        ("", "(empty)"),
        ("(missing)", "“(missing)”"),
        ("(empty)", "“(empty)”"),
        ("“(empty)”", "““(empty)””"),
        ("red", "red"),
        ("red ", "red␣"),
        (" red", "␣red"),
        ("  ", "␣␣"),
        ("a b", "a b"),
        ("\tone\r\ntwo\n", "⇥one↵two↵"),
        ("\u00a0x", "⍽x"),
        ("a\tb", "a⇥b"),
        ("\u202eabc", "⟨202E⟩abc"),
        ("\ufeffa\u200d", "⟨FEFF⟩a\u200d"),
        (True, "true"),
        (7, "7"),
    ],
)
def test_a_value_is_one_line_that_tells_it_from_others(value, text):
    assert value_text(value) == value_name(value) == text


def test_a_long_value_is_named_by_its_beginning_and_its_end():
    name = value_name("a" * 2_999 + "z")
    assert (len(name), name[:1], name[-1:], "…" in name) == (60, "a", "z", True)
