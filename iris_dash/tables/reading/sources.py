"""Files, folders and addresses as data frames, or one line that says why not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.core.progress import Report, Share, unheard
from iris_dash.query.text_form import TextForm
from iris_dash.tables.description import Reading
from iris_dash.tables.reading.download import address_file, fetched, is_address, shown_address
from iris_dash.tables.reading.json_files import read_json
from iris_dash.tables.reading.packed_files import packing_of, unpacked
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.sheet_files import read_sheet
from iris_dash.tables.reading.source_files import (
    PARQUET,
    SHEETS,
    base_of,
    files_of,
    shown,
    split_sheet,
    stem,
    without_packing,
)
from iris_dash.tables.reading.text_files import read_text_table

TABS = (".tsv", ".tab")
TEXT = (".csv", *TABS)
ARROW = (".arrow", ".feather", ".ipc")
JSON = (".json", ".ndjson", ".jsonl")
SUFFIXES = (*TEXT, *PARQUET, *ARROW, *JSON, *SHEETS)
CHUNK = 1 << 20
PARQUET_MAGIC = b"PAR1"
ARROW_MAGIC = b"ARROW1"
STREAM_MAGIC = b"\xff\xff\xff\xff"
STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"
ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True)
class Source:
    """A table as it was read: its frame, the hash of its content, a title, its name in errors.

    `notes`: what was decided in reading it where there was a choice, in words; `text`: how it is
    written if it is a text table.
    """

    frame: pl.DataFrame
    content_hash: bytes
    title: str
    name: str
    notes: tuple[str, ...] = ()
    text: TextForm | None = None


def read_source(
    source: str | Path, report: Report = unheard, reading: Reading | None = None
) -> Source:
    """Return the table of a file, an address, or a folder or pattern of Parquet files.

    The suffix tells the kind (CSV or TSV, JSON, a spreadsheet, Parquet, Arrow IPC as a file or a
    stream; each may be packed); without a known one the content does. Of a spreadsheet
    `file.xlsx#Sheet` names the sheet. `reading` is how a text table is read, where its owner says
    it. The frame has at least one row.
    Errors: DatasetError, one line naming the source and the reason.
    """
    if is_address(str(source)):
        address = str(source)
        name, file_name = shown_address(address), address_file(address)
        with fetched(address, report) as path:
            opened = _Opened(name, file_name, report, reading)
            return opened.source([path], stem(file_name))
    path, sheet = split_sheet(source)
    files = files_of(path)
    title = stem(path.name) if files == [path] else base_of(path).name
    opened = _Opened(shown(path), files[0].name, report, reading, sheet)
    return opened.source(files, title)


@dataclass(frozen=True)
class _Opened:
    """A source on its way to a table: its name in errors, its file's name, who hears of it."""

    name: str
    file_name: str
    report: Report
    reading: Reading | None
    sheet: str | None = None

    def source(self, files: list[Path], title: str) -> Source:
        self.report(f"reading {self.file_name}")
        table = self.read(files[0]) if len(files) == 1 else self.together(files)
        if not table.frame.width or not table.frame.height:
            has = "a header but no" if table.frame.width else "no"
            raise DatasetError(f"{self.name}: has {has} rows")
        self.report("hashing")
        hashed = _hash(files, partial(self.report, "hashing"))
        return Source(table.frame, hashed, title, self.name, table.notes, table.text)

    def read(self, path: Path) -> ReadTable:
        """Return the table of one file."""
        unpacking = partial(self.report, f"unpacking {self.file_name}")
        try:
            with unpacked(path, self.name, self.file_name, unpacking) as (plain, file_name):
                table = self._reader(plain, file_name)(plain, self.name)
            text = table.text and replace(table.text, packing=packing_of(path))
            return replace(table, text=text)
        except FileNotFoundError:
            raise DatasetError(f"{self.name}: there is no such file") from None
        except OSError as error:
            reason = error.strerror or error
            raise DatasetError(f"{self.name}: cannot be read: {reason}") from None

    def _reader(self, path: Path, file_name: str) -> Callable[[Path, str], ReadTable]:
        with path.open("rb") as file:
            head = file.read(8)
        suffix = _suffix(file_name) or _suffix_of(head)
        if suffix in PARQUET:
            return _read_parquet
        if suffix in ARROW:
            return _read_arrow
        if suffix in JSON:
            return read_json
        if suffix in SHEETS:
            return partial(read_sheet, sheet=self.sheet)
        return partial(
            read_text_table,
            separator="\t" if suffix in TABS else None,
            reading=self.reading,
            read=partial(self.report, f"reading {self.file_name}"),
        )

    def together(self, files: list[Path]) -> ReadTable:
        """Return the one table of several files."""
        frames = []
        for number, path in enumerate(files):
            self.report(f"reading {files[0].parent.name}", number / len(files))
            one = _Opened(str(path), path.name, unheard, self.reading)
            frames.append(one.read(path).frame)
        names = frames[0].columns
        for path, frame in zip(files, frames, strict=True):
            if set(frame.columns) != set(names):
                differing = list_names(sorted(set(frame.columns) ^ set(names)))
                raise DatasetError(
                    f"{path}: has other columns than {files[0].name}; they differ in {differing}"
                )
        try:
            parts = (frame.select(names) for frame in frames)
            return ReadTable(pl.concat(parts, how="vertical_relaxed", rechunk=True))
        except pl.exceptions.PolarsError as error:
            where = f"{files[0].parent}: its files do not fit together"
            raise DatasetError(f"{where}: {first_line(error)}") from None


def _read_parquet(path: Path, name: str) -> ReadTable:
    try:
        return ReadTable(pl.read_parquet(path, glob=False, hive_partitioning=False))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = first_line(error).replace(str(path), name).removeprefix("parquet: ")
        raise DatasetError(f"{name}: cannot be read as Parquet: {reason}") from None


def _read_arrow(path: Path, name: str) -> ReadTable:
    with path.open("rb") as file:
        is_file = file.read(len(ARROW_MAGIC)) == ARROW_MAGIC
    try:
        frame = pl.read_ipc(path) if is_file else pl.read_ipc_stream(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = first_line(error).replace(str(path), name)
        raise DatasetError(f"{name}: cannot be read as Arrow IPC: {reason}") from None
    if is_file:
        return ReadTable(frame)
    with path.open("rb") as file:
        file.seek(-len(STREAM_END), os.SEEK_END)
        if file.read() != STREAM_END:
            raise DatasetError(f"{name}: is an Arrow stream that breaks off before its end mark")
    return ReadTable(frame)


def _suffix(file_name: str) -> str:
    """Return the suffix that tells a file's kind, in lower case; '' where none does."""
    suffix = Path(without_packing(file_name.lower())).suffix
    return suffix if suffix in SUFFIXES else ""


def _suffix_of(head: bytes) -> str:
    """Return the suffix of the kind that a file begins as; '' for text."""
    if head.startswith(PARQUET_MAGIC):
        return PARQUET[0]
    if head.startswith((ARROW_MAGIC, STREAM_MAGIC)):
        return ARROW[0]
    if head.startswith(ZIP_MAGIC):
        return SHEETS[0]
    return JSON[0] if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[{", b"{")) else ""


def _hash(files: list[Path], hashed: Share) -> bytes:
    content = hashlib.blake2b(digest_size=16)
    size, done = sum(path.stat().st_size for path in files), 0
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                content.update(chunk)
                done += len(chunk)
                hashed(done / max(size, done))
    return content.digest()
