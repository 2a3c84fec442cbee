"""A line of text that one process writes and others read, in a file that needs no more room."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

SIZE = 4_096
"""Bytes of a note; the rest of a longer text is cut."""


class Note:
    """A file of always the same size that holds one text; it can be written on a full disk too."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self) -> None:
        """Make the file, empty. Errors: OSError where there is no room for it."""
        self._path.write_bytes(bytes(SIZE))

    def write(self, text: str) -> None:
        """Put a text in the place of the one before; nothing happens where the file is gone."""
        with suppress(OSError), self._path.open("r+b", buffering=0) as file:
            file.write(text.encode()[:SIZE].ljust(SIZE, b"\0"))

    def read(self) -> str:
        """Return the text; empty where nothing is written, or the file is gone."""
        try:
            return self._path.read_bytes().rstrip(b"\0").decode(errors="ignore")
        except FileNotFoundError:
            return ""
