"""Facets and measures are read from the table."""

import datetime
import decimal
import math
import time

import narwhals as nw
import pandas as pd
import polars as pl
import pytest

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.query.names import held_name
from iris_dash.query.steps import ceil_to_step, decimals_of, floor_to_step
from iris_dash.tables.column_facts import FrameFacts
from iris_dash.tables.description import TableDescription, TableOptions, read_description
from iris_dash.tables.extent import slider_step
from iris_dash.tables.inference import infer_schema
from iris_dash.web.app import create_app


def schema_of(table, **settings):
    return open_dataset(pl.DataFrame(table, strict=False), TableDescription(**settings)).schema


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
    assert pets.schema.facet("tame").values == (False, True, None)


def test_long_free_text_is_no_facet():
    schema = schema_of({"note": [f"text {i}" for i in range(60)], "n": range(60)})
    assert [f.name for f in schema.facets] == []
    assert schema.names == ("note", "n")


def test_ordered_categories_keep_their_order():
    sizes = pl.Series("size", ["big", "small", "big"], dtype=pl.Enum(["small", "big", "huge"]))
    schema = open_dataset(pl.DataFrame([sizes])).schema
    assert schema.facet("size").values == ("small", "big", "huge")


BOTH = pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame], ids=["polars", "pandas"])
DAY = datetime.date(2026, 11, 24)
NOON = datetime.datetime(2026, 11, 24, 12)


def table(make, values, dtype=None):
    """A one-column frame `x` of either engine."""
    if make is pl.DataFrame:
        return pl.DataFrame({"x": pl.Series(values, dtype=dtype, strict=False)})
    return pd.DataFrame({"x": pd.Series(values, dtype=dtype)})


@BOTH
@pytest.mark.parametrize(
    ("values", "low", "high", "step", "decimals"),
    [
        ([1, 5, 3], 1, 5, 1, 0),
        ([-5, 5], -5, 5, 1, 0),
        ([-1.5, -0.5], -1.5, -0.5, 0.1, 1),
        ([0.1, 20.1], 0.1, 20.1, 0.1, 1),  # 200 positions, though the span is 20.000000000000004
        ([0.0, 20.1], 0, 20.2, 0.2, 1),  # 201 are too many
        ([0, 201], 0, 202, 2, 0),
        ([0, 350], 0, 350, 5, 0),
        ([0, 300], 0, 300, 2, 0),
        ([0.0, 1e12], 0, 1e12, 1e10, 0),
        ([1e12, 1e12 + 50], 1e12, 1e12 + 50, 1, 0),
        ([0.5, 1e12], 0, 1e12, 1e10, 1),
        ([0.0, 5e-10, 1e-9], 0, 1e-9, 1e-11, 6),
        ([0.0, 1e-15], 0, 1e-15, 1e-17, 6),
        ([0.0, 1e-300], 0, 1e-300, 1e-302, 6),
        ([-1e303, 1e303], -1e303, 1e303, 2e301, 0),
        ([3, 3], 3, 3, 1, 0),
        ([0, 0], 0, 0, 1, 0),
        ([0.0, -0.0], 0, 0, 1, 0),
        ([2.5, 2.5], 2.5, 2.5, 0.1, 1),
        ([1e-9, 1e-9], 1e-9, 1e-9, 1e-11, 6),
        ([math.pi, math.pi], 3.14, 3.15, 0.01, 6),
        ([1e300, 1e300], 1e300, 1.01e300, 1e298, 0),
        ([0.1 + 0.2, 0.5, 0.0], 0, 0.5, 0.1, 1),  # dust is no decimals
        ([1.5, math.inf, None, -math.inf, math.nan, 2.5], 1.5, 2.5, 0.1, 1),
        ([1, None, 3], 1, 3, 1, 0),
        ([-(2**63), 2**63 - 1], -9.4e18, 9.4e18, 2e17, 0),
        ([0, 2**64 - 1], 0, 1.86e19, 2e17, 0),
        ([decimal.Decimal("1.50"), decimal.Decimal("2.25"), None], 1.5, 2.25, 0.01, 2),
        ([datetime.timedelta(seconds=90), None, datetime.timedelta(minutes=3)], 90, 180, 1, 0),
    ],
)
def test_numbers_are_measures_with_a_fitting_step(make, values, low, high, step, decimals):
    (measure,) = open_dataset(table(make, values)).schema.measures
    assert (measure.low, measure.high) == pytest.approx((low, high), rel=1e-12, abs=0)
    assert measure.step == pytest.approx(step, rel=1e-12, abs=0)
    assert measure.decimals == decimals
    finite = [float(v) for v in values if isinstance(v, int | float) and math.isfinite(v)]
    assert all(measure.low <= value <= measure.high for value in finite)


