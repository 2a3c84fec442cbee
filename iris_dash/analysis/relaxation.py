"""What brings rows back to a query that selects none: the smallest change of its filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, permutations
from typing import assert_never

import numpy as np

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.grid import BELOW_CELL, grid_of
from iris_dash.analysis.nearest_period import longer_period
from iris_dash.analysis.nearest_texts import looser_matches
from iris_dash.core.deadline import check
from iris_dash.query.filters import (
    AnyOf,
    Choice,
    Filter,
    Interval,
    Match,
    Period,
    Search,
    Span,
    canonical,
    ends,
)
from iris_dash.query.numbers import bound_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Part, Schema
from iris_dash.query.value_text import value_name
from iris_dash.query.words import filter_phrase

AggregatesOf = Callable[[Query], Aggregates]
"""Gives what answers a query's aggregates."""

TextsOf = Callable[[Query, str, str], list[str | None]]
"""Gives the commonest texts of a column among a query's rows, of those that contain a text."""

MOST_SETS = 100
"""Sets of filters that are tried at most before filters are put back one by one."""

MOST_JOINT = 6
"""Sets of filters that together bring rows back, at most, of which the least is taken."""

LONGEST_ORDERED = 3
"""A larger set of filters is relaxed in one order only, not in every one."""


@dataclass(frozen=True)
class Relaxation:
    """The smallest step from a query without rows to one with `count` rows, which is above 0.

    `given_up`: from 0 to 1 per changed filter, summed: of a slider's span the share that is let
    in, of a facet's values the share that is added, of what is asked of a text the share that is
    dropped, or added as one more; 1 for a filter that is dropped.
    """

    query: Query
    words: str
    count: int
    given_up: float


def least_relaxation(
    schema: Schema,
    aggregates: AggregatesOf,
    count: Callable[[Query], int],
    query: Query,
    texts: TextsOf,
) -> Relaxation:
    """Return the smallest relaxation of a query that selects nothing.

    The fewest filters, then the least given up, then the most rows. `count` says how many rows a
    query selects, as `aggregates` of it does; `texts` which texts its rows have.
    """
    return _Search(schema, aggregates, count, texts).least(query)


