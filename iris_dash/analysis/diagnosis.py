"""Why a query selects so few rows: what each filter removes, and what brings rows back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, permutations
from typing import Any

import numpy as np

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.grid import BELOW_CELL, grid_of
from iris_dash.core.deadline import check
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, FacetValue, Measure, Schema, decimals_of, value_text
from iris_dash.query.url import format_query

AggregatesOf = Callable[[Query], Aggregates]
"""Gives what answers a query's aggregates."""

Ends = tuple[float | None, float | None]

MOST_NAMED = 6
"""Values of a facet that a filter's words name; the others are counted."""

MOST_SETS = 100
"""Sets of filters that are tried at most before filters are put back one by one."""

MOST_JOINT = 6
"""Sets of filters that together bring rows back, at most, of which the least is taken."""

LONGEST_ORDERED = 3
"""A larger set of filters is relaxed in one order only, not in every one."""


@dataclass(frozen=True)
class FilterEffect:
    """One active filter of a query: a facet's choice or a measure's bounds.

    `kind`: "facet" or "measure"; `removes_alone`: rows that pass every other filter but not this
    one; `without`: the query without it, on its first page.
    """

    name: str
    kind: str
    words: str
    removes_alone: int
    without: Query


@dataclass(frozen=True)
class Relaxation:
    """The smallest step from a query without rows to one with `count` rows, which is above 0.

    `given_up`: from 0 to 1 per changed filter, summed: of a slider's span the share that is let
    in, of a facet's values the share that is added, 1 for bounds that are dropped.
    """

    query: Query
    words: str
    count: int
    given_up: float


@dataclass(frozen=True)
class Diagnosis:
    """What a query's filters do: `count` of `total` rows are selected.

    `filters`: the active ones, facets before measures, in the table's order; `relaxation`: None
    where rows are selected.
    """

    count: int
    total: int
    filters: tuple[FilterEffect, ...]
    relaxation: Relaxation | None


def diagnose(schema: Schema, aggregates: AggregatesOf, query: Query, total: int) -> Diagnosis:
    """Return what each filter of the query removes and, where no row is left, what to relax.

    `aggregates` returns what answers a query (`Explorer.aggregates`); `total` is the table's rows.
    """
    search = _Search(schema, aggregates)
    count, first = search.count(query), _on_first_page(query)
    words = filter_words(schema, query)
    facets = {name for name, _ in query.facets}
    filters = tuple(
        FilterEffect(
            name,
            "facet" if name in facets else "measure",
            words[name],
            search.count(without(query, name)) - count,
            without(first, name),
        )
        for name in words
    )
    return Diagnosis(count, total, filters, None if count else search.least(first))


