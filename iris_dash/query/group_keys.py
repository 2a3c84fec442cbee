"""A group key: what rows are gathered by. A column's values, units or parts of a time, bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import assert_never

from iris_dash.core.errors import Problem, QueryError, list_names, shorten, unknown_name
from iris_dash.query.calendar import PARTS, parts_of, units_of
from iris_dash.query.numbers import exact_text, read_number
from iris_dash.query.schema import Facet, Measure, Schema, Text, Time
from iris_dash.query.steps import MOST_DECIMALS, decimals_of, floor_to_step, step_fraction
from iris_dash.query.value_text import humanise

MARK = ":"
"""Stands between a column and what of it is the key."""

MOST_BINS = 100_000
"""Bins between the least and the greatest of a measure; narrower ones are refused."""

MOST_WIDTHS = 2.0**53
"""Further from zero floats do not tell a bin from the next."""


@dataclass(frozen=True)
class ValueKey:
    """The values of a facet or of a column of text."""

    column: Facet | Text
    suffix: str = ""


@dataclass(frozen=True)
class UnitKey:
    """The years, quarters … minutes in which times lie."""

    column: Time
    suffix: str


@dataclass(frozen=True)
class PartKey:
    """The weekdays, months of any year … of times."""

    column: Time
    suffix: str


@dataclass(frozen=True)
class BinKey:
    """The bins of a measure, half open from multiples of a width, the suffix, to the next."""

    column: Measure
    suffix: str

    @cached_property
    def fraction(self) -> tuple[int, int]:
        """The width as a fraction of whole numbers; the second is a power of ten."""
        return step_fraction(float(self.suffix))

    @property
    def ends(self) -> tuple[int, int]:
        """The bin of the column's least number, and the one behind that of its greatest."""
        width = float(self.suffix)
        numerator, divisor = self.fraction
        low, high = (
            round(Fraction(floor_to_step(end, width)) * divisor / numerator)
            for end in (self.column.low, self.column.high)
        )
        return low, high + 1


GroupKey = ValueKey | UnitKey | PartKey | BinKey


def key_text(key: GroupKey) -> str:
    """Return a group key as `by` names it, and files.

    >>> key_text(UnitKey(Time("day", "Day", "day"), "month"))
    'day:month'
    """
    return MARK.join(filter(None, (key.column.name, key.suffix)))


def json_key(key: GroupKey) -> str:
    """Return what a group key is called in JSON answers: by its column's key there."""
    return MARK.join(filter(None, (key.column.key, key.suffix)))


def key_label(key: GroupKey) -> str:
    """Return a group key as people read it."""
    match key:
        case ValueKey():
            return key.column.label
        case UnitKey() | PartKey():
            return f"{key.column.label}: {humanise(key.suffix).lower()}"
        case BinKey():
            return f"{key.column.title} in bins of {key.suffix}"
        case _:
            assert_never(key)


def parse_key(schema: Schema, text: str) -> GroupKey:
    """Return the group key that a text names, such as `carrier`, `day:month` or `distance:500`.

    Errors: QueryError that says what is valid: the columns, or what of one may be a key.
    """
    columns = {column.name: column for column in schema.filterable}
    name, suffix = (text, "") if text in columns else text.rpartition(MARK)[::2]
    column = columns.get(name)
    match column:
        case None:
            raise wrong("unknown_column", unknown_name("column", name or text, columns), text)
        case Facet() | Text():
            if suffix:
                message = f"{shorten(name)} is gathered by its values: {shorten(name)} alone"
                raise wrong("unknown_group", message, text)
            return ValueKey(column)
        case Time():
            if column.is_of_day:
                message = f"{shorten(name)} has times of day, which are gathered by no unit"
                raise wrong("unknown_group", message, text)
            units, parts = units_of(column.is_date), parts_of(column.is_date)
            if suffix in units:
                return UnitKey(column, suffix)
            if suffix in parts:
                return PartKey(column, suffix)
            raise wrong("unknown_group", _no_unit(name, suffix, (*units, *parts)), text)
        case Measure():
            return _bins(column, suffix)
        case _:
            assert_never(column)


def _no_unit(name: str, suffix: str, known: tuple[str, ...]) -> str:
    said = unknown_name("unit", suffix, known) if suffix else f"units are {list_names(known)}"
    finer = " (a date has none that is finer)" if suffix in {"hour", "minute", *PARTS} else ""
    return f"{shorten(name)} is gathered by a unit, {shorten(name)}:month say; {said}{finer}"


def _bins(measure: Measure, suffix: str) -> BinKey:
    name, given = shorten(measure.name), f"{measure.name}{MARK}{suffix}" if suffix else measure.name
    width, span = read_number(suffix), measure.high / 2 - measure.low / 2
    example = exact_text(measure.step)
    if width is None or not width > 0 or math.isinf(width):
        said = f"bins of a width above 0, {name}:{example} say"
        message = f"{name} is gathered by {said}" + (f", not {suffix!r}" if suffix else "")
        raise wrong("bin_width", message, given)
    count = span / width * 2
    if count > MOST_BINS or decimals_of(width) >= MOST_DECIMALS:
        least = exact_text(float(f"{max(span / MOST_BINS * 4, measure.step):.0e}"))
        shown = f"{count:,.0f}" if count < MOST_WIDTHS else f"{count:.0e}"
        message = (
            f"{name}: bins of {shorten(suffix)} would be {shown}, and there are at most "
            f"{MOST_BINS:,}; a width of {least} or more is one"
        )
        raise wrong("bin_width", message, given)
    largest = max(-measure.low, measure.high)
    if largest / MOST_WIDTHS > width:
        least = exact_text(float(f"{2 * largest / MOST_WIDTHS:.0e}"))
        message = (
            f"{name}: numbers as large as {exact_text(largest)} have no bins of "
            f"{shorten(suffix)}; a width of {least} or more is one"
        )
        raise wrong("bin_width", message, given)
    numerator, divisor = step_fraction(width)
    if not math.isclose(numerator / divisor, width, rel_tol=1e-9):
        raise wrong("bin_width", f"{name}: a width has at most 308 decimals", given)
    return BinKey(measure, exact_text(numerator / divisor))


def wrong(kind: str, message: str, given: object) -> QueryError:
    """Return an error of one problem whose place whoever catches it knows."""
    return QueryError([Problem(kind, (), message, given)])
