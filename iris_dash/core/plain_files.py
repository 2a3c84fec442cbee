"""Whether a path is a file that can be read to its end, and whether it is meant to be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def other_kind(path: Path) -> str | None:
    """Return what a path is that is neither a file nor a folder; None for these, or for nothing.

    >>> other_kind(Path("/dev/null")), other_kind(Path("/dev")), other_kind(Path("/none"))
    ('a device', None, None)
    """
    try:
        return KINDS.get(stat.S_IFMT(os.stat(path).st_mode))
    except (OSError, ValueError):
        return None


def is_hidden(name: str) -> bool:
    """Return whether programs give such a name to what they write for themselves.

    >>> is_hidden("_SUCCESS"), is_hidden(".part.crc"), is_hidden("part.parquet")
    (True, True, False)
    """
    return name[:1] in (".", "_")