@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int8, pl.UInt64, pl.Int128, pl.Float32, pl.Float64])
def test_every_type_of_number_is_a_measure(dtype):
    (measure,) = open_dataset(table(pl.DataFrame, [1, 4, None], dtype)).schema.measures
    assert (measure.low, measure.high, measure.step, measure.decimals) == (1, 4, 1, 0)


@pytest.mark.parametrize("dtype", ["uint8", "Int64", "float32", "Float32", "Float64"])
def test_every_pandas_type_of_number_is_a_measure(dtype):
    (measure,) = open_dataset(table(pd.DataFrame, [1, 4], dtype)).schema.measures
    assert (measure.low, measure.high, measure.step, measure.decimals) == (1, 4, 1, 0)


@BOTH
@pytest.mark.parametrize(
    "values",
    [
        [None, None],
        [math.nan, None],
        [math.inf, -math.inf],
        [DAY, None],
        [NOON, None],
        [datetime.time(12), None],
        [f"text {i}" for i in range(51)],
        [f"text {i}" for i in range(13)],  # more than half as many values as rows
    ],
    ids=repr,
)
def test_other_columns_are_neither_but_stay(make, values):
    schema = open_dataset(table(make, values)).schema
    assert (schema.names, schema.facets, schema.measures) == (("x",), (), ())


@BOTH
def test_true_false_with_gaps_is_a_facet(make):
    (facet,) = open_dataset(table(make, [True, None, False])).schema.facets
    assert facet.values == (False, True, None)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pl.Series(["b", "a", None], dtype=pl.Categorical), ("a", "b", None)),
        (pd.Series(pd.Categorical(["b", "a"], ["b", "a"])), ("b", "a")),
        (pl.Series(["b", "a"], dtype=pl.Enum(["c", "b", "a"])), ("c", "b", "a")),
        (pl.Series(["v9", "v2"], dtype=pl.Enum([f"v{i}" for i in range(51)])), ("v2", "v9")),
        (pd.Series(["b", "a", None], dtype="category"), ("a", "b", None)),
        (pd.Series(pd.Categorical(["b", "a"], ["c", "b", "a"], ordered=True)), ("c", "b", "a")),
        (pd.Series(pd.Categorical([3, 1, 3], [3, 1], ordered=True)), ("3", "1")),
    ],
)
def test_categories_are_facets_in_their_order(column, values):
    make = pl.DataFrame if isinstance(column, pl.Series) else pd.DataFrame
    (facet,) = open_dataset(make({"x": column})).schema.facets
    assert facet.values == values


@BOTH
@pytest.mark.parametrize(
    ("values", "expected"), [([1, 2, 1], (1, 2)), ([1, None, 2], (1, 2, None)), ([2.0], (2,))]
)
def test_a_code_is_a_facet_if_asked(make, values, expected):
    explorer = Explorer.open(table(make, values), TableDescription(facets=("x",)))
    (facet,) = explorer.schema.facets
    assert facet.values == expected
    assert [type(value) for value in facet.values] == [type(value) for value in expected]
    assert explorer.count(explorer.query(x=2)) == 1
    assert b"".join(explorer.csv(explorer.query(x=2))) == b"x\n2\n"


