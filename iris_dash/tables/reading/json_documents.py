"""JSON that is one object, objects of several lines, or lists: the array that is its table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from iris_dash.core.errors import list_names
from iris_dash.tables.reading.json_objects import bad_at, next_letter, object_at, value_at

ONE_ROW = "its one object is one row"
HEADED = "its first list is the header"

LISTS = re.compile(rb'\s*\[\s*(?:\[\s*)?"')
"""How a file begins whose first list may be a header."""


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


def array_of_lists(path: Path) -> tuple[str | None, tuple[str, ...]]:
    """Return as an array of objects what is one of lists, or lists one behind the other.

    The first is of texts: the keys, which is said. None where it is not, or where no list follows.
    Errors: JsonError, and UnicodeDecodeError for what is not UTF-8.
    """
    text = path.read_text(encoding="utf-8-sig")
    start = next_letter(text, 0)
    within = next_letter(text, start + 1)
    is_array = text[within : within + 1] == "["
    names, place = _values(text, within if is_array else start)
    rows = list[str]()
    if not names or not all(name.startswith('"') for name in names):
        return None, ()
    while (place := next_letter(text, place)) < len(text) or is_array:
        if is_array and text[place : place + 1] == "]":
            if (rest := next_letter(text, place + 1)) < len(text):
                raise bad_at(text, rest, "more follows behind the array")
            break
        if is_array and text[place : place + 1] != ",":
            raise bad_at(text, place, "a comma or the end of the array is missing")
        begun = next_letter(text, place + is_array)
        values, place = _values(text, begun)
        if len(values) > len(names):
            reason = f"{len(values)} values stand in a list, and {len(names)} in the first"
            raise bad_at(text, begun, reason)
        pairs = zip_longest(names, values, fillvalue="null")
        rows.append("{" + ",".join(f"{name}:{value}" for name, value in pairs) + "}")
    return (f"[{','.join(rows)}]", (HEADED,)) if rows else (None, ())


def _values(text: str, place: int) -> tuple[list[str], int]:
    """Return how the values of the list at a place are written, and where it ends."""
    decoder, found = json.JSONDecoder(parse_int=float), list[str]()
    value_at(text, place, decoder, list)
    place = next_letter(text, place + 1)
    while text[place] != "]":
        _, end = decoder.raw_decode(text, place)
        found.append(text[place:end])
        place = next_letter(text, end)
        if text[place] == ",":
            place = next_letter(text, place + 1)
    return found, place + 1


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
