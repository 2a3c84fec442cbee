"""Files as data frames: what a path leads to, read whole, or one line that says why not."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from iris_dash.errors import DatasetError


@dataclass(frozen=True)
class Source:
    """A table as it was read: its frame, the hash of its content, and a name for it."""

    frame: pl.DataFrame
    content_hash: bytes
    title: str


def read_source(path: Path) -> Source:
    """Return the table of a CSV file.

    Errors: DatasetError, one line naming the file and the reason.
    """
    content = _read(path)
    header = next(csv.reader([content.split(b"\n", 1)[0].decode().rstrip("\r")]), [])
    if len(set(header)) < len(header):
        raise DatasetError(f"{path}: two columns have the same name; rename one")
    try:
        frame = pl.read_csv(content, infer_schema_length=None, raise_if_empty=False)
    except pl.exceptions.PolarsError as error:
        raise DatasetError(f"{path}: cannot be read as CSV: {_first_line(error)}") from None
    if not frame.width or not frame.height:
        raise DatasetError(f"{path}: has {'a header but no' if frame.width else 'no'} rows")
    return Source(frame, hashlib.blake2b(content, digest_size=16).digest(), path.stem)


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DatasetError(f"{path}: there is no such file") from None
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from None
    if not content.strip():
        raise DatasetError(f"{path}: is empty")
    if b"\0" in content[:65_536]:
        raise DatasetError(f"{path}: is not a text table (it holds binary data)")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DatasetError(f"{path}: is not UTF-8 text (line {line}); save it as UTF-8") from None
    return content.removeprefix(b"\xef\xbb\xbf")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["unreadable"])[0]
