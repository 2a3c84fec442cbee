"""Packed files: gzip, bzip2, Zstandard, a zip of one file; unpacked while they are read."""

from __future__ import annotations

import bz2
import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from iris_dash.core.errors import DatasetError, list_names

CHUNK = 1 << 20
ZIP = b"PK\x03\x04"
SHEET_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""What a zip holds that is a spreadsheet."""


def _zstandard(path: Path) -> Any:
    return pa.input_stream(str(path), compression="zstd")


OPENERS: Mapping[bytes, tuple[str, str, Callable[[Path], Any]]] = {
    b"\x1f\x8b": (".gz", "gzip", gzip.open),
    b"BZh": (".bz2", "bzip2", bz2.open),
    b"\x28\xb5\x2f\xfd": (".zst", "Zstandard", _zstandard),
}
"""By a file's first bytes: its suffix, its name among people, and what opens it."""

PACKED = (*(suffix for suffix, _, _ in OPENERS.values()), ".zip")


def without_packing(file_name: str) -> str:
    """Return a file's name as it is unpacked.

    >>> without_packing("Pots.csv.GZ"), without_packing("pots.zip"), without_packing("pots.csv")
    ('Pots.csv', 'pots', 'pots.csv')
    """
    packed = next((one for one in PACKED if file_name.lower().endswith(one)), "")
    return file_name[: len(file_name) - len(packed)]


@contextmanager
def unpacked(path: Path, name: str, file_name: str) -> Iterator[tuple[Path, str]]:
    """Give a file and its name, or of a packed one that of its content, removed afterwards.

    Errors: DatasetError, one line, for a damaged one and for a zip that holds not one file.
    """
    with path.open("rb") as file:
        head = file.read(len(ZIP))
    kind = next((found for magic, found in OPENERS.items() if head.startswith(magic)), None)
    if kind is None and head != ZIP:
        yield path, file_name
        return
    with tempfile.TemporaryDirectory(prefix="iris_dash-") as folder:
        plain, inner = Path(folder) / "table", without_packing(file_name)
        try:
            if kind:
                with kind[2](path) as content, plain.open("wb") as target:
                    shutil.copyfileobj(content, target, CHUNK)
            else:
                with zipfile.ZipFile(path) as archive:
                    member = _only_member(archive, name)
                    if member is None:
                        yield path, file_name
                        return
                    inner = Path(member.filename).name
                    with archive.open(member) as content, plain.open("wb") as target:
                        shutil.copyfileobj(content, target, CHUNK)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError) as error:
            raise _damaged(name, kind, error) from None
        except OSError as error:
            if error.errno is not None:
                raise
            raise _damaged(name, kind, error) from None
        yield plain, inner


def _damaged(name: str, kind: tuple[str, str, Any] | None, error: Exception) -> DatasetError:
    if "password" in str(error):
        return DatasetError(f"{name}: cannot be unpacked; it is protected by a password")
    packing = kind[1] if kind else "zip"
    return DatasetError(f"{name}: cannot be unpacked; its {packing} data is damaged")


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Return the one file of an archive; None if the archive is itself a spreadsheet."""
    files = [one for one in archive.infolist() if not one.is_dir()]
    held = [one for one in files if not one.filename.startswith(("__MACOSX/", "."))]
    if {one.filename for one in held} & set(SHEET_PARTS):
        return None
    if len(held) != 1:
        words = f"holds {len(held)} files, not one: {list_names(one.filename for one in held)}"
        raise DatasetError(f"{name}: {words}" if held else f"{name}: holds no file")
    return held[0]
