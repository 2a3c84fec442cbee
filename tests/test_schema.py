"""Facets and measures are read from the table."""

import math

import polars as pl
import pytest

from iris_dash import DatasetError, open_dataset
from iris_dash.inference import slider_step
from iris_dash.schema import ceil_to_step, decimals_of, floor_to_step
from iris_dash.table_settings import TableSettings, read_table_settings


def schema_of(table, **settings):
    return open_dataset(pl.DataFrame(table, strict=False), TableSettings(**settings)).schema


def test_default_table_has_one_facet_and_four_measures(explorer):
    (species,) = explorer.schema.facets
    assert species.values == ("setosa", "versicolor", "virginica")
    assert (species.label, species.key) == ("Species", "label")
    found = [(m.name, m.label, m.unit, m.low, m.high, m.step) for m in explorer.schema.measures]
    assert found == [
        ("sepal_length", "Sepal length", "cm", 4.3, 7.9, 0.1),
        ("sepal_width", "Sepal width", "cm", 2.0, 4.4, 0.1),
        ("petal_length", "Petal length", "cm", 1.0, 6.9, 0.1),
        ("petal_width", "Petal width", "cm", 0.1, 2.5, 0.1),
    ]


def test_text_and_booleans_are_facets_numbers_measures_the_rest_neither(pets):
    assert [f.name for f in pets.schema.facets] == ["kind", "tame", "name"]
    assert [m.name for m in pets.schema.measures] == ["weight", "legs"]
    assert pets.schema.facet("kind").values == ("cat", "dog", None)
    assert pets.schema.facet("tame").values == (True, False, None)


def test_long_free_text_is_no_facet():
    schema = schema_of({"note": [f"text {i}" for i in range(60)], "n": range(60)})
    assert [f.name for f in schema.facets] == []
    assert schema.names == ("note", "n")


def test_ordered_categories_keep_their_order():
    sizes = pl.Series("size", ["big", "small", "big"], dtype=pl.Enum(["small", "big", "huge"]))
    schema = open_dataset(pl.DataFrame([sizes])).schema
    assert schema.facet("size").values == ("small", "big", "huge")


def test_settings_rule_over_inference():
    schema = schema_of(
        {"code": [1, 2, 1], "grade": ["b", "a", "b"]},
        facets=("code", "grade"),
        columns={"grade": {"label": "Grade", "order": ["a", "b"]}},
    )
    assert schema.facet("code").values == (1, 2)
    assert schema.facet("grade").values == ("a", "b")
    assert schema.measures == ()


@pytest.mark.parametrize(
    ("low", "high", "decimals", "step"),
    [
        (4.3, 7.9, 1, 0.1),  # the data's own: 36 positions
        (0, 200, 0, 1.0),  # just fine enough
        (0, 201, 0, 5.0),  # too fine, so 1-2-5: 41 positions
        (-50, 50, 0, 1.0),
        (0, 1_000_000, 0, 10_000.0),
        (0, 1e12, 0, 1e10),
        (0, 1e-6, 6, 1e-8),
        (3, 3, 0, 1.0),  # constant
        (2.5, 2.5, 1, 0.1),
    ],
)
def test_slider_step(low, high, decimals, step):
    assert slider_step(low, high, decimals) == pytest.approx(step)


def test_infinite_and_missing_values_do_not_widen_a_measure():
    schema = schema_of({"x": [1.0, math.inf, None, -math.inf, math.nan, 2.0]})
    assert (schema.measure("x").low, schema.measure("x").high) == (1.0, 2.0)


def test_a_column_without_a_finite_number_is_no_measure():
    schema = schema_of({"x": [None, math.nan, math.inf], "y": [1.0, 2.0, 3.0]})
    assert [m.name for m in schema.measures] == ["y"]


@pytest.mark.parametrize(
    ("value", "step", "below", "above"),
    [(4.37, 0.1, 4.3, 4.4), (0.3, 0.1, 0.3, 0.3), (-1.2, 1, -2, -1), (7, 5, 5, 10), (0, 2, 0, 0)],
)
def test_rounding_to_the_grid(value, step, below, above):
    assert (floor_to_step(value, step), ceil_to_step(value, step)) == (below, above)


def test_decimals_of_a_step():
    assert [decimals_of(step) for step in (1, 10, 0.5, 0.01, 1e-6)] == [0, 0, 1, 2, 6]


@pytest.mark.parametrize(
    ("table", "settings", "words"),
    [
        ({"_x": [1]}, {}, ["'_x'", "reserved"]),
        ({"page": [1]}, {}, ["'page'", "reserved", "rename"]),
        ({"lower": ["a"]}, {}, ["'lower'", "reserved"]),
        ({"": [1]}, {}, ["no name"]),
        ({"a": [1]}, {"facets": ("b",)}, ["'b'", "columns are a"]),
        ({"a": [1], "b": [1]}, {"columns": {"a": {"alias": "b"}}}, ["two columns", "b"]),
        ({"a": ["x"]}, {"measures": ("a",)}, ["'a'", "no finite number"]),
    ],
)
def test_names_that_cannot_be_carried_are_refused_with_advice(table, settings, words):
    with pytest.raises(DatasetError) as caught:
        schema_of(table, **settings)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(
    ("text", "word"),
    [("title = ", "TOML"), ("titel = 'x'", "titel"), ("[columns.a]\nstep = -1", "columns.a.step")],
)
def test_a_wrong_settings_file_names_the_key(tmp_path, text, word):
    path = tmp_path / "table.toml"
    path.write_text(text)
    with pytest.raises(DatasetError, match=r"table\.toml") as caught:
        read_table_settings(path)
    assert word in str(caught.value)
