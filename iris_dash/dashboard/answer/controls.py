"""The page's state as its controls, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from iris_dash.analysis.judgment import groups_of
from iris_dash.dashboard.answer.address import LOG, X, Y, grouped, names_text, read_page_keys
from iris_dash.dashboard.answer.column_choices import (
    COLUMN_CHOICES,
    COLUMNS,
    FILTERS,
    chosen_columns,
    filtered,
    settled,
    shown_columns,
)
from iris_dash.dashboard.answer.state import PAGE_SIZES, DashboardState, bounds
from iris_dash.dashboard.page.facet_control import has_many
from iris_dash.dashboard.page.table import sort_of_table, table_sort
from iris_dash.dashboard.views.all_views import CHOICES
from iris_dash.query.body import parse_query
from iris_dash.query.filters import AnyOf, Choice, Match, Search, ends, shorter_side, spans_of
from iris_dash.query.locale import number_read, time_read
from iris_dash.query.moments import period_texts
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import Facet, Measure, Part, Schema, Text, Time, narrowed
from iris_dash.query.url import (
    BOUNDS,
    CONTAINS,
    NONE,
    NOT,
    add_alternative,
    add_condition,
    alternatives_of,
    read_value,
    texts_of,
)
from iris_dash.query.value_text import facet_text
from iris_dash.query.where import ENDS


def state_of_controls(schema: Schema, controls: Mapping[str, Any]) -> DashboardState:
    """Return the state that the page's controls name.

    `controls`: `facets` (ticked texts per facet of few values), `ranges` ([low, high] per measure,
    an end at or beyond the slider's own is no bound), `texts` (conditions per column of text and
    facet of many values, as addresses have them), `times` ([from, to] per time, as texts), `parts`
    (chosen texts per part of a time; none: all), `others` (what a measure or a time may be beside
    what its control shows, as addresses have it), `search`, `sort` (the table's form), `by`, `page`
    (from 0), `per_page`, `axes`, `choices` (see CHOICES), `log` (names), `columns` (names by the
    key of a ColumnChoice).
    Only of filters that stand in the sidebar anything is said.
    Errors: QueryError, as for any query.
    """
    raw: dict[str, Any] = {"lower": {}, "upper": {}, "where": {}}
    texts, times = controls.get("texts") or {}, controls.get("times") or {}
    others, parts = controls.get("others") or {}, controls.get("parts") or {}
    for column in schema.askable:
        match column:
            case Part(name):
                for text in parts.get(name) or ():
                    add_condition(raw, column, text)
            case Facet(name):
                ticked = controls["facets"].get(name)
                if ticked is not None:
                    raw["where"][name] = [read_value(column, str(text)) for text in ticked]
                elif has_many(column):
                    for text in texts.get(name) or ():
                        add_condition(raw, column, text)
            case Time(name):
                pair = times.get(name) or (None, None)
                ends = {
                    key: end for key, end in zip(ENDS, pair, strict=True) if (end or "").strip()
                }
                _add_span(raw, column, ends, others.get(name) or ())
            case Text(name):
                for text in texts.get(name) or ():
                    add_condition(raw, column, text)
            case Measure(name):
                low, high = controls["ranges"].get(name) or (None, None)
                least, most = column.open_ends
                ends = {"from": low} if low is not None and low > least else {}
                ends |= {"to": high} if high is not None and high < most else {}
                _add_span(raw, column, ends, others.get(name) or ())
            case _:
                assert_never(column)
    raw["sort"] = sort_of_table(controls.get("sort"))
    raw["columns"] = chosen_columns(schema, (controls.get("columns") or {}).get(COLUMNS.key))
    raw["search"] = controls.get("search") or None
    raw["by"] = controls.get("by") or None
    raw["page"] = (controls.get("page") or 0) + 1
    raw["per_page"] = controls.get("per_page") or PAGE_SIZES[0]
    pairs = list(zip((X, Y), controls.get("axes") or (), strict=False))
    pairs += [(key, str(value)) for key, value in (controls.get("choices") or {}).items()]
    pairs.append((LOG, names_text(controls.get("log") or ())))
    of_page = {choice.key for choice in COLUMN_CHOICES}
    chosen = (controls.get("columns") or {}).items()
    pairs += [(key, names_text(names)) for key, names in chosen if key in of_page]
    axes, choices, log, columns, wrong = read_page_keys(schema, pairs)
    query = grouped(schema, parse_query(schema, raw))
    shown = settled(schema, query, columns)
    return DashboardState(query, None if wrong else axes, choices, log, shown)


def _add_span(
    raw: dict[str, Any], column: Measure | Time, span: dict[str, Any], others: Iterable[str]
) -> None:
    """Add to a raw query what a column's control says: a span, and what else it may be."""
    for text in others:
        add_alternative(raw, column, text)
    said = raw["where"].get(column.name)
    if said is None:
        for side, end in zip(BOUNDS, ENDS, strict=True):
            if end in span:
                raw[side][column.name] = span[end]
    elif span:
        said.setdefault("any", []).append(span)


def controls_of_state(schema: Schema, state: DashboardState) -> dict[str, Any]:
    """Return the controls that name a state, each at its value: see `state_of_controls`."""
    query = state.query
    whole, schema = schema, filtered(schema, query, state.columns)
    return {
        "facets": {f.name: ticked_texts(f, query) for f in schema.facets if not has_many(f)},
        "ranges": {measure.name: bounds_shown(measure, query) for measure in schema.measures},
        "texts": {facet.name: ticks(facet, query) for facet in schema.facets if has_many(facet)}
        | {text.name: conditions(text, query) for text in schema.texts},
        "times": {time.name: period_shown(time, query) for time in schema.times},
        "parts": {name: part_shown(p, query) for name, p in schema.parts_by_name.items()},
        "others": {
            column.name: others
            for column in schema.bounded
            if (others := others_shown(schema, column, query))
        },
        "search": searched(query),
        "sort": table_sort(query.sort),
        "by": groups_shown(whole, query),
        "page": (query.page or 1) - 1,
        "per_page": query.per_page,
        "axes": list(state.axes or ()),
        "choices": {choice.key: choice.shown(whole, state) for choice in CHOICES},
        "log": list(state.log),
        "columns": shown_columns(whole, query, state.columns),
    }


def groups_shown(schema: Schema, query: Query) -> str | None:
    """Return the facet that groups, or that none does; None where there is none."""
    if not schema.facets:
        return None
    by = groups_of(schema, query)
    return by.name if by else NO_GROUPS


def control_values(schema: Schema, controls: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the controls' components hold, by the names of `control_outputs`."""
    said, names = controls["texts"], controls["columns"].get(FILTERS.key)
    standing = schema if names is None else narrowed(schema, tuple(names))
    texts = [said[text.name] for text in standing.texts]
    many = [said[facet.name] for facet in standing.facets if has_many(facet)]
    values: dict[str, Any] = {
        "ticked": [
            [text.removeprefix(NOT) for text in said[facet.name]]
            if has_many(facet)
            else controls["facets"][facet.name]
            for facet in standing.facets
        ],
        "left_out": [any(text.startswith(NOT) for text in ticked) for ticked in many],
        "lows": [number_read(exact_text(low)) for low, _ in controls["ranges"].values()],
        "highs": [number_read(exact_text(high)) for _, high in controls["ranges"].values()],
        "contains": [contained(asked) for asked in texts],
        "conditions": [asked[:-1] if contained(asked) else asked for asked in texts],
        "froms": [time_read(start) for start, _ in controls["times"].values()],
        "untils": [time_read(end) for _, end in controls["times"].values()],
        "parts": list(controls["parts"].values()),
        "others": controls["others"],
        "sort": controls["sort"],
        "page": controls["page"],
        "per_page": str(controls["per_page"]),
        "choices": list(controls["choices"].values()),
        "logs": [name in controls["log"] for name in controls["ranges"]],
        "shown_columns": controls["columns"],
    }
    if schema.texts:
        values["search"] = controls["search"]
    if controls["by"] is not None:
        values["by"] = controls["by"]
    if controls["axes"]:
        values["x"], values["y"] = controls["axes"]
    return values


def searched(query: Query) -> str:
    """Return what any text is to contain."""
    match query.filter_on(Search.name):
        case Search(text):
            return text
        case _:
            return ""


def ticked_texts(facet: Facet, query: Query) -> list[str]:
    """Return the texts of the facet's values that the query lets in: what is ticked."""
    match query.filter_on(facet.name):
        case Choice(_, values):
            return [facet_text(value) for value in values]
        case _:
            return [facet_text(value) for value in facet.values]


def ticks(facet: Facet, query: Query) -> list[str]:
    """Return what the query asks of a facet of many values: those it lets in, or leaves out.

    As addresses have them, each with `~not:` where it is left out; the fewer of both. Where nothing
    is let in, all are left out.
    """
    match query.filter_on(facet.name):
        case Choice(_, values) as one:
            way, fewer = shorter_side(facet, one) if values else ("not", facet.values)
            return [(NOT if way == "not" else "") + facet_text(value) for value in fewer]
        case _:
            return []


def conditions(text: Text, query: Query) -> list[str]:
    """Return what the query asks of text as addresses have it; last what its box holds, if any."""
    match query.filter_on(text.name):
        case Match() as one:
            found = texts_of(one)
            return sorted(found, key=lambda said: said == CONTAINS + next(iter(one.has), ""))
        case _:
            return []


def period_shown(time: Time, query: Query) -> list[str]:
    """Return the two texts in a time's boxes: the ends of its period, empty where it is open."""
    spans = spans_of(query.filter_on(time.name))
    start, before = ends(spans[0]) if spans else (None, None)
    return [text or "" for text in period_texts(start, before, time.zone)]


def part_shown(part: Part, query: Query) -> list[str]:
    """Return what is chosen of a part of a time; nothing where all of it is."""
    match query.filter_on(part.name):
        case Choice(_, values):
            return [facet_text(value) for value in values] or [NONE]
        case _:
            return []


def others_shown(schema: Schema, column: Measure | Time, query: Query) -> list[str]:
    """Return what a column may be beside the span that its control shows, as addresses have it."""
    match query.filter_on(column.name):
        case AnyOf(_, spans) as one:
            texts = alternatives_of(schema, one)
            return texts if not spans or one.is_present else texts[1:]
        case _:
            return []


def contained(texts: list[str]) -> str:
    """Return what the box of a column of text holds where these are its conditions."""
    last = texts[-1] if texts else ""
    return last.removeprefix(CONTAINS) if last.startswith(CONTAINS) else ""


def bounds_shown(measure: Measure, query: Query) -> tuple[float, float]:
    """Return the two numbers beside a measure's slider: its bounds, else the slider's ends."""
    low, high = bounds(measure, query)
    least, most = measure.open_ends
    return least if low is None else low, most if high is None else high
