"""Text columns of few values, guessed from lines all over a file: as an Enum they take less."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import BinaryIO

import polars as pl

from iris_dash.query.value_order import in_known_order

MOST = 50
SAMPLES = 16
SAMPLE = 1 << 15
"""Bytes of lines that are looked at in so many places."""

FIRST = 10_000
"""Rows in which mostly all of a column's few values appear."""

SHORT = 1 << 21
"""Bytes of rows that are not worth it."""


def few_texts(
    file: BinaryIO, names: Sequence[str], frame: Callable[[bytes], pl.DataFrame]
) -> dict[str, pl.DataType]:
    """Return an Enum for each of these columns that seems to have few values.

    The file stands before its first row, where it is left; `frame` makes a table of lines. Nothing
    of a short file.
    """
    begin, size = file.tell(), file.seek(0, os.SEEK_END)
    pieces = []
    for place in range(SAMPLES if size - begin > SHORT else 0):
        file.seek(begin + (size - begin) * place // SAMPLES)
        if place:
            file.readline(SAMPLE)
        lines = file.read(SAMPLE)
        pieces.append(lines[: lines.rfind(b"\n") + 1])
    file.seek(begin)
    if not any(pieces):
        return {}
    table = frame(b"".join(pieces))
    found = {name: _texts(table[name]) for name in names}
    return {name: _enum(texts) for name, texts in found.items() if 0 < len(texts) <= MOST}


def with_own_categories(series: pl.Series) -> pl.Series:
    """Return a column; an Enum with the categories that its rows have, in the order of a facet."""
    if not isinstance(series.dtype, pl.Enum):
        return series
    texts = _texts(series.head(FIRST))
    if len(texts) < len(series.dtype.categories):
        texts = _texts(series)
    kind = _enum(texts)
    return series if kind == series.dtype else with_categories(series, kind.categories.to_list())


def with_categories(series: pl.Series, texts: Sequence[str]) -> pl.Series:
    """Return an Enum with these categories, which are all that it has, by its codes alone."""
    place = {text: at for at, text in enumerate(texts)}
    codes = series.to_physical()
    assert isinstance(series.dtype, pl.Enum)
    categories = series.dtype.categories
    places = pl.Series([place.get(text) for text in categories], dtype=codes.dtype)
    return places.gather(codes).cat.to(pl.Enum(texts)).alias(series.name)


def _texts(series: pl.Series) -> list[str]:
    return series.drop_nulls().unique().cast(pl.String).to_list()


def _enum(texts: Sequence[str]) -> pl.Enum:
    return pl.Enum([text for text in in_known_order(texts) if isinstance(text, str)])
