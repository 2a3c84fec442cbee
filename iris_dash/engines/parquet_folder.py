"""A table written as a folder of Parquet files, for engines that keep no tables themselves."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError
from iris_dash.engines.addresses import Address

PART = 1_000_000
"""Rows of a file."""

ROW_GROUP = 250_000


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as the folder that an address names, in place of one there.

    The folder must be on a disk that this machine and the workers share. It gets its name when it
    is whole; a folder in its place is moved away first, so for an instant there is none.
    Errors: DatasetError, one line.
    """
    path = address.path
    if "://" in path:
        raise DatasetError(f"{address.shown}: only a folder that this machine sees can be written")
    folder = Path(path)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
            new, old = Path(beside, "new"), Path(beside, "old")
            new.mkdir()
            for number, part in enumerate(frame.iter_slices(PART)):
                part.write_parquet(new / f"part-{number:05}.parquet", row_group_size=ROW_GROUP)
                wrote(len(part))
            _readable(new)
            if folder.is_dir():
                folder.rename(old)
            elif folder.exists():
                raise DatasetError(f"{address.shown}: is a file, not a folder")
            try:
                new.rename(folder)
            except OSError:
                if old.is_dir():
                    old.rename(folder)
                raise
    except OSError as error:
        reason = error.strerror or error
        raise DatasetError(f"{address.shown}: cannot be written: {reason}") from None


def _readable(folder: Path) -> None:
    """Let the workers read what others than this process's user may read."""
    mask = os.umask(0)
    os.umask(mask)
    folder.chmod(0o777 & ~mask)
    for path in folder.iterdir():
        path.chmod(0o666 & ~mask)
