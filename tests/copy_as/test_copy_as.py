"""Every text to copy is run, and gives the query's rows in the query's order."""

from __future__ import annotations

import gc
import gzip
import weakref
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import narwhals as nw
import polars as pl
import pytest
from copied import WORDS, Opened, Rows, expected, questions, tidied, written
from copied import run as run_in
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sample_tables import PETS, ROOT

from iris_dash import Explorer
from iris_dash.copy_as import forms
from iris_dash.query.query import Query
from iris_dash.query.sort import join_sort
from iris_dash.tables.description import TableDescription
from iris_dash.tables.opening import open_dataset

URL = "http://127.0.0.1:8050"
LABELS = ["curl", "Python", "pandas", "Polars", "DuckDB"]

# Every spelling of "no value", blanks around values, whole numbers written as such or not.
SPELLED = """n,x,ok,day,when,class,none,text,"q""r\"
1,1.5, true ,2026-11-24,2026-11-24T10:30:00,1.0,NA,NA, 7
na, 2.5 ,FALSE, 2026-11-23 ,2026-11-24 10:30,2,,,8
N/a,.5,True,null, 2026-11-22T01:00:00.5 ,,None," b ",NONE
#N/A,1e3,NuLL,None,n/a,1.00,n/a,null,9
 Nan ,-5.,na,2026-11-20,2026-11-20 10:30:15,2.0,nan,"so ""no"" so",-3
9007199254740991,inf,TRUE,nAn,"",1,"",None,+4
3,nOnE,false,,NULL, 3 ,#n/a,1.0,
"""
SPELLED_TOML = 'facets = ["class", "ok", "text"]\n[columns.class]\norder = [3, 1, 2]\n'


connection = cache(duckdb.connect)
"""One for all texts: they leave nothing in it."""


def run(label: str, text: str, opened: Opened | None = None) -> Rows:
    return run_in(label, text, connection(), opened)


def check(
    explorer: Explorer,
    query: Query,
    source: str,
    labels=LABELS[1:],
    opened: Opened | None = None,
) -> None:
    """Run every text but the command, which needs a server."""
    texts = forms(explorer, query, URL, source)
    assert list(texts) == ["curl", *labels]
    wanted = expected(explorer, query)
    for label in labels:
        assert run(label, texts[label], opened) == wanted, texts[label]


@pytest.fixture(scope="module", params=["iris", "penguins", "odd", "words", "titles"])
def table(request, tmp_path_factory):
    source = written(tmp_path_factory.mktemp("table"), request.param)
    return Explorer.open(source), source, {}


@given(data=st.data())
@examples(0.3)
def test_every_text_gives_the_rows_of_any_query(table, data):
    explorer, source, opened = table
    query = explorer.query(**data.draw(questions(explorer.schema)))
    check(explorer, query, source, opened=opened)


def test_each_value_alone_and_each_column_either_way(table):
    """What a generated query seldom has."""
    explorer, source, _ = table
    check_each(explorer, source)


def check_each(explorer: Explorer, source: str) -> None:
    opened: Opened = {}
    for facet in explorer.schema.facets:
        for value in facet.values:
            check(explorer, explorer.query(where={facet.name: [value]}), source, opened=opened)
            check(
                explorer,
                explorer.query(where={facet.name: {"not": [value]}}),
                source,
                opened=opened,
            )
    for name in explorer.schema.names:
        for down in (False, True):
            check(explorer, explorer.query(sort=join_sort(((name, down),))), source, opened=opened)
    check(explorer, explorer.query(page=2, per_page=1), source, opened=opened)


def test_every_spelling_of_no_value_and_of_a_number(tmp_path):
    source = str(tmp_path / "spelled.csv")
    Path(source).write_text(SPELLED)
    (tmp_path / "spelled.toml").write_text(SPELLED_TOML)
    explorer = Explorer.open(source)
    assert [(f.name, f.values) for f in explorer.schema.facets][:2] == [
        ("ok", (False, True, None)),
        ("class", (3, 1, 2, None)),
    ]
    assert {measure.name for measure in explorer.schema.measures} == {"n", "x", 'q"r'}
    times = nw.to_native(explorer.dataset.frame).schema
    assert [times[name] for name in ("day", "when", "none")] == [pl.Date, pl.Datetime, pl.String]
    check_each(explorer, source)
    for low, count in ((0.5, 5), (3.0, 2), (1000.0, 2)):
        query = explorer.query(lower={"x": low}, sort="-class,ok,-n")
        assert explorer.count(query) == count
        check(explorer, query, source)


def test_times_of_a_time_zone_are_one_moment(tmp_path):
    path = tmp_path / "moments.csv"
    path.write_text("when,n\n2026-11-24T10:30:00Z,1\nNA,2\n2026-11-24T10:30:00+02:00,3\n")
    explorer = Explorer.open(str(path))
    texts = forms(explorer, explorer.query(lower={"n": 2}), URL, str(path))
    wanted = [(None, 2), ("2026-11-24T08:30:00+00:00", 3)]
    for label in ("Python", "pandas", "Polars"):
        assert run(label, texts[label]) == wanted, texts[label]
    with duckdb.connect() as connection:  # of itself it wants one more package for such times
        assert tidied(connection.sql(texts["DuckDB"]).pl().rows()) == wanted


