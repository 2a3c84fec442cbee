"""Standard input as a table's source: it can be read once, so it is read into a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iris_dash.core.errors import DatasetError
from iris_dash.core.progress import Report, unheard
from iris_dash.core.temporary import means_no_room, room_for, temporary_folder

NAME = "standard input"
SPELLINGS = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
DESCRIPTOR = 0


def is_standard_input(source: object) -> bool:
    """Return whether a source is what is piped into the process.

    >>> is_standard_input("-"), is_standard_input("./-")
    (True, False)
    """
    return str(source) in SPELLINGS


def check_standard_input() -> None:
    """Look whether there is a standard input, and none that never ends by itself.

    Errors: DatasetError.
    """
    try:
        os.fstat(DESCRIPTOR)
    except OSError:
        raise DatasetError(f"{NAME}: is closed") from None
    if os.isatty(DESCRIPTOR):
        raise DatasetError(f"{NAME}: is a terminal; pipe a table into it, or name a file")


@contextmanager
def standard_input(kept: Path | None = None, report: Report = unheard) -> Iterator[Path]:
    """Give the path of a file with all that came in.

    It is `kept` there for whoever asks again, else removed afterwards.
    Errors: DatasetError, NoRoom.
    """
    if kept is None:
        with temporary_folder(NAME) as folder:
            yield _saved(folder / "table", report)
    else:
        yield kept if kept.exists() else _saved(kept, report)


def _saved(path: Path, report: Report) -> Path:
    check_standard_input()
    report(f"reading {NAME}")
    part = path.with_name(f"{path.name}.part")
    with room_for(NAME):
        try:
            with open(DESCRIPTOR, "rb", closefd=False) as given, part.open("wb") as file:
                shutil.copyfileobj(given, file, 1 << 20)
        except OSError as error:
            if means_no_room(error):
                raise
            raise DatasetError(f"{NAME}: cannot be read: {error.strerror}") from None
    return part.rename(path)
