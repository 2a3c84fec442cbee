"""Files, folders, addresses and standard input as data frames, or one line that says why not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError, LibraryPanic, list_names
from iris_dash.core.memory import free_memory
from iris_dash.core.progress import Report, unheard
from iris_dash.core.temporary import megabytes
from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.description import Reading
from iris_dash.tables.reading.arrow_files import least_memory, read_arrow, read_parquet
from iris_dash.tables.reading.download import address_file, fetched, is_address, shown_address
from iris_dash.tables.reading.file_digest import FileDigest
from iris_dash.tables.reading.file_kinds import (
    ARROW,
    JSON,
    JSON_LINES,
    PARQUET,
    SHEETS,
    TABS,
    TEXT,
    kind_of,
    suffix_by_content,
    suffix_of,
)
from iris_dash.tables.reading.folder_keys import folder_keys
from iris_dash.tables.reading.joined_files import joined
from iris_dash.tables.reading.json_files import read_json
from iris_dash.tables.reading.packed_files import packing_of, unpacked
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.sheet_files import read_sheet
from iris_dash.tables.reading.source_files import (
    base,
    base_of,
    files_of,
    left_out,
    shown,
    split_sheet,
    stem,
)
from iris_dash.tables.reading.standard_input import NAME, is_standard_input, standard_input
from iris_dash.tables.reading.text_files import read_text_table
from iris_dash.tables.reading.text_types import without_empty


@dataclass(frozen=True)
class Source:
    """A table as it was read: its frame, the hash of its content, a title, its name in errors.

    `notes`: what was decided in reading it where there was a choice, in words; `text`: how it is
    written if it is a text table; `typed`: if it is JSON or a sheet; `is_ours`: no other library
    makes the same of it.
    """

    frame: pl.DataFrame
    content_hash: bytes
    title: str
    name: str
    notes: tuple[str, ...] = ()
    text: TextForm | None = None
    typed: TypedForm | None = None
    is_ours: bool = False


def read_source(
    source: str | Path,
    report: Report = unheard,
    reading: Reading | None = None,
    kept_input: Path | None = None,
    as_text: Collection[str] = (),
    categories: bool = False,
) -> Source:
    """Return the table of a file, an address, standard input, or a folder or pattern of files.

    The suffix tells the kind (CSV or TSV, JSON, a spreadsheet, Parquet, Arrow IPC as a file or a
    stream; each may be packed); without a known one the content does. Of a spreadsheet
    `file.xlsx#Sheet` names the sheet. `reading` is how a text table is read, where its owner says
    it; its columns `as_text` are as they are written. `kept_input` is where standard input is kept,
    or was; without it that can be read once. With `categories` a long text column of one text file
    may be an Enum of its few values. The frame has at least one row.
    Errors: DatasetError, one line naming the source and the reason.
    """
    said = partial(_Opened, report=report, reading=reading, as_text=as_text, categories=categories)
    if is_address(str(source)):
        address = str(source)
        with fetched(address, report) as path:
            opened = said(shown_address(address), address_file(address))
            return opened.source([path], stem(opened.file_name))
    if is_standard_input(source):
        with standard_input(kept_input, report) as path:
            return said(NAME, NAME).source([path], NAME)
    path, sheet = split_sheet(source)
    files = files_of(path)
    opened = said(shown(path), files[0].name, sheet=sheet, place=path)
    if files == [path]:
        return opened.source(files, stem(path.name))
    read = opened.source(files, base_of(path).name, base(path))
    if others := left_out(path):
        names = list_names(file.name for file in others)
        read = replace(read, notes=(*read.notes, f"no tables by their names, left out: {names}"))
    return read


@dataclass(frozen=True)
class _Opened:
    """A source on its way to a table: its name in errors, its file's name, who hears of it.

    `place`: the path of the files where they lie, if that is here; `is_part`: it is one of several.
    """

    name: str
    file_name: str
    report: Report
    reading: Reading | None
    sheet: str | None = None
    as_text: Collection[str] = ()
    categories: bool = False
    place: Path | None = None
    is_part: bool = False

    def source(self, files: list[Path], title: str, base: Path | None = None) -> Source:
        """Return the table of files, of those of a folder or pattern below `base`."""
        self.report(f"reading {self.file_name}")
        self._check_memory(files)
        before = _states(files)
        keys = folder_keys(files, base) if base else []
        said = "".join(repr([key.name, *key]) for key in keys)
        with FileDigest(said, files) as digest:
            table = self.together(files, keys) if base else self.read(files[0])
            if not table.frame.width or not table.frame.height:
                has = "a header but no" if table.frame.width else "no"
                raise DatasetError(f"{self.name}: has {has} rows")
            self.report("hashing")
            hashed = digest.result(partial(self.report, "hashing"))
        if _states(files) != before:
            raise DatasetError(f"{self.name}: changed while it was read; name a copy of it")
        form = table.text, table.typed, table.is_ours
        return Source(table.frame, hashed, title, self.name, table.notes, *form)

    def _check_memory(self, files: list[Path]) -> None:
        """Raise DatasetError where Parquet files cannot be read into the memory that is free."""
        free = free_memory()
        if free is None or not all(
            file.suffix.lower() in PARQUET and file.is_file() for file in files
        ):
            return
        needed = sum(map(least_memory, files))
        if needed <= free:
            return
        reason = f"takes at least {megabytes(needed)} of memory, and {megabytes(free)} are free"
        instead = f"; ask it where it lies: parquet://{self.place.absolute()}" if self.place else ""
        raise DatasetError(f"{self.name}: {reason}{instead}")

    def read(self, path: Path) -> ReadTable:
        """Return the table of one file."""
        unpacking = partial(self.report, f"unpacking {self.file_name}")
        try:
            with unpacked(path, self.name, self.file_name, unpacking) as (plain, file_name):
                table = self._reader(plain, file_name)(plain, self.name)
            packing = packing_of(path) if plain != path else ""  # A spreadsheet is a zip too.
            text = table.text and replace(table.text, packing=packing)
            typed = table.typed and replace(table.typed, packing=packing)
            return replace(table, text=text, typed=typed)
        except FileNotFoundError:
            raise DatasetError(f"{self.name}: there is no such file") from None
        except OSError as error:
            reason = error.strerror or error
            raise DatasetError(f"{self.name}: cannot be read: {reason}") from None
        except LibraryPanic as error:
            raise DatasetError(f"{self.name}: cannot be read: {error}") from None

    def _reader(self, path: Path, file_name: str) -> Callable[[Path, str], ReadTable]:
        with path.open("rb") as file:
            head = file.read(8)
        suffix = suffix_of(file_name) or suffix_by_content(head)
        if suffix in PARQUET:
            return read_parquet
        if suffix in ARROW:
            return read_arrow
        if suffix in JSON:
            encoding = self.reading.encoding if self.reading else None
            return partial(read_json, encoding=encoding, is_lines=suffix in JSON_LINES)
        if suffix in SHEETS:
            return partial(read_sheet, sheet=self.sheet)
        return partial(
            read_text_table,
            as_text=self.as_text,
            categories=self.categories,
            is_part=self.is_part,
            separator="\t" if suffix in TABS else None,
            reading=self.reading,
            read=partial(self.report, f"reading {self.file_name}"),
        )

    def together(self, files: list[Path], keys: list[pl.Series]) -> ReadTable:
        """Return the one table of several files, with what their folders' names say."""

        def read(path: Path, as_text: Collection[str], decimal: str | None) -> ReadTable:
            place = files.index(path)
            self.report(f"reading {path.name}", place / len(files))
            reading = self.reading
            if decimal:
                reading = (reading or Reading()).model_copy(update={"decimal": decimal})
            texts = {*as_text, *self.as_text}
            one = _Opened(shown(path), path.name, unheard, reading, as_text=texts, is_part=True)
            table = one.read(path)
            said = [pl.lit(key[place], key.dtype).alias(key.name) for key in keys]
            frame = table.frame.with_columns(said)
            asked = [frame[name] for name in self.as_text if name in table.frame.columns]
            return replace(table, frame=frame.with_columns(map(without_empty, asked)))

        is_text = kind_of(files[0].name) in (TEXT, ())
        return joined(files, read, is_text)


def _states(files: list[Path]) -> list[tuple[int, int]]:
    """Return what changes with the content of files that are there: their sizes and times."""
    states = [file.stat() for file in files if file.exists()]
    return [(one.st_size, one.st_mtime_ns) for one in states]