@BOTH
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.5, 2.0], "not whole"),
        ([1.0, math.inf], "not whole"),
        ([DAY], "so it is not a facet"),
        (list(range(1_001)), "more than 1,000 different values"),
        ([f"text {i}" for i in range(1_001)], "more than 1,000"),
    ],
    ids=["decimals", "infinite", "date", "numbers", "texts"],
)
def test_what_cannot_be_a_facet_is_refused_if_asked(make, values, words):
    with pytest.raises(DatasetError, match=words) as caught:
        open_dataset(table(make, values), TableDescription(facets=("x",)))
    assert "column 'x'" in str(caught.value)


@BOTH
def test_a_million_texts_open_fast(make):
    frame = table(make, [f"text {i}" for i in range(1_000_000)])
    start = time.process_time()
    schema = open_dataset(frame).schema
    # It takes about one, of all processors together; what others do here takes none of it.
    assert time.process_time() - start < 10
    assert schema.facets == ()


@pytest.mark.parametrize(
    ("column", "records"),
    [
        (pl.Series([[1, 2], None]), ["[1,2]", None]),
        (pl.Series([{"a": 1, "b": DAY}, None]), ['{"a":1,"b":"2026-11-24"}', None]),
        (pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)), ["[1,2]"]),
        (pl.Series([b"ab", None]), ["2 bytes", None]),
        (pl.Series([10**25, 1]), [1e25, 1.0]),
        (pl.Series([123.4, 0.1], dtype=pl.Float32), [123.4, 0.1]),
        (pl.Series([DAY, None]), ["2026-11-24", None]),
        (pl.Series([NOON]), ["2026-11-24T12:00:00"]),
        (pl.Series([None, None]), [None, None]),
        (pl.Series([1, "a"], dtype=pl.Object), ["1", "a"]),
        (pd.Series([[1, 2], None, {"a": b"xy"}]), ["[1,2]", None, '{"a":"2 bytes"}']),
        (pd.Series([1, "a", None, 2.5]), ["1", "a", None, "2.5"]),
        (pd.Series([10**25, 1]), [1e25, 1.0]),
        (pd.Series([123.4, 0.1], dtype="float32"), [123.4, 0.1]),
        (pd.Series([DAY, None]), ["2026-11-24", None]),
        (pd.Series([NOON]), ["2026-11-24T12:00:00"]),
        (pd.Series([NOON]).dt.tz_localize("Europe/Berlin"), ["2026-11-24T12:00:00+01:00"]),
        (pd.Series([True, None, False]), [True, None, False]),
        (pd.Series(pd.arrays.SparseArray([0, 1])), [0, 1]),
        (pd.Series(pd.period_range("2026-11", periods=1, freq="M")), ["2026-11"]),
        (pd.Series([1 + 2j]), ["(1+2j)"]),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_every_type_of_column_is_answered(column, records):
    make = pl.DataFrame if isinstance(column, pl.Series) else pd.DataFrame
    client = create_app(make({"x": column})).server.test_client()
    assert client.get("/range/").json == [{"x": record} for record in records]
    for path in ("/range/?sort=x", "/range/?sort=-x", "/stats/mean/", "/openapi.json"):
        assert client.get(path).status_code == 200
    read_back = pl.read_csv(client.get("/export.csv?sort=x").data, infer_schema=False)
    filled = sum(record is not None for record in records)
    assert read_back["x"].count() == filled
    if set(records) == {True, False, None}:
        assert read_back["x"].to_list() == ["false", "true", None]  # in the facet's own order


