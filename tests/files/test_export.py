"""Files of a query: read back by other libraries, they hold the rows, the means and the receipt."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import reference
from clock import Clock
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sample_tables import PETS, ROOT

from iris_dash import Explorer
from iris_dash.config.settings import Settings
from iris_dash.core.deadline import within
from iris_dash.core.errors import QueryError, QueryTooLong
from iris_dash.files import FORMATS, find_format, table, xlsx
from iris_dash.files.csv import escape, unescape
from iris_dash.tables.description import TableDescription
from iris_dash.web.app import create_app

KINDS = [known.suffix for known in FORMATS]
INF = math.inf

FORMULA = '=HYPERLINK("http://x/","y")'
ODD: dict[str, list[Any]] = {
    'na"me, ü': ["a", "b", "a", None],
    "=cmd": ["x", "x", "y", "y"],
    "no\te|": [FORMULA, 'two\nlines, "quoted" & <b>', "'=1", "+49 30 1234"],
    "more": ["\t@sum", "-1+2", "a\rb_x0041_\x01", "https://example.org/?a=1"],
    "day": [date(2026, 11, 24), date(1850, 2, 3), None, date(9999, 12, 31)],
    "when": [datetime(2026, 11, 24, 12, 34, 56, 789_000), None, datetime(1850, 1, 1), None],
    "zoned": [None, datetime(2026, 7, 1, 10, tzinfo=UTC), None, None],
    "flag": [True, False, None, True],
    "big": [2**53 + 1, -(2**62), 7, None],
    "x": [-5.0, INF, -INF, None],
    "y": [0.1 + 0.2, 1e300, 5e-324, -0.1],
}
ODD_TYPES = {"zoned": pl.Datetime("us", "UTC"), "when": pl.Datetime("us")}
SAID = TableDescription(title="Töpfe & Co", rows="Krüge", facets=('na"me, ü', "=cmd"))
ODD_ROWS = [dict(zip(ODD, row, strict=True)) for row in zip(*ODD.values(), strict=True)]

ESCAPED = {FORMULA: "'" + FORMULA, "'=1": "''=1", "+49 30 1234": "'+49 30 1234"}
ESCAPED |= {"\t@sum": "'\t'@sum", "-1+2": "'-1+2", "=cmd": "'=cmd"}
"""What CSV makes of the text above, by hand."""


@pytest.fixture(params=["polars", "pandas"], scope="module")
def odd(request: pytest.FixtureRequest) -> Explorer:
    if request.param == "polars":
        return Explorer.open(pl.DataFrame(ODD, schema_overrides=ODD_TYPES), SAID)
    frame = pd.DataFrame(ODD | {"big": pd.Series(ODD["big"], dtype="Int64")})
    return Explorer.open(frame.assign(day=pd.Series(ODD["day"], dtype="object")), SAID)


@pytest.fixture(scope="module")
def penguins() -> Explorer:
    return Explorer.open(str(ROOT / "data" / "penguins.csv"))


def test_the_formats_in_the_order_of_the_menu():
    """By hand. Whoever adds one says here too what another library reads of it."""
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert [
        (known.suffix, known.title, known.media_type, known.receipt is not None, known.offers_means)
        for known in FORMATS
    ] == [
        ("csv", "CSV", "text/csv", False, True),
        ("xlsx", "Excel (XLSX)", sheet, True, True),
        ("parquet", "Parquet", "application/vnd.apache.parquet", True, True),
        ("json", "JSON", "application/json", False, False),
        ("ndjson", "JSON lines", "application/x-ndjson", False, False),
        ("arrow", "Arrow", "application/vnd.apache.arrow.stream", True, False),
        ("feather", "Feather", "application/vnd.apache.arrow.file", True, False),
    ]
    assert BY_HAND == KINDS


def test_another_format_is_refused_by_name(explorer):
    with pytest.raises(KeyError, match="unknown format 'cvs'; formats are csv, "):
        explorer.export("cvs")


def penguin_rows() -> list[dict[str, Any]]:
    """The table's rows, read with nothing of the package: texts, numbers, None."""
    with (ROOT / "data" / "penguins.csv").open(newline="") as file:
        return [{k: _value(text) for k, text in row.items()} for row in csv.DictReader(file)]


