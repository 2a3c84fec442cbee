"""What is no table, or cannot be read, is one line that names the file, and leaves nothing."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import time
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from full_disk import small_files

from iris_dash.core.errors import DatasetError, NoRoom
from iris_dash.explorer import Explorer
from iris_dash.tables.reading import encodings, standard_input, text_dialect
from iris_dash.tables.reading.sources import read_source

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8
BINARY = "is not a text table (it holds binary data)"


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """The folder of temporary files, of this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


OF_ZONE = pa.table({"t": pa.array(range(3000), pa.timestamp("ns", "+05:30"))})
"""Polars knows no such zone, so that PyArrow reads the file."""


def arrow_of_zone(write) -> bytes:
    file = io.BytesIO()
    with write(file, OF_ZONE.schema) as writer:
        writer.write_table(OF_ZONE)
    return file.getvalue()


def parquet_of_zone() -> tuple[bytes, bytes]:
    """Return the file without 999 bytes of its values: what stands before, and behind."""
    file = io.BytesIO()
    pq.write_table(OF_ZONE, file)
    whole = file.getvalue()
    return whole[:100], whole[1099:]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.parquet", parquet(pl.DataFrame({"a": range(1000)}))[:-40], "cannot be read as Parquet"),
        ("t.parquet", parquet(pl.DataFrame({"a": range(1000)}))[:99], "cannot be read as Parquet"),
        ("t.parquet", b"a,b\n1,2\n", "cannot be read as Parquet"),
        ("t.parquet", bytes(999).join(parquet_of_zone()), "cannot be read as Parquet"),
        ("t.arrow", arrow_of_zone(pa.ipc.new_file)[:-99], "cannot be read as Arrow IPC"),
        ("t.arrow", arrow_of_zone(pa.ipc.new_stream)[:-99], "cannot be read as Arrow IPC"),
        ("t.csv", PNG, BINARY),
        ("t.csv.gz", gzip.compress(PNG, mtime=0), BINARY),
        ("t.csv", b"a,b\n1,\0\n", BINARY),
        ("t.csv", b"a,b\n", "has a header but no rows"),
        ("t.csv", b"a", "has a header but no rows"),
        # What is not as long as a power of eight ended in a traceback.
        ("t.csv", b"a,b", "has a header but no rows"),
        ("t.csv", b"\xef\xbb\xbfname,age", "has a header but no rows"),
        ("t.csv", b"\n \n", "is empty"),
        ("t.csv", b",".join(b"c%d" % i for i in range(1_000_000)), "has 1,000,000 columns"),
        ("t.csv", b"x" * (1 << 24) + b"\n1\n", "its header is no line of less than 16,777,216"),
    ],
    ids=range(16),
)
def test_what_is_no_table_is_one_line_and_leaves_nothing(tmp_path, temporary, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read_source(path)
    assert str(caught.value).startswith(f"{path}: {words}")
    assert "\n" not in str(caught.value)
    assert os.listdir(temporary) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        # They held "a header but no rows", or a zero byte.
        (b"SQLite format 3\0" + bytes(90), "a database; name a table of it: sqlite:///path/to/"),
        (bytes(8) + b"DUCK" + bytes(90), "a database; name a table of it: duckdb:///path/to/"),
        (b"$FL2@(#) SPSS DATA FILE" + bytes(90), "a file of SPSS; save it as CSV or Parquet"),
        (b"<stata_dta><header>", "a file of Stata; save it as CSV or Parquet"),
        (b"Obj\x01" + bytes(90), "an Avro file; save it as CSV or Parquet"),
        (b"<?xml version='1.0'?><a><b>1</b></a>", "XML; save it as CSV or Parquet"),
        (b"%PDF-1.4\n" + bytes(90), "a PDF; save it as CSV or Parquet"),
    ],
    ids=range(7),
)
def test_a_file_of_another_program_is_named(tmp_path, content, words):
    for name in ("t", "t.csv"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DatasetError) as caught:
            read_source(tmp_path / name)
        assert str(caught.value).startswith(f"{tmp_path / name}: is no table but {words}")


@pytest.mark.parametrize(
    ("content", "rows"),
    [(b"a,b\n1,x\n", [(1, "x")]), (b"a\n1\n2\n", [(1,), (2,)]), (b"a\n1", [(1,)])],
)
def test_one_row_or_one_column_is_a_table(tmp_path, content, rows):
    (tmp_path / "t.csv").write_bytes(content)
    assert Explorer.open(tmp_path / "t.csv").dataset.in_memory().drop("_row").rows() == rows


def test_a_file_that_changes_while_it_is_read_is_one_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")

    def grow(begun: str, share: float | None = None) -> None:
        if begun == "hashing" and share is None:
            path.write_bytes(b"a,b\n1,2\n3,4\n")

    with pytest.raises(DatasetError, match=r"t.csv: changed while it was read; name a copy of it$"):
        read_source(path, grow)
    assert len(read_source(path).frame) == 2


def test_a_file_that_may_not_be_read_is_one_line(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    opened = Path.open

    def refused(self: Path, *given, **named):
        # Who runs tests may be allowed everything.
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *given, **named)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(DatasetError) as caught:
        read_source(path)
    assert str(caught.value) == f"{path}: cannot be read: Permission denied"


LONG = "a;b\n" + "Köln;1\n" * 2_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv.gz", gzip.compress(LONG.encode(), mtime=0)),
        ("t.csv", LONG.encode("cp1252")),
        ("t.csv", LONG.replace("Köln", '5" pipe').encode()),
    ],
    ids=["packed", "encoding", "mended"],
)
def test_a_disk_that_is_full_is_one_line_and_leaves_nothing(tmp_path, temporary, name, content):
    (tmp_path / name).write_bytes(content)
    with small_files(5_000), pytest.raises(NoRoom) as caught:
        read_source(tmp_path / name)
    assert str(caught.value).startswith(f"{temporary} has no room for {name}, ")
    assert os.listdir(temporary) == []


def test_a_disk_too_full_for_what_is_piped_in_is_one_line(tmp_path, temporary, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(LONG.encode())
    with path.open("rb") as given:
        monkeypatch.setattr(standard_input, "DESCRIPTOR", given.fileno())
        with small_files(5_000), pytest.raises(NoRoom) as caught:
            read_source("-")
    assert str(caught.value).startswith(f"{temporary} has no room for standard input")
    assert os.listdir(temporary) == []


def test_sniffing_looks_at_the_beginning_alone(tmp_path, monkeypatch):
    """One line of 2 GB used to be held at once, and so were 230 lines of a megabyte."""
    wide = "x;" * (1 << 19) + "\n"
    path = tmp_path / "t.csv"
    path.write_text(wide * 6)
    lines = list(text_dialect._first_lines(path))
    assert sum(map(len, lines)) == 1 << 20
    looked_at = []
    monkeypatch.setattr(encodings, "_read", lambda sample, _: looked_at.append(len(sample)))
    path.write_bytes(b"\xe4" * (1 << 21))
    encodings.encoding_of(path, "t.csv")
    assert max(looked_at) <= 1 << 17


def test_a_separator_is_found_in_less_than_a_second(tmp_path):
    """Two lines of 200,000 letters, of which some are in doubt, took six seconds."""
    path = tmp_path / "t.csv"
    for letters in ("a", "a.", "é", "1.", "0f"):
        path.write_text(f"a,b;c\n{letters * 100_000};x,y\n{letters * 100_000};x,y\n")
        start = time.process_time()
        text_dialect.dialect_of(path, "t.csv")
        assert time.process_time() - start < 1
