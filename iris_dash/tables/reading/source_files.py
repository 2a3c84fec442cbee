"""Which files a source is, told without reading them: one, or those of a folder or pattern."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.core.plain_files import other_kind
from iris_dash.tables.reading.download import is_address
from iris_dash.tables.reading.standard_input import is_standard_input

PARQUET = (".parquet", ".pq")
PACKED = (".gz", ".bz2", ".zst", ".zip")
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def files_of(source: str | Path) -> list[Path]:
    """Return the files of a path, a folder or a pattern, in the order of their names.

    Errors: DatasetError, one line naming the source: there is none, or it is no file.
    """
    path, name = split_sheet(source)[0], shown(source)
    if os.path.isdir(path):
        files = [p for p in path.iterdir() if p.suffix in PARQUET and p.name[0] not in "._"]
        where = "the folder holds no Parquet file"
    elif _is_pattern(path):
        files = [p for p in map(Path, glob.glob(str(path), recursive=True)) if p.is_file()]
        other = sorted(p.name for p in files if p.suffix not in PARQUET)
        if other and len(files) > 1:
            raise DatasetError(f"{name}: only Parquet files are read together, not {other[0]}")
        where = "no file matches"
    else:
        _check_there(path, name)
        files, where = [path], ""
    if not files:
        raise DatasetError(f"{name}: cannot be read: {where}; names end in {list_names(PARQUET)}")
    for file in files:
        if kind := other_kind(file):
            raise DatasetError(f"{shown(file)}: is {kind}; write what it gives into a file first")
    return sorted(files)


def _check_there(path: Path, name: str) -> None:
    try:
        os.stat(path)
    except (FileNotFoundError, ValueError):
        raise DatasetError(f"{name}: there is no such file") from None
    except OSError as error:
        raise DatasetError(f"{name}: cannot be read: {error.strerror}") from None


def description_beside(source: str | Path) -> Path | None:
    """Return where a table's TOML file would be: beside it, with its name.

    None for an address and for standard input.

    >>> description_beside("clay/pots.csv.gz").name, description_beside("clay/*.parquet").name
    ('pots.toml', 'clay.toml')
    """
    if is_address(str(source)) or is_standard_input(source):
        return None
    path = split_sheet(source)[0]
    if os.path.isdir(path) or _is_pattern(path):
        folder = base_of(path)
        return folder.parent / f"{folder.name}.toml"
    return path.with_name(f"{stem(path.name)}.toml") if path.name else None


def base_of(source: str | Path) -> Path:
    """Return the folder that a folder or pattern is about, or the file, without links."""
    path = split_sheet(source)[0]
    while _is_pattern(path):
        path = path.parent
    return path.resolve()


def shown(source: str | Path) -> str:
    """Return a path as messages show it: in one line."""
    return str(source).replace("\n", " ")


def stem(file_name: str) -> str:
    """Return a file's name without its suffixes.

    >>> stem("pots.csv.gz")
    'pots'
    """
    return Path(without_packing(file_name)).stem


def without_packing(file_name: str) -> str:
    """Return a file's name as it is unpacked.

    >>> without_packing("Pots.csv.GZ"), without_packing("pots.zip"), without_packing("pots.csv")
    ('Pots.csv', 'pots', 'pots.csv')
    """
    packed = next((one for one in PACKED if file_name.lower().endswith(one)), "")
    return file_name[: len(file_name) - len(packed)]


def split_sheet(source: str | Path) -> tuple[Path, str | None]:
    """Return a path, and the sheet of a spreadsheet that is named behind it.

    >>> split_sheet("pots.xlsx#Kiln 2")[1], split_sheet("a#b.csv")[1]
    ('Kiln 2', None)
    """
    before, mark, sheet = str(source).rpartition("#")
    if mark and sheet and before.lower().endswith(SHEETS) and not os.path.exists(source):
        return Path(before), sheet
    return Path(source), None


def _is_pattern(path: Path) -> bool:
    return glob.has_magic(str(path)) and not os.path.exists(path)
