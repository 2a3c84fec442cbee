"""JSON that is one object, or objects over several lines each: the array that is its table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iris_dash.core.errors import list_names
from iris_dash.tables.reading.json_objects import next_letter, object_at

ONE_ROW = "its one object is one row"


def array_within(path: Path, is_lines: bool) -> tuple[str | None, tuple[str, ...]]:
    """Return the array of objects that a file's table is, as it is written, and what is said of it.

    It is none where each line has an object. Of a file with one object the array is the one list
    of several objects that it has, unless it `is_lines` by its name. Errors: JsonError, and
    UnicodeDecodeError for what is not UTF-8.
    """
    with path.open(encoding="utf-8-sig") as file:
        filled = (line for line in file if line.strip(" \t\r\n"))
        is_line = _is_object(next(filled, ""))
        if is_line and (is_lines or next(filled, None) is not None):
            return None, ()
        file.seek(0)
        text = file.read()
    spans = list(_spans(text))
    if len(spans) != 1:
        return f"[{','.join(text[start:end] for start, end in spans)}]", ()
    members = list(_members(text, spans[0][0]))
    lists = [(key, written) for key, value, written in members if _is_table(value)]
    if len(lists) == 1 and not is_lines:
        key, written = lists[0]
        others = [repr(other) for other, *_ in members if other != key]
        but = f", not {list_names(others)}" if others else ""
        return written, (f"the list {key!r} is read{but}",)
    said = (ONE_ROW,) if any(isinstance(value, list | dict) for _, value, _ in members) else ()
    start, end = spans[0]
    return None if is_line else f"[{text[start:end]}]", said


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(v, dict) for v in value)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the objects of a text begin and end, one behind the other."""
    decoder, place = json.JSONDecoder(parse_int=str), next_letter(text, 0)
    while place < len(text):
        _, end = object_at(text, place, decoder)
        yield place, end
        place = next_letter(text, end)


def _members(text: str, place: int) -> Iterator[tuple[str, Any, str]]:
    """Yield the keys of an object without a fault, their values, and how these are written."""
    decoder, place = json.JSONDecoder(parse_int=str), next_letter(text, place + 1)
    while text[place] != "}":
        key, place = decoder.raw_decode(text, place)
        start = next_letter(text, next_letter(text, place) + 1)
        value, end = decoder.raw_decode(text, start)
        yield key, value, text[start:end]
        place = next_letter(text, end)
        if text[place] == ",":
            place = next_letter(text, place + 1)
