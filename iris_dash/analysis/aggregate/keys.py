"""Group keys on their way: an expression for an engine, places to count with, words to answer.

A place is a whole number in the key's own order, null the missing value; of text it is the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.analysis.grid import Grid
from iris_dash.query.calendar import PARTS, fewest_units, unit_after, unit_text
from iris_dash.query.filters import Choice
from iris_dash.query.group_keys import BinKey, GroupKey, PartKey, UnitKey, ValueKey
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Text
from iris_dash.query.steps import multiple
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.calendar_columns import part_column, unit_column
from iris_dash.tables.libraries import Series, library_of
from iris_dash.tables.libraries.plain_values import is_missing

MOST_MADE = 1_000_000
"""Groups that are put into order for one answer."""

MOST_LOW = 2.0**63
"""Bins that begin beyond are named by floats: no whole number of 64 bits is so large."""


class TooManyGroups(Exception):  # noqa: N818 -- it says what happened
    """A grouping has more groups than are ever made."""


def key_column(key: GroupKey) -> nw.Expr:
    """Return what an engine gathers rows by."""
    column = nw.col(held_name(key.column.name))
    match key:
        case ValueKey(Facet()):
            return column
        case ValueKey(Text()):
            return column.cast(nw.String())
        case UnitKey():
            return unit_column(column, key.suffix)
        case PartKey():
            return part_column(column, key.suffix)
        case BinKey():
            grid = _bins(key)
            cell = grid.cells()
            # Cells stand by twos on a bin's low end and behind it; infinity is in none of them.
            return nw.when(cell.is_between(0, grid.top_cell)).then(cell // 2)
        case _:
            raise AssertionError(key)


def _bins(key: BinKey) -> Grid:
    first, last = key.ends
    return Grid(key.column.name, *key.fraction, first, last, whole=key.column.whole is not None)


def key_places(key: GroupKey, found: Series) -> pl.Series:
    """Return the places of the values that an engine gathered rows by."""
    match key:
        case ValueKey(Facet(values=values)):
            places = pl.Series(library_of(found).places(found, values), dtype=pl.Int64)
            missing = values.index(None) if None in values else -1
            return places.set(places == missing, None)
        case ValueKey():
            return pl.Series(_plain(found), dtype=pl.String)
        case _:
            numbers = [None if v is None else int(v) for v in _plain(found)]
            return pl.Series(numbers, dtype=pl.Int64)


def _plain(found: Series) -> list[Any]:
    return [None if is_missing(value) else value for value in found.to_list()]


def key_ranks(name: str, rows: str) -> pl.Expr:
    """Return where a group of a text stands: the commonest first, those as common by the text."""
    return pl.struct(-pl.col(rows).sum().over(name), pl.col(name)).rank("dense")


def key_domain(key: GroupKey, query: Query, found: pl.Series, most: int = MOST_MADE) -> pl.Series:
    """Return the places of a key's groups with those that no row has, where it has a known order.

    Of a facet those that the query lets in; of a time those between the first and the last.
    Errors: TooManyGroups, where those are more than `most`, or a tenth more than that.
    """
    known = found.drop_nulls()
    match key:
        case ValueKey(Facet(name, values=values)):
            chosen = query.filter_on(name)
            own = values if not isinstance(chosen, Choice) else chosen.values
            places = [None if v is None else place for place, v in enumerate(values) if v in own]
        case PartKey():
            places = list(range(len(PARTS[key.suffix])))
        case UnitKey() if len(known):
            place, last = min(known.to_list()), max(known.to_list())
            if fewest_units(place, last, key.suffix) > most:
                raise TooManyGroups
            places = [place]
            while place < last:
                places.append(place := unit_after(place, key.suffix))
        case _:
            return found.unique()
    if found.has_nulls() and None not in places:
        places.append(None)
    return pl.Series(places, dtype=pl.Int64)


def key_words(key: GroupKey, places: pl.Series) -> pl.Series:
    """Return places as the answer says them: values, ISO 8601, words of a part, bins' low ends."""
    match key:
        case ValueKey(Text()):
            return places.cast(pl.String)
        case ValueKey(Facet(values=values)):
            return _said(places, dict(enumerate(values)), _type_of(values))
        case PartKey():
            values = PARTS[key.suffix]
            return _said(places, dict(enumerate(values)), _type_of(values))
        case UnitKey():
            units = places.unique().drop_nulls().to_list()
            return _said(places, {p: unit_text(p, key.suffix) for p in units}, pl.String())
        case BinKey():
            (numerator, divisor), first = key.fraction, key.ends[0]
            lows = {
                place: multiple(first + place, numerator, divisor)
                for place in places.unique().drop_nulls().to_list()
            }
            if divisor > 1 or not all(-MOST_LOW <= low < MOST_LOW for low in lows.values()):
                return _said(places, lows, pl.Float64())
            return _said(places, {place: int(low) for place, low in lows.items()}, pl.Int64())
        case _:
            raise AssertionError(key)


def _said(places: pl.Series, words: Mapping[int, Any], dtype: pl.DataType) -> pl.Series:
    return pl.Series([None if p is None else words[p] for p in places.to_list()], dtype=dtype)


def _type_of(values: tuple[FacetValue, ...]) -> pl.DataType:
    kinds = {type(value) for value in values if value is not None}
    return {bool: pl.Boolean(), int: pl.Int64()}.get(next(iter(kinds), str), pl.String())
