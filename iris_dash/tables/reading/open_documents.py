"""What the reader of an OpenDocument leaves out, as it reads it: tabs, lines, long durations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl

from iris_dash.core.temporary import temporary_folder
from iris_dash.tables.reading.sheet_cells import span_texts
from iris_dash.tables.reading.sheet_xml import OPEN_ROW, content_part, copied_with, row_pieces

WHITE = {b"tab": b"&#9;", b"line-break": b"&#10;"}
WHITE_TAG = re.compile(rb"<text:(tab|line-break)\b[^>]*?(?:/>|>\s*</text:\1>)")

SPAN_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b[^>]*\boffice:time-value=[^>]*>")
SPAN = re.compile(
    rb"""office:time-value=["'](-?)P(?:(\d+)D)?"""
    rb"""(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?["']"""
)
IS_SPAN = re.compile(rb"""office:value-type=["']time["']""")

MARK = "\ufdd0"
"""What a duration's text begins with; Unicode keeps it for such use, and no text has it."""

SHOWN = (
    rf"^{MARK}(?<sign>-?)(?<hours>\d+):(?<minutes>\d\d):(?<seconds>\d\d)(?:\.(?<parts>\d{{6}}))?$"
)


@contextmanager
def readable_document(path: Path) -> Iterator[Path]:
    """Give a path by which all of a workbook's cells are read: of a copy, where some are not else.

    In it all durations are marked texts, as they show; tabs and line breaks stand as they are.
    """
    part = content_part(path)
    if part is None or not any(map(_is_odd, row_pieces(path, part, OPEN_ROW))):
        yield path
        return
    with temporary_folder(f"{path.name}, its texts and durations as they are read") as folder:
        yield copied_with(path, folder, part, map(_said, row_pieces(path, part, OPEN_ROW)))


def _is_odd(piece: bytes) -> bool:
    if any(b"<text:" + name in piece for name in WHITE):
        return True
    if b"time-value" not in piece:
        return False
    spans = map(_span, SPAN.finditer(piece))
    return any(not timedelta(0) <= span < timedelta(days=1) for span in spans)


def _said(piece: bytes) -> bytes:
    piece = WHITE_TAG.sub(lambda tag: WHITE[tag[1]], piece)
    return SPAN_CELL.sub(_marked, piece) if b"time-value" in piece else piece


def _marked(cell: re.Match[bytes]) -> bytes:
    """Return a cell's tag with its duration as a text."""
    found = SPAN.search(cell[0])
    if not found or not IS_SPAN.search(cell[0]):
        return cell[0]
    text = MARK + span_texts(pl.Series([_span(found)]))[0]
    given = cell[0].replace(found[0], f'office:string-value="{text}"'.encode())
    return IS_SPAN.sub(b'office:value-type="string"', given)


def _span(found: re.Match[bytes]) -> timedelta:
    sign, days, hours, minutes, seconds = found.groups(b"0")
    whole, _, parts = seconds.partition(b".")
    span = timedelta(
        days=int(days),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(whole),
        microseconds=int(parts[:6].ljust(6, b"0")),
    )
    return -span if sign == b"-" else span


def with_spans(column: pl.Series) -> pl.Series:
    """Return a column of marked texts as durations; as they show where it has others, too."""
    if column.dtype != pl.String or not (is_span := column.str.starts_with(MARK)).any():
        return column
    if not is_span.all():
        return column.str.strip_prefix(MARK)
    part = column.str.extract_groups(SHOWN).struct
    counts = {unit: part.field(unit).cast(pl.Int64) for unit in ("hours", "minutes", "seconds")}
    seconds = (counts["hours"] * 60 + counts["minutes"]) * 60 + counts["seconds"]
    length = seconds * 10**6 + part.field("parts").fill_null("0").cast(pl.Int64)
    signed = length.zip_with(part.field("sign") != "-", -length)
    return signed.cast(pl.Duration("us")).alias(column.name)
