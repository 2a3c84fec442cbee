"""Temporary files, and one line that names their folder where there is no room for them."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iris_dash.core.errors import NoRoom, panics_as_errors

PREFIX = "iris_dash-"
"""How this product's own folders there begin."""

NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
WORDS = re.compile(rf"\b(os error|Errno) ({'|'.join(map(str, NUMBERS))})\b")
"""How libraries say the same in errors of their own."""


@contextmanager
def temporary_folder(what: str, needed: int | None = None) -> Iterator[Path]:
    """Give a folder that is gone after the block. Errors: NoRoom, as `room_for`."""
    with room_for(what, needed), tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield Path(folder)


@contextmanager
def room_for(what: str, needed: int | None = None) -> Iterator[None]:
    """Raise NoRoom where a block cannot write what it needs into the folder of temporary files.

    Its line names the folder, how many bytes are `needed` if that is known, and how many are free.
    """
    try:
        with panics_as_errors():
            yield
    except Exception as error:
        if not means_no_room(error):
            raise
        raise no_room(Path(tempfile.gettempdir()), what, needed) from None


def means_no_room(error: BaseException) -> bool:
    """Return whether an error says that a disk, a quota or a file is full.

    >>> means_no_room(OSError(28, "No space left on device")), means_no_room(OSError(2, "No"))
    (True, False)
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in NUMBERS
    return WORDS.search(str(error)) is not None


def no_room(folder: Path, what: str, needed: int | None = None) -> NoRoom:
    """Return the error that says that a folder has no room for something.

    >>> str(no_room(Path("/none"), "the table", 2_500_000))
    '/none has no room for the table: 2.5 MB are needed'
    """
    own = [path.parent for path in (folder, *folder.parents) if path.name.startswith(PREFIX)]
    place = own[-1] if own else folder
    said = [f"{megabytes(needed)} are needed"] if needed else []
    with suppress(OSError):
        said.append(f"{megabytes(shutil.disk_usage(place).free)} are free")
    return NoRoom(f"{place} has no room for {what}: {', '.join(said)}")


def megabytes(size: int) -> str:
    """Return a size in bytes as people read it.

    >>> megabytes(1_234_567), megabytes(4_096)
    ('1.2 MB', '0.1 MB')
    """
    return f"{max(size, 50_001 if size else 0) / 1e6:,.1f} MB"
