"""The shared filter: a Query as conditions on rows, the same for every kind of table.

Conditions are Narwhals expressions. A short table answers the same conditions from NumPy arrays,
since an engine's fixed cost per question (some 0.4 ms) is then many times the work itself; the
tests hold both against a plain loop.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import reduce
from typing import Any, assert_never
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.query.filters import (
    AnyOf,
    Bound,
    Choice,
    Filter,
    Interval,
    Match,
    Period,
    Search,
    ends,
)
from iris_dash.query.moments import in_zone, microseconds
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Part, Schema, Time
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.calendar_columns import part_number, part_numbers
from iris_dash.tables.libraries.moments import NO_TIME

FEW = 4
"""Values of a facet that are compared one by one."""

LAST_COARSE = datetime(9999, 12, 31, 23, 59, 59, 999_000)


def restricts(query: Query) -> bool:
    """Return whether the query leaves out any row at all, as far as it can tell."""
    return bool(query.filters)


def condition(schema: Schema, query: Query) -> nw.Expr:
    """Return a query that restricts something as one condition on a row.

    Each filter is one clause; a row is selected when all of them hold. Bounds are
    inclusive; a missing measure is never inside a bound.
    """
    return reduce(operator.and_, (clause(schema, one) for one in query.filters))


def clause(schema: Schema, one: Filter) -> nw.Expr:
    """Return one filter as a condition on a row."""
    match one:
        case Choice(name, values):
            part = schema.parts_by_name.get(name)
            if part is None:
                return _choice(nw.col(held_name(name)), values)
            number = part_number(nw.col(held_name(part.time)), part.part)
            return part_clause(part, values, number)
        case Interval(name, low, high):
            return _interval(nw.col(held_name(name)), *_held(schema.measure(name), low, high))
        case Period(name, start, before):
            time = schema.times_by_name[name]
            column = nw.col(held_name(name))
            parts = [column >= _literal(time, start)] if start is not None else []
            parts += [column < _literal(time, before)] if before is not None else []
            return reduce(operator.and_, parts)
        case AnyOf(name, spans, missing):
            column = nw.col(held_name(name))
            parts = [clause(schema, span) for span in spans if ends(span) != (None, None)]
            # A span that is open on both sides is any value.
            parts += [~column.is_null()] * (len(parts) < len(spans))
            parts += [column.is_null()] * missing
            return reduce(operator.or_, parts) if parts else column.is_in([])
        case Search(text):
            found = [Choice(facet.name, one.values(facet)) for facet in schema.facets]
            parts = [clause(schema, choice) for choice in found if choice.values]
            parts += [clause(schema, Match(column.name, has=(text,))) for column in schema.texts]
            # Where there is nothing to look in, no row has it.
            return reduce(operator.or_, parts) if parts else nw.lit(1) == 0
        case Match(name):
            # Of a categorical column too: text that is none of its categories is no error.
            return _match(nw.col(held_name(name)).cast(nw.String()), one)
        case _:
            assert_never(one)


def part_clause(part: Part, values: tuple[Any, ...], number: nw.Expr) -> nw.Expr:
    """Return whether a time's part is one of some values, by its number as an engine has it.

    Without arithmetic on it: that took four times as long as finding the number itself.
    """
    places = [part.values.index(value) for value in values if value is not None]
    numbers = [number for place in places for number in part_numbers(part.part, place)]
    found = number.is_in(numbers)
    return found | number.is_null() if None in values else found


def _choice(column: nw.Expr, values: tuple[Any, ...]) -> nw.Expr:
    given = [value for value in values if value is not None]
    # One value as equality: half the time of a membership test on a short table.
    chosen = column == given[0] if len(given) == 1 else column.is_in(given)
    return chosen | column.is_null() if None in values else chosen


def _literal(time: Time, moment: datetime) -> date | datetime | clock:
    """Return a moment as a column of times is compared with it."""
    if time.is_of_day:
        return moment.time()
    if time.is_date:
        return moment.date()
    if (
        time.is_coarse and moment.replace(tzinfo=None) < LAST_COARSE
    ):  # Polars would leave out what is finer
        moment += timedelta(microseconds=-moment.microsecond % 1_000)
    return moment if time.zone is None else in_zone(moment, ZoneInfo(time.zone))


def _match(column: nw.Expr, match: Match) -> nw.Expr:
    if match.values is not None:
        return _choice(column, match.values)
    parts = []
    if given := [value for value in match.left_out if value is not None]:
        others = ~column.is_in(given)
        parts.append(others if None in match.left_out else others | column.is_null())
    if None in match.left_out:
        parts.append(~column.is_null())
    small = column.str.to_lowercase()
    parts += [small.str.contains(part, literal=True) for part in match.has]
    parts += [small.str.starts_with(part) for part in match.starts]
    return reduce(operator.and_, parts)


def _held(
    measure: Measure, low: Bound | None, high: Bound | None
) -> tuple[Bound | None, Bound | None]:
    """Return bounds that select the same and that a column of whole numbers can hold.

    No engine compares its numbers exactly with larger ones.
    """
    if measure.whole is None:
        return low, high
    least, most = measure.whole
    if (low is not None and low > most) or (high is not None and high < least):
        return 1, 0  # none is so large, or so small
    return None if low is None else max(low, least), None if high is None else min(high, most)


def _interval(column: nw.Expr, low: Bound | None, high: Bound | None) -> nw.Expr:
    if low is not None and high is not None:
        return column.is_between(low, high, closed="both")
    return column >= low if low is not None else column <= high


def left_out(schema: Schema, query: Query) -> nw.Expr:
    """Return whether a query that restricts something leaves a row out."""
    # Where a missing value makes the condition neither true nor false, the row is left out.
    return nw.when(condition(schema, query)).then(nw.lit(1)).otherwise(nw.lit(0)) == 0


def positions(
    schema: Schema, arrays: Mapping[str, NDArray[Any]], length: int, query: Query
) -> NDArray[np.intp]:
    """Return the places of the rows that the query selects, ascending, from arrays.

    `arrays`: of each facet and part of a time the rows' places among its values, of each measure
    their values, NaN for missing, of long ones Python's own whole numbers, of text the text, of
    times millionths of a second from 1970 on; all of that length.
    """
    if not query.filters:
        return np.arange(length)
    # One after the other: of a table with many columns there may be very many.
    masks = (mask for one in query.filters for mask in masks_of(schema, arrays, one))
    return np.asarray(reduce(operator.iand, masks).nonzero()[0])


def masks_of(
    schema: Schema, arrays: Mapping[str, NDArray[Any]], one: Filter
) -> list[NDArray[np.bool_]]:
    """Return new arrays, of which a row is to be true in each."""
    match one:
        case Choice():
            return [_chosen(schema.facet(one.name).values, arrays[one.name], one.values)]
        case Interval():
            array = arrays[one.name]
            if array.dtype != object:
                return _inside(array, one)
            # A whole number beside NaN is no invalid one: it is not inside.
            with np.errstate(invalid="ignore"):
                return _inside(array, one)
        case Period():
            array = arrays[one.name]
            masks = [array > NO_TIME if one.start is None else array >= microseconds(one.start)]
            return masks if one.before is None else [*masks, array < microseconds(one.before)]
        case AnyOf(name, spans, missing):
            array = arrays[name]
            masks = [reduce(operator.iand, masks_of(schema, arrays, span)) for span in spans]
            masks += [no_value(array)] * missing
            return [reduce(operator.ior, masks) if masks else np.zeros(len(array), dtype=bool)]
        case Search(text):
            looks: list[Filter] = [Choice(f.name, one.values(f)) for f in schema.facets]
            looks += [Match(column.name, has=(text,)) for column in schema.texts]
            masks = [masks_of(schema, arrays, look)[0] for look in looks]
            return [reduce(operator.ior, masks) if masks else np.zeros(len_of(arrays), dtype=bool)]
        case Match():
            return [np.fromiter(map(one.holds, arrays[one.name]), bool, len(arrays[one.name]))]
        case _:
            assert_never(one)


def _chosen(
    values: Sequence[FacetValue], array: NDArray[Any], chosen: Sequence[FacetValue]
) -> NDArray[np.bool_]:
    """Return in which rows a facet has one of the chosen values; `array`: their places."""
    known = frozenset(chosen)
    places = [place for place, value in enumerate(values) if value in known]
    if 0 < len(places) <= FEW:
        # To look up even a few rows' places NumPy lets another thread go first.
        return np.asarray(reduce(operator.ior, (array == place for place in places)), dtype=bool)
    found = np.zeros(len(values), dtype=bool)
    found[places] = True
    return np.asarray(found[array], dtype=bool)


def _inside(array: NDArray[Any], one: Interval) -> list[NDArray[np.bool_]]:
    low = [~no_value(array)] if one.low is None else [array >= one.low]
    return low if one.high is None else [*low, array <= one.high]


def len_of(arrays: Mapping[str, NDArray[Any]]) -> int:
    """Return how many rows arrays have."""
    return len(next(iter(arrays.values()), ()))


def no_value(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which rows have no value, of a measure or of a time as `positions` takes them."""
    missing = array == NO_TIME if array.dtype.kind == "i" else array != array
    return np.asarray(missing, dtype=bool)  # NaN alone is not itself
