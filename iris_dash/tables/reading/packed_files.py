"""Packed files: gzip, bzip2, xz, Zstandard, a zip of one file; unpacked while they are read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.core.progress import Share, nobody
from iris_dash.core.temporary import temporary_folder
from iris_dash.tables.reading.file_kinds import without_packing

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
ZIPS = b"PK\x03\x04", b"PK\x05\x06"
"""A zip's first bytes; of an empty one the second."""

DAMAGES = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    RuntimeError,
)
SHEET_PARTS = ("[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""What a zip holds that is a spreadsheet; its other parts may lie anywhere in it."""


def _zstandard(packed: Any) -> Any:
    return pa.input_stream(packed, compression="zstd")


OPENERS: Mapping[bytes, tuple[str, Callable[[Any], Any]]] = {
    GZIP: ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\x28\xb5\x2f\xfd": ("Zstandard", _zstandard),
    b"\xfd7zX": ("xz", lzma.open),
}
"""By a file's first bytes: the packing's name, and what opens it."""

OTHERS = {b"7z\xbc\xaf": "7z", b"Rar!": "rar"}
TAR, TAR_AT = b"ustar", 257
"""What stands where in an archive by tar."""


@contextmanager
def unpacked(
    path: Path, name: str, file_name: str, done: Share = nobody
) -> Iterator[tuple[Path, str]]:
    """Give a file and its name, or of a packed one that of its content, removed afterwards.

    `done` hears how much is unpacked. Errors: DatasetError, one line, for a damaged one and for a
    zip that holds not one file.
    """
    head = _head(path)
    kind = _kind(head)
    if other := _other_packing(path, head):
        raise DatasetError(f"{name}: is packed by {other}: unpack it first")
    if kind is None and head not in ZIPS:
        yield path, file_name
        return
    with temporary_folder(f"{file_name}, unpacked", _size(path, kind)) as folder:
        plain, inner = folder / "table", without_packing(file_name)
        try:
            if kind:
                with path.open("rb") as packed, kind[1](packed) as content:
                    _copy(content, plain, lambda: done(packed.tell() / path.stat().st_size))
            else:
                with zipfile.ZipFile(path) as archive:
                    member = _only_member(archive, name)
                    if member is None:
                        yield path, file_name
                        return
                    inner = Path(member.filename).name
                    with archive.open(member) as content:
                        _copy(content, plain, lambda: done(content.tell() / member.file_size))
        except DAMAGES as error:
            raise _damaged(name, kind, error) from None
        except OSError as error:
            if error.errno is not None:
                raise
            raise _damaged(name, kind, error) from None
        if _is_packed(plain) or _other_packing(plain, _head(plain)):
            raise DatasetError(f"{name}: what it holds is packed too; unpack it first")
        yield plain, inner


def packing_of(path: Path) -> str:
    """Return how a file is packed: gzip, bzip2, xz, Zstandard, zip; '' where it is not.

    A zip that holds more than its one table is an archive.
    """
    head = _head(path)
    if head in ZIPS:
        with zipfile.ZipFile(path) as archive:
            return "zip" if len(archive.namelist()) == 1 else "archive"
    kind = _kind(head)
    return kind[0] if kind else ""


def _is_packed(path: Path) -> bool:
    """Return whether a file is packed; a spreadsheet, or a damaged zip, is not."""
    head = _head(path)
    if head in ZIPS and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return not set(archive.namelist()) & set(SHEET_PARTS)
    return _kind(head) is not None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _other_packing(path: Path, head: bytes) -> str | None:
    with path.open("rb") as file:
        file.seek(TAR_AT)
        return "tar" if file.read(len(TAR)) == TAR else OTHERS.get(head)


def _kind(head: bytes) -> tuple[str, Callable[[Any], Any]] | None:
    return next((found for magic, found in OPENERS.items() if head.startswith(magic)), None)


def _size(path: Path, kind: tuple[str, Any] | None) -> int | None:
    """Return how many bytes a packed file has when it is unpacked, where it says that."""
    if kind is None:
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
            return sum(one.file_size for one in archive.infolist())
    if kind is OPENERS[GZIP]:
        with path.open("rb") as packed:
            # Of more than 4 GB it is what is over that.
            packed.seek(-min(4, path.stat().st_size), os.SEEK_END)
            return int.from_bytes(packed.read(4), "little")
    return None


def _copy(content: Any, target: Path, copied: Callable[[], object]) -> None:
    with target.open("wb") as file:
        while chunk := content.read(CHUNK):
            file.write(chunk)
            copied()


def _damaged(name: str, kind: tuple[str, Any] | None, error: Exception) -> DatasetError:
    if "password" in str(error):
        return DatasetError(f"{name}: cannot be unpacked; it is protected by a password")
    packing = kind[0] if kind else "zip"
    return DatasetError(f"{name}: cannot be unpacked; its {packing} data is damaged")


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Return the one file of an archive; None if the archive is itself a spreadsheet."""
    files = [one for one in archive.infolist() if not one.is_dir()]
    held = [
        one
        for one in files
        if not one.filename.startswith("__MACOSX/") and not Path(one.filename).name.startswith(".")
    ]
    if {one.filename for one in held} & set(SHEET_PARTS):
        return None
    if len(held) != 1:
        words = f"holds {len(held)} files, not one: {list_names(one.filename for one in held)}"
        raise DatasetError(f"{name}: {words}" if held else f"{name}: holds no file")
    return held[0]