def test_a_line_without_a_word_is_a_row_of_one_column(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("n\n3\n\n1\n\n")
    explorer = Explorer.open(str(path))
    assert explorer.count() == 4
    check(explorer, explorer.query(sort="n"), str(path))


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


@pytest.fixture(
    scope="module", params=["parquet", "arrow", "stream.arrow", "folder", "tsv", "csv.gz"]
)
def pets_file(request, tmp_path_factory):
    """Where the pets are, as a file of some kind, and who can read it."""
    folder, ending = tmp_path_factory.mktemp("pets"), request.param
    frame, source = binary_frame().drop("small"), str(folder / f"pets.{ending}")
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
        (folder / "pets.folder").mkdir()
        for part in (0, 1):
            frame[part * 3 : part * 3 + 3].write_parquet(f"{source}/{part}.parquet")
    else:
        text = frame.write_csv(separator="\t" if ending == "tsv" else ",").encode()
        packed = gzip.compress(text) if ending == "csv.gz" else text
        (folder / f"pets.{ending}").write_bytes(packed)
    return Explorer.open(source), source, labels, {}


@given(data=st.data())
@examples(0.3)
def test_every_kind_of_file(pets_file, data):
    explorer, source, labels, opened = pets_file
    query = explorer.query(**data.draw(questions(explorer.schema)))
    check(explorer, query, source, labels, opened)


def test_quotes_in_a_csv_header_are_read_as_here(tmp_path):
    """Polars of itself leaves them doubled, so that the name is not the one asked for."""
    path = tmp_path / "quoted.csv"
    path.write_text('"q""r",b\nx,1\ny,2\nx,3\n')
    explorer = Explorer.open(str(path))
    check(explorer, explorer.query(lower={"b": 2}, sort='-q"r'), str(path))
    check(explorer, explorer.query(**{'q"r': "x"}), str(path))


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


def test_what_is_said_at_the_start_is_said_in_python(tmp_path):
    path = tmp_path / "pets.csv"
    pl.DataFrame(PETS).write_csv(path)
    said = TableDescription(facets=("legs", "kind"), columns={"kind": {"order": ["dog", "cat"]}})
    explorer = Explorer(open_dataset(str(path), said))
    query = explorer.query(legs=4, sort="kind,-name")
    text = forms(explorer, query, URL, str(path), said)["Python"]
    assert run("Python", text) == expected(explorer, query)


@pytest.fixture(scope="module")
def pets_table(tmp_path_factory):
    """The pets in a DuckDB file, beside a column of texts that want quotes."""
    file = tmp_path_factory.mktemp("pets") / "pets.duckdb"
    with duckdb.connect(str(file)) as connection:
        pets = pl.DataFrame(PETS).with_columns(pl.Series("a b", ["it's", "%", "$", "\\", "", "é"]))  # noqa: F841 -- DuckDB sees it
        connection.execute('CREATE TABLE "Pets" AS SELECT * FROM pets')
    return Explorer.open(f"duckdb://{file}/Pets"), file


@given(data=st.data())
@examples(0.1)
def test_a_table_on_an_engine_is_asked_in_its_own_words(pets_table, data):
    explorer, file = pets_table
    query = explorer.query(**data.draw(questions(explorer.schema)))
    texts = forms(explorer, query, URL, f"duckdb://{file}/Pets")
    assert list(texts) == ["curl", "Python", "SQL"]
    wanted = expected(explorer, query)
    assert run("Python", texts["Python"]) == wanted
    with duckdb.connect(str(file), read_only=True) as connection:
        assert tidied(connection.execute(texts["SQL"]).fetchall()) == wanted, texts["SQL"]


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
    measures = '"sepal_length", "sepal_width", "petal_length", "petal_width"'
    assert texts["pandas"].splitlines()[2:] == [
        "df = pd.read_csv(",
        '    "data/iris.csv",',
        '    dtype="str",',
        "    keep_default_na=False,",
        '    na_values=[""],',
        "    skip_blank_lines=True,",
        ")",
        f"numbers = [{measures}]",
        'df[numbers] = df[numbers].apply(pd.to_numeric, errors="coerce")',
        'rows = df[(df["species"] == "setosa") & (df["sepal_length"] >= 5.7)]',
    ]
    assert texts["Polars"].splitlines()[2:] == [
        'df = pl.read_csv("data/iris.csv", infer_schema=False, null_values="")',
        "df = df.with_columns(",
        f"    pl.col({measures}).str.strip_chars().cast(pl.Float64, strict=False).fill_nan(None),",
        ")",
        'rows = df.filter(pl.col("species") == "setosa", pl.col("sepal_length") >= 5.7)',
    ]
    assert texts["DuckDB"].splitlines() == [
        "SELECT *",
        "FROM (",
        "  SELECT * REPLACE (",
        *(
            f"    nullif(TRY_CAST(trim({name}) AS DOUBLE), 'NaN') AS {name}{comma}"
            for name, comma in zip(measures.split(", "), (",", ",", ",", ""), strict=True)
        ),
        "  )",
        "  FROM read_csv(",
        "    'data/iris.csv',",
        "    delim = ',', header = true, quote = '\"', escape = '\"', comment = '',"
        " all_varchar = true",
        "  )",
        ")",
        "WHERE \"species\" = 'setosa'",
        '  AND "sepal_length" >= 5.7;',
    ]


def test_columns_may_be_called_as_the_words_of_sql(tmp_path):
    with duckdb.connect() as connection:
        found = connection.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()
    words, path = sorted({word for (word,) in found}), tmp_path / "words.csv"
    assert {"select", "where", "order"} <= {*words}
    path.write_text(
        "\n".join(",".join(line) for line in (words, "1" * len(words), "2" * len(words)))
    )
    explorer = Explorer.open(
        str(path), TableDescription(facets=("case",), measures=tuple(words[:9]))
    )
    query = explorer.query(case=2, lower=dict.fromkeys(words[:9], 2), sort="-select,where")
    assert run("DuckDB", forms(explorer, query, URL, str(path))["DuckDB"]) == [(2,) * len(words)]


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_columns_may_be_called_anything(tmp_path, kind):
    names = ["^a$", "a", "*", "_row", "page", ".h", "-b,c", "x\\", "it's", "größe", "line\nbreak"]
    if kind == "csv":
        names.remove("line\nbreak")  # DuckDB takes the lines of a name for rows
    rows = [[f"v{i % 3}" if name == "page" else float(i * j) for i in range(9)]
            for j, name in enumerate(names)]  # fmt: skip
    frame, source = pl.DataFrame(dict(zip(names, rows, strict=True))), str(tmp_path / f"t.{kind}")
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "arrow": frame.write_ipc}[kind](source)
    explorer = Explorer.open(source)
    labels = LABELS[1:] if kind != "arrow" else LABELS[1:-1]
    opened: Opened = {}
    for name in names:
        where = {name: {"not": ["v1"]} if name == "page" else {"from": 2, "to": 30}}
        asked = explorer.query(
            where=where, sort=join_sort(((name, True), ("a", False))[: 1 + (name != "a")])
        )
        assert 0 < explorer.count(asked) < 9 or name == "^a$"
        check(explorer, asked, source, labels, opened)