def diagnosis_record(schema: Schema, diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as a JSON-ready object, its queries as canonical text."""
    relaxation = diagnosis.relaxation
    return {
        "count": diagnosis.count,
        "total": diagnosis.total,
        "filters": [
            {
                "filter": effect.name,
                "kind": effect.kind,
                "words": effect.words,
                "removes_alone": effect.removes_alone,
                "without": format_query(schema, effect.without),
            }
            for effect in diagnosis.filters
        ],
        "relaxation": relaxation
        and {
            "query": format_query(schema, relaxation.query),
            "words": relaxation.words,
            "count": relaxation.count,
            "given_up": relaxation.given_up,
        },
    }


def filter_words(schema: Schema, query: Query) -> dict[str, str]:
    """Return each active filter in words, by its column's name: facets, then measures.

    >>> height = Measure("h", "Height", "h", unit="cm", low=1.0, high=9.0, step=0.5, decimals=1)
    >>> filter_words(Schema((height,)), Query(bounds=(("h", 2.5, None),)))
    {'h': 'Height from 2.5 cm'}
    """
    facets = {name: _choice_words(schema.facet(name), values) for name, values in query.facets}
    return facets | {
        name: _bound_words(schema.measure(name), low, high) for name, low, high in query.bounds
    }


def number_words(measure: Measure, value: float) -> str:
    """Return a bound as people read it: with the slider's decimals, or as many as it has more."""
    plain = f"{value:.{min(measure.decimals, decimals_of(measure.step))}f}"
    return plain if float(plain) == value and abs(value) < 1e15 else repr(value)


def without(query: Query, *names: str) -> Query:
    """Return the query without the filters on these columns."""
    return replace(
        query,
        facets=tuple(facet for facet in query.facets if facet[0] not in names),
        bounds=tuple(bound for bound in query.bounds if bound[0] not in names),
    )


def _choice_words(facet: Facet, values: tuple[FacetValue, ...]) -> str:
    named = [value_text(value) for value in values[:MOST_NAMED]]
    more = len(values) - len(named)
    listed = ", ".join(named) or "none"
    return f"{facet.label}: {listed}" + (f" and {more} more" if more else "")


def _bound_words(measure: Measure, low: float | None, high: float | None) -> str:
    low_text, high_text = ("" if e is None else number_words(measure, e) for e in (low, high))
    if high is None:
        text = f"from {low_text}"
    elif low is None:
        text = f"up to {high_text}"
    else:
        text = low_text if low == high else f"{low_text} – {high_text}"
    return " ".join(part for part in (measure.label, text, measure.unit) if part)


def _on_first_page(query: Query) -> Query:
    return query if query.page is None else replace(query, page=1)


@dataclass(frozen=True)
class _Search:
    """Looks for the least relaxation by asking the table's aggregates."""

    schema: Schema
    aggregates: AggregatesOf

    def count(self, query: Query) -> int:
        return self.aggregates(query).count(query)

    def least(self, query: Query) -> Relaxation:
        """Return the smallest relaxation of a query that selects nothing.

        The fewest filters, then the least given up, then the most rows.
        """
        return _least(
            self._relaxed(query, order)
            for names in self._helpful(query)
            for order in (permutations(names) if len(names) <= LONGEST_ORDERED else [names])
        )

    def _helpful(self, query: Query) -> list[tuple[str, ...]]:
        """Return the smallest sets of filters without which there are rows."""
        names = [name for name, _ in query.facets] + [name for name, _, _ in query.bounds]
        looks = islice(_sets(names), MOST_SETS)
        found: list[tuple[str, ...]] = []
        for chosen in looks:
            check()
            if found and len(chosen) > len(found[0]):
                break
            if len(chosen) > 1 and len(found) == MOST_JOINT:
                break
            if self.count(without(query, *chosen)):
                found.append(chosen)
        return found or [self._irreducible(query, names)]

    def _irreducible(self, query: Query, names: list[str]) -> tuple[str, ...]:
        """Return filters without which there are rows, none of which can be put back as it was."""
        dropped = list(names)
        for name in names:
            fewer = [other for other in dropped if other != name]
            if self.count(without(query, *fewer)):
                dropped = fewer
        return tuple(dropped)

    def _relaxed(self, query: Query, order: tuple[str, ...]) -> Relaxation:
        """Return the query with these filters put back one by one, each as little changed as helps.

        Every one has to change: `order` is a set none of whose parts would do.
        """
        relaxed, count, words, given_up = without(query, *order), 0, [], 0.0
        for name in order:
            step = _least(self._steps(query, relaxed, name))
            relaxed, count, given_up = step.query, step.count, given_up + step.given_up
            words.append(step.words)
        return Relaxation(relaxed, "; ".join(words), count, given_up)

    def _steps(self, query: Query, base: Query, name: str) -> Iterator[Relaxation]:
        """Yield the ways to put one filter of the query back onto `base`, relaxed, with rows."""
        chosen = dict(query.facets).get(name)
        if chosen is not None:
            yield from self._added(base, self.schema.facet(name), chosen)
            return
        measure = self.schema.measure(name)
        bounds = next((low, high) for n, low, high in query.bounds if n == name)
        sides = [self._widened(base, measure, bounds, upper) for upper in (False, True)]
        yield from (step for step in sides if step)
        if not any(sides):
            # Without a value beyond either bound, the rows there are have no value at all.
            words = f"{measure.label}: any value or none"
            yield Relaxation(base, words, self.count(base), 1.0)

    def _added(
        self, base: Query, facet: Facet, chosen: tuple[FacetValue, ...]
    ) -> Iterator[Relaxation]:
        """Yield the choice with one more value, for each that has rows."""
        counts = self.aggregates(base).count_facets(base)[facet.name]
        for value, count in counts.items():
            if count and value not in chosen:
                values = tuple(v for v in facet.values if v in chosen or v == value)
                words = f"{facet.label}: also {value_text(value)}"
                relaxed = self._with_choice(base, facet, values)
                yield Relaxation(relaxed, words, count, 1 / len(facet.values))

    def _widened(
        self, base: Query, measure: Measure, bounds: Ends, upper: bool
    ) -> Relaxation | None:
        """Return one bound moved outward to the nearest value beyond it, on the slider's grid.

        None without such a value. Infinity is beyond the slider: for it the bound is dropped.
        """
        old = bounds[upper]
        if old is None:
            return None
        beyond = self._with_bounds(base, measure, (old, None) if upper else (None, old))
        counts = self.aggregates(beyond).cell_counts(beyond, measure.name, None)[0]
        cells = np.flatnonzero(counts[1:]) + BELOW_CELL
        if not len(cells):
            return None
        grid, cell = grid_of(measure), int(cells[0 if upper else -1])
        on_slider = 0 <= cell <= grid.top_cell
        new = grid.at((cell + upper) // 2) if on_slider else None
        relaxed = self._with_bounds(base, measure, (bounds[0], new) if upper else (new, bounds[1]))
        if new is None:
            words = f"{measure.label} without {'an upper' if upper else 'a lower'} bound"
        else:
            words = _bound_words(measure, *((None, new) if upper else (new, None)))
            words += f" instead of {number_words(measure, old)}"
        end = measure.high if upper else measure.low
        moved = abs(min(max(old, measure.low), measure.high) - (end if new is None else new))
        span = measure.high - measure.low
        return Relaxation(relaxed, words, self.count(relaxed), moved / span if span else 0.0)

    def _with_choice(self, base: Query, facet: Facet, values: tuple[FacetValue, ...]) -> Query:
        if len(values) == len(facet.values):
            return without(base, facet.name)
        found = dict(base.facets) | {facet.name: values}
        order = [f.name for f in self.schema.facets]
        return replace(base, facets=tuple((n, found[n]) for n in order if n in found))

    def _with_bounds(self, base: Query, measure: Measure, ends: Ends) -> Query:
        found = {name: (low, high) for name, low, high in base.bounds} | {measure.name: ends}
        order = [m.name for m in self.schema.measures]
        bounds = tuple((n, *found[n]) for n in order if n in found and found[n] != (None, None))
        return replace(base, bounds=bounds)


def _least(found: Iterable[Relaxation]) -> Relaxation:
    """Return the one that gives up least, among equals the one with the most rows."""
    return min(found, key=lambda one: (round(one.given_up, 9), -one.count))


def _sets(names: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the sets of names, smaller ones first."""
    for size in range(1, len(names) + 1):
        yield from combinations(names, size)
