"""Every text to copy is run, and gives the query's rows in the query's order."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import running
from sample_tables import PETS, ROOT

from iris_dash import Explorer
from iris_dash.copy_as import forms
from iris_dash.copy_as.sql import SQL_WORDS
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.sort import join_sort
from iris_dash.tables.dataset import open_dataset
from iris_dash.tables.description import TableDescription

URL = "http://127.0.0.1:8050"
LABELS = ["curl", "Python", "pandas", "Polars", "DuckDB"]
Rows = list[tuple[Any, ...]]

# Names and values that want quotes in each language, numbers beside text, every kind of gap.
ODD = """a b,q's,Ünï,class,100%,day,at,tame,Size,note
"x, y",it's,50%,1,5,2026-11-24,2026-11-24T10:30:00,true,0.1,NA
"say ""hi""\",$HOME,{b},2,,2026-11-23,,,0.2,
,back\\slash,50%,1,-3,,2026-11-22T01:00:00,false,,x;y
"line
break",`tick`,[1],3,5,2026-11-24,2026-11-24T10:30:00,true,0.30000000000000004,#no
nan,\\n,~odd,1,,2026-01-01,2026-11-24T10:30:00,,-1e300,"a
b"
null,it's,{b},2,4,2026-11-24,,false,0.7,007
"x, y",!x,日本,2,4,2026-11-25,2026-11-20T10:30:00,true,0.7,007
"""
ODD_TOML = 'facets = ["a b", "q\'s", "Ünï", "class", "tame"]\n'
WORDS = 'code,n,x,when,ok\nNA,NA,1.5,2026-11-24,true\nDE,1,,NA,NA\n"",2,NaN,2026-11-23,false\n'
WORDS += "FR, 3,2.5,2026-11-24,true\nNA,4,0.5,2026-11-25,\n"


def tidy(value: Any) -> Any:
    """A value as every library has it: None for missing, a time as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat().removesuffix("T00:00:00")
    return value


def tidied(rows: Any) -> Rows:
    return [tuple(tidy(value) for value in row) for row in rows]


def in_python(text: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(text, "copied", "exec"), names)
    return names["rows"]


def in_shell(text: str) -> str:
    done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=True)
    return done.stdout


def run(label: str, text: str) -> Rows:
    if label == "DuckDB":
        with duckdb.connect() as connection:
            return tidied(connection.execute(text).fetchall())
    rows = in_python(text)
    return tidied(rows.rows() if label == "Polars" else rows.itertuples(index=False, name=None))


def expected(explorer: Explorer, query: Query) -> Rows:
    return tidied(explorer.rows(query).itertuples(index=False, name=None))


def check(explorer: Explorer, query: Query, source: str, labels=LABELS[1:]) -> None:
    """Run every text but the command, which needs a server."""
    texts = forms(explorer, query, URL, source)
    assert list(texts) == ["curl", *labels]
    wanted = expected(explorer, query)
    for label in labels:
        assert run(label, texts[label]) == wanted, texts[label]


def check_command(explorer: Explorer, query: Query, url: str, source: str) -> None:
    keys = [column.key for column in explorer.schema.columns]
    answer = json.loads(in_shell(forms(explorer, query, url, source)["curl"]))
    assert tidied([row[key] for key in keys] for row in answer) == expected(explorer, query)


@st.composite
def questions(draw: st.DrawFn, schema: Schema, step: float = 0.1) -> dict[str, Any]:
    """The filters of a query of a table, as `Explorer.query` takes them."""
    filters: dict[str, Any] = {"lower": {}, "upper": {}}
    for facet in schema.facets:
        chosen = draw(st.none() | st.lists(st.sampled_from(facet.values), unique=True))
        if chosen is not None:
            filters[facet.name] = chosen
    for measure in schema.measures:
        ends = st.integers(int(max(measure.low, -1e6) / step), int(min(measure.high, 1e6) / step))
        low, high = sorted((draw(ends) * step, draw(ends) * step))
        for side, end in (("lower", low), ("upper", high)):
            if draw(st.integers(0, 2)) == 0:
                filters[side][measure.name] = end
    names = draw(st.lists(st.sampled_from(schema.names), unique=True, max_size=3))
    filters["sort"] = join_sort(tuple((name, draw(st.booleans())) for name in names)) or None
    return filters


def written(folder, kind: str) -> str:
    """A table's file in a folder of its own, with what is said of it beside."""
    if kind in ("iris", "penguins"):
        return str(ROOT / "data" / f"{kind}.csv")
    path = folder / f"{kind}.csv"
    if kind == "odd":
        path.write_text(ODD)
        (folder / "odd.toml").write_text(ODD_TOML)
    elif kind == "words":
        path.write_text(WORDS)
    return str(path)


@pytest.fixture(scope="module", params=["iris", "penguins", "odd", "words"])
def table(request, tmp_path_factory):
    source = written(tmp_path_factory.mktemp("table"), request.param)
    return Explorer.open(source), source


@pytest.fixture(scope="module")
def served(table):
    explorer, source = table
    with running(more={"IRIS_DASH_DATA": source}) as server:
        yield explorer, source, server.url


