"""Copies of files that were asked for lately: their length is known, and parts of them can be read.

A reader of Parquet asks for the end of a file first, then for the columns that it needs; a download
that broke off goes on where it was. Both need the bytes of one and the same file. The workers of a
run share their copies in its folder, which goes with the run.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO

from flask import Request, Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from iris_dash.core.errors import NoRoom
from iris_dash.core.temporary import PREFIX, room_for
from iris_dash.files.table import content
from iris_dash.files.whole import SIGN
from iris_dash.web.pieces import PIECE

KEPT_SECONDS = 120
"""How long a copy is kept after it was last asked for."""

MOST_COPIES = 40
MOST_BYTES = 500_000_000
"""How many copies there are at most, and their bytes; the one that was made last may be larger."""

HEADERS = ".headers"
PARTIAL = ".part"


@dataclass(frozen=True)
class Copy:
    """A file that is kept: where, when it was made (ns), its bytes, and what its answer says."""

    path: Path
    made: int
    size: int
    headers: dict[str, str]

    @property
    def tag(self) -> str:
        """What stands in its ETag: its own, since one that is made again has other bytes."""
        return f"{self.path.name}.{self.made:x}"


class FileCopies:
    """The copies in a folder; without one in a folder of this process alone."""

    def __init__(self, folder: Path | None) -> None:
        self._given = folder

    @cached_property
    def _own(self) -> Path:
        made = tempfile.mkdtemp(prefix=PREFIX)
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return Path(made)

    @property
    def folder(self) -> Path:
        """Where the copies stand."""
        if self._given is None:
            return self._own
        self._given.mkdir(exist_ok=True)
        return self._given

    def find(self, name: str) -> Copy | None:
        """Return the copy of that name, which is then kept for longer; None if there is none."""
        path = self.folder / name
        try:
            headers = json.loads((self.folder / f"{name}{HEADERS}").read_text("utf-8"))
            found = path.stat()
            os.utime(path, ns=(time.time_ns(), found.st_mtime_ns))
        except (OSError, ValueError):
            return None
        return Copy(path, found.st_mtime_ns, found.st_size, headers)

    def keep(
        self,
        name: str,
        headers: dict[str, str],
        pieces: Iterator[bytes],
        most: int | None = None,
    ) -> Copy | Iterator[bytes] | None:
        """Keep a file under a name; None where another one took its room at once.

        A file of more than `most` bytes is not kept: its pieces are returned, those that were
        written already among them. Two that keep the same at once make it twice: the later one
        stays. Errors: OSError where there is no room, and those of the pieces.
        """
        folder = self.folder
        handle, written = tempfile.mkstemp(PARTIAL, dir=folder)
        try:
            with os.fdopen(handle, "w+b") as file:
                for piece in pieces:
                    file.write(piece)
                    if most is not None and file.tell() > most:
                        os.unlink(written)
                        file.seek(0)
                        return _joined(os.fdopen(os.dup(file.fileno()), "rb"), pieces)
            (folder / f"{name}{HEADERS}").write_text(json.dumps(headers), "utf-8")
            os.replace(written, folder / name)
        except BaseException:
            with suppress(OSError):
                os.unlink(written)
            raise
        self._tidy(name)
        return self.find(name)

    def _tidy(self, newest: str) -> None:
        """Remove the copies that nobody asked for lately, and of too many the first of them."""
        found = []
        for path in self.folder.iterdir():
            with suppress(OSError):
                if path.suffix not in (HEADERS, PARTIAL) and path.name != newest:
                    stat = path.stat()
                    found.append((max(stat.st_atime, stat.st_mtime), stat.st_size, path))
        left, size = MOST_COPIES - 1, MOST_BYTES - (self.folder / newest).stat().st_size
        for used, own, path in sorted(found, reverse=True):
            left, size = left - 1, size - own
            if left < 0 or size < 0 or used < time.time() - KEPT_SECONDS:
                for gone in (path, path.with_name(f"{path.name}{HEADERS}")):
                    gone.unlink(missing_ok=True)


def copy_answer(request: Request, copy: Copy, media_type: str) -> Response:
    """Return a copy, or the part of it that is asked for (RFC 9110, section 14).

    Its ETag is a strong one: the file that is made when this one is gone has another.
    """
    pieces = _Content(copy.path)
    answer = Response(pieces, mimetype=media_type, headers=copy.headers, direct_passthrough=True)
    answer.content_length = copy.size
    answer.last_modified = datetime.fromtimestamp(copy.made // 10**9, UTC)
    answer.set_etag(copy.tag)
    try:
        asked = request.environ
        if "," in asked.get("HTTP_RANGE", ""):  # of several parts the whole is an answer
            asked = {key: value for key, value in asked.items() if key != "HTTP_RANGE"}
        answer.make_conditional(asked, accept_ranges=True, complete_length=copy.size)
    except RequestedRangeNotSatisfiable:
        pieces.close()
        raise
    if request.method == "HEAD" or answer.status_code == 304:
        pieces.close()
        answer.response = ()
    return answer


class _Content(Iterator[bytes]):
    """A file's bytes in pieces, from any place on; closed at its end."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")  # at once: it is read even if it is removed meanwhile
        self.seekable, self.seek, self.tell = self._file.seekable, self._file.seek, self._file.tell

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    __del__ = close


def _joined(begun_file: IO[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what a file holds, then the pieces that are left; then close both."""
    try:
        yield from content(begun_file)
        yield from rest
    finally:
        begun_file.close()
        getattr(rest, "close", lambda: None)()


@contextmanager
def suppress_no_room(may_do_without: bool) -> Iterator[None]:
    """Go on where there is no room for a copy; else say so, in one line."""
    try:
        with room_for("a file"):
            yield
    except NoRoom:
        if not may_do_without:
            raise


def begun(pieces: Iterator[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Return whether a file's content was there at once, and its pieces.

    One that is written as a whole and takes long gives signs before: see `files.whole`.
    """
    first = next(pieces, None)
    return first != SIGN, _resumed(first, pieces)


def _resumed(first: bytes | None, pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        if first is not None:
            yield first
        yield from pieces
    finally:
        getattr(pieces, "close", lambda: None)()
