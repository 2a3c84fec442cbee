"""The XML of a workbook's sheet, where it lies in the file, in pieces of whole rows."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

PIECE = 1 << 20
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
