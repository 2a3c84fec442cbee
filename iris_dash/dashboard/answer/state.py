"""The state of the page: a query, and what it shows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from iris_dash.dashboard.answer.column_choices import Chosen
from iris_dash.query.filters import AnyOf, Filter, Interval, canonical, ends, spans_of
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Schema

PAGE_SIZES = (10, 25, 50, 100)


@dataclass(frozen=True)
class DashboardState:
    """What the page shows: a query, always paged, and the scatter's axes (None: no scatter).

    `choices`: a pair of key and value for each PageChoice that is not at its default, in their
    order; `log`: the measures on a log scale, in the schema's order; `columns`: which are shown of
    a table of many, see `column_choices`.
    """

    query: Query
    axes: tuple[str, str] | None
    choices: tuple[tuple[str, str], ...] = ()
    log: tuple[str, ...] = ()
    columns: Chosen = ()


def on_existing_page(state: DashboardState, count: int) -> DashboardState:
    """Return the state on its page, or on the last one if the rows end before it."""
    query = paged(state.query)
    last = max(1, -(-count // (query.per_page or 1)))
    return replace(state, query=query.on_page(min(query.page or 1, last), query.per_page or 1))


def paged(query: Query) -> Query:
    """Return the query on a page: the first, of the least size, where it does not say."""
    size = query.per_page if query.per_page in PAGE_SIZES else PAGE_SIZES[0]
    return query.on_page(query.page or 1, size)


def within_sliders(schema: Schema, query: Query) -> Query:
    """Return the query as sliders say it: a bound at a slider's end, or beyond it, is none.

    The rows are the same, infinite values aside: a measure that is open on both sides then is
    still to have a value.
    """
    filters = tuple(_within_slider(schema, one) for one in query.filters)
    return query if filters == query.filters else replace(query, filters=canonical(schema, filters))


def _within_slider(schema: Schema, one: Filter) -> Filter:
    measure, given = schema.measures_by_name.get(one.name), spans_of(one)
    if measure is None or measure.is_constant:
        return one  # nothing slides where all values are the same
    least, most = measure.open_ends
    spans = tuple(
        Interval(
            one.name,
            None if low is None or low <= least else low,
            None if high is None or high >= most else high,
        )
        for low, high in map(ends, given)
    )
    if spans == given:
        return one
    lets_all_in = not measure.has_missing and Interval(one.name) in spans
    return AnyOf(one.name, spans, lets_all_in or (isinstance(one, AnyOf) and one.missing))


def bounds(measure: Measure, query: Query) -> tuple[float | None, float | None]:
    """Return the bounds that the query sets to a measure, of several the first; None: open."""
    spans = spans_of(query.filter_on(measure.name))
    low, high = ends(spans[0]) if spans else (None, None)
    return low, high


def spans_shown(measure: Measure, query: Query) -> list[list[float | None]]:
    """Return the spans of a measure that the query lets in; without a filter all of it."""
    one = query.filter_on(measure.name)
    return [[None, None]] if one is None else [list(ends(span)) for span in spans_of(one)]