def test_a_text_file_is_not_looked_into(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text(WORDS)
    explorer = Explorer.open(str(path))
    texts = forms(explorer, Query(), URL, str(path))
    path.unlink()
    assert forms(explorer, Query(), URL, str(path)) == texts
    assert list(texts) == LABELS


def test_a_table_that_was_copied_is_let_go(tmp_path):
    """A cache kept it, and with it a whole table that another had replaced."""
    path = tmp_path / "words.csv"
    path.write_text(WORDS)
    explorer = Explorer.open(str(path))
    assert list(forms(explorer, Query(), URL, str(path))) == LABELS
    held = [weakref.ref(explorer), weakref.ref(explorer.dataset)]
    del explorer
    gc.collect()
    assert [one() for one in held] == [None, None]


SAID_OF_TIMES = (
    {"x": [{"to": 0}, {"from": 2.5, "to": 3}]},
    {"x": [{"from": 4}, None]},
    {"x": [None]},
    {"x": {"present": True}},
    {"x": []},
    {"at": ["2013-01", {"from": "2014"}, None]},
    {"at": {"present": True}},
    {"at:weekday": ["Sat", "Sun"]},
    {"at:weekday": {"not": ["Sat", "Wed"]}},
    {"at:weekday": {"not": ["Wed", None]}},
    {"at:weekday": [None, "Wed"]},
    {"at:month_of_year": "Jun", "at:quarter_of_year": "Q2"},
    {"at:hour_of_day": [6, 15, 23], "x": [{"to": 2}, None]},
)


@pytest.mark.parametrize("kind", ["csv", "parquet", "zone"])
def test_spans_and_parts_of_a_time(tmp_path, kind):
    moments = [
        datetime(2013, 1, 5, 6, 30),
        datetime(2013, 6, 5, 15, 45),
        None,
        datetime(2014, 12, 7, 23, 59, 59),
        datetime(1969, 12, 31, 23),
    ]
    frame = pl.DataFrame({"at": moments, "x": [0.5, 2.5, None, 4.5, -1.0]})
    if kind == "zone":
        there = pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
        frame = frame.with_columns(there)
    source = str(tmp_path / f"times.{kind.replace('zone', 'parquet')}")
    frame.write_csv(source) if kind == "csv" else frame.write_parquet(source)
    explorer = Explorer.open(source)
    for where in SAID_OF_TIMES:
        query = explorer.query(where=where)
        if kind != "zone":
            check(explorer, query, source)
            continue
        # DuckDB shows the same moments on the clock of its session.
        for label in LABELS[1:]:
            rows = run(label, forms(explorer, query, URL, source)[label])
            assert [x for _, x in rows] == [x for _, x in expected(explorer, query)]
