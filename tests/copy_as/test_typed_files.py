"""Of JSON, spreadsheets, Parquet and Arrow, each text to copy gives the product's rows."""

from __future__ import annotations

import bz2
import gzip
import json
import threading
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter
from copied import as_frame, check_rows, check_texts, check_values
from examples import crossed, examples
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer
from iris_dash.copy_as import forms
from iris_dash.query.query import Query

ALL = ("pandas", "Polars", "DuckDB")
FRAMES = ("pandas", "Polars")

PLAIN = [
    {"city": "Bonn", "temp": 11.5, "n": 9007199254740993, "u": 18446744073709551615, "ok": True},
    {"temp": 9.25, "city": None, "n": -1, "u": 1, "no": None, "day": "2026-11-24", "at": None},
    {"city": "Kiel", "ok": False, "day": None, "at": "2026-11-24T10:30:00.5", "plz": "01234"},
    {"city": "", "temp": 1e300, "n": None, "when": "2026-11-24T10:30Z", "plz": " x"},
    {"city": "Bonn", "n": 3, "when": "2026-11-24T10:30:00+02:00", "at": "2026-11-24", "ok": None},
]
MIXED = [{"m": 1, "w": "x"}, {"m": "1"}, {"m": True, "w": "true"}, {"m": None, "w": None}]
NAMES = ["*", "^a$", "a", "_row", "page", "it's", 'q"r', "größe", "-b,c", "x\\", "line\nbreak", "["]
NAMED = [{name: place * row for place, name in enumerate(NAMES)} for row in range(4)]
MANY = [{f"c{i * 7 % 60}": i for i in range(60)}, {"new": 1, "c3": 2}]
NESTED = [{"n": 1, "l": [1, 2], "s": {"a": None}}, {"n": 2, "l": [], "s": {"b": 1}}]


def write_objects(path: Path, rows: list[dict[str, Any]]) -> str:
    lines = "\n".join(map(json.dumps, rows)) + "\n"
    path.write_text(json.dumps(rows) if path.suffix == ".json" else lines)
    return str(path)


@pytest.mark.parametrize("suffix", ["json", "ndjson"])
@pytest.mark.parametrize("rows", [PLAIN, NAMED, MANY], ids=["plain", "names", "many"])
def test_objects_are_read_as_here(tmp_path, rows, suffix):
    check_texts(write_objects(tmp_path / f"it's.{suffix}", rows), ALL)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ([{"a": 1, "A": 2}], FRAMES),
        ([{"v": 1.5}, {"v": "x"}], ()),
        ([{"v": "[1]"}, {"v": "x"}], ALL),
        (MIXED, ()),
        ([{"größe": 1.0}, {"größe": True}], ()),
        ([{"x": True}, {"x": 2}], ()),
        ([{"x": 2**64}], ()),
        ([{"": 1}], ()),
    ],
)
def test_a_library_that_would_read_objects_otherwise_is_left_out(tmp_path, rows, labels):
    check_texts(write_objects(tmp_path / "t.json", rows), labels)


def test_objects_behind_a_mark_packed_or_in_a_file_called_like_a_pattern(tmp_path):
    path = tmp_path / "t.json"
    path.write_text("\ufeff" + json.dumps(PLAIN))
    check_texts(str(path), ALL)
    check_texts(write_objects(tmp_path / "[t].ndjson", PLAIN), ALL)
    (tmp_path / "u.ndjson").write_text("\ufeff" + "\n".join(map(json.dumps, PLAIN)))
    check_texts(str(tmp_path / "u.ndjson"), ALL)


SHEET = [
    ["name", "n", "name", None, "day", "at", "clock", "mixed", "ok", "x", "none"],
    ["a", 1, "x", 5.5, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), time(10, 30), 1, True, 0.1],
    ["b", 2, None, 1e300, None, datetime(2026, 1, 3), None, "z", None, 2.5],
    [None, None, "x", None, date(2026, 1, 1), None, time(9), None, False, None],
]


def write_book(path: Path, empty: int = 0) -> str:
    """A spreadsheet of two sheets, whose rows stand below so many empty ones."""
    with xlsxwriter.Workbook(path) as book:
        styles = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            time: book.add_format({"num_format": "hh:mm:ss"}),
        }
        for name in ("Kiln 1", "it's"):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(SHEET):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(empty + place, column, value, styles.get(type(value)))
    return str(path)


