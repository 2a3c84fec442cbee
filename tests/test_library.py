"""The library: the replaced package's names and answers, and an Explorer as notebooks use it."""

import json
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from published import PUBLISHED, assert_same_objects

import iris_dash
from iris_dash import (
    DatasetError,
    Explorer,
    IrisQuery,
    Query,
    QueryError,
    column_range,
    get_mean,
)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: json.dumps(case["body"])[:50])
def test_published_answers_come_back_equal(case):
    question = {"/range/": column_range, "/stats/mean/": get_mean}[case["path"]]
    assert_same_objects(question(IrisQuery(**case["body"])), case["response"])


def test_the_published_library_call():
    setosa, versicolor = get_mean(IrisQuery(species=["setosa", "versicolor"]))
    assert setosa.pop("label") == "setosa"
    assert versicolor.pop("label") == "versicolor"
    assert list(setosa.values()) == pytest.approx([5.006, 3.428, 1.462, 0.246], abs=1e-9)
    assert list(versicolor.values()) == pytest.approx([5.936, 2.77, 4.26, 1.326], abs=1e-9)


def test_a_page_of_rows():
    rows = column_range(IrisQuery(sort="-petal_length", page=1, per_page=2))
    assert [row["petal_length"] for row in rows] == [6.9, 6.7]


POTS = {
    "glaze": ["red", "blue", None, "red"],
    "height": [1.5, 2.0, 2.5, None],
    "pieces": [3, None, 1, 2],
    "fired": [datetime(2013, 2, 1), datetime(2013, 2, 3, 9), datetime(2013, 3, 1), None],
    "cracked": [True, None, False, True],
}


@pytest.fixture(scope="module")
def pots() -> Explorer:
    return Explorer.open(pl.DataFrame(POTS))


@pytest.mark.parametrize("made", [pl.DataFrame, lambda data: pl.DataFrame(data).to_pandas()])
def test_frames_keep_the_types_of_their_columns(made) -> None:
    frame = Explorer.open(made(POTS | {"whole": [1, 2, 3, 4]})).rows()
    assert pd.api.types.is_string_dtype(frame["glaze"])
    assert frame["height"].dtype == "float64"
    assert frame["whole"].dtype == "int64"
    assert frame["fired"].dtype.kind == "M"
    assert frame["height"].corr(frame["pieces"].astype("float64")) == pytest.approx(
        -1
    )  # of two rows
    if made is pl.DataFrame:  # pandas itself has floats and objects where whole numbers have gaps
        assert (frame["pieces"].dtype, frame["cracked"].dtype) == ("Int64", "boolean")
    assert frame["cracked"].isna().tolist() == [False, True, False, False]