def _value(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text or None


def made(explorer: Explorer, kind: str, query: Any = None, what: Any = "rows") -> bytes:
    return b"".join(explorer.export(kind, query, what).pieces)


Read = tuple[list[str], list[list[Any]]]


def csv_read(content: bytes) -> Read:
    names, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return names, [[text or None for text in row] for row in rows]


def objects_read(objects: list[dict[str, Any]]) -> Read:
    return list(objects[0]) if objects else [], [list(o.values()) for o in objects]


def sheet_read(content: bytes) -> Read:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    names, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    return names, [list(row) for row in rows]


def table_read(table: pa.Table) -> Read:
    return table.column_names, [list(row.values()) for row in table.to_pylist()]


READERS: dict[str, Callable[[bytes], Read]] = {
    "csv": csv_read,
    "xlsx": sheet_read,
    "parquet": lambda content: table_read(pq.read_table(io.BytesIO(content))),
    "json": lambda content: objects_read(json.loads(content)),
    "ndjson": lambda content: objects_read([*map(json.loads, content.decode().splitlines())]),
    "arrow": lambda content: table_read(pa.ipc.open_stream(content).read_all()),
    "feather": lambda content: table_read(pa.ipc.open_file(content).read_all()),
}
"""How other libraries read a file: its column names and its rows, missing as None."""

BY_HAND = list(READERS)
"""The formats of which it is written here what they make of each value: see `held`."""


def read(kind: str, content: bytes) -> Read:
    if kind in READERS:
        return READERS[kind](content)
    with tempfile.NamedTemporaryFile(suffix=f".{kind}") as file:
        Path(file.name).write_bytes(content)
        names, *rows = find_format(kind).read(Path(file.name))
    return [*names], [[*row] for row in rows]


def held(kind: str, value: Any) -> Any:
    """What a format makes of a value, by hand from what each can say."""
    if value is None or kind in ("parquet", "arrow", "feather"):
        return value
    if kind in ("json", "ndjson"):
        if isinstance(value, float) and math.isinf(value):
            return None
        return value.isoformat() if isinstance(value, date) else value
    if kind == "xlsx":
        if isinstance(value, float):
            return str(value) if math.isinf(value) else float(f"{value:.16g}")
        if isinstance(value, int) and abs(value) > 2**53:
            return str(value)
        if value == date(9999, 12, 31):
            return datetime(9999, 12, 31)
        if isinstance(value, datetime):
            if value.tzinfo:
                return "2026-07-01T10:00:00+00:00"
            return value if value.year > 1900 else "1850-01-01T00:00:00"
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day) if value.year > 1900 else str(value)
        if isinstance(value, str):
            return (
                value.replace("_x0041_", "_x005F_x0041_")
                .replace("\x01", "_x0001_")
                .replace("\r", "_x000D_")
            )
        return value
    return ESCAPED.get(value, value) if isinstance(value, str) else value


def alike(kind: str, found: Any, wanted: Any) -> bool:
    if kind != "csv" or found is None or isinstance(wanted, str) or wanted is None:
        number = isinstance(wanted, float) and not isinstance(found, bool)
        return bool((number or type(found) is type(wanted)) and found == wanted)
    if isinstance(wanted, bool):
        return bool(found == ("true" if wanted else "false"))
    if isinstance(wanted, date):  # or a moment, as in JSON
        return bool(found == wanted.isoformat())
    return Decimal(found) == Decimal(wanted) if isinstance(wanted, int) else float(found) == wanted


def assert_holds(kind: str, content: bytes, expected: list[dict[str, Any]], keys: Any = None):
    names, rows = read(kind, content)
    if expected or kind not in ("json", "ndjson"):
        own = list(keys or expected[0])
        assert names == [ESCAPED.get(n, n) if kind == "csv" else n for n in own]
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        for found, value in zip(row, wanted.values(), strict=True):
            assert alike(kind, found, held(kind, value)), (found, value)


