"""Spreadsheets, JSON, packed files: each is the table that its CSV is, or one line says why not."""

from __future__ import annotations

import bz2
import gzip
import json
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter

from iris_dash import Explorer
from iris_dash.core.errors import DatasetError
from iris_dash.query.query import Query
from iris_dash.tables.reading.sources import read_source

CSV = b"city,temp\nBonn,11.5\nKiel,9.25\n"
ROWS = [("Bonn", 11.5), ("Kiel", 9.25)]
FRAME = pl.DataFrame(ROWS, ["city", "temp"], orient="row")
TWO = {"a.csv": CSV, "b.csv": CSV}
LIST = '[{"city":"Bonn","temp":11.5},{"city":"Kiel","temp":9.25}]'


def zipped(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def zstandard(path: Path, content: bytes) -> None:
    with pa.output_stream(str(path), compression="zstd") as stream:
        stream.write(content)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.csv.gz", lambda path: path.write_bytes(gzip.compress(CSV))),
        ("t.csv.bz2", lambda path: path.write_bytes(bz2.compress(CSV))),
        ("t.csv.zst", lambda path: zstandard(path, CSV)),
        ("t.csv.zip", lambda path: zipped(path, **{"t.csv": CSV})),
        ("t.zip", lambda path: zipped(path, **{"folder/t.csv": CSV, "__MACOSX/t.csv": b"x"})),
        ("t.dat", lambda path: zstandard(path, CSV)),
        ("T.CSV.ZIP", lambda path: zipped(path, **{"T.CSV": CSV})),
        (
            "t.json",
            lambda path: path.write_text(
                '[{"city":"Bonn","temp":11.5},\n {"city":"Kiel","temp":9.25}]'
            ),
        ),
        (
            "t.ndjson",
            lambda path: path.write_text(
                '{"city":"Bonn","temp":11.5}\n{"temp":9.25,"city":"Kiel"}\n'
            ),
        ),
        ("t.jsonl", lambda path: FRAME.write_ndjson(path)),
        ("t", lambda path: path.write_text(LIST)),
        ("t.xlsx", lambda path: FRAME.write_excel(path)),
    ],
)  # fmt: skip
def test_every_kind_is_the_same_table(tmp_path, name, write):
    write(tmp_path / name)
    read = read_source(tmp_path / name)
    assert read.frame.columns == ["city", "temp"]
    assert read.frame.rows() == ROWS
    assert read.title in ("t", "T")
    assert read.notes == ()


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("t.csv.bz2", lambda path: path.write_bytes(bz2.compress(CSV)[:-9]), "bzip2 data is"),
        ("t.csv.gz", lambda path: path.write_bytes(gzip.compress(CSV)[:-9]), "gzip data is"),
        ("t.zip", lambda path: path.write_bytes(b"PK\x03\x04 and no more"), "zip data is damaged"),
        ("t.zip", lambda path: zipped(path, **TWO), "holds 2 files, not one: a.csv, b.csv"),
        ("t.zip", lambda path: zipped(path), "holds no file"),
        ("t.xlsx", lambda path: path.write_bytes(CSV), "cannot be read as a spreadsheet"),
        ("t.json", lambda path: path.write_text("[1, 2]"), "an array of JSON objects"),
        ("t.json", lambda path: path.write_text('[{"a": 1},'), "an array of JSON objects"),
        ("t.ndjson", lambda path: path.write_text('{"a": 1}\n{"a":'), "lines of JSON objects"),
        ("t.json", lambda path: path.write_text("[]"), "has no rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(tmp_path, name, write, words):
    write(tmp_path / name)
    with pytest.raises(DatasetError) as caught:
        read_source(tmp_path / name)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / name))
    assert words in message
    assert "\n" not in message


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two sheets; the first has a repeated and a nameless column, dates, times, mixed values."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as written:
        day = written.add_format({"num_format": "yyyy-mm-dd"})
        sheet = written.add_worksheet("Kiln 1")
        rows = [
            ["name", "n", "name", None, "when", "at", "mixed", "code"],
            ["a", 1, "x", 5, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), 1, "007"],
            ["b", 2, None, 6, None, datetime(2026, 1, 3), "z", "8"],
        ]
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(place, column, value, day)
                elif value is not None:
                    sheet.write(place, column, value)
        written.add_worksheet("Kiln 2").write_column(0, 0, ["q", 3])
    return path


