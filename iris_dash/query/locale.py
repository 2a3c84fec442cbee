"""How the reader of a page writes numbers and days: what is shown has these marks, and no file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from iris_dash.query.locale_forms import FORMS

TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?P<region>[a-z]{2}|\d{3}))?(?:[-_][a-z\d]+)*",
    re.ASCII | re.IGNORECASE,
)
LONGEST_TAG = 35
MOST_WISHES = 20
"""Of the languages that a browser names so many are read."""

NUMBER = re.compile(r"(\d[\d,]*)(\.\d+)?")
DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](.+))?)?")


@dataclass(frozen=True)
class Locale:
    """How numbers and days are written: its fields are those of `FORMS`.

    `second`: digits of the groups before the last; `least`: digits from which on there are groups.
    """

    tag: str
    group: str = ","
    point: str = "."
    second: int = 3
    least: int = 4
    day: str = "%Y-%m-%d"


ENGLISH = Locale("en")
KNOWN = {tag: Locale(tag, *form) for *form, tags in FORMS for tag in tags.split()}  # type: ignore[arg-type]
_READER: ContextVar[Locale] = ContextVar("reader", default=ENGLISH)


def reader() -> Locale:
    """Return how the reader of what is written now writes; English where nobody said."""
    return _READER.get()


@contextmanager
def read_in(locale: Locale) -> Iterator[None]:
    """Write within this block, and this thread, for a reader of this locale."""
    token = _READER.set(locale)
    try:
        yield
    finally:
        _READER.reset(token)


def locale_of(tag: str) -> Locale | None:
    """Return the locale of a language tag (BCP 47); None for an unknown one.

    A region that is not known by itself is that of its language.

    >>> locale_of("de-CH"), locale_of("de_DE").group, locale_of("en-US") == ENGLISH
    (Locale(tag='de-CH', group='’', point='.', second=3, least=4, day='%d.%m.%Y'), '.', True)
    >>> locale_of("xx"), locale_of("German")
    (None, None)
    """
    found = TAG.fullmatch(tag) if len(tag) <= LONGEST_TAG else None
    if found is None:
        return None
    language, region = found["language"].lower(), (found["region"] or "").upper()
    return KNOWN.get(f"{language}-{region}") or KNOWN.get(language)


def accepted_locale(header: str) -> Locale:
    """Return the first locale that is known of those that an `Accept-Language` header names.

    >>> accepted_locale("xx, de-AT;q=0.8, fr;q=0.9").tag, accepted_locale("").tag
    ('fr', 'en')
    """
    wishes = []
    for place, wish in enumerate(header.split(",")[:MOST_WISHES]):
        tag, _, weight = wish.strip().partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", weight) if weight else None
        wishes.append((-float(found[1]) if found else -1.0, place, tag.strip()))
    tags = (tag for weight, _, tag in sorted(wishes) if weight < 0)
    return next((one for one in map(locale_of, tags) if one is not None), ENGLISH)


def number_read(text: str) -> str:
    """Return a text with numbers in it, written as in English, with the reader's marks.

    Thousands are parted where the text parts them.

    >>> with read_in(locale_of("de")):
    ...     number_read("−1,234.5"), number_read("2013"), number_read("1.2e+06")
    ('−1.234,5', '2013', '1,2e+06')
    >>> with read_in(locale_of("hi")):
    ...     number_read("1,234,567")
    '12,34,567'
    """
    locale = reader()
    marks = (locale.group, locale.point, locale.second, locale.least)
    return text if marks == (",", ".", 3, 4) else NUMBER.sub(lambda one: _marked(one, locale), text)


def _marked(found: re.Match[str], locale: Locale) -> str:
    whole, decimals = found[1], found[2] or ""
    digits = whole.replace(",", "")
    if digits != whole:
        head, groups = digits[:-3], [digits[-3:]]
        while head:
            head, one = head[: -locale.second], head[-locale.second :]
            groups.insert(0, one)
        digits = digits if len(digits) < locale.least else locale.group.join(groups)
    return digits + decimals.replace(".", locale.point)


def time_form() -> str:
    """Return in letters how the reader writes a day.

    >>> time_form()
    'yyyy-mm-dd'
    """
    form = reader().day
    return form.replace("%Y", "yyyy").replace("%m", "mm").replace("%d", "dd")


def time_read(text: str) -> str:
    """Return a time as ISO 8601 writes it the reader's way; other texts as they are.

    >>> with read_in(locale_of("en-GB")):
    ...     [time_read(text) for text in ("2013", "2013-02", "2013-02-14T09:30", "2013-W05")]
    ['2013', '02/2013', '14/02/2013 09:30', '2013-W05']
    """
    form = reader().day
    found = DAY.fullmatch(text) if form != ENGLISH.day else None
    if found is None:
        return text
    year, month, day, clock = found.groups()
    if day is None:
        form = re.sub(r"%d[^%]*", "", form).rstrip(" ./-")
    written = form.replace("%Y", year).replace("%m", month).replace("%d", day or "")
    return f"{written} {clock}" if clock else written
