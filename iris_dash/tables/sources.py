"""Files, folders and addresses as data frames, or one line that says why not."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.core.progress import Report, Share, unheard
from iris_dash.core.temporary import temporary_folder
from iris_dash.tables.download import address_file, fetched, is_address, shown_address
from iris_dash.tables.source_files import PARQUET, base_of, files_of, shown, stem
from iris_dash.tables.text_files import read_text_table

SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
ARROW = (".arrow", ".feather", ".ipc")
SUFFIXES = (*SEPARATORS, *PARQUET, *ARROW)
CHUNK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
ARROW_MAGIC = b"ARROW1"
STREAM_MAGIC = b"\xff\xff\xff\xff"
STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"


@dataclass(frozen=True)
class Source:
    """A table as it was read: its frame, the hash of its content, a title, its name in errors."""

    frame: pl.DataFrame
    content_hash: bytes
    title: str
    name: str


def read_source(source: str | Path, report: Report = unheard) -> Source:
    """Return the table of a file, an address, or a folder or pattern of Parquet files.

    The suffix tells the kind (CSV or TSV, each gzipped too, Parquet, Arrow IPC as a file or a
    stream); without a known one the content does. The frame has at least one row.
    Errors: DatasetError, one line naming the source and the reason.
    """
    if is_address(str(source)):
        address = str(source)
        name, file_name = shown_address(address), address_file(address)
        with fetched(address, report) as path:
            return _read(name, [path], file_name, stem(file_name), report)
    path = Path(source)
    files = files_of(path)
    title = stem(path.name) if files == [path] else base_of(path).name
    return _read(shown(path), files, files[0].name, title, report)


def _read(name: str, files: list[Path], file_name: str, title: str, report: Report) -> Source:
    report(f"reading {file_name}")
    if len(files) == 1:
        frame = _read_one(files[0], name, file_name, report)
    else:
        frame = _read_many(files, report)
    if not frame.width or not frame.height:
        raise DatasetError(f"{name}: has {'a header but no' if frame.width else 'no'} rows")
    report("hashing")
    return Source(frame, _hash(files, partial(report, "hashing")), title, name)


def _read_one(path: Path, name: str, file_name: str, report: Report) -> pl.DataFrame:
    try:
        with _unpacked(path, partial(report, f"unpacking {file_name}")) as plain:
            with plain.open("rb") as file:
                head = file.read(8)
            suffix = _suffix(file_name)
            if suffix in PARQUET or (not suffix and head.startswith(PARQUET_MAGIC)):
                return _read_parquet(plain, name)
            if suffix in ARROW or (not suffix and head.startswith((ARROW_MAGIC, STREAM_MAGIC))):
                return _read_arrow(plain, name, head)
            read = partial(report, f"reading {file_name}")
            return read_text_table(plain, name, SEPARATORS.get(suffix), read)
    except FileNotFoundError:
        raise DatasetError(f"{name}: there is no such file") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DatasetError(f"{name}: cannot be unpacked; its gzip data is damaged") from None
    except OSError as error:
        raise DatasetError(f"{name}: cannot be read: {error.strerror or error}") from None


def _read_many(files: list[Path], report: Report) -> pl.DataFrame:
    frames = []
    for number, path in enumerate(files):
        report(f"reading {files[0].parent.name}", number / len(files))
        frames.append(_read_one(path, str(path), path.name, unheard))
    names = frames[0].columns
    for path, frame in zip(files, frames, strict=True):
        if set(frame.columns) != set(names):
            differing = list_names(sorted(set(frame.columns) ^ set(names)))
            raise DatasetError(
                f"{path}: has other columns than {files[0].name}; they differ in {differing}"
            )
    try:
        return pl.concat((f.select(names) for f in frames), how="vertical_relaxed", rechunk=True)
    except pl.exceptions.PolarsError as error:
        where = f"{files[0].parent}: its files do not fit together"
        raise DatasetError(f"{where}: {first_line(error)}") from None


def _read_parquet(path: Path, name: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, glob=False, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = first_line(error).replace(str(path), name).removeprefix("parquet: ")
        raise DatasetError(f"{name}: cannot be read as Parquet: {reason}") from None


def _read_arrow(path: Path, name: str, head: bytes) -> pl.DataFrame:
    try:
        if head.startswith(ARROW_MAGIC):
            return pl.read_ipc(path)
        frame = pl.read_ipc_stream(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = first_line(error).replace(str(path), name)
        raise DatasetError(f"{name}: cannot be read as Arrow IPC: {reason}") from None
    with path.open("rb") as file:
        file.seek(-len(STREAM_END), os.SEEK_END)
        if file.read() != STREAM_END:
            raise DatasetError(f"{name}: is an Arrow stream that breaks off before its end mark")
    return frame


@contextmanager
def _unpacked(path: Path, unpacked: Share) -> Iterator[Path]:
    """Give the path itself, or of a gzipped file that of its content, removed afterwards."""
    with path.open("rb") as packed:
        if packed.read(2) != GZIP_MAGIC:
            yield path
            return
        # The size before it was packed stands at its end, of more than 4 GB what is over that.
        packed.seek(-min(4, path.stat().st_size), os.SEEK_END)
        size = int.from_bytes(packed.read(4), "little")
        packed.seek(0)
        with temporary_folder(f"{path.name}, unpacked", size) as folder:
            plain = folder / "table"
            with gzip.open(packed) as content, plain.open("wb") as target:
                while chunk := content.read(CHUNK):
                    target.write(chunk)
                    unpacked(packed.tell() / path.stat().st_size)
            yield plain


def _suffix(file_name: str) -> str:
    """Return the suffix that tells a file's kind, in lower case; '' where none does."""
    suffix = Path(file_name.lower().removesuffix(".gz")).suffix
    return suffix if suffix in SUFFIXES else ""


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
