"""The page's state as its address, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from iris_dash.analysis.judgment import first_groups, groups_of
from iris_dash.core.errors import Problem, first_problems, list_names, unknown_name
from iris_dash.dashboard.answer.column_choices import offered_choices, settled
from iris_dash.dashboard.answer.state import PAGE_SIZES, DashboardState, paged, within_sliders
from iris_dash.dashboard.views.all_views import CHOICES
from iris_dash.query.locale import locale_of, reader
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.sort import join_sort, sort_pair, split_sort
from iris_dash.query.url import (
    DASHBOARD_PREFIX,
    format_query,
    parse_arguments_leniently,
)
from iris_dash.query.value_text import value_name

X, Y = "_x", "_y"
LOG = "_log"
"""The measures on a log scale: `a,b`, written as the columns of a sort are."""

EMBED = "_embed"
"""Says that the page stands in another one; its scripts read it, and keep it in the address."""

LOCALE = "_locale"
"""Whose way of writing numbers and days is used: the server reads it as the page is loaded."""


def read_address(schema: Schema, search: str) -> tuple[DashboardState, tuple[Problem, ...]]:
    """Return the state that an address names, and a problem per part that was left out."""
    pairs = parse_qsl(search.removeprefix("?"), keep_blank_values=True, errors="replace")
    query, query_problems = parse_arguments_leniently(schema, pairs)
    axes, choices, log, columns, wrong = read_page_keys(schema, pairs)
    problems = [*query_problems, *first_problems(_problem(schema, *one) for one in wrong)]
    if query.per_page is not None and query.per_page not in PAGE_SIZES:
        message = f"per_page: the page shows {list_names(PAGE_SIZES)} rows, not {query.per_page}"
        problems.append(Problem("page_size", ("query", "per_page"), message, str(query.per_page)))
        query = replace(query, per_page=None)
    query = within_sliders(schema, paged(grouped(schema, query)))
    state = DashboardState(query, axes, choices, log, settled(schema, query, columns))
    return state, first_problems(problems)


def format_address(schema: Schema, state: DashboardState) -> str:
    """Return the state's one short address, without the '?'; what is default is not said.

    A later page says its size too: by itself `page=2` means pages of a hundred, as for the routes.
    """
    query = state.query
    if query.page == 1:
        size = None if query.per_page == PAGE_SIZES[0] else query.per_page
        query = replace(query, page=None, per_page=size)
    parts = [format_query(schema, query)]
    if state.axes and schema.axes:
        for key, axis, default in zip((X, Y), state.axes, schema.axes, strict=True):
            if axis != default:
                parts.append(f"{key}={quote(axis)}")
    parts += [f"{key}={quote(value)}" for key, value in state.choices]
    if state.log:
        parts.append(f"{LOG}={quote(names_text(state.log), safe=',')}")
    parts += [f"{key}={quote(names_text(names), safe=',')}" for key, names in state.columns]
    return "&".join(part for part in parts if part)


def grouped(schema: Schema, query: Query) -> Query:
    """Leave out a `by` that says how rows are grouped anyway."""
    is_said = query.by is not None and groups_of(schema, query) != first_groups(schema)
    return query if is_said else replace(query, by=None)


@lru_cache(maxsize=64)
def _offered_values(schema: Schema) -> dict[str, list[str]]:
    """Return what may be chosen of each choice of the page, the default first."""
    return {choice.key: [value for value, _ in choice.offered(schema)] for choice in CHOICES}


def read_page_keys(
    schema: Schema, pairs: Iterable[tuple[str, str]]
) -> tuple[
    tuple[str, str] | None,
    tuple[tuple[str, str], ...],
    tuple[str, ...],
    dict[str, tuple[str, ...]],
    list[tuple[str, str]],
]:
    """Return the axes, choices, log scales and columns of an address, and the wrong pairs."""
    wrong = []
    found = dict(zip((X, Y), schema.axes or (), strict=False))
    values = _offered_values(schema)
    chosen = dict[str, str]()
    offered = {measure.name for measure in schema.measures if measure.log}
    log = set[str]()
    columns = dict[str, tuple[str, ...]]()
    known = {choice.key: choice for choice in offered_choices(schema)}
    for key, value in pairs:
        if not key.startswith(DASHBOARD_PREFIX) or key == EMBED:
            continue
        if key == LOCALE and locale_of(value):
            continue
        if key == LOG:
            names = [sort_pair(entry)[0] for entry in split_sort(value) if entry]
            log |= offered.intersection(names)
            wrong += [(key, name) for name in names if name not in offered]
        elif key in known:
            names = [sort_pair(entry)[0] for entry in split_sort(value) if entry]
            may = {column.name for column in known[key].of(schema)}
            valid = list(dict.fromkeys(name for name in names if name in may))
            limit = known[key].limit
            columns[key] = tuple(valid[:limit])
            wrong += [(key, name) for name in names if name not in columns[key]]
        elif key in values and value in values[key]:
            chosen[key] = value
        elif key in (X, Y) and value in schema.measures_by_name:
            found[key] = value
        else:
            wrong.append((key, value))
    axes = (found[X], found[Y]) if schema.axes else None
    choices = tuple(
        (key, chosen[key]) for key in values if key in chosen and chosen[key] != values[key][0]
    )
    in_order = tuple(m.name for m in schema.measures if m.name in log)
    return axes, choices, in_order, columns, wrong


def _problem(schema: Schema, key: str, value: str) -> Problem:
    """Return in words what is wrong with a pair of the page's own."""
    values = _offered_values(schema)
    if key in values:
        kind = "unknown_value"
        message = unknown_name(f"value of {key}:", value, values[key], "values")
    elif key in (columns := {choice.key: choice for choice in offered_choices(schema)}):
        kind = "unknown_column"
        choice, names = columns[key], [column.name for column in columns[key].of(schema)]
        message = unknown_name(f"column of {key}:", value, names, "columns")
        if value in names:
            message = f"{key}: at most {choice.limit} {choice.noun} are shown; {value} is left out"
    elif key == LOCALE:
        kind = "unknown_value"
        message = (
            f"_locale: unknown locale {value_name(value)!r}; expected a language tag such as "
            f"en-GB, de or fr-CH. Numbers and days are written as the browser says: {reader().tag}"
        )
    elif key == LOG:
        kind = "unknown_measure"
        offered = [measure.name for measure in schema.measures if measure.log]
        message = unknown_name("log scale", value, offered)
    elif key in (X, Y):
        kind, message = "unknown_measure", unknown_name("measure", value, schema.measures_by_name)
    else:
        kind, message = (
            "unknown_key",
            unknown_name("key", key, (X, Y, LOG, LOCALE, *values, *columns)),
        )
    return Problem(kind, ("query", key), message, value)


def names_text(names: Iterable[str]) -> str:
    """Return several columns as an address of the page names them."""
    return join_sort(tuple((str(name), False) for name in names))