CELLS = {
    str: '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>',
    int: '<table:table-cell office:value-type="float" office:value="{}"/>',
    date: '<table:table-cell office:value-type="date" office:date-value="{}"/>',
    time: '<table:table-cell office:value-type="time" office:time-value="PT{:%HH%MM%SS}"/>',
    type(None): "<table:table-cell/>",
}
OPEN_DOCUMENT = """<?xml version="1.0"?><office:document-content office:version="1.2"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="One">{}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def write_open_document(path: Path) -> str:
    table = [
        ["a", "n", "day", "clock"],
        ["x", 1, date(2026, 1, 2), time(10, 30)],
        [None, 2, None, None],
        ["z", 3, None, time(23, 59, 59)],
    ]
    rows = "".join(
        f"<table:table-row>{''.join(CELLS[type(v)].format(v) for v in row)}</table:table-row>"
        for row in table
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", OPEN_DOCUMENT.format(rows))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return str(path)


def test_a_sheet_is_read_as_here(tmp_path):
    book = write_book(tmp_path / "it's [1].xlsx")
    check_texts(book, FRAMES)
    check_texts(f"{book}#it's", FRAMES)
    check_texts(write_book(tmp_path / "lower.xlsx", 2), FRAMES)


def packed(path: Path, packing: str) -> Path:
    """The file packed, in a file beside it."""
    target = path.with_name(f"{path.name}{packing}")
    content = path.read_bytes()
    if packing == ".zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(path.name, content)
    elif packing == ".zst":
        target.write_bytes(pa.compress(content, codec="zstd", asbytes=True))
    elif packing:
        target.write_bytes({".gz": gzip, ".bz2": bz2}[packing].compress(content))
    return target


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which its files are."""
    folder = tmp_path_factory.mktemp("site")
    with HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("kind", "packing"),
    [
        *crossed(["json", "xlsx"], ["", ".gz", ".bz2", ".zip", ".zst"]),
        *crossed(["ods", "ndjson"], ["", ".gz", ".bz2", ".zip", ".zst"]),
    ],
)
def test_what_is_packed_or_at_an_address_is_read_as_here(site, kind, packing):
    """There was nothing to copy of it but curl and Python with this library."""
    folder, address = site
    path = folder / f"it's.{kind}"
    if kind in ("json", "ndjson"):
        write_objects(path, PLAIN)
        path.write_text("\ufeff" + path.read_text())
    else:
        (write_book if kind == "xlsx" else write_open_document)(path)
    file = packed(path, packing)
    frames = () if packing == ".zst" else FRAMES
    objects = kind in ("json", "ndjson") and packing in ("", ".gz", ".zst")
    check_texts(str(file), (*frames, *["DuckDB"] * objects), each=False)
    check_texts(f"{address}/it's.{kind}{packing}", frames, each=False)


def test_an_open_document_is_read_as_here(tmp_path):
    """Its times of day were seconds."""
    path = write_open_document(tmp_path / "t.ods")
    check_texts(path, FRAMES)
    frame = nw.to_native(Explorer.open(path).dataset.page(Query()))
    assert frame["clock"].to_list() == [time(10, 30), None, time(23, 59, 59)]


VALUES = (
    st.integers(-(2**63), 2**63 - 1),
    st.integers(2**63, 2**64 - 1),
    st.floats(-1e300, 1e300),
    st.booleans(),
    st.sampled_from(["", "x", "007", "7", "true", " é\u2028"]),
    st.sampled_from(["2026-11-24", "2026-11-24 10:30"]),
)


@st.composite
def objects(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of which each column has values of one or two kinds, or none."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    kinds = {
        name: st.none() | draw(st.sampled_from(VALUES)) | draw(st.sampled_from(VALUES))
        for name in names
    }
    return draw(st.lists(st.fixed_dictionaries({}, optional=kinds), min_size=1, max_size=3))


@given(rows=objects(), suffix=st.sampled_from(["json", "ndjson"]))
@examples(0.2)
def test_objects_of_any_kind(tmp_path_factory, rows, suffix):
    check_rows(write_objects(tmp_path_factory.mktemp("any") / f"t.{suffix}", [{"w": 1}, *rows]))


CASES = Path(__file__).parents[1] / "tables" / "cases"