@pytest.mark.parametrize("kind", BY_HAND)
def test_the_rows_of_a_query_in_its_order(explorer, flowers, kind):
    query = explorer.query(species="setosa", lower={"sepal_length": 5.2}, sort="-sepal_length")
    wanted = [f for f in flowers if f["species"] == "setosa" and f["sepal_length"] >= 5.2]
    wanted = reference.in_order(wanted, [("sepal_length", True)], {})
    keys = list(flowers[0])
    if kind in ("json", "ndjson"):
        keys[-1] = "label"
    assert len(wanted) == 14
    assert_holds(kind, made(explorer, kind, query), wanted, keys)


@pytest.mark.parametrize("kind", BY_HAND)
def test_missing_values_stay_missing(penguins, kind):
    rows = penguin_rows()
    assert sum(row["sex"] is None for row in rows) == 11
    assert_holds(kind, made(penguins, kind), rows)


@pytest.mark.parametrize("kind", BY_HAND)
def test_odd_values_and_names(odd, kind):
    assert_holds(kind, made(odd, kind), ODD_ROWS)


@pytest.mark.parametrize("kind", BY_HAND)
def test_the_means_per_group(pets, kind):
    """By hand: cats 4.0 and a gap and 3.0, dogs 20.5 and 8.0, one animal of no kind."""
    wanted = [
        {"kind": "cat", "n": 3, "mean_weight": 3.5, "mean_legs": 11 / 3},
        {"kind": "dog", "n": 2, "mean_weight": 14.25, "mean_legs": 4.0},
        {"kind": None, "n": 1, "mean_weight": 1.25, "mean_legs": 4.0},
    ]
    assert_holds(kind, made(pets, kind, what="means"), wanted)
    by = made(pets, kind, pets.query(by="tame", kind="dog"), "means")
    tame = [
        {"tame": False, "n": 1, "mean_weight": 20.5, "mean_legs": 4.0},
        {"tame": None, "n": 1, "mean_weight": 8.0, "mean_legs": 4.0},
    ]
    assert_holds(kind, by, tame)


@pytest.mark.parametrize(
    ("name", "alias", "count"), [("n", None, "count"), ("g", "n", "count"), ("n", "count", "rows")]
)
@pytest.mark.parametrize("kind", BY_HAND)
def test_a_facet_called_n_hides_no_count(kind, name, alias, count):
    said = TableDescription(columns={name: {"alias": alias}} if alias else {})
    explorer = Explorer.open(pl.DataFrame({name: ["a", "b", "a"], "x": [1.5, 2.5, 3.5]}), said)
    wanted = [{name: "a", count: 2, "mean_x": 2.5}, {name: "b", count: 1, "mean_x": 2.5}]
    keys = [alias or name, count, "mean_x"] if kind in ("json", "ndjson") else None
    assert_holds(kind, made(explorer, kind, what="means"), wanted, keys)
    assert explorer.means().to_dict("records") == wanted


@pytest.mark.parametrize("what", ["rows", "means"])
@pytest.mark.parametrize("kind", BY_HAND)
def test_an_empty_selection_still_says_its_columns(pets, kind, what):
    keys = list(PETS) if what == "rows" else ["kind", "n", "mean_weight", "mean_legs"]
    assert_holds(kind, made(pets, kind, pets.query(kind=[]), what), [], keys)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "arrow", "feather"])
def test_an_empty_selection_of_a_long_sorted_table_too(kind):
    explorer = Explorer.open(pl.DataFrame({"n": range(30_000), "k": ["a", "b"] * 15_000}))
    assert_holds(kind, made(explorer, kind, explorer.query(k=[], sort="-n")), [], ["n", "k"])


@pytest.mark.parametrize("kind", BY_HAND)
def test_a_long_table_comes_in_pieces_that_join(monkeypatch, kind):
    monkeypatch.setattr("iris_dash.tables.long_dataset.SLICE", 10_000)
    explorer = Explorer.open(pl.DataFrame({"n": range(40_000)}))
    content = list(explorer.export(kind, explorer.query(lower={"n": 5}, sort="-n")).pieces)
    assert len(content) > 1 or kind == "parquet"
    assert_holds(kind, b"".join(content), [{"n": n} for n in range(39_999, 4, -1)])


