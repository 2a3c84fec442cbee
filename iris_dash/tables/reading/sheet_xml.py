"""The XML of a workbook's sheet, where it lies in the file, in pieces of whole rows."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

PIECE = 1 << 20
OPEN_ROW = b"<table:table-row"
"""How a row of an OpenDocument begins."""

ROW_START, ROW_END = b"row ", re.compile(rb"</(?:\w+:)?row>")
"""How a row of an XLSX file begins, and ends."""

ROWS = re.compile(rb"<(?:(\w+):)?sheetData\b")
BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
CONTENT = "content.xml"
"""What holds all sheets of an OpenDocument."""


def sheet_part(path: Path, sheet: str) -> str | None:
    """Return what holds a sheet in an XLSX file; None in any other, or where it does not say."""
    missing = zipfile.BadZipFile, KeyError, ElementTree.ParseError
    with suppress(*missing), zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read(BOOK))
        links = ElementTree.fromstring(archive.read(LINKS))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for one in book.iterfind("{*}sheets/{*}sheet"):
            if one.get("name") == sheet:
                link = next((text for key, text in one.items() if key.endswith("}id")), "")
                part = posixpath.normpath(posixpath.join("/xl", targets[link]))[1:]
                return part if part in archive.namelist() else None
    return None


def content_part(path: Path) -> str | None:
    """Return what holds the sheets of an OpenDocument; None in any other file."""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return CONTENT if CONTENT in archive.namelist() else None
    return None


def row_pieces(path: Path, part: str, start: bytes) -> Iterator[bytes]:
    """Yield a part of a file in pieces that end before a `start` of a row."""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        yield from _pieces(file, start)


def _pieces(file: IO[bytes], start: bytes) -> Iterator[bytes]:
    held = [b""]
    while read := file.read(PIECE):
        cut = read.rfind(start)
        if cut > 0:
            yield b"".join((*held, read[:cut]))
            held = [read[cut:]]
        else:
            held.append(read)
    yield b"".join(held)


def with_first_rows(path: Path, part: str, rows: int) -> bytes | None:
    """Return an XLSX file with no more than so many rows of one sheet; None if it has no more."""
    head = bytearray()
    for piece in row_pieces(path, part, ROW_START):
        head += piece
        ends = [found.end() for found in islice(ROW_END.finditer(head), rows)]
        if len(ends) == rows:
            break
    else:
        return None
    begun = ROWS.search(head)
    if begun is None:
        return None
    prefix = begun[1] + b":" if begun[1] else b""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(made, "w") as few:
        for member in given.namelist():
            if posixpath.dirname(member) in ("", "_rels", "xl", "xl/_rels"):  # no other sheets
                few.writestr(member, given.read(member))
        end = b"</%bsheetData></%bworksheet>" % (prefix, prefix)
        few.writestr(part, bytes(head[: ends[-1]]) + end)
    return made.getvalue()


def copied_with(path: Path, folder: Path, part: str, pieces: Iterable[bytes]) -> Path:
    """Return a copy of a workbook that has these pieces as one of its parts."""
    copy = folder / "table"  # of a name that says nothing the content is asked
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(copy, "w") as made:
        for member in given.namelist():
            if member != part:
                made.writestr(member, given.read(member))
        with made.open(part, "w", force_zip64=True) as written:
            for piece in pieces:
                written.write(piece)
    return copy