@pytest.mark.parametrize(
    ("name", "labels", "but"),
    [
        ("bcdate", ("Polars", "DuckDB"), ()),
        ("decimal", ALL, ()),
        ("fardate", ("Polars", "DuckDB"), ()),
        ("int64", ALL, ()),
        ("misc", ("Polars",), ("du", "b", "f32")),
        ("nan", ALL, ()),
        ("times", ALL, ()),
        ("tsns", ALL, ()),
        ("tzfix", ("pandas", "DuckDB"), ()),
    ],
)
def test_a_parquet_file_as_people_bring_it(name, labels, but):
    """Of one whose times are so many hours off, nothing could be copied but a panic."""
    check_values(str(CASES / f"{name}.parquet"), labels, but)


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("hive", ALL),
        ("hive/**/*.parquet", ALL),
        ("hive/year=202?/*.parquet", ALL),
        ("hive/year=*4/*.parquet", ("Polars", "DuckDB")),
    ],
)
def test_folders_that_say_a_column(source, labels):
    check_values(str(CASES / source), labels)


def test_folders_that_say_columns_which_the_files_have_too(tmp_path):
    for year, city in (("01", "a%20b"), ("2024", "%C3%A9"), ("__HIVE_DEFAULT_PARTITION__", "x")):
        folder = tmp_path / "it's" / f"year={year}" / f"city={city}"
        folder.mkdir(parents=True)
        pl.DataFrame({"n": [1, 2], "year": [9, 9], "x": [0.5, float("nan")]}).write_parquet(
            folder / "p.parquet"
        )
    check_values(str(tmp_path / "it's"), ("Polars", "DuckDB"))


GAPS = {"n": [2**53 + 1, None, -1], "x": [1.5, None, float("nan")], "s": ["", None, "x"]}
ODD = {
    "moment": pl.Series([0, None, -(10**13)], dtype=pl.Datetime("ms")),
    "kind": pl.Series(["b", None, "a"], dtype=pl.Enum(["b", "a"])),
    "clock": pl.Series([None, 0, 86_399_999_999_000], dtype=pl.Time),
    "unsigned": pl.Series([2**64 - 1, None, 0], dtype=pl.UInt64),
    "price": pl.Series(["12345678901234567.89", None, "-0.01"]).cast(pl.Decimal(19, 2)),
    "flag": pl.Series([True, None, False]),
}


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_every_type_with_gaps_is_copied_exactly(tmp_path, suffix):
    """pandas rounded long whole numbers as soon as one was missing."""
    frame, path = pl.DataFrame(GAPS | ODD), tmp_path / f"t.{suffix}"
    (frame.write_parquet if suffix == "parquet" else frame.write_ipc)(path)
    check_values(str(path), ALL if suffix == "parquet" else FRAMES)


@pytest.mark.parametrize(("suffix", "labels"), [("parquet", ALL), ("arrow", ("Polars",))])
def test_an_index_of_pandas_is_a_column_like_any_other(tmp_path, suffix, labels):
    """It was none in pandas: the frame had a column less."""
    frame, path = pd.DataFrame({"v": [1, 2]}, index=pd.Index([5, 6], name="id")), tmp_path / "t"
    path = path.with_suffix(f".{suffix}")
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        table = pa.Table.from_pandas(frame)
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    check_values(str(path), labels)


def test_nanoseconds_of_a_day_are_not_for_pandas(tmp_path):
    pl.DataFrame({"t": pl.Series([1], dtype=pl.Time)}).write_parquet(tmp_path / "t.parquet")
    check_values(str(tmp_path / "t.parquet"), ("Polars", "DuckDB"))


def test_bounds_of_decimals_mean_the_same(tmp_path):
    """To pandas the decimal 0.1 is less than the float, so it is left out."""
    values = pl.Series(["0.1", "0.2", None, "0.3"]).cast(pl.Decimal(9, 1))
    pl.DataFrame({"x": values}).write_parquet(path := tmp_path / "t.parquet")
    explorer = Explorer.open(str(path))
    texts = forms(
        explorer, explorer.query(lower={"x": 0.1}, upper={"x": 0.2}), "http://l", str(path)
    )
    assert list(texts) == ["curl", "Python", "Polars", "DuckDB"]
    with duckdb.connect() as connection:
        for label in ("Polars", "DuckDB"):
            found = as_frame(label, texts[label], connection)["x"]
            assert found.cast(pl.String).to_list() == ["0.1", "0.2"]