NOT_SMALLER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def test_every_text_gives_the_rows_of_any_query(table):
    explorer, source = table

    @given(filters=questions(explorer.schema))
    @settings(max_examples=30, suppress_health_check=NOT_SMALLER)
    def holds(filters):
        check(explorer, explorer.query(**filters), source)

    holds()


def test_the_command_gives_the_rows_of_any_query(served):
    explorer, source, url = served

    @given(filters=questions(explorer.schema))
    @settings(max_examples=30, suppress_health_check=NOT_SMALLER)
    def holds(filters):
        check_command(explorer, explorer.query(**filters), url, source)

    holds()


def test_each_value_alone_and_each_column_either_way(table):
    """What a generated query seldom has."""
    explorer, source = table
    for facet in explorer.schema.facets:
        for value in facet.values:
            check(explorer, explorer.query(**{facet.name: [value]}), source)
    for name in explorer.schema.names:
        for down in (False, True):
            check(explorer, explorer.query(sort=join_sort(((name, down),))), source)
    check(explorer, explorer.query(page=2, per_page=1), source)


def binary_frame() -> pl.DataFrame:
    inf, nan = float("inf"), float("nan")
    return pl.DataFrame(
        {
            "kind": pl.Series(["b", "a", None, "c", "a", "b"], dtype=pl.Enum(["c", "b", "a"])),
            "name": ["x", "x", "ä", "z", None, "Z"],
            "tame": [True, None, False, True, True, None],
            "count": [1, None, 3, 3, 2, 1],
            "size": [1.5, nan, inf, None, -inf, 0.1],
            "day": pl.Series([1, 2, None, 3, 3, 0], dtype=pl.Int32).cast(pl.Date),
            "small": pl.Series([0.1, 0.2, 0.3, None, 0.1, 0.5], dtype=pl.Float32),
        }
    )


@pytest.mark.parametrize("ending", ["parquet", "arrow", "stream.arrow", "folder", "tsv", "csv.gz"])
def test_every_kind_of_file(tmp_path, ending):
    frame, source = binary_frame().drop("small"), str(tmp_path / f"pets.{ending}")
    labels = LABELS[1:]
    if ending == "parquet":
        frame.write_parquet(source)
    elif ending == "arrow":
        frame.write_ipc(source)
        labels = ["Python", "pandas", "Polars"]
    elif ending == "stream.arrow":
        frame.write_ipc_stream(source)
        labels = ["Python", "Polars"]
    elif ending == "folder":
        (tmp_path / "pets.folder").mkdir()
        for part in (0, 1):
            frame[part * 3 : part * 3 + 3].write_parquet(f"{source}/{part}.parquet")
    else:
        text = frame.write_csv(separator="\t" if ending == "tsv" else ",").encode()
        packed = gzip.compress(text) if ending == "csv.gz" else text
        (tmp_path / f"pets.{ending}").write_bytes(packed)
    explorer = Explorer.open(source)

    @given(filters=questions(explorer.schema))
    @settings(max_examples=30, suppress_health_check=NOT_SMALLER)
    def holds(filters):
        check(explorer, explorer.query(**filters), source, labels)

    holds()


def test_quotes_in_a_csv_header_are_read_by_polars_as_here(tmp_path):
    """The others undouble them, so that their names are not the ones asked for."""
    path = tmp_path / "quoted.csv"
    path.write_text('"q""r",b\nx,1\ny,2\n')
    explorer = Explorer.open(str(path))
    labels = ["Python", "Polars"] if 'q""r' in explorer.schema.names else LABELS[1:]
    check(explorer, explorer.query(lower={"b": 2}), str(path), labels)


def test_narrow_numbers_are_bounded_as_they_are_shown(tmp_path):
    source = str(tmp_path / "pets.parquet")
    binary_frame().select("small", "count").write_parquet(source)
    explorer = Explorer.open(source)
    query = explorer.query(lower={"small": 0.1}, upper={"small": 0.3})
    for label, text in forms(explorer, query, URL, source).items():
        if label != "curl":
            assert [row[1] for row in run(label, text)] == [1, None, 3, 2], text


def test_a_column_whose_first_rows_mislead(tmp_path):
    path = tmp_path / "long.csv"
    rows = [f"{n},{n % 7},x{n % 3}" for n in range(25_000)]
    path.write_text("\n".join(["code,height,kind", *rows, "A7,2.5,x1", ",,x2"]) + "\n")
    explorer = Explorer.open(str(path))
    query = explorer.query(lower={"height": 2.5}, kind="x1", sort="-height,code")
    check(explorer, query, str(path))
    check(explorer, explorer.query(upper={"height": 0.5}), str(path))


def test_ties_of_a_long_table_keep_its_order_in_sql(tmp_path):
    source = str(tmp_path / "long.parquet")
    frame = pl.DataFrame({"n": range(400_000), "of": [n % 3 for n in range(400_000)]})
    frame.write_parquet(source, row_group_size=20_000)
    explorer = Explorer.open(source)
    query = explorer.query(sort="-of", lower={"n": 7})
    assert run("DuckDB", forms(explorer, query, URL, source)["DuckDB"]) == expected(explorer, query)