def test_csv_quotes_what_parts_columns_elsewhere():
    explorer = Explorer.open(pl.DataFrame({"name": ["a;b", "c", 'd"e|f'], "n": [1, 2, 3]}))
    assert made(explorer, "csv") == b'name,n\n"a;b",1\nc,2\n"d""e|f",3\n'


def test_csv_quotes_texts_of_none_beside_what_parts_columns_elsewhere():
    explorer = Explorer.open(pl.DataFrame({"name": ["a;b", "c"], "more": ["", "d"]}))
    assert made(explorer, "csv") == b'name,more\n"a;b",""\nc,d\n'


@pytest.mark.parametrize("mark", [";", "|", "\t", "\r", "\n"])
def test_each_mark_alone_has_its_formula_escaped(mark):
    explorer = Explorer.open(pl.DataFrame({"a": [f"x{mark}=1", "y"]}))
    assert made(explorer, "csv").decode() == f'a\n"x{mark}\'=1"\ny\n'


TEXTS = {
    "a formula": ["=1+1", "-x", "'=1", "plain"],
    "a separator": ["a;b", "a|=1", "c\td", "plain"],
    "a quote": ['a"b', "a,b", "a\nb", "plain"],
    "none": ["", "a", "b", "it's"],
    "nothing": ["a", "b", "c d", "é"],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["a", "a;b"])
def test_a_long_csv_has_the_lines_of_a_short_one(monkeypatch, name, texts):
    # A long one is written from dictionaries, and in pieces, of which the first has the header.
    monkeypatch.setattr("iris_dash.files.csv.ROWS", 10_000)
    short = pl.DataFrame(
        {
            name: texts,
            "missing": [None, *texts[1:]],
            "x": [-1.5, None, 0.25, 3.0],
            "day": [date(2024, 2, 29), date(2023, 12, 31), None, date(2024, 1, 1)],
            "at": [datetime(2024, 3, 1, hour, 30) for hour in range(4)],
        }
    )
    head, lines = made(Explorer.open(short), "csv").split(b"\n", 1)
    long = made(Explorer.open(pl.concat([short] * 5_000)), "csv")
    assert long == head + b"\n" + lines * 5_000


def test_a_piece_is_parted_evenly():
    pieces = (pl.DataFrame({"n": range(length)}) for length in (10, 0, 3))
    rows = table.Table({"n": pl.Int64()}, pieces, ("n",), [], lambda: 0)
    assert [len(frame) for frame in rows.frames(6)] == [5, 5, 3]


def test_a_page_is_a_file_of_that_page(explorer):
    export = explorer.export("csv", explorer.query(page=3, per_page=70))
    assert export.receipt.rows == 10
    assert b"".join(export.pieces).count(b"\n") == 11


def test_parquet_has_types_and_row_groups(monkeypatch):
    monkeypatch.setattr("iris_dash.tables.long_dataset.SLICE", 10_000)
    monkeypatch.setattr("iris_dash.files.parquet.ROW_GROUP", 10_000)
    explorer = Explorer.open(pl.DataFrame({"n": range(40_000)}))
    file = pq.ParquetFile(io.BytesIO(made(explorer, "parquet")))
    assert file.metadata.num_row_groups == 4
    assert file.schema_arrow.field("n").type == pa.int64()


def receipt_of(kind: str, content: bytes) -> dict[str, Any]:
    if kind == "parquet":
        return json.loads(pq.read_metadata(io.BytesIO(content)).metadata[b"iris_dash"])
    if kind == "arrow":
        return json.loads(pa.ipc.open_stream(content).schema.metadata[b"iris_dash"])
    if kind == "feather":
        return json.loads(pa.ipc.open_file(content).schema.metadata[b"iris_dash"])
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Query"]
    said = {row[0].value: row[1].value for row in sheet.iter_rows()}
    return json.loads(said["Receipt"])


