"""Answers of an earlier start, kept on disk under the table's content and the question."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import polars as pl

from iris_dash.core.errors import LibraryPanic, panics_as_errors

SUFFIX = ".arrow"

KEPT_DAYS = 60
"""What nobody has asked for so long is deleted."""

log = logging.getLogger("iris_dash.engines")


def usual_folder() -> Path | None:
    """Return where programs of this person keep what can be made again; None without a home."""
    with suppress(RuntimeError):
        home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        return Path(home, "iris_dash")
    return None


class KeptAnswers:
    """Frames in a folder, each in a file of its own; without a folder nothing is kept.

    A file that cannot be read is as good as none: the table is asked. Once one cannot be written,
    nothing more is kept, and a line of the log says so.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def answer(self, asked: str, ask: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return what is kept under a text that stands for content and question, else ask."""
        if self._folder is None:
            return ask()
        name = blake2b(asked.encode(), digest_size=20).hexdigest()
        file = self._folder / f"{name}{SUFFIX}"
        found = _read(file)
        if found is None:
            found = ask()
            self._write(file, found)
        return found

    def _write(self, file: Path, frame: pl.DataFrame) -> None:
        part = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            number, part = tempfile.mkstemp(suffix=".part", dir=file.parent)
            with open(number, "wb") as open_file:
                frame.write_ipc(open_file, compression="zstd")
            Path(part).replace(file)
            part = None
            _delete_old(file.parent)
        except OSError as error:
            log.warning("%s: keeps no answers: %s", file.parent, error.strerror or error)
            self._folder = None
        finally:
            if part is not None:
                with suppress(OSError):
                    Path(part).unlink()


def _read(file: Path) -> pl.DataFrame | None:
    try:
        with panics_as_errors():
            frame = pl.read_ipc(file)
    except (OSError, LibraryPanic, pl.exceptions.PolarsError):
        return None
    with suppress(OSError):  # a folder may be there to be read alone
        os.utime(file)
    return frame


def _delete_old(folder: Path) -> None:
    oldest = time.time() - KEPT_DAYS * 86_400
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # another server may have deleted it
            if file.suffix in (SUFFIX, ".part") and file.stat().st_mtime < oldest:
                file.unlink()