def test_too_many_rows_for_json_are_a_file(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("n\n" + "\n".join(map(str, range(10_002))) + "\n")
    explorer = Explorer.open(str(path))
    with running(more={"IRIS_DASH_DATA": str(path)}) as server:
        query = explorer.query(lower={"n": 1}, sort="-n")
        text = forms(explorer, query, server.url, str(path))["curl"]
        assert "/export.csv?" in text
        assert [row["n"] for row in csv.DictReader(io.StringIO(in_shell(text)))] == [
            str(n) for n in range(10_001, 0, -1)
        ]
        fewer = explorer.query(lower={"n": 2})
        assert "/range/?" in forms(explorer, fewer, server.url, str(path))["curl"]
        check_command(explorer, fewer, server.url, str(path))


def test_what_is_said_at_the_start_is_said_in_python(tmp_path):
    path = tmp_path / "pets.csv"
    pl.DataFrame(PETS).write_csv(path)
    said = TableDescription(facets=("legs", "kind"), columns={"kind": {"order": ["dog", "cat"]}})
    explorer = Explorer(open_dataset(str(path), said))
    query = explorer.query(legs=4, sort="kind,-name")
    text = forms(explorer, query, URL, str(path), said)["Python"]
    assert run("Python", text) == expected(explorer, query)


def test_a_table_on_an_engine_is_asked_in_its_own_words(tmp_path):
    file = tmp_path / "pets.duckdb"
    with duckdb.connect(str(file)) as connection:
        pets = pl.DataFrame(PETS).with_columns(pl.Series("a b", ["it's", "%", "$", "\\", "", "é"]))  # noqa: F841 -- DuckDB sees it
        connection.execute('CREATE TABLE "Pets" AS SELECT * FROM pets')
    source = f"duckdb://{file}/Pets"
    explorer = Explorer.open(source)

    @given(filters=questions(explorer.schema))
    @settings(max_examples=10, suppress_health_check=NOT_SMALLER)
    def holds(filters):
        query = explorer.query(**filters)
        texts = forms(explorer, query, URL, source)
        assert list(texts) == ["curl", "Python", "SQL"]
        wanted = expected(explorer, query)
        assert run("Python", texts["Python"]) == wanted
        with duckdb.connect(str(file), read_only=True) as connection:
            assert tidied(connection.execute(texts["SQL"]).fetchall()) == wanted, texts["SQL"]

    holds()


def test_no_text_has_a_password(explorer):
    for source in ("https://ann:secret@example.org/a.csv", "https://example.org/a.csv?key=secret"):
        assert list(forms(explorer, Query(), URL, source)) == ["curl"]
    texts = forms(explorer, Query(), URL, "postgresql://ann:secret@host/db/flowers")
    assert list(texts) == ["curl", "Python"]
    assert "secret" not in "".join(texts.values())


def test_a_web_address_is_given_to_all_that_read_one(explorer):
    texts = forms(explorer, Query(), URL, "https://example.org/iris.csv")
    assert list(texts) == LABELS
    assert all("https://example.org/iris.csv" in texts[label] for label in LABELS[1:])


def test_a_frame_has_no_file_to_read(pets):
    texts = forms(pets, pets.query(kind="dog"), URL, None)
    assert list(texts) == ["curl", "Python"]
    assert "Explorer.open(frame)" in texts["Python"]


def test_the_texts_say_no_more_than_the_query(explorer, monkeypatch):
    monkeypatch.chdir(ROOT)
    query = explorer.query(species="setosa", lower={"sepal_length": 5.7}, page=1)
    texts = forms(explorer, query, f"{URL}/", "data/iris.csv")
    assert texts["curl"] == f"curl -s '{URL}/range/?species=setosa&sepal_length=5.7..'"
    assert texts["Python"].splitlines()[2:] == [
        'explorer = Explorer.open("data/iris.csv")',
        'query = explorer.query(species="setosa", lower={"sepal_length": 5.7})',
        "rows = explorer.rows(query)",
    ]
    assert texts["pandas"].splitlines()[2:] == [
        'df = pd.read_csv("data/iris.csv")',
        'rows = df[(df["species"] == "setosa") & (df["sepal_length"] >= 5.7)]',
    ]
    assert texts["Polars"].splitlines()[2:] == [
        'df = pl.read_csv("data/iris.csv")',
        'rows = df.filter(pl.col("species") == "setosa", pl.col("sepal_length") >= 5.7)',
    ]
    assert texts["DuckDB"].splitlines() == [
        "SELECT *",
        "FROM 'data/iris.csv'",
        "WHERE species = 'setosa'",
        "  AND sepal_length >= 5.7;",
    ]


def test_sql_quotes_the_words_that_are_its_own():
    with duckdb.connect() as connection:
        words = connection.execute(
            "SELECT keyword_name FROM duckdb_keywords() "
            "WHERE keyword_category IN ('reserved', 'type_function')"
        ).fetchall()
    assert {word for (word,) in words} <= SQL_WORDS
