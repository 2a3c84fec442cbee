"""Which files a source is, told without reading them: one, or those of a folder or pattern."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.core.plain_files import is_hidden, other_kind
from iris_dash.tables.reading.download import is_address
from iris_dash.tables.reading.file_kinds import (
    SHEETS,
    SUFFIXES,
    kind_of,
    suffix_of,
    without_packing,
)
from iris_dash.tables.reading.standard_input import is_standard_input


def files_of(source: str | Path) -> list[Path]:
    """Return the files of a path, a folder or a pattern, in the order of their names.

    Of a folder, those in the folders below it too, of one kind of table; names that begin with a
    dot or an underscore do not count. Errors: DatasetError, one line naming the source: there is
    none, it is no file, or files are of several kinds.
    """
    path, name = split_sheet(source)[0], shown(source)
    if os.path.isdir(path):
        files = [file for file in _below(path, name) if suffix_of(file.name)]
        where = "the folder holds no table"
    elif _is_pattern(path):
        _check_there(base(path), name)
        files = [p for p in map(Path, glob.glob(str(path), recursive=True)) if not p.is_dir()]
        where = "no file matches"
    else:
        _check_there(path, name)
        files, where = [path], ""
    if not files:
        raise DatasetError(f"{name}: cannot be read: {where}; names end in {list_names(SUFFIXES)}")
    files.sort()
    for file in files:
        if kind := other_kind(file):
            raise DatasetError(f"{shown(file)}: is {kind}; write what it gives into a file first")
    for file in files:
        if kind_of(file.name) != kind_of(files[0].name):
            pattern = shown(base(path) / "**" / f"*{files[0].suffix}")
            raise DatasetError(
                f"{name}: holds tables of several kinds: {shown(files[0])}, {shown(file)}; name "
                f"those of one by a pattern: '{pattern}'"
            )
    return files


def left_out(source: str | Path) -> list[Path]:
    """Return the files of a folder that are no tables by their names.

    Errors: DatasetError, one line.
    """
    path = split_sheet(source)[0]
    if not os.path.isdir(path):
        return []
    return sorted(file for file in _below(path, shown(source)) if not suffix_of(file.name))


def _below(folder: Path, name: str) -> Iterator[Path]:
    """Give the files in a folder and in those below it; a link back into it is not followed."""

    def fail(error: OSError) -> None:
        raise DatasetError(f"{name}: cannot be read: {error.filename}: {error.strerror}")

    seen = set()
    for place, folders, files in os.walk(folder, onerror=fail, followlinks=True):
        if os.path.realpath(place) in seen:
            folders.clear()
            continue
        seen.add(os.path.realpath(place))
        folders[:] = [one for one in folders if not is_hidden(one)]
        yield from (Path(place, one) for one in files if not is_hidden(one))


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
    return base(split_sheet(source)[0]).resolve()


def base(path: Path) -> Path:
    """Return the folder that a folder or pattern is about, or the file, as it is named."""
    while _is_pattern(path):
        path = path.parent
    return path


def shown(source: str | Path) -> str:
    """Return a path as messages show it: in one line."""
    return str(source).replace("\n", " ")


def stem(file_name: str) -> str:
    """Return a file's name without its suffixes.

    >>> stem("pots.csv.gz")
    'pots'
    """
    return Path(without_packing(file_name)).stem


def split_sheet(source: str | Path) -> tuple[Path, str | None]:
    """Return a path, and the sheet of a spreadsheet that is named behind it.

    >>> split_sheet("pots.xlsx#Kiln #2")[1], split_sheet("a#b.csv")[1]
    ('Kiln #2', None)
    """
    text = str(source)
    marks = [] if os.path.exists(source) else [match.start() for match in re.finditer("#.", text)]
    named = [
        (Path(text[:at]), text[at + 1 :]) for at in marks if text[:at].lower().endswith(SHEETS)
    ]
    there = [one for one in named if os.path.exists(one[0])]
    return next(iter(there or named), (Path(source), None))


def _is_pattern(path: Path) -> bool:
    return glob.has_magic(str(path)) and not os.path.exists(path)