@pytest.mark.parametrize("what", ["rows", "means"])
@pytest.mark.parametrize("kind", ["parquet", "arrow", "feather", "xlsx"])
def test_the_receipt_says_what_was_asked(explorer, kind, what):
    query = explorer.query(species=["setosa", "virginica"], upper={"petal_width": 0.3})
    before = datetime.now(UTC).replace(microsecond=0)
    content = b"".join(explorer.export(kind, query, what, "https://x.org/?a=ü").pieces)
    receipt = receipt_of(kind, content)
    asked = datetime.fromisoformat(receipt.pop("time"))
    assert before <= asked <= datetime.now(UTC)
    assert receipt == {
        "title": "Iris",
        "what": what,
        "query": "species=~not:versicolor&petal_width=..0.3",
        "fingerprint": explorer.dataset.fingerprint,
        "rows": 41 if what == "rows" else 1,
        "link": "https://x.org/?a=ü",
    }


def test_the_query_sheet_is_for_people(explorer):
    query = explorer.query(
        species="setosa",
        lower={"sepal_length": 5, "petal_width": 0.2},
        upper={"sepal_length": 5.1},
        sort="-petal_length,species",
    )
    book = openpyxl.load_workbook(io.BytesIO(made(explorer, "xlsx", query)))
    assert book.sheetnames == ["Rows", "Query"]
    said = {row[0].value: row[1].value for row in book["Query"].iter_rows()}
    assert said["Title"] == "Iris"
    assert said["Species"] == "setosa"
    assert said["Sepal length (cm)"] == "5.0 to 5.1"
    assert said["Petal width (cm)"] == "at least 0.2"
    assert said["Order"] == "Petal length, descending; then Species"


@pytest.mark.parametrize("kind", KINDS)
def test_no_spreadsheet_runs_what_a_table_says(odd, kind):
    content = made(odd, kind)
    if kind == "csv":
        names, rows = read(kind, content)
        texts = [*names, *(row[i] for row in rows for i in range(4) if row[i])]
        assert not [t for t in texts if t.lstrip(" ")[0] in "=+-@\t\r"]
        assert [row[9] for row in rows] == ["-5.0", "inf", "-inf", None]
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book.worksheets:
            cells = [cell for row in sheet.iter_rows() for cell in row]
            assert {cell.data_type for cell in cells} <= {"inlineStr", "s", "n", "b", "d"}
            assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize(
    "text", ["=1", " =1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'=1", "''@", "＝1", "　-1"]
)
def test_text_that_is_escaped_comes_back(text):
    table = pl.DataFrame({"a": [text, "x"], "n": [-1, 2]})
    (row, _) = read("csv", made(Explorer.open(table), "csv"))[1]
    assert row == ["'" + text, "-1"]
    assert escape(text) == "'" + text
    assert unescape("'" + text) == text


WITHIN = (
    "a;=1;",
    "a\t@x",
    "a\n-1",
    "a\r\n+1",
    "a|=1|",
    ";;=1",
    "\t=1",
    "a;'=1",
    "a; =1",
    "=1;=2",
    'a;"=1;',
    ";' \"-1",
)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_is_a_formula_whatever_separates_cells(separator):
    """A quote within a cell quotes nothing: `1,"a;=2;"` are three cells where `;` separates."""
    table = pl.DataFrame({"first": ["x"] * len(WITHIN), "text;=9;": WITHIN, "last": "y"})
    content = made(Explorer.open(table), "csv").decode()
    cells = [
        cell for line in csv.reader(io.StringIO(content), delimiter=separator) for cell in line
    ]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@")]
    names, _ = read("csv", content.encode())
    assert names == ["first", "text;'=9;", "last"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("bcdate", ["-0001-11-27,1", "1970-01-01,2"]),
        ("fardate", ["+10013-09-08,+10001-02-04T00:00:00,1", "1970-01-01,1970-01-01T00:00:00,2"]),
    ],
)
def test_dates_of_any_year_have_no_apostrophe_in_csv(name, lines):
    explorer = Explorer.open(str(ROOT / "tests" / "tables" / "cases" / f"{name}.parquet"))
    assert made(explorer, "csv").decode().splitlines()[1:3] == lines


@pytest.mark.parametrize("text", WITHIN)
def test_text_that_is_escaped_within_comes_back(text):
    assert escape(text) != text
    assert unescape(escape(text)) == text
    assert unescape(escape(escape(text))) == escape(text)