@BOTH
@pytest.mark.parametrize(
    "columns",
    [
        {"x": []},
        {"x": ["a"]},
        {"x": [1]},
        {"x": [1.5, 2.5]},
        {"x": ["a", "b"], "y": ["c", None]},
        {"x": [DAY]},
    ],
)
def test_a_table_of_few_rows_or_kinds_opens(make, columns):
    client = create_app(make(columns)).server.test_client()
    for path in ("/", "/range/", "/stats/mean/", "/export.csv", "/openapi.json", "/_dash-layout"):
        assert client.get(path).status_code == 200
    assert len(client.get("/range/").json) == len(columns["x"])


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
        (0, 201, 0, 2.0),  # too fine, so 1-2-5: 101 positions
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
    [
        ("title = ", "TOML"),
        ("titel = 'x'", "titel"),
        ("titel = 'x'", "titel: there is no such key"),
        ("facets = 'page'", 'facets: expected a list such as ["x", "y"], not \'page\''),
        ("[read]\nmissing = 'NA'", "read.missing: expected a list"),
        ("[read]\nskip = true", "read.skip: expected a whole number, not True"),
        ("columns = 3", "columns: expected a table of keys and values, not 3"),
        ("[columns]\nv = 'x'", "columns.v: expected a table of keys and values, not 'x'"),
        ("[columns.a]\nstep = true", "columns.a.step: expected a number, not True"),
        ("[columns.a]\nstep = -1", "columns.a.step"),
        ("[columns.a]\ncolours = ['red']", "columns.a.colours"),
    ],
)
def test_a_wrong_settings_file_names_the_key(tmp_path, text, word):
    path = tmp_path / "table.toml"
    path.write_text(text)
    with pytest.raises(DatasetError, match=r"table\.toml") as caught:
        read_description(path)
    assert word in str(caught.value)


def test_a_settings_file_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "table.toml").write_text("title = 'Pots'", encoding="utf-8-sig")
    assert read_description(tmp_path / "table.toml").title == "Pots"


def test_a_step_that_no_slider_has_is_refused():
    """The first figures were a traceback, or took all memory."""
    words = "columns.a.step: 1e-300 is too small for values from 0 to 19"
    with pytest.raises(DatasetError, match=words):
        schema_of({"a": list(range(20))}, columns={"a": {"step": 1e-300}})


def test_options_rule_over_settings():
    settings = TableDescription(
        title="Pots",
        facets=("a", "b"),
        measures=("c", "d"),
        columns={"a": {"label": "A", "unit": "cm"}},
    )
    assert TableOptions().over(settings) == settings
    said = TableOptions(facets=("c",), labels={"a": "Other", "d": "D"}, rows="pots").over(settings)
    assert (said.facets, said.measures) == (("c",), ("d",))
    assert (said.title, said.rows) == ("Pots", "pots")
    assert (said.of("a").label, said.of("a").unit, said.of("d").label) == ("Other", "cm", "D")
    assert TableOptions(measures=("b",)).over(settings).facets == ("a",)
    assert TableOptions(facets=()).over(settings).facets == ()


def test_a_frame_is_asked_for_its_columns_once(monkeypatch):
    """Each time it looked at all of them: 20,000 columns took minutes."""
    columns = {held_name(f"c{i}"): [i / 2, None] for i in range(20)}
    facts = FrameFacts(nw.from_native(pl.DataFrame(columns), eager_only=True))
    asked = []
    monkeypatch.setattr(nw.DataFrame, "__getitem__", lambda _, key: asked.append(key))
    monkeypatch.setattr(nw.DataFrame, "get_column", lambda _, key: asked.append(key))
    schema = infer_schema(facts, TableDescription(), "t")
    assert [measure.high for measure in schema.measures] == [i / 2 for i in range(20)]
    assert asked == []


@pytest.mark.parametrize(
    ("values", "grid", "ends"),
    [
        # An income of -999 is one that nobody told: the slider said -2000.
        ([-999, 25_000, 150_000], (-2_000, 150_000), (-999, 150_000)),
        ([-1180.25, 12.5, 3099.5], (-1_200, 3_100), (-1181, 3100)),
        ([40.650123, 40.7, 40.799], (40.65, 40.8), (40.65, 40.799)),
        ([4.3, 5.05, 7.9], (4.3, 7.9), None),
        ([1, 60, 60, 60, 60, 90_000], (1, 90_000), None),  # a log scale has ends of its own
        ([1234.5, 1234.5], (1234.5, 1234.5), None),
    ],
)
def test_a_slider_says_where_its_values_end(values, grid, ends):
    measure = open_dataset(pl.DataFrame({"x": values})).schema.measure("x")
    assert (measure.low, measure.high) == grid
    assert measure.ends == ends
    assert measure.open_ends == (ends or grid)