def test_categories_come_back_in_their_order_and_text_as_text() -> None:
    sizes = pd.Categorical(["L", "S", "L"], categories=["S", "M", "L"], ordered=True)
    ways = pd.Categorical(["by", "on", "by"])
    given = pd.DataFrame({"size": sizes, "way": ways, "hue": ["red", "blue", "red"]})
    for table in (given, pl.from_pandas(given).cast({"size": pl.Enum(["S", "M", "L"])})):
        frame = Explorer.open(table).rows()
        assert frame["size"].cat.categories.tolist() == ["S", "M", "L"]
        assert frame["size"].cat.ordered
        assert frame["size"].max() == "L"
        assert isinstance(frame["way"].dtype, pd.CategoricalDtype)
        assert not frame["way"].cat.ordered
        assert not isinstance(frame["hue"].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize("made", [pl.DataFrame, lambda frame: frame.to_pandas()])
def test_values_and_groups_have_the_types_that_rows_have(made) -> None:
    """They were plain objects, whatever their column is."""
    moments = [datetime(2013, 1, 1, hour, tzinfo=UTC) for hour in range(3)]
    table = pl.DataFrame(
        {
            "kiln": pl.Series(["old", None, "new"] * 2, dtype=pl.Enum(["old", "small", "new"])),
            "whole": [True, None, False] * 2,
            "cups": [3, 1, 2] * 2,
            "pieces": [2, None, 1] * 2,
            "height": [2.5, None, 1.5] * 2,
            "fired": moments * 2,
            "potter": [f"potter {n}" for n in range(6)],
        }
    ).with_columns(pl.col("fired").dt.convert_time_zone("Europe/Berlin"))
    explorer = Explorer.open(made(table), facets=["kiln", "whole", "cups"])
    rows = explorer.rows()
    for name in rows:
        found = explorer.values(name)
        assert found["value"].dtype == rows[name].dtype, name
        wanted = sorted(rows[name].dropna().unique())
        assert sorted(found["value"].dropna().tolist()) == wanted, name
        assert found["count"].dtype == "int64"
    for name in ("kiln", "whole", "cups"):
        grouped = explorer.aggregate(by=name)
        assert grouped.index.dtype == rows[name].dtype
        assert grouped["count"].tolist() == [2, 2, 2]
        query = explorer.query(by=name, where={"pieces": [None]})
        assert explorer.means(query)[name].dtype == rows[name].dtype
        assert explorer.means(query)["mean_pieces"].dtype == "float64"
        assert explorer.summary(query)[name].dtype == rows[name].dtype
        assert explorer.histogram("height", by=name)[name].dtype == rows[name].dtype
    none = explorer.histogram("fired", "kiln=~none", unit="day")
    assert (list(none), len(none)) == (["low", "high", "count"], 0)
    assert explorer.columns()["kind"].dtype == rows["potter"].dtype


def test_a_named_index_is_a_column_and_one_without_a_name_is_left_out_with_a_warning() -> None:
    frame = pd.DataFrame({"height": [1.0, 2.0]}, index=pd.Index(["a", "b"], name="pot"))
    assert Explorer.open(frame).rows().columns.tolist() == ["pot", "height"]
    two = frame.set_index(pd.Index([7, 8], name=None), append=True)
    assert Explorer.open(two).rows().columns.tolist() == ["pot", "height"]
    assert Explorer.open(frame.set_axis([5, 9])).rows().columns.tolist() == ["height"]
    with pytest.warns(UserWarning, match="rename_axis"):
        assert Explorer.open(frame.rename_axis(None)).rows().columns.tolist() == ["height"]


def test_an_index_of_several_levels_without_names_is_left_out_with_a_warning() -> None:
    """It went without a word where its levels were whole numbers."""
    levels = pd.MultiIndex.from_product([[1, 2], [3, 4]])
    with pytest.warns(UserWarning, match="rename_axis"):
        opened = Explorer.open(pd.DataFrame({"height": [1.0, 2.0, 3.0, 4.0]}, levels))
    assert opened.rows().columns.tolist() == ["height"]


@pytest.mark.parametrize("column", [pd.Series([1, 2]), pl.Series("a", [1, 2]), [1, 2], {"a": [1]}])
def test_a_column_is_no_table(column) -> None:
    with pytest.raises(DatasetError, match="not a table; expected a path"):
        Explorer.open(column)


def test_kinds_are_named_by_one_name_or_several() -> None:
    frame = pl.DataFrame({"a": [1, 2, 3], "b": [1.5, 2.5, 3.5]})
    assert [facet.name for facet in Explorer.open(frame, facets="a").schema.facets] == ["a"]
    with pytest.raises(DatasetError, match="facets: expected a list such as"):
        Explorer.open(frame, facets=3)


@pytest.mark.parametrize("asked", [3, {"glaze": "red"}, ["glaze=red"]])
def test_what_is_no_query_is_refused_in_words(pots: Explorer, asked) -> None:
    for ask in (pots.count, pots.rows, pots.aggregate):
        with pytest.raises(QueryError, match="expected a query, its text, or None, not"):
            ask(asked)


def test_a_query_shows_what_it_asks(pots: Explorer) -> None:
    assert Query()._repr_html_() == "<table><caption>Query of every row</caption></table>"
    page = pots.query(glaze="red", height={"from": 2}, sort="-height")._repr_html_()
    for line in (
        "<tr><th>glaze</th><td>values=(&#x27;red&#x27;,)</td></tr>",
        "<tr><th>height</th><td>low=2.0</td></tr>",
        "<tr><th>sort</th><td>((&#x27;height&#x27;, True),)</td></tr>",
    ):
        assert line in page


FRAME = pl.DataFrame({"glaze": ["red", "blue", "red"], "height": [1.5, 2.0, 2.5]})


class Exported:
    """A frame of a library that nobody knows, which exports Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return FRAME.__arrow_c_stream__(requested_schema)


class Interchanged:
    """One that exports the dataframe protocol alone."""

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> object:
        return FRAME.to_arrow().__dataframe__()


def relation() -> object:
    return duckdb.connect().from_arrow(FRAME.to_arrow())


GIVEN = {
    "lazy": FRAME.lazy,
    "arrow": FRAME.to_arrow,
    "batch": lambda: FRAME.to_arrow().to_batches()[0],
    "reader": lambda: FRAME.to_arrow().to_reader(),
    "narwhals": lambda: nw.from_native(FRAME),
    "duckdb": relation,
    "arrow protocol": Exported,
    "dataframe protocol": Interchanged,
}


@pytest.mark.parametrize("kind", GIVEN)
def test_whatever_holds_a_table_is_opened(kind: str) -> None:
    rows = Explorer.open(GIVEN[kind]()).rows("glaze=red")
    assert rows.to_dict("list") == {"glaze": ["red", "red"], "height": [1.5, 2.5]}


def test_opening_takes_kinds_and_settings(tmp_path: Path) -> None:
    said = {"title": "Kiln", "columns": {"height": {"unit": "cm"}}}
    written = tmp_path / "kiln.toml"
    written.write_text('title = "Kiln"\n[columns.height]\nunit = "cm"\n', "utf-8")
    for settings in (said, written, str(written)):
        explorer = Explorer.open(FRAME, settings=settings)
        assert explorer.schema.title == "Kiln"
        assert explorer.schema.measure("height").unit == "cm"
    explorer = Explorer.open(pl.DataFrame(POTS), facets=["pieces"], measures=["height"])
    assert [facet.name for facet in explorer.schema.facets] == ["pieces"]
    assert [measure.name for measure in explorer.schema.measures] == ["height"]
    with pytest.raises(DatasetError, match="settings: colour"):
        Explorer.open(FRAME, settings={"colour": "red"})


CONDITIONS = {
    "glaze=red": {"glaze": "red"},
    "glaze=red&glaze=~missing": {"glaze": ["red", None]},
    "glaze=blue&glaze=~missing": {"glaze": {"not": np.array(["red"])}},
    "height=..2": {"height": {"to": np.float64(2)}},
    "pieces=1..2": {"pieces": {"from": np.int64(1), "to": 2}},
    "pieces=..1&pieces=3..": {"pieces": [{"to": 1}, {"from": 3}]},
    "pieces=~missing": {"pieces": [pd.NA]},
    "fired=2013-02-03..": {"fired": {"from": pd.Timestamp("2013-02-03")}},
    "fired=2013-02-03": {"fired": {"from": date(2013, 2, 3), "to": date(2013, 2, 3)}},
    "fired=~present": {"where": {"fired": {"present": True}}},
    "glaze=red&height=1.5..": {"glaze": pd.Series(["red"]), "lower": {"height": 1.5}},
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_in_python_are_those_of_an_address(pots: Explorer, text: str) -> None:
    query = pots.query(**CONDITIONS[text])
    assert query == pots.query(text)
    assert pots.rows(text).equals(pots.rows(query))
    assert pots.count(f"http://127.0.0.1:8050/?{text}&_view=table") == pots.count(query)


def test_a_query_of_another_table_says_so(pots: Explorer) -> None:
    other = Explorer.open(pl.DataFrame({"glaze": ["green", "red"], "width": [1.0, 2.0]}))
    for query in (other.query(glaze="green"), other.query(width={"from": 1})):
        for ask in (pots.count, pots.rows, pots.page, pots.means, pots.summary, pots.aggregate):
            with pytest.raises(QueryError, match="another table"):
                ask(query)
    with pytest.raises(QueryError, match="no width; its columns are glaze, height"):
        pots.count(other.query(sort="width"))
    assert pots.count(other.query(glaze="red")) == 2  # the same in both
    with pytest.raises(QueryError, match="unknown value"):
        pots.count("glaze=green")


def test_a_histogram_as_a_frame(pots: Explorer) -> None:
    # Three heights in two bins, and two months.
    assert pots.histogram("height", bins=2)["count"].tolist() == [1, 2]
    months = pots.histogram("fired", "height=..2.2", unit="month")
    assert months.to_dict("list") == {"low": ["2013-02"], "high": ["2013-03"], "count": [2]}
    groups = pots.histogram("height", by="glaze", bins=1)
    assert dict(zip(groups["glaze"].fillna(""), groups["count"], strict=True)) == {
        "blue": 1,
        "red": 1,
        "": 1,
    }
    with pytest.raises(QueryError, match="a time is divided by its unit"):
        pots.histogram("fired", bins=3, unit="day")


def test_an_explorer_says_what_it_is(pots: Explorer) -> None:
    line = "4 rows, 5 columns (2 facets, 2 measures, 1 time)"
    assert repr(pots) == f"<Explorer of Data frame: {line}>"
    page = pots._repr_html_()
    assert line in page
    assert "<td>2013-02-01 to 2013-03-01</td>" in page
    harmful = Explorer.open(pl.DataFrame({"<b>": ["<script>", "x"]}))
    assert "<script>" not in harmful._repr_html_()
    assert "<b>" not in harmful._repr_html_()
    names = [name for name in dir(pots) if not name.startswith("_")]
    assert len(names) == 12
    assert all(getattr(pots, name) is not None for name in names)


def test_the_package_says_its_version_and_that_it_is_typed() -> None:
    assert iris_dash.__version__ == version("iris_dash")
    assert (Path(iris_dash.__file__).parent / "py.typed").is_file()
