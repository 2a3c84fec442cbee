"""Spreadsheets, JSON, packed files: each is the table that its CSV is, or one line says why not."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import struct
import tarfile
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import fastexcel
import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter

from iris_dash import Explorer
from iris_dash.core.errors import DatasetError
from iris_dash.query.query import Query
from iris_dash.tables.description import Reading
from iris_dash.tables.reading import json_files
from iris_dash.tables.reading.sources import read_source

CSV = b"city,temp\nBonn,11.5\nKiel,9.25\n"
ROWS = [("Bonn", 11.5), ("Kiel", 9.25)]
FRAME = pl.DataFrame(ROWS, ["city", "temp"], orient="row")
TWO = {"a.csv": CSV, "b.csv": CSV}
LIST = '[{"city":"Bonn","temp":11.5},{"city":"Kiel","temp":9.25}]'


ZIP = b"PK\x05\x06" + bytes(18)
"""An empty one."""


def zipped(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def tarred() -> bytes:
    with tarfile.open(fileobj=(file := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("t.csv"))
    return file.getvalue()


def zstandard(path: Path, content: bytes) -> None:
    with pa.output_stream(str(path), compression="zstd") as stream:
        stream.write(content)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.csv.gz", lambda path: path.write_bytes(gzip.compress(CSV))),
        ("t.csv.bz2", lambda path: path.write_bytes(bz2.compress(CSV))),
        ("t.csv.xz", lambda path: path.write_bytes(lzma.compress(CSV))),
        ("t.csv.zst", lambda path: zstandard(path, CSV)),
        ("t.csv.zip", lambda path: zipped(path, **{"t.csv": CSV})),
        ("t.zip", lambda path: zipped(path, **{"folder/t.csv": CSV, "__MACOSX/t.csv": b"x"})),
        ("t.dat", lambda path: zstandard(path, CSV)),
        ("t.zip", lambda path: zipped(path, **{"../../t.csv": CSV, "a/.DS_Store": b"x"})),
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
        ("t.csv.xz", lambda path: path.write_bytes(lzma.compress(CSV)[:-9]), "xz data is"),
        ("t.xz", lambda path: path.write_bytes(lzma.compress(tarred())), "it holds is packed too"),
        ("t.tar", lambda path: path.write_bytes(tarred()), "is packed by tar: unpack it first"),
        ("t.csv", lambda path: path.write_bytes(b"7z\xbc\xaf\x27\x1c"), "is packed by 7z"),
        ("t.zip", lambda path: path.write_bytes(b"PK\x03\x04 and no more"), "zip data is damaged"),
        ("t.zip", lambda path: zipped(path, **TWO), "holds 2 files, not one: a.csv, b.csv"),
        ("t.zip", lambda path: zipped(path), "holds no file"),
        ("t.zip", lambda path: zipped(path, **{"a.zip": ZIP}), "it holds is packed too"),
        ("t.gz", lambda path: path.write_bytes(gzip.compress(gzip.compress(CSV))), "packed too"),
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


def sheet_of(path: Path, cells: dict[tuple[int, int], object], *more: str) -> Path:
    """A spreadsheet with these cells on its first sheet, and more sheets of one cell."""
    with xlsxwriter.Workbook(path) as written:
        styles = {
            date: written.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: written.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            time: written.add_format({"num_format": "hh:mm:ss"}),
            timedelta: written.add_format({"num_format": "[h]:mm:ss"}),
        }
        sheet = written.add_worksheet()
        for (row, column), value in cells.items():
            sheet.write(row, column, value, styles.get(type(value)))
        for name in more:
            written.add_worksheet(name).write_column(0, 0, [name, 1])
    return path


@pytest.mark.parametrize("empty", [0, 1, 3])
def test_empty_rows_before_the_header_of_a_sheet_are_none_of_it(tmp_path, empty):
    """They were rows, and the header was one of them too."""
    cells = {(empty, 0): "a", (empty, 1): "b", (empty + 1, 0): 1, (empty + 3, 1): "x"}
    read = read_source(sheet_of(tmp_path / "t.xlsx", cells))
    assert read.frame.columns == ["a", "b"]
    assert read.frame.rows() == [(1, None), (None, None), (None, "x")]


@pytest.mark.parametrize("empty", [0, 2])
def test_a_title_above_a_sheet_s_header_is_left_out(tmp_path, empty):
    """It was the header, and all columns were text."""
    cells = {(empty, 0): "Sales of 2021"}
    header, row = ("region", 2020, "sum"), ("N", 1.5, 2)
    cells |= {(empty + 2, place): name for place, name in enumerate(header)}
    cells |= {(empty + 3, place): value for place, value in enumerate(row)}
    read = read_source(sheet_of(tmp_path / "t.xlsx", cells))
    assert read.frame.columns == ["region", "2020", "sum"]
    assert read.frame.rows() == [("N", 1.5, 2)]
    assert "the first 2 rows are no header and left out" in read.notes
    # One name above numbers is a header that lacks the others.
    numbers = {(0, 0): "x"} | {(1, place): place + 0.5 for place in range(3)}
    read = read_source(sheet_of(tmp_path / "u.xlsx", numbers))
    assert read.frame.columns == ["x", "column 2", "column 3"]
    assert read.frame.rows() == [(0.5, 1.5, 2.5)]


def test_numbers_and_dates_in_the_header_of_a_sheet_are_as_people_write_them(tmp_path):
    """The year 2020 was called 2020.0."""
    header = [2020, 1.5, date(2024, 1, 31)]
    cells = {(0, place): value for place, value in enumerate(header)}
    read = read_source(sheet_of(tmp_path / "t.xlsx", cells | {(1, 0): 7}))
    assert read.frame.columns[:1] == ["2020"]
    read = read_source(sheet_of(tmp_path / "u.xlsx", cells | {(1, place): 7 for place in range(3)}))
    assert read.frame.columns == ["2020", "1.5", "2024-01-31"]
    assert read.frame.rows() == [(7, 7, 7)]


def test_an_empty_sheet_has_no_rows(tmp_path):
    with pytest.raises(DatasetError, match=r"t\.xlsx: has no rows$"):
        read_source(sheet_of(tmp_path / "t.xlsx", {}))


def test_the_name_of_a_sheet_may_have_the_mark_that_it_stands_behind(tmp_path):
    book = sheet_of(tmp_path / "a#b.xlsx", {(0, 0): "a"}, "x#y")
    assert read_source(f"{book}#x#y").frame.rows() == [(1,)]


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        # True was the number 1.
        ([1, True, 2], ["1", "true", "2"]),
        ([True, False, 5], ["true", "false", "5"]),
        ([5, "x", True], ["5", "x", "true"]),
        # A time had the day that sheets count from, a day a time, and a duration refused the table.
        (["x", time(1, 2)], ["x", "01:02:00"]),
        (["x", date(2024, 1, 1)], ["x", "2024-01-01"]),
        ([time(1, 2), datetime(2024, 1, 1, 5)], ["01:02:00", "2024-01-01T05:00:00"]),
        ([5, timedelta(hours=30)], ["5", "30:00:00"]),
        ([timedelta(seconds=1.25), "x"], ["00:00:01.250000", "x"]),
        # Thirty hours were the first of January 1900.
        ([date(2024, 1, 1), timedelta(hours=30)], ["2024-01-01", "30:00:00"]),
        ([timedelta(hours=49, seconds=1), time(4, 5)], ["49:00:01", "04:05:00"]),
        ([datetime(2024, 1, 1, 5), timedelta(hours=3)], ["2024-01-01T05:00:00", "03:00:00"]),
        ([timedelta(days=2), "x", date(1900, 1, 2)], ["48:00:00", "x", "1900-01-02"]),
        (["2024-01-01 00:00:00", date(2024, 1, 1)], ["2024-01-01 00:00:00", "2024-01-01"]),
        (["x", *range(2000), timedelta(hours=3)], ["x", *map(str, range(2000)), "03:00:00"]),
    ],
)
def test_cells_of_several_kinds_are_text_as_they_show(tmp_path, cells, texts):
    table = {(0, 0): "v", (0, 1): "n"} | {(row, 0): cell for row, cell in enumerate(cells, 1)}
    read = read_source(sheet_of(tmp_path / "t.xlsx", table | {(2, 1): 2}))
    assert read.frame["v"].to_list() == texts
    assert read.frame["n"].to_list() == [None, 2] + [None] * (len(cells) - 2)


@pytest.mark.parametrize("shape", ["xlsx", "ods"])
def test_numbers_beside_text_in_a_sheet_keep_their_digits(tmp_path, shape):
    # All behind the ninth digit was lost: a p-value of 1e-12 was 0.
    numbers = ["1e-12", "1.12345678901234", "100.0000000004", "-2.5e-320", "0.5"]
    texts = ["1.50", "0", "x", "nan", "௮"]
    if shape == "ods":
        given = [f"{NUMBER}'{one}'" for one in numbers]
        given += [f"'string' office:string-value='{one}'" for one in texts]
        path = open_document(tmp_path / "t.ods", given)
    else:
        cells = enumerate([*map(float, numbers), *texts], 1)
        path = sheet_of(tmp_path / "t.xlsx", {(0, 0): "t"} | {(row, 0): one for row, one in cells})
    read = read_source(path)
    assert read.frame["t"].to_list() == [*numbers, *texts]
    # Nothing that is copied from the page would read them so.
    assert read.typed is None


@pytest.mark.parametrize("word", ["NA", "N/A", "null", "#N/A"])
def test_what_means_no_value_is_missing_beside_numbers_of_a_sheet(tmp_path, word):
    # It made text of them, but for some words, or where it stood behind the thousandth row.
    numbers = {(0, 0): "n", (1, 0): 1.5, (2, 0): word, (3, 0): 2.5}
    texts = {(0, 1): "t", (1, 1): "x", (2, 1): word, (3, 1): 2.5}
    read = read_source(sheet_of(tmp_path / "t.xlsx", numbers | texts))
    assert read.frame.to_dict(as_series=False) == {"n": [1.5, None, 2.5], "t": ["x", word, "2.5"]}


def test_days_of_a_workbook_that_counts_from_1904(tmp_path):
    # What Excel writes beside it made the reader forget it: the days were four years early.
    path, words = tmp_path / "days.xlsx", '<x:workbookPr xmlns:x="x" chartTrackingRefBase="1"/>'
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx", {"date_1904": True}) as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_column(0, 0, ["day", date(2017, 2, 27)], style)
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(path, "w") as made:
        for name in plain.namelist():
            text = plain.read(name).decode().replace("</workbook>", f"{words}</workbook>")
            made.writestr(name, text)
    for one in ("plain.xlsx", "days.xlsx"):
        assert read_source(tmp_path / one).frame.rows() == [(date(2017, 2, 27),)]
    assert read_source(path).typed is None


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_record(kind: int, content: bytes = b"") -> bytes:
    known = [kind] if kind < 128 else [kind & 127 | 128, kind >> 7]
    return bytes([*known, len(content)]) + content


def binary_workbook(path: Path, table: list[list[object]]) -> Path:
    """An XLSB of numbers, true/false, texts and errors: of these the byte that names them."""
    sheet = [binary_record(129)]
    sheet.append(binary_record(148, struct.pack("<4I", 0, len(table) - 1, 0, len(table[0]) - 1)))
    sheet.append(binary_record(145))
    for row, cells in enumerate(table):
        sheet.append(binary_record(0, struct.pack("<I", row) + bytes(13)))
        for column, cell in enumerate(cells):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, bytes):
                sheet.append(binary_record(3, place + cell))
            elif isinstance(cell, bool):
                sheet.append(binary_record(4, place + bytes([cell])))
            elif isinstance(cell, float):
                sheet.append(binary_record(5, place + struct.pack("<d", cell)))
            else:
                sheet.append(binary_record(6, place + wide(str(cell))))
    sheet += [binary_record(146), binary_record(130)]
    one = struct.pack("<II", 0, 1) + wide("rId1") + wide("Kiln")
    book = [(131, b""), (143, b""), (156, one), (144, b""), (132, b"")]
    links = (
        '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.bin", b"".join(binary_record(*part) for part in book))
        packed.writestr("xl/_rels/workbook.bin.rels", links)
        packed.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
    return path


def test_errors_in_a_binary_workbook_are_missing_values(tmp_path):
    # One of them refused the table.
    divided, name, amount, reference = b"\x07", b"\x1d", b"\x24", b"\x17"
    table: list[list[object]] = [
        ["x", "n", "ok", "t", "code", "gone"],
        [1.5, divided, True, "x", "007", name],
        [divided, 2.0, name, 1e-12, "008", divided],
        [2.5, 3.0, False, amount, reference, amount],
    ]
    read = read_source(binary_workbook(tmp_path / "kiln.xlsb", table))
    assert read.frame.to_dict(as_series=False) == {
        "x": [1.5, None, 2.5],
        "n": [None, 2, 3],
        "ok": [True, None, False],
        "t": ["x", "1e-12", None],
        "code": ["007", "008", None],
        "gone": [None, None, None],
    }
    assert read.notes == ("cells with errors are missing",)
    assert read.typed is None


@pytest.mark.parametrize("name", ["t.xlsx", "t.xls"])
def test_a_workbook_with_a_password_is_said_to_be_one(tmp_path, name):
    # "Cannot detect file format" said nothing.
    path, content = tmp_path / name, "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1528) + content + bytes(1000))
    with pytest.raises(DatasetError) as raised:
        read_source(path)
    words = "cannot be read as a spreadsheet: it is protected by a password"
    assert str(raised.value) == f"{path}: {words}"


def test_a_workbook_whose_parts_are_named_by_another_system_is_read(tmp_path):
    # It was a zip that "holds 9 files, not one".
    plain, path = sheet_of(tmp_path / "plain.xlsx", {(0, 0): "a", (1, 0): 5}), tmp_path / "t.xlsx"
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            made.writestr(name.replace("/", "\\"), given.read(name))
    assert read_source(path).frame.rows() == [(5,)]


def test_a_day_nought_among_dates_is_one(tmp_path):
    """A formula without a value leaves such days."""
    days = {(0, 0): "v", (1, 0): date(1899, 12, 31), (2, 0): date(2024, 1, 1)}
    frame = read_source(sheet_of(tmp_path / "t.xlsx", days)).frame
    assert frame["v"].to_list() == [date(1899, 12, 31), date(2024, 1, 1)]


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


def open_document(path: Path, cells: list[str]) -> Path:
    """A sheet of one column, below its header `t`; each cell as `type="value"` of the format."""
    names = ["office", "table", "text"]
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    texts = "<table:table-cell office:value-type='string'><text:p>t</text:p></table:table-cell>"
    table = [
        texts,
        *(f"<table:table-cell office:value-type={cell}/>" for cell in cells),
    ]
    rows = "".join(f"<table:table-row>{cell}</table:table-row>" for cell in table)
    sheet = f"<table:table table:name='Kiln'>{rows}</table:table>"
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = f"<office:document-content {spaces}>{body}</office:document-content>"
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    return path


CLOCK = "'time' office:time-value="
FLAG = "'boolean' office:boolean-value="
NUMBER = "'float' office:value="
DAY = "'date' office:date-value="


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        # They were seconds.
        ([CLOCK + "'PT10H30M00S'", CLOCK + "'PT23H00M01S'"], [time(10, 30), time(23, 0, 1)]),
        ([NUMBER + "'1'", FLAG + "'true'"], ["1", "true"]),
        ([NUMBER + "'5'", CLOCK + "'PT10H30M00S'"], ["5", "10:30:00"]),
        ([NUMBER + "'5'", CLOCK + "'PT10H30M00S'", FLAG + "'true'"], ["5", "10:30:00", "true"]),
        ([DAY + "'2024-01-01'", FLAG + "'true'"], ["2024-01-01", "true"]),
        (
            [DAY + "'2024-01-01T05:00:00'", CLOCK + "'PT1H2M0S'"],
            ["2024-01-01T05:00:00", "01:02:00"],
        ),
        # Those of a day and more, and below nought, were missing.
        ([CLOCK + "'PT24H00M00S'", CLOCK + "'PT1H2M0.25S'"], [86_400.0, 3_720.25]),
        ([CLOCK + "'-PT0H0M30S'", CLOCK + "'P2DT1M'"], [-30.0, 172_860.0]),
        ([CLOCK + "'PT30H0M0S'", NUMBER + "'5'"], ["30:00:00", "5"]),
        ([CLOCK + "'-PT30H0M0.5S'", DAY + "'2024-01-01'"], ["-30:00:00.500000", "2024-01-01"]),
    ],
)
def test_cells_of_an_open_document(tmp_path, cells, values):
    path = open_document(tmp_path / "kiln.ods", cells)
    assert [row["t"] for row in Explorer.open(path).records(Query())[1]] == values


def replaced(path: Path, old: str, new: str) -> Path:
    """A copy of a workbook in which a text of its parts is another."""
    copy = path.with_name(f"replaced{path.suffix}")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(copy, "w") as made:
        for member in given.namelist():
            made.writestr(member, given.read(member).replace(old.encode(), new.encode()))
    return copy


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<text:p>a<text:tab/>b</text:p>", "a\tb"),
        ("<text:p>a<text:line-break/>b</text:p><text:p>c</text:p>", "a\nb\nc"),
        ("<text:p>a<text:tab></text:tab><text:span>b</text:span></text:p>", "a\tb"),
        ("<text:p>a<text:tab text:tab-ref='1'/></text:p>", "a\t"),
    ],
)
def test_tabs_and_line_breaks_of_an_open_document_are_kept(tmp_path, written, text):
    # `a` and `b` were one word.
    path = open_document(tmp_path / "t.ods", ["'string'", CLOCK + "'PT1H'"])
    cell = "<table:table-cell office:value-type='string'"
    path = replaced(path, f"{cell}/>", f"{cell}>{written}</table:table-cell>")
    assert read_source(path).frame["t"].to_list() == [text, "01:00:00"]


def test_a_long_duration_as_a_name_of_an_open_document(tmp_path):
    path = open_document(tmp_path / "t.ods", [CLOCK + "'PT30H'"])
    header = "'string'><text:p>t</text:p>", f"{CLOCK}'PT48H'><text:p>48:00:00</text:p>"
    read = read_source(replaced(path, *header))
    assert read.frame.to_dict(as_series=False) == {"48:00:00": [timedelta(hours=30)]}
    assert read.typed is None  # no library that reads the file has them


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


BIG = 2**64


def objects_in(path: Path, texts: list[str], shape: str) -> Path:
    """A file of JSON, an array or lines, of these objects as they are written."""
    path.write_text(f"[{', '.join(texts)}]" if shape == "array" else "\n".join(texts) + "\n")
    return path


SHAPES = pytest.mark.parametrize("shape", ["array", "lines"])


@pytest.mark.parametrize("shape", ["[%s,\n %s]", "%s\n\n%s\n"], ids=["array", "lines"])
def test_half_letters_in_the_keys_of_json_are_replaced(tmp_path, shape):
    # They ended in a traceback.
    path = tmp_path / "t.json"
    first, second = r'{"\ud800a":1,"b":{"\udfff":2},"\udfff":3}', r'{"b":{},"\ud83d\ude00":4}'
    path.write_text(shape % (first, second))
    explorer = Explorer.open(path)
    assert explorer.records(Query())[1] == [
        {"�a": 1, "b": '{"�":2}', "�": 3, "😀": None},
        {"�a": None, "b": "{}", "�": None, "😀": 4},
    ]
    assert explorer.schema.notes[0] == "named anew: '�a', '�'"


@SHAPES
@pytest.mark.parametrize(
    ("values", "column"),
    [
        # Whole numbers of more than 64 bits were floats.
        ([f"{BIG}", f"{BIG + 1}"], [f"{BIG}", f"{BIG + 1}"]),
        (["1", f"{BIG}"], ["1", f"{BIG}"]),
        (["-1", f"{BIG - 1}"], ["-1", f"{BIG - 1}"]),
        (["1", f"{BIG - 1}"], [1, BIG - 1]),
        (["1" * 5000, "1"], ["1" * 5000, "1"]),
        ([f"{BIG}", '"x"'], [f"{BIG}", "x"]),
        (["1.5", f"{BIG}"], [1.5, float(BIG)]),
        # Whole numbers that the floats beside them do not hold were other numbers.
        ([f"{2**53 + 1}", "1.50"], [f"{2**53 + 1}", "1.50"]),
        (["1.50", f"{-(2**53) - 1}"], ["1.50", f"{-(2**53) - 1}"]),
        ([f"{2**53 + 2}", "1.5"], [2.0**53 + 2, 1.5]),
        # Such pairs were refused, or changed.
        (['{"k": 1}', "5"], ['{"k":1}', "5"]),
        (["1", "[1, 2]"], ["1", "[1,2]"]),
        (["[1]", '{"k": 1}'], ["[1]", '{"k":1}']),
        (['[1, "x", null, {"k": 1}]', "[2]"], ['[1,"x",null,{"k":1}]', "[2]"]),
        (['{"k": 1}', '{"k": "x"}'], ['{"k":1}', '{"k":"x"}']),
        (["[1, true]", '{"k": [2, false]}'], ["[1,true]", '{"k":[2,false]}']),
        (["[1, true]"], ["[1,true]"]),
        (['{"k": 1}', '{"k": true}'], ['{"k":1}', '{"k":true}']),
        ([f'{{"k": {BIG}}}'], [f'{{"k":{BIG}}}']),
        (["1.50", '"x"', "true", "null"], ["1.50", "x", "true", None]),
        # What Python writes was refused as no JSON.
        (["NaN", "1.5"], [None, 1.5]),
        (["Infinity", "-Infinity", "1"], [float("inf"), -float("inf"), 1.0]),
        (["1e400", "1"], [float("inf"), 1.0]),
        # Half a letter was a NUL.
        ([r'"\ud83d"', r'"\ud83d\ude00"'], ["\ufffd", "😀"]),
        ([r'"a\u0000b"'], ["a\0b"]),
    ],
)
def test_each_value_of_json_is_what_the_file_says(tmp_path, shape, values, column):
    path = objects_in(tmp_path / "t.json", [f'{{"v": {value}}}' for value in values], shape)
    explorer = Explorer.open(str(path))
    assert nw.to_native(explorer.dataset.page(Query()))["v"].to_list() == column


@SHAPES
def test_a_key_that_an_object_has_twice_is_told_apart(tmp_path, shape):
    """One of its values was dropped, unsaid."""
    path = objects_in(tmp_path / "t.json", ['{"a":1,"b":"x","a":2}', '{"a":3}'], shape)
    read = read_source(path)
    assert read.frame.columns == ["a", "b", "a (2)"]
    assert read.frame.rows() == [(1, "x", 2), (3, None, None)]
    assert read.notes == ("named anew: 'a (2)'",)


@SHAPES
def test_a_key_without_a_letter_is_a_column_without_a_name(tmp_path, shape):
    """It was called column_0, unsaid."""
    path = objects_in(tmp_path / "t.json", ['{"a": 1, "": 2}'], shape)
    schema = Explorer.open(str(path)).schema
    assert schema.names == ("a", "column 2")
    assert schema.notes == ("named anew: 'column 2'",)


@SHAPES
@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-16", ("its encoding is UTF-16",)),
        ("utf-16-le", ("its encoding is UTF-16-LE",)),
        ("utf-32", ("its encoding is UTF-32",)),
        ("cp1252", ("its encoding is Windows-1252",)),
        ("utf-8", ()),
    ],
)
def test_json_in_other_encodings_is_read(tmp_path, shape, encoding, notes):
    path = objects_in(tmp_path / "t.json", ['{"city":"Köln"}', '{"city":"Kiel"}'], shape)
    path.write_bytes(path.read_text().encode(encoding))
    read = read_source(path)
    assert (read.frame.rows(), read.notes) == ([("Köln",), ("Kiel",)], notes)
    given = read_source(path, reading=Reading(encoding=encoding))
    assert (given.frame.rows(), given.notes) == ([("Köln",), ("Kiel",)], ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a":1}\n{"a":2\n{"a":3}\n', "lines of JSON objects: line 2, character 7: Expecting ','"),
        ('{"a":1}\n\n{"a":3,}\n', "lines of JSON objects: line 3, character 8: Expecting prop"),
        ('{"a":1}\n5\n', "line 2, character 1: a number stands where an object should"),
        ('{"a":1}\n{"a":1} x\n', "line 2, character 9: more follows behind an object"),
        ("null", "line 1, character 1: null stands where an object should"),
        ('[{"a":1},\n [2]]', "line 2, character 2: a list stands where an object should"),
        ('[{"a":1},\n {"a":2} {"a":3}]', "line 2, character 10: a comma or the end of the arr"),
        ('[{"a":1}]\n[]', "line 2, character 1: more follows behind the array"),
        ('[{"a":1},\n', "an array of JSON objects: line 2, character 1: Expecting value"),
        ('[{"a":1}', "line 1, character 9: a comma or the end of the array is missing"),
        ('{"a":' + "[" * 100_000, "line 1, character 1: its values lie too deep in each other"),
    ],
)
def test_what_is_no_json_is_a_line_with_its_number(tmp_path, text, words):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(DatasetError) as caught:
        read_source(tmp_path / "t.json")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["v", "^a$", "*"])
def test_lines_of_json_may_begin_with_a_mark_and_name_a_time_anything(tmp_path, name):
    """The mark was a letter to Polars, and such names ended the start with a traceback."""
    path = tmp_path / "t.ndjson"
    path.write_text("\ufeff" + json.dumps({name: "2026-01-02 03:04"}) + "\n")
    assert Explorer.open(str(path)).schema.names == (name,)
    assert read_source(path).frame.rows() == [(datetime(2026, 1, 2, 3, 4),)]


def with_cells(path: Path, cells: dict[str, str]) -> Path:
    """A workbook in which cells are as the format writes them: what stands behind `<c r="A1"`."""
    plain = path.with_name("plain.xlsx")
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(path, "w") as made:
        for member in given.namelist():
            text = given.read(member)
            if member == "xl/worksheets/sheet1.xml":
                for place, written in cells.items():
                    cell = re.compile(rf'(<c r="{place}").*?</c>'.encode())
                    assert cell.search(text)
                    text = cell.sub(rf"\1{written}</c>".encode(), text)
            made.writestr(member, text)
    plain.unlink()
    return path


def column_of(path: Path, cells: list[object], at: int = 0) -> Path:
    """A workbook of a column `v` with these cells, and one of 1, 2, 3 … called `n` behind it."""
    table: dict[tuple[int, int], object] = {(0, at): "v", (0, at + 1): "n"}
    for row, cell in enumerate(cells, 1):
        table |= {(row, at): cell, (row, at + 1): row}
    return sheet_of(path, table)


@pytest.mark.parametrize("far", [(1048575, 16383), (99_999, 999)])
def test_a_far_cell_of_a_sheet_is_one_line_and_takes_no_memory(tmp_path, far):
    """All cells up to it were made: of a file of 5 kB that ended the process."""
    book = sheet_of(tmp_path / "t.xlsx", {(0, 0): "a", (1, 0): 1, far: 9})
    name = "XFD1048576" if far[1] > 1000 else "ALL100000"
    words = rf"t\.xlsx: sheet 'Sheet1' reaches as far as {name}, .* for 3 cells with something"
    with pytest.raises(DatasetError, match=words):
        read_source(book)


def test_cells_far_apart_are_read_where_they_are_few(tmp_path):
    book = sheet_of(tmp_path / "t.xlsx", {(0, 0): "a", (1, 0): 1, (2000, 300): 9})
    assert read_source(book).frame.shape == (2000, 301)


def test_far_cells_that_only_look_different_are_none(tmp_path):
    """Excel keeps how whole rows and columns look."""
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as written:
        sheet = written.add_worksheet()
        sheet.write_column(0, 0, ["a", 1])
        sheet.write_blank(1048575, 16383, None, written.add_format({"bold": True}))
    assert read_source(tmp_path / "t.xlsx").frame.rows() == [(1,)]


@pytest.mark.parametrize(
    ("rows", "is_far"),
    [
        ("<table:table-row table:number-rows-repeated='1048574'><table:table-cell "
         "table:number-columns-repeated='16384'/></table:table-row>", False),
        ("<table:table-row table:number-rows-repeated='1048574'><table:table-cell "
         "table:number-columns-repeated='16383'/></table:table-row><table:table-row>"
         "<table:table-cell table:number-columns-repeated='16383'/>"
         "<table:table-cell office:value-type='float' office:value='9'/></table:table-row>", True),
    ],
)  # fmt: skip
def test_far_cells_of_an_open_document(tmp_path, rows, is_far):
    plain = open_document(tmp_path / "plain.ods", [NUMBER + "'1'"])
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(path, "w") as made:
        for member in given.namelist():
            text = given.read(member).decode().replace("</table:table>", f"{rows}</table:table>")
            text = text.replace("='", '="').replace("' ", '" ').replace("'>", '">')
            made.writestr(member, text.replace("'/>", '"/>'))
    if not is_far:
        assert read_source(path).frame.rows() == [(1,)]
        return
    with pytest.raises(DatasetError, match=r"sheet 'Kiln' reaches as far as XFD1048577, .* 3 c"):
        read_source(path)


ERRORS = ["N/A", "DIV/0!", "NAME?", "NULL!", "NUM!", "REF!", "VALUE!", "GETTING_DATA", "SPILL!",
          "CALC!", "FIELD!", "BLOCKED!"]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("value", [5.5, "x"])
def test_an_error_in_a_cell_is_a_missing_value(tmp_path, error, value):
    """Some refused the whole workbook, and none was said."""
    column_of(tmp_path / "plain.xlsx", [0, value, 0], at=1)
    cell = f' t="e"><f>A1</f><v>#{error}</v>'
    path = with_cells(tmp_path / "t.xlsx", {"B2": cell, "B4": cell})
    read = read_source(path)
    assert read.frame.rows() == [(None, 1), (value, 2), (None, 3)]
    assert read.notes == ("v: 2 error cells are missing",)


@pytest.mark.parametrize("stored", ["<v></v>", "<v/>", "<v />", ""])
def test_formulas_without_a_stored_value_are_said(tmp_path, stored):
    """Those of openpyxl have none."""
    column_of(tmp_path / "plain.xlsx", [0, 0])
    cells = {"A2": f"><f>B2+1</f>{stored}", "A3": ' t="str"><f>""</f><v></v>'}
    read = read_source(with_cells(tmp_path / "t.xlsx", cells))
    assert read.frame["n"].to_list() == [1, 2]
    assert read.notes == (
        "v: formulas without a stored value are missing: save it once in a spreadsheet",
    )


def test_letters_that_xml_cannot_hold_are_read_in_results_of_formulas_too(tmp_path):
    # Excel writes a carriage return as `_x000D_`: in texts it was one, in results these letters.
    column_of(tmp_path / "plain.xlsx", ["x"] * 5)
    written = ["a_x000D_\nb", "_x005F_x000D_", "_xD83D__xDE00_", "_x12_", "x_x0009_"]
    cells = {f"A{row}": f' t="str"><f>B1</f><v>{text}</v>' for row, text in enumerate(written, 2)}
    cells["A6"] = ' t="inlineStr"><is><t>x_x005F_x0009_</t></is>'
    read = read_source(with_cells(tmp_path / "t.xlsx", cells))
    texts = ["a\r\nb", "_x000D_", "\U0001f600", "_x12_", "x_x0009_"]
    assert read.frame.to_dict(as_series=False) == {"v": texts, "n": [1, 2, 3, 4, 5]}
    assert read.typed is None


@pytest.mark.parametrize(
    ("far", "columns"),
    [
        ({}, ["b", "c"]),
        ({(3000, 0): "x"}, ["column 1", "b", "c"]),
        ({(3000, 3): "x"}, ["b", "c", "column 3"]),
        ({(3000, 0): 5, (3001, 4): "x"}, ["column 1", "b", "c", "column 4", "column 5"]),
    ],
)
@pytest.mark.parametrize("empty", [0, 1, 1200])
def test_cells_far_below_beside_the_table_are_columns(tmp_path, far, columns, empty):
    table = {(empty, 1): "b", (empty, 2): "c"}
    table |= {(empty + row, 1): row for row in range(1, 1100)}
    read = read_source(sheet_of(tmp_path / "t.xlsx", table | far))
    assert read.frame.columns == columns
    assert read.frame["b"].head(1099).to_list() == [*range(1, 1100)]
    assert read.frame.height == max([1099, *(row - empty for row, _ in far)])


def test_empty_rows_that_have_a_look_are_none_of_a_long_table(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for row in range(1500):
            sheet.write_blank(row, 0, None, bold)
        sheet.write_column(1500, 0, ["n", *range(1200)])
    read = read_source(tmp_path / "t.xlsx")
    assert read.frame.to_dict(as_series=False) == {"n": [*range(1200)]}


def test_a_long_sheet_is_read_once_beside_its_first_rows(tmp_path, monkeypatch):
    """All of it was read to see its header."""
    heights = []

    def load(self, *given, **how):
        found = load_sheet(self, *given, **how)
        heights.append(found.total_height)
        return found

    book = sheet_of(tmp_path / "t.xlsx", {(row, 0): row or "n" for row in range(5001)}, "Kiln")
    load_sheet = fastexcel.ExcelReader.load_sheet
    monkeypatch.setattr(fastexcel.ExcelReader, "load_sheet", load)
    assert read_source(book).frame["n"].to_list() == [*range(1, 5001)]
    assert heights == [1000, 5001]


@pytest.mark.parametrize(
    ("written", "late", "read"),
    [
        (time(12), "0.99999999999", time(23, 59, 59, 999000)),
        (datetime(2024, 1, 1), "2958465.99999999999", datetime(9999, 12, 31, 23, 59, 59, 999000)),
        (date(2024, 1, 1), "45292.999999999", datetime(2024, 1, 1, 23, 59, 59, 999000)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("at", [0, 2])
def test_the_last_moment_of_a_day_stays_in_it(tmp_path, written, late, read, at):
    """A time of day became a day, and the year 9999 the year 10000."""
    column_of(tmp_path / "plain.xlsx", [written, written], at=at)
    place = "AC"[at > 0]
    xml = zipfile.ZipFile(tmp_path / "plain.xlsx").read("xl/worksheets/sheet1.xml").decode()
    style = re.findall(rf'<c r="{place}3"( s="\d")', xml)[0]
    path = with_cells(tmp_path / "t.xlsx", {f"{place}3": f"{style}><v>{late}</v>"})
    first = datetime(2024, 1, 1) if type(written) is date else written
    assert read_source(path).frame["v"].to_list() == [first, read]


def test_the_last_time_of_a_day_comes_back_from_a_workbook(tmp_path):
    frame = pl.DataFrame({"t": [time(23, 59, 59, 999999), time(6)]})
    (tmp_path / "t.xlsx").write_bytes(b"".join(Explorer.open(frame).export("xlsx").pieces))
    assert read_source(tmp_path / "t.xlsx").frame["t"].to_list() == [
        time(23, 59, 59, 999000),
        time(6),
    ]


def test_a_late_moment_among_texts_is_of_its_day(tmp_path):
    column_of(tmp_path / "plain.xlsx", ["x", time(12)])
    xml = zipfile.ZipFile(tmp_path / "plain.xlsx").read("xl/worksheets/sheet1.xml").decode()
    style = re.findall(r'<c r="A3"( s="\d")', xml)[0]
    path = with_cells(tmp_path / "t.xlsx", {"A3": f"{style}><v>0.9999999999</v>"})
    assert read_source(path).frame["v"].to_list() == ["x", "23:59:59.999000"]


def test_an_empty_first_sheet_names_those_with_rows(tmp_path):
    book = sheet_of(tmp_path / "t.xlsx", {}, "Kiln", "Oven")
    words = r"t\.xlsx: sheet 'Sheet1' has no rows; those that have are 'Kiln', 'Oven'; name one: "
    with pytest.raises(DatasetError, match=words + r"'.*t\.xlsx#Kiln'$"):
        read_source(book)


def test_a_workbook_is_read_whatever_its_name_ends_in(tmp_path):
    sheet_of(tmp_path / "t.xlsx", {(0, 0): "a", (1, 0): 1}).rename(tmp_path / "t.xls")
    assert read_source(tmp_path / "t.xls").frame.rows() == [(1,)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a\tb\n1\t2\n", "it is text; let it end in .csv"),
        (b"\xef\xbb\xbf\n<HTML><body>", "it is a web page; save it as XLSX or CSV"),
        (b"\0\1\2\3", "it is none by its content"),
    ],
)
def test_what_is_no_spreadsheet_is_named(tmp_path, content, words):
    """It was an invalid OLE signature."""
    (tmp_path / "t.xls").write_bytes(content)
    with pytest.raises(DatasetError, match=re.escape(words)):
        read_source(tmp_path / "t.xls")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{\n "a":1\n}', [(1,)]),
        ('{\n "a":1\n}\n{\n "a":2.5\n}\n', [(1.0,), (2.5,)]),
        ('\ufeff\n{"a":1} {"a":2}\n{"a":\n3}', [(1,), (2,), (3,)]),
        ('{\n "a":[1.50, 1e2]\n}\n{\n "a":"x"\n}', [("[1.50,1e2]",), ("x",)]),
    ],
)
@pytest.mark.parametrize("name", ["t.json", "t.ndjson"])
def test_objects_of_several_lines_are_rows(tmp_path, text, rows, name):
    """They were refused as lines."""
    (tmp_path / name).write_text(text)
    read = read_source(tmp_path / name)
    assert (read.frame.rows(), read.notes) == (rows, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n "a":1,\n}', "JSON objects: line 3, character 1: "),
        ('{\n "a":1\n}\n[2]', "line 4, character 1: a list stands where an object should"),
    ],
)
def test_what_is_wrong_in_objects_of_several_lines_is_named(tmp_path, text, words):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(DatasetError, match=re.escape(words)):
        read_source(tmp_path / "t.json")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (
            '[["city","temp"],["Bonn",11.5],["Kiel",9.25]]',
            {"city": ["Bonn", "Kiel"], "temp": [11.5, 9.25]},
        ),
        ('["city","temp"]\n["Bonn",1]\n\n["Kiel",2]\n', {"city": ["Bonn", "Kiel"], "temp": [1, 2]}),
        (
            '\ufeff [ ["a", "b", "c"],\n [1] , [null, "x"] ]\n',
            {"a": [1, None], "b": [None, "x"], "c": [None] * 2},
        ),
        ('[["a","a"],[1,[2, "y"]],[3,null]]', {"a": [1, 3], "a (2)": ['[2,"y"]', None]}),
        ('[["a\\"]"],["x]"],["[\\""]]', {'a"]': ["x]", '["']}),
        ('[["n"],[12345678901234567890123]]', {"n": ["12345678901234567890123"]}),
        ('[["day"],["2024-01-01"]]', {"day": [date(2024, 1, 1)]}),
    ],
)
def test_lists_below_a_list_of_names_are_rows(tmp_path, text, columns):
    """They were refused."""
    (tmp_path / "t.json").write_text(text, encoding="utf-8")
    read = read_source(tmp_path / "t.json")
    assert read.frame.to_dict(as_series=False) == columns
    assert read.notes[0] == "its first list is the header"
    assert read.typed is None  # no library reads it so


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[["a"],[1,2]]', "line 1, character 8: 2 values stand in a list, and 1 in the first"),
        ('[["a"],\n[1],5]', "line 2, character 5: a number stands where a list should"),
        ('[["a"],[1]', "line 1, character 11: a comma or the end of the array is missing"),
        ('[["a"],[1] [2]]', "line 1, character 12: a comma or the end of the array is missing"),
        ('[["a"],[1]] []', "line 1, character 13: more follows behind the array"),
        ('[["a"],[1],]', "line 1, character 12: Expecting value"),
        ('["a"]\n["b"', "line 2, character 5: Expecting ',' delimiter"),
        ('[["a"]]', "line 1, character 2: a list stands where an object should"),
        ('["a","b"]', "line 1, character 2: text stands where an object should"),
        ('[["a",1],["b",2]]', "line 1, character 2: a list stands where an object should"),
    ],
)
def test_what_is_wrong_in_lists_is_named(tmp_path, text, words):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(DatasetError, match=re.escape(words)):
        read_source(tmp_path / "t.json")


PLACES = '[{"type":"Feature","properties":{"n":1}},{"type":"Feature","properties":{"n":2}}]'


@pytest.mark.parametrize("line", ["", "\n"])
@pytest.mark.parametrize(
    ("text", "columns", "notes"),
    [
        (
            '{"type":"FeatureCollection",%s"features":' + PLACES + "}",
            ["type", "properties"],
            ("the list 'features' is read, not 'type'",),
        ),
        ('{"data":%s[{"a":1},{"a":2}]}', ["a"], ("the list 'data' is read",)),
        (
            '{"schema":{"fields":[{"name":"a"},{"name":"b"}]},%s"data":[{"a":1},{"a":2}]}',
            ["a"],
            ("the list 'data' is read, not 'schema'",),
        ),
        ('{"a":[{"b":1},{"b":2}],%s"c":[{"b":1},{"b":2}]}', ["a", "c"], None),
        ('{"data":%s[{"a":1}]}', ["data"], None),
        ('{"columns":["a"],%s"data":[[1],[2]]}', ["columns", "data"], None),
        ('{"a":{"0":1,"1":2},%s"b":{"0":3,"1":4}}', ["a", "b"], None),
        ('{"a":1,%s"b":"x"}', ["a", "b"], ()),
    ],
)
def test_the_one_list_of_objects_that_an_object_has_is_its_table(
    tmp_path, text, columns, notes, line
):
    """It was one row of one cell, unsaid."""
    path = tmp_path / "t.json"
    path.write_text(text % line)
    read = read_source(path)
    assert read.frame.columns == columns
    assert read.notes == (("its one object is one row",) if notes is None else notes)
    assert read.frame.height == (2 if notes else 1)


def test_a_line_with_a_list_is_a_row_where_the_name_says_lines(tmp_path):
    (tmp_path / "t.ndjson").write_text('{"data":[{"a":1},{"a":2}]}\n')
    read = read_source(tmp_path / "t.ndjson")
    assert (read.frame.height, read.notes) == (1, ())


@SHAPES
@pytest.mark.parametrize(
    ("values", "notes"),
    [
        (["1e400", "1"], ("v: 1e400 is more than a 64-bit number holds: it is infinite",)),
        (
            ["-1.7976931348623159e308"],
            ("v: -1.7976931348623159e308 is more than a 64-bit number holds: it is infinite",),
        ),
        (
            ["1e400", "NaN"],
            ("v: 1e400 is more than a 64-bit number holds: it is infinite",),
        ),
        (["Infinity", "1"], ()),
        ([r'"\ud800"', r'"\udc00"'], (r"v: half letters, such as \ud800 alone, are �",)),
    ],
)  # fmt: skip
def test_what_values_of_json_lose_is_said(tmp_path, shape, values, notes):
    path = objects_in(tmp_path / "t.json", [f'{{"v": {value}}}' for value in values], shape)
    assert read_source(path).notes == notes


@SHAPES
@pytest.mark.parametrize(
    ("texts", "columns", "last", "new"),
    [
        (['{"a":1,"b":2}', '{"a":1,"a":5,"b":3}'], ["a", "b", "a (2)"], (1, 3, 5), "a (2)"),
        (['{"a":1}', '{"a":null,"a" :5}'], ["a", "a (2)"], (None, 5), "a (2)"),
        (['{"a":{"x":1}}', '{"a":{"x":1,"x":2}}'], ["a"], ('{"x":1,"x (2)":2}',), "x (2)"),
        (['{"a":[{"x":1}]}', '{"a":[{"x":1,"x":2}]}'], ["a"], ('[{"x":1,"x (2)":2}]',), "x (2)"),
    ],
)  # fmt: skip
def test_a_key_that_a_later_object_has_twice_is_told_apart(
    tmp_path, shape, texts, columns, last, new
):
    """Its last value was dropped, unsaid."""
    read = read_source(objects_in(tmp_path / "t.json", texts, shape))
    assert read.frame.columns == columns
    assert read.frame.rows()[-1] == last
    assert read.notes == (f"named anew: '{new}'",)


@SHAPES
def test_objects_without_a_key_twice_are_read_once(tmp_path, shape, monkeypatch):
    """Looking at each key would take long: they are counted."""
    texts = ['{"a":1,"b":{"x":[{"y":1},{}]}, "c": null}', '{"a": null,"b":null,"c":"\\":"}'] * 2
    path = objects_in(tmp_path / "t.json", texts, shape)
    found = []
    given = json_files.may_have_twice
    monkeypatch.setattr(
        json_files, "may_have_twice", lambda *a: found.append(given(*a)) or found[-1]
    )
    assert read_source(path).frame.height == 4
    assert found == [False]