@given(st.text(alphabet=";|\t\r\n'\"= -@x", max_size=12))
@examples(1)
def test_any_text_comes_back_from_its_escaped_form(text):
    assert unescape(escape(text)) == text
    (row, *_) = read("csv", made(Explorer.open(pl.DataFrame({"a": [text, "x"]})), "csv"))[1]
    assert row == [escape(text) or None]


@pytest.mark.parametrize("text", ["a=1", "it's", "'t is", "1-2", "' x", "é@", "a;1", "a; b=1"])
def test_other_text_is_left_alone(text):
    (row, _) = read("csv", made(Explorer.open(pl.DataFrame({"a": [text, "x"]})), "csv"))[1]
    assert row == [text]
    assert unescape(text) == text


def refusal(explorer: Explorer, kind: str) -> str:
    with pytest.raises(QueryError) as caught:
        explorer.export(kind)
    return str(caught.value)


def test_a_spreadsheet_refuses_what_it_cannot_hold(monkeypatch):
    assert xlsx.MOST_ROWS == 1_048_576
    long = Explorer.open(pl.DataFrame({"n": pl.int_range(1_048_576, eager=True)}))
    assert refusal(long, "xlsx").startswith("1,048,576 rows, and a spreadsheet holds at most")
    assert "1,048,575" in refusal(long, "xlsx")
    assert long.export("xlsx", long.query(lower={"n": 1})).receipt.rows == 1_048_575
    wide = Explorer.open(pl.DataFrame({"t": ["x" * 32_768, "y"]}))
    assert "32,768 characters" in refusal(wide, "xlsx")
    assert made(wide, "parquet")
    client = create_app(long.dataset, Settings()).server.test_client()
    for answer, place in (
        (client.get("/export.xlsx"), "query"),
        (client.post("/export.xlsx", json={}), "body"),
    ):
        assert answer.status_code == 422
        (problem,) = answer.get_json()["detail"]
        assert problem["loc"] == [place]
        assert "CSV" in problem["msg"]
    assert client.get("/export.xlsx?n=..9").status_code == 200


def test_a_large_sheet_may_use_the_archives_form_for_large_files(odd, monkeypatch):
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 1_000)
    assert_holds("xlsx", made(odd, "xlsx"), ODD_ROWS)


def test_a_spreadsheets_text_is_never_markup_and_never_cut():
    texts = ["<r>&</r>", "<r><t>a</t></r>", "<r></r>", ""]
    explorer = Explorer.open(pl.DataFrame({"<r>name</r>": texts}))
    names, rows = read("xlsx", made(explorer, "xlsx"))
    assert names == ["<r>name</r>"]
    assert [text or "" for (text,) in rows] == texts
    two_each = Explorer.open(pl.DataFrame({"t": ["😀" * 16_383, "x"]}))
    assert read("xlsx", made(two_each, "xlsx"))[1][0] == ["😀" * 16_383]
    too_long = Explorer.open(pl.DataFrame({"t": ["😀" * 16_384, "x"]}))
    with pytest.raises(QueryError, match="too long for a cell"):
        made(too_long, "xlsx")
    assert "characters in a column's name" in refusal(
        Explorer.open(pl.DataFrame({"n" * 32_768: [1]})), "xlsx"
    )