@dataclass(frozen=True)
class _Search:
    """Looks for the least relaxation by asking the table's aggregates."""

    schema: Schema
    aggregates: AggregatesOf
    count: Callable[[Query], int]
    texts: TextsOf

    def least(self, query: Query) -> Relaxation:
        return _least(
            self._relaxed(query, order)
            for filters in self._helpful(query)
            for order in (permutations(filters) if len(filters) <= LONGEST_ORDERED else [filters])
        )

    def _helpful(self, query: Query) -> list[tuple[Filter, ...]]:
        """Return the smallest sets of filters without which there are rows."""
        looks = islice(_sets(query.filters), MOST_SETS)
        found: list[tuple[Filter, ...]] = []
        for chosen in looks:
            check()
            if found and len(chosen) > len(found[0]):
                break
            if len(chosen) > 1 and len(found) == MOST_JOINT:
                break
            if self.count(_without(query, chosen)):
                found.append(chosen)
        return found or [self._irreducible(query)]

    def _irreducible(self, query: Query) -> tuple[Filter, ...]:
        """Return filters without which there are rows, none of which can be put back as it was."""
        dropped = query.filters
        for one in query.filters:
            fewer = tuple(other for other in dropped if other != one)
            if self.count(_without(query, fewer)):
                dropped = fewer
        return dropped

    def _relaxed(self, query: Query, order: tuple[Filter, ...]) -> Relaxation:
        """Return the query with these filters put back one by one, each as little changed as helps.

        Every one has to change: `order` is a set none of whose parts would do.
        """
        relaxed, count, words, given_up = _without(query, order), 0, [], 0.0
        for one in order:
            step = _least(self._steps(relaxed, one))
            relaxed, count, given_up = step.query, step.count, given_up + step.given_up
            words.append(step.words)
        return Relaxation(relaxed, "; ".join(words), count, given_up)

    def _steps(self, base: Query, one: Filter) -> Iterator[Relaxation]:
        """Yield the ways to put one filter back onto `base`, relaxed, with rows."""
        match one:
            case Choice():
                yield from self._added(base, one)
            case Interval() | Period():
                yield from self._beyond(base, AnyOf(one.name, (one,)))
            case AnyOf():
                yield from self._beyond(base, one)
            case Match():
                yield from self._less_asked(base, one)
            case Search():
                yield Relaxation(base, "Any text, whatever it contains", self.count(base), 1.0)
            case _:
                assert_never(one)

    def _added(self, base: Query, choice: Choice) -> Iterator[Relaxation]:
        """Yield the choice with one more value, for each that has rows."""
        facet = self.schema.facet(choice.name)
        if isinstance(facet, Part):
            alone = {value: Choice(facet.name, (value,)) for value in facet.values}
            counts = {v: self.count(self._with(base, one)) for v, one in alone.items()}
        else:
            counts = self.aggregates(base).count_facets(base)[facet.name]
        for value, count in counts.items():
            if count and value not in choice.values:
                values = tuple(v for v in facet.values if v in choice.values or v == value)
                words = f"{facet.label}: also {value_name(value)}"
                relaxed = self._with(base, replace(choice, values=values))
                yield Relaxation(relaxed, words, count, 1 / len(facet.values))

    def _beyond(self, base: Query, one: AnyOf) -> Iterator[Relaxation]:
        """Yield the spans with one bound moved to the nearest value, or without any of them."""
        sides = [
            self._widened(base, span, upper, one)
            if isinstance(span, Interval)
            else self._longer(base, span, upper, one)
            for span in one.spans
            for upper in (False, True)
        ]
        yield from (step for step in sides if step)
        if any(sides):
            return
        # Without a value beyond the bounds, the rows there are have no value at all.
        what = "time" if one.name in self.schema.times_by_name else "value"
        words = f"{self.schema.label(one.name)}: any {what} or none"
        yield Relaxation(base, words, self.count(base), 1.0)

    def _longer(self, base: Query, period: Period, upper: bool, beside: AnyOf) -> Relaxation | None:
        """Return one end moved outward to the nearest unit that has rows; None without one."""
        found = longer_period(
            self.schema, period, upper, lambda between: self.count(self._with(base, between)) > 0
        )
        if found is None:
            return None
        longer, words, share = found
        relaxed = self._replaced(base, period, longer, beside)
        return Relaxation(relaxed, words, self.count(relaxed), share)

    def _replaced(self, base: Query, old: Span, new: Span, beside: AnyOf) -> Query:
        """Return the query with one span for another; without the filter if that is open."""
        if ends(new) == (None, None):
            return base
        spans = tuple(new if span == old else span for span in beside.spans)
        return self._with(base, replace(beside, spans=spans))

    def _less_asked(self, base: Query, match: Match) -> Iterator[Relaxation]:
        """Yield the match with one more value, or without one of its conditions, where rows are."""
        found = False
        for less, words, share in looser_matches(
            self.schema, match, lambda part: self.texts(base, match.name, part)
        ):
            relaxed = self._with(base, less)
            if count := self.count(relaxed):
                yield Relaxation(relaxed, words, count, share)
                found = True
        if not found:
            words = f"{self.schema.label(match.name)}: any text or none"
            yield Relaxation(base, words, self.count(base), 1.0)

    def _widened(
        self, base: Query, interval: Interval, upper: bool, beside: AnyOf
    ) -> Relaxation | None:
        """Return one bound moved outward to the nearest value beyond it, on the slider's grid.

        None without such a value. Infinity is beyond the slider: for it the bound is dropped. The
        other spans stay.
        """
        name, old = interval.name, interval.high if upper else interval.low
        if old is None:
            return None
        measure = self.schema.measure(name)
        beyond = self._with(base, Interval(name, low=old) if upper else Interval(name, high=old))
        counts = self.aggregates(beyond).cell_counts(beyond, name, None)[0]
        cells = np.flatnonzero(counts[1:]) + BELOW_CELL
        if not len(cells):
            return None
        grid, cell = grid_of(measure), int(cells[0 if upper else -1])
        on_slider = 0 <= cell <= grid.top_cell
        new = grid.at((cell + upper) // 2) if on_slider else None
        wider = replace(interval, high=new) if upper else replace(interval, low=new)
        relaxed = self._replaced(base, interval, wider, beside)
        if new is None:
            words = f"{measure.label} without {'an upper' if upper else 'a lower'} bound"
        else:
            alone = Interval(name, high=new) if upper else Interval(name, low=new)
            words = f"{filter_phrase(self.schema, alone)} instead of {bound_text(measure, old)}"
        end = measure.high if upper else measure.low
        moved = abs(min(max(old, measure.low), measure.high) - (end if new is None else new))
        span = measure.high - measure.low
        return Relaxation(relaxed, words, self.count(relaxed), moved / span if span else 0.0)

    def _with(self, base: Query, one: Filter) -> Query:
        """Return the query with that filter in place of any other on its column."""
        return replace(base, filters=canonical(self.schema, (*base.filters, one)))


def _least(found: Iterable[Relaxation]) -> Relaxation:
    """Return the one that gives up least, among equals the one with the most rows."""
    return min(found, key=lambda one: (round(one.given_up, 9), -one.count))


def _without(query: Query, filters: Iterable[Filter]) -> Query:
    return query.without(*(one.name for one in filters))


def _sets(filters: tuple[Filter, ...]) -> Iterator[tuple[Filter, ...]]:
    """Yield the sets of filters, smaller ones first."""
    for size in range(1, len(filters) + 1):
        yield from combinations(filters, size)
