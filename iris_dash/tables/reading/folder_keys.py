"""What the names of folders say of the files in them: `year=2024/`, as Hive and Spark write it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.tables.reading.text_types import typed_text

MISSING = "__HIVE_DEFAULT_PARTITION__"
"""How the folder of a missing value is called."""


def folder_keys(files: Sequence[Path], base: Path) -> list[pl.Series]:
    """Return the columns that the names of folders below `base` say, with a value for each file.

    Whole numbers, with leading zeros too, numbers, true/false and dates are such; else the values
    are text. Errors: DatasetError, one line, where the files do not have the same keys.
    """
    found = [_keys(file.relative_to(base).parts[:-1]) for file in files]
    for file, keys in zip(files, found, strict=True):
        if keys.keys() != found[0].keys():
            raise DatasetError(
                f"{file}: its folders name {_named(keys)}, and those of {files[0]} "
                f"{_named(found[0])}"
            )
    return [_typed(pl.Series(name, [keys[name] for keys in found])) for name in found[0]]


def _keys(folders: Sequence[str]) -> dict[str, str | None]:
    pairs = (folder.split("=", 1) for folder in folders if "=" in folder[1:])
    return {unquote(name): None if text == MISSING else unquote(text) for name, text in pairs}


def _named(keys: dict[str, str | None]) -> str:
    return list_names(map(repr, keys)) if keys else "no column"


def _typed(values: pl.Series) -> pl.Series:
    text = values.cast(pl.String)
    whole = text.cast(pl.Int64, strict=False)
    return whole if whole.null_count() == text.null_count() else typed_text(text, ".")[0]