def test_a_spreadsheet_that_fails_leaves_no_temporary_file(explorer, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seen = []

    def failing(*_: Any) -> None:
        seen.extend(tmp_path.rglob("*"))
        raise OSError("no more")

    monkeypatch.setattr(xlsx, "_write_value", failing)
    with pytest.raises(OSError, match="no more"):
        made(explorer, "xlsx")
    assert seen
    assert list(tmp_path.rglob("*")) == []


def test_times_of_day_are_a_spreadsheets_own():
    times = [time(1, 2, 3, 500_000), time(23, 59)]
    (sheet, _) = openpyxl.load_workbook(
        io.BytesIO(made(Explorer.open(pl.DataFrame({"t": times})), "xlsx"))
    ).worksheets
    assert [cell.value for cell in sheet["A"][1:]] == times


@pytest.mark.parametrize("path", ["/export", "/export/means"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_file_comes_with_its_receipt_in_headers(client, explorer, kind, path):
    answer = client.get(f"{path}.{kind}?sepal_length=5..5.1&species=setosa&sepal_width=3.0..")
    assert answer.status_code == 200
    assert answer.mimetype == find_format(kind).media_type
    assert answer.is_streamed
    means = "means-of-" if path.endswith("means") else ""
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="iris-{means}16-of-150-flowers.{kind}"'
    )
    text = "species=setosa&sepal_length=5.0..5.1&sepal_width=3.0.."
    assert answer.headers["X-Query"] == text
    assert answer.headers["X-Total-Count"] == "16"
    assert answer.headers["X-Fingerprint"] == explorer.dataset.fingerprint
    assert answer.headers["Link"] == f'<http://localhost/?{text}>; rel="via"'
    assert len(read(kind, answer.data)[1]) == (1 if means else 16)
    body = {"species": "setosa", "lower": {"sepal_length": 5, "sepal_width": 3}}
    posted = client.post(f"{path}.{kind}", json=body | {"upper": {"sepal_length": 5.1}})
    assert posted.headers["X-Query"] == text
    assert read(kind, posted.data) == read(kind, answer.data)


def test_json_rows_are_those_of_the_json_route(client):
    query = "species=virginica&sort=-petal_width"
    assert client.get(f"/export.json?{query}").json == client.get(f"/range/?{query}").json


MOMENT = datetime(2026, 7, 1, 10, 0, 0, 120_000)


@pytest.mark.parametrize("kind", ["json", "ndjson"])
def test_json_is_byte_for_byte_that_of_the_json_route(kind):
    """Of every type and of values that are written in more than one way."""
    moments = pl.Series([MOMENT, MOMENT.replace(microsecond=0), datetime(800, 1, 1), None])
    bits = np.random.default_rng(7).integers(0, 2**64, 4_000, dtype=np.uint64)
    texts = ['"\\/\b\f\n\r\t\x00\x1f\x7f', "é😀\u2028\ufeff", "\U0010ffff", ""]
    frame = pl.DataFrame(
        {
            "float": bits.view(np.float64),
            "short": pl.Series([1e16, 1e-7, -0.0, 100.0] * 1_000),
            "text": texts * 1_000,
            "long": [2**63 - 1, -(2**63), 0, None] * 1_000,
            "flag": [True, False, None, None] * 1_000,
            "day": [date(800, 1, 2), None, None, date(9999, 12, 31)] * 1_000,
            "time": [time(1, 2, 3), time(1, 2, 3, 4_000), time(0), None] * 1_000,
            'na"me\\\n': ["x"] * 4_000,
        }
    )
    zones = [None, "UTC", "Asia/Kolkata"]
    for unit, zone in itertools.product(("ms", "us", "ns"), zones):
        held = moments.dt.cast_time_unit(unit) if unit != "ns" else moments.replace(
            datetime(800, 1, 1), datetime(1800, 1, 1)
        ).dt.cast_time_unit(unit)  # fmt: skip
        held = held.dt.replace_time_zone("UTC").dt.convert_time_zone(zone) if zone else held
        frame = frame.with_columns(pl.concat([held] * 1_000).alias(f"{unit} {zone}"))
    client = create_app(frame, Settings()).server.test_client()
    asked, exported = client.get("/range/").data, client.get(f"/export.{kind}").data
    assert len(asked) > 1_000_000
    if kind == "json":
        assert exported == asked
    else:
        assert exported.endswith(b"}\n")
        assert b"[" + exported[:-1].replace(b"\n", b",") + b"]" == asked


def test_names_beyond_ascii_in_headers(odd):
    client = create_app(odd.dataset, Settings()).server.test_client()
    name = "na%22me%2C%20%C3%BC"
    answer = client.get(f"/export.csv?{name}=a&{name}=~missing")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="topfe-co-3-of-4-kruge.csv"; '
        "filename*=UTF-8''t%C3%B6pfe-co-3-of-4-kr%C3%BCge.csv"
    )
    for value in answer.headers.values():
        assert value.isascii()
    assert answer.headers["X-Query"] in answer.headers["Link"]


def test_a_query_too_long_for_headers_is_left_out_of_them():
    values = [f"value {n:04}" for n in range(450)]
    table = pl.DataFrame({"a": values * 2, "n": range(900)})
    explorer = Explorer.open(table, TableDescription(facets=("a",)))
    client = create_app(explorer.dataset, Settings()).server.test_client()
    answer = client.post("/export.csv", json={"a": values[:200]})
    assert answer.headers["X-Total-Count"] == "400"
    assert "X-Query" not in answer.headers
    assert "Link" not in answer.headers
    assert answer.headers["X-Fingerprint"] == explorer.dataset.fingerprint


# --- How much is written at once, and how long


@pytest.mark.parametrize("kind", BY_HAND)
def test_a_wide_table_and_long_texts_are_written_in_small_pieces(monkeypatch, kind):
    monkeypatch.setattr("iris_dash.files.table.VALUES_AT_ONCE", 1_000)
    monkeypatch.setattr("iris_dash.files.table.BYTES_AT_ONCE", 5_000)
    written = []
    cut = table._with_little_text

    def counted(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        for piece in cut(rows):
            if len(piece) == len(rows):  # it is not cut further
                text = piece["text"].cast(pl.String)
                written.append((len(piece), text.str.len_bytes().sum()))
            yield piece

    monkeypatch.setattr(table, "_with_little_text", counted)
    rows = [{"n": n, "text": "é" * (1_400 if n % 100 == 0 else 3)} for n in range(2_000)]
    assert_holds(kind, made(Explorer.open(pl.DataFrame(rows)), kind), rows)
    assert all(length <= 500 for length, _ in written)
    assert all(size <= 5_000 or length == 1 for length, size in written)


@pytest.mark.parametrize("kind", BY_HAND)
def test_a_table_without_text_is_written(kind):
    rows = [{"n": n, "x": n / 2} for n in range(200)]
    assert_holds(kind, made(Explorer.open(pl.DataFrame(rows)), kind), rows)


@pytest.mark.parametrize("sort", [None, "-m001"])
def test_a_wide_table_is_read_in_small_slices(monkeypatch, sort):
    monkeypatch.setattr("iris_dash.tables.long_dataset.SLICE_VALUES", 40_000)
    frame = pl.DataFrame({f"m{n:03d}": range(30_000) for n in range(4)})
    dataset = Explorer.open(frame).dataset
    query = Explorer(dataset).query(sort=sort)
    assert {len(piece) for piece in dataset.slices(query)} == {10_000}


WHOLE = ("xlsx", "parquet")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Explorer:
    """A table of four slices, each of which takes 30 s to read."""
    monkeypatch.setattr("iris_dash.tables.long_dataset.SLICE", 10_000)
    monkeypatch.setattr("iris_dash.files.whole.time", clock)
    explorer = Explorer.open(pl.DataFrame({"n": range(40_000)}))
    slices = type(explorer.dataset)._slices

    def read(*given: Any) -> Iterator[Any]:
        for piece in slices(*given):
            clock.sleep(30)
            yield piece

    monkeypatch.setattr(type(explorer.dataset), "_slices", read)
    return explorer


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_that_is_written_as_a_whole_has_the_time_of_one_answer(slow, kind):
    """A spreadsheet took 40 s where an answer may take 1 s: each of its slices had all of it."""
    with within(100), pytest.raises(QueryTooLong):
        made(slow, kind)
    with within(130):
        assert made(slow, kind)
    with within(31):
        assert made(slow, "csv").count(b"\n") == 40_001


@pytest.mark.parametrize("kind", WHOLE)
def test_while_it_is_written_who_waits_is_looked_for(slow, kind, tmp_path, monkeypatch):
    """Two spreadsheets that nobody waited for held both places."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = threading.active_count()
    with within(1_000):
        pieces = slow.export(kind).pieces
        assert [next(pieces) for _ in range(3)] == [b""] * 3
        assembled = Mock()
        monkeypatch.setattr("xlsxwriter.Workbook.close", assembled)
        pieces.close()
    assert assembled.call_count == 0
    assert list(tmp_path.rglob("*")) == []
    assert threading.active_count() == before


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_written_quickly_is_sent_without_signs(explorer, kind):
    assert b"" not in list(explorer.export(kind).pieces)