def test_a_spreadsheet_has_the_types_of_its_cells(book):
    read = read_source(book)
    assert read.frame.columns == [
        "name",
        "n",
        "name (2)",
        "column 4",
        "when",
        "at",
        "mixed",
        "code",
    ]
    assert read.frame.rows() == [
        ("a", 1, "x", 5, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), "1", "007"),
        ("b", 2, None, 6, None, datetime(2026, 1, 3), "z", "8"),
    ]
    assert read.notes[0] == "sheet 'Kiln 1' is read, not 'Kiln 2'"


def test_a_sheet_is_named_behind_the_file(book):
    assert read_source(f"{book}#Kiln 2").frame.rows() == [(3,)]
    assert Explorer.open(f"{book}#Kiln 2").schema.names == ("q",)
    with pytest.raises(
        DatasetError, match="has no sheet 'Oven'; its sheets are 'Kiln 1', 'Kiln 2'"
    ):
        read_source(f"{book}#Oven")


def test_times_in_json_are_times(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('[{"d":"2026-01-02","t":"2026-01-02T03:04:05Z","s":"12"},{"d":null,"s":"x"}]')
    frame = read_source(path).frame
    assert frame.dtypes == [pl.Date, pl.Datetime("us", "UTC"), pl.String]
    assert frame["d"].to_list() == [date(2026, 1, 2), None]


def test_nanoseconds_in_json_are_kept(tmp_path):
    path = tmp_path / "t.ndjson"
    path.write_text('{"t":"2026-01-02T03:04:05.123456789"}\n{"t":"2026-01-02T03:04:05"}\n')
    assert read_source(path).frame["t"].dt.nanosecond().to_list() == [123456789, 0]


MANIFEST = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def test_times_of_day_of_an_open_document(tmp_path):
    """They were seconds."""
    names = ["office", "table", "text"]
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    texts = "<table:table-cell office:value-type='string'><text:p>t</text:p></table:table-cell>"
    cells = [
        texts,
        *(
            f"<table:table-cell office:value-type='time' office:time-value='{value}'/>"
            for value in ("PT10H30M00S", "PT23H00M01S")
        ),
    ]
    rows = "".join(f"<table:table-row>{cell}</table:table-row>" for cell in cells)
    sheet = f"<table:table table:name='Kiln'>{rows}</table:table>"
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    path = tmp_path / "kiln.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = f"<office:document-content {spaces}>{body}</office:document-content>"
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    assert [row["t"] for row in Explorer.open(path).records(Query())[1]] == [
        time(10, 30),
        time(23, 0, 1),
    ]


@pytest.mark.parametrize("shape", ["[%s,\n %s]", "%s\n\n%s\n"], ids=["array", "lines"])
def test_columns_of_json_stand_as_its_objects_have_them(tmp_path, shape):
    """Polars has an order of its own where there are many, another in each process."""
    names = [f"c{i * 7 % 60}" for i in range(60)] + ["*", "^c1$", "}{"]
    first = {name: place for place, name in enumerate(names)}
    path = tmp_path / "t.json"
    path.write_text(shape % (json.dumps(first), json.dumps({"new": 1} | first)))
    frame = read_source(path).frame
    assert frame.columns == [*names, "new"]
    assert frame.rows() == [(*range(63), None), (*range(63), 1)]


@pytest.mark.parametrize("shape", ["[%s,\n %s]", "%s\n%s\n"], ids=["array", "lines"])
@pytest.mark.parametrize("name", ["v", "größe", "^a$", "*"])
def test_numbers_beside_true_or_false_in_json_are_text(tmp_path, shape, name):
    """An array made true the number 1; lines were refused."""
    path = tmp_path / "[t].json"
    path.write_text(shape % (json.dumps({name: 2.5}), json.dumps({name: True})))
    assert read_source(path).frame.rows() == [("2.5",), ("true",)]


@pytest.mark.parametrize("name", ["v", "^a$", "*"])
def test_lines_of_json_may_begin_with_a_mark_and_name_a_time_anything(tmp_path, name):
    """The mark was a letter to Polars, and such names ended the start with a traceback."""
    path = tmp_path / "t.ndjson"
    path.write_text("\ufeff" + json.dumps({name: "2026-01-02 03:04"}) + "\n")
    assert Explorer.open(str(path)).schema.names == (name,)
    assert read_source(path).frame.rows() == [(datetime(2026, 1, 2, 3, 4),)]
