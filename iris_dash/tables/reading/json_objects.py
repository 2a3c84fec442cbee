"""The objects of a file of JSON one by one, as they are written, or where it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, TypeVar

from iris_dash.query.names import free_name

Kind = TypeVar("Kind")

MOST_DIGITS = 4000
"""Python refuses to read longer whole numbers."""

KINDS: dict[type, str] = {
    list: "a list",
    dict: "an object",
    str: "text",
    bool: "true or false",
    type(None): "null",
}


HALF = re.compile("[\ud800-\udfff]")
"""Half of a letter, as JSON can write it alone."""


class JsonError(ValueError):
    """What is wrong with a file of JSON, with the line and the character."""


class Written(float):
    """A number, and the text that it is written as."""

    text: str

    def __new__(cls, text: str) -> Written:
        """Return the number that a text says."""
        one = super().__new__(cls, text)
        one.text = text
        return one


def objects(
    path: Path, is_array: bool, repeated: set[str], as_written: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the objects of an array, or of lines with one each; `repeated` gets names made anew.

    A key that an object has twice is told apart, `key (2)`; half letters in one are `�`. Numbers
    that are not whole are `Written` if that is asked. Errors: JsonError, and UnicodeDecodeError for
    what is not UTF-8.
    """

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if not (letters := "".join(found)).isascii() and HALF.search(letters):
            whole = [(HALF.sub("\ufffd", key), value) for key, value in pairs]
            repeated.update({key for key, _ in whole} - {*found})
            pairs, found = whole, dict(whole)
        if len(found) == len(pairs):
            return found
        given, found = found, {}
        for key, value in pairs:
            name = key if key not in found else free_name(key, {**given, **found})
            found[name] = value
            repeated.update({name} - {key})
        return found

    numbers: dict[str, Any] = {"parse_float": Written, "parse_constant": Written}
    how = numbers if as_written else {}
    decoder = json.JSONDecoder(object_pairs_hook=distinct, parse_int=_whole, **how)
    with path.open(encoding="utf-8-sig") as file:
        yield from _array(file.read(), decoder) if is_array else _lines(file, decoder)


def _whole(text: str) -> int | Written:
    return int(text) if len(text) < MOST_DIGITS else Written(text)


def _lines(file: TextIO, decoder: json.JSONDecoder) -> Iterator[dict[str, Any]]:
    for number, written in enumerate(file, 1):
        line = written.rstrip("\n")
        place = next_letter(line, 0)
        if place < len(line):
            found, end = object_at(line, place, decoder, number)
            if (rest := next_letter(line, end)) < len(line):
                raise bad_at(line, rest, "more follows behind an object", number)
            yield found


def _array(text: str, decoder: json.JSONDecoder) -> Iterator[dict[str, Any]]:
    place = next_letter(text, next_letter(text, 0) + 1)
    is_open = text[place : place + 1] != "]"
    while is_open:
        found, end = object_at(text, place, decoder)
        yield found
        place = next_letter(text, end)
        is_open = text[place : place + 1] == ","
        if is_open:
            place = next_letter(text, place + 1)
        elif text[place : place + 1] != "]":
            raise bad_at(text, place, "a comma or the end of the array is missing")
    if (rest := next_letter(text, place + 1)) < len(text):
        raise bad_at(text, rest, "more follows behind the array")


def next_letter(text: str, place: int) -> int:
    """Return where the next letter is that is no blank of JSON."""
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def object_at(
    text: str, place: int, decoder: json.JSONDecoder, line: int = 1
) -> tuple[dict[str, Any], int]:
    """Return the object at a place, and where it ends. Errors: JsonError."""
    return value_at(text, place, decoder, dict, line)


def value_at(
    text: str, place: int, decoder: json.JSONDecoder, kind: type[Kind], line: int = 1
) -> tuple[Kind, int]:
    """Return the value of a kind at a place, and where it ends. Errors: JsonError."""
    try:
        found, end = decoder.raw_decode(text, place)
    except json.JSONDecodeError as error:
        raise bad_at(text, error.pos, error.msg, line) from None
    except RecursionError:
        raise bad_at(text, place, "its values lie too deep in each other", line) from None
    if not isinstance(found, kind):
        named = KINDS.get(type(found), "a number")
        raise bad_at(text, place, f"{named} stands where {KINDS[kind]} should", line)
    return found, end


def bad_at(text: str, place: int, reason: str, line: int = 1) -> JsonError:
    """Return what is wrong at a place as an error with its line and character."""
    at, before = line + text.count("\n", 0, place), text.rfind("\n", 0, place)
    return JsonError(f"line {at}, character {place - before}: {reason}")
