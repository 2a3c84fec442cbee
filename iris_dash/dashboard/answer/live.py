"""What a page shows per stop of the slider that is near: the live index, as its script has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any, assert_never

from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.live_axes import LiveAxis, bars_axis, bins_axis, live_axis, units_axis
from iris_dash.analysis.live_index import LiveParts, TrendAxes, begin_index, complete_index
from iris_dash.analysis.live_places import Axis
from iris_dash.analysis.live_plane import Cells, PlaneAxes, bin_cells
from iris_dash.analysis.live_units import stop_units
from iris_dash.analysis.trend import MOST_LINES
from iris_dash.analysis.trend_units import asked_span, places_between
from iris_dash.core.errors import Problem, QueryError, unknown_name
from iris_dash.core.timing import span
from iris_dash.dashboard.answer.address import format_address
from iris_dash.dashboard.answer.column_choices import filtered, measured
from iris_dash.dashboard.answer.controls import state_of_controls
from iris_dash.dashboard.answer.live_packing import Part, first_part, second_part
from iris_dash.dashboard.answer.packed_arrays import pack_arrays
from iris_dash.dashboard.answer.question import Look, look_of, read_question
from iris_dash.dashboard.answer.state import PAGE_SIZES, DashboardState
from iris_dash.dashboard.charts.density import has_few_groups
from iris_dash.dashboard.views.all_views import view_of
from iris_dash.dashboard.views.counts import COUNTS_CARD, counted_facet
from iris_dash.dashboard.views.overview import MEANS_CARD, SCATTER_CARD, stay_pale, told_means
from iris_dash.dashboard.views.plane import EXTENT, plane_of
from iris_dash.dashboard.views.trend import TREND_CARD, trend_shown
from iris_dash.explorer import Explorer
from iris_dash.explorer.chart_answers import MOST_POINTS
from iris_dash.query.filters import AnyOf
from iris_dash.query.numbers import bound_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Schema, Time
from iris_dash.query.slider_stops import slider_stops
from iris_dash.tables.asking_once import asking_once

LONG = 0.1
"""Seconds: an index is sent in two parts whose first one took longer to count."""


@dataclass(frozen=True)
class LiveAnswer:
    """A live index: all that was counted so far, and what counts the `rest`; None: nothing is left.

    The rest is made within another `within`, and raises what `live_answer` does.
    """

    first: bytes
    rest: Callable[[], bytes] | None = None


def live_answer(explorer: Explorer, asked: Any) -> LiveAnswer:
    """Return the live index of a slider for the state of the page's controls: see `pack_arrays`.

    It is one part, or where counting takes long two, one behind the other, each packed by itself:
    the first says that there is `more`. What is named here from `measures` on, and of the arrays
    from `n NAME` on, is of the second then.

    `asked`: `column`, and `state`, a `Question`. The header says whether it is `offered`; if not,
    `why`, and nothing else. `stops`: where the slider stands; `apart`: of how many places each stop
    is the first, from place 2 on; before them are missing values and those below, behind them those
    above. `words`: what the chip of its column says of them; `place`: how many chips stand before
    it. `groups`: each group's `place`, `colour` and `text`, in the order in which they are
    drawn; `facets`: the texts of each one's values; `table`: its fingerprint.
    `measures`: from where each one's sums count;
    `axes`: the measures of the points, if there are any; `plane`: of a density instead its `axes`,
    the edges of its cells, `x` and `y`, and whether they are `grouped`; `trend`: its `time`,
    whether it is `grouped`, of a measure's means from where they count, `middle`, null for the
    rows, and on the slider of that time its `units`, the coarsest first: of each stop the `first`
    and, where that is another, the `last`, counted from the table's; where none is another, `from`
    and `until`, the ends of each unit, how a chart says it, `hover`, and `cut`, the stops whose
    unit holds days before them, and behind them.
    Arrays: `count`, by place and group; `histogram NAME`, by place, group and bin; `facet NAME`, by
    place and value; `without NAME`, rows by place without the filter on another column; of measures
    `n NAME`, `first NAME` and `second NAME`, by place and group; of
    points, in the table's order, `x`, `y`, `group of point` and `place of point`; of a density the
    cells that have rows, place by place: `cell`, how much further it is than the one before at this
    place, counted through the groups, or all in one, from below up and from left to right, its
    `rows of cell`, and by place `cells until`; of a trend `over time`, by place, line and unit, on
    the time's own slider one, of a measure `over time n`, `over time first` and `over time second`
    too.
    Errors: QueryError, for what is no such question, and those of the table's engine.
    """
    column, state, look = _read(explorer.schema, asked)
    address = format_address(explorer.schema, _without(state, column))
    about = f"{column.name!r} {look.narrow} {address}"
    kept = explorer.kept("live", about)
    if kept is not None:
        return LiveAnswer(kept)
    made, began = _parts(explorer, column, state, look), monotonic()
    with span("query"):
        header, arrays = next(made)
        has_more = header["offered"] and monotonic() - began >= LONG
        for more, counted in () if has_more else made:
            header, arrays = header | more, arrays | counted
    first = pack_arrays(header | ({"more": True} if has_more else {}), arrays)
    if not has_more:
        explorer.keep("live", about, first)
        return LiveAnswer(first)

    def rest() -> bytes:
        packed = pack_arrays(*next(made))
        explorer.keep("live", about, first + packed)
        return packed

    return LiveAnswer(first, rest)


def _read(schema: Schema, asked: Any) -> tuple[Measure | Time, DashboardState, Look]:
    given = asked if isinstance(asked, dict) else {}
    name, columns = given.get("column"), {column.name: column for column in schema.bounded}
    if not isinstance(name, str) or name not in columns:
        message = unknown_name("measure or time", name, columns, "columns")
        raise QueryError([Problem("wrong_question", ("column",), message)])
    question = read_question(schema, given.get("state"))
    return columns[name], state_of_controls(schema, question), look_of(question)


def _without(state: DashboardState, column: Measure | Time) -> DashboardState:
    """Return a state in which the slider bounds nothing; alternatives of its column stay."""
    if isinstance(state.query.filter_on(column.name), AnyOf):
        return state
    return replace(state, query=state.query.without(column.name).on_page(1, PAGE_SIZES[0]))


def _parts(
    explorer: Explorer, column: Measure | Time, state: DashboardState, look: Look
) -> Iterator[Part]:
    """Yield what is counted first, and then the rest; what is not offered has none."""
    at = live_axis(state.query, column, column.name in state.log)
    if at is None:
        yield {"offered": False, "why": "the slider's stops do not tell it"}, {}
        return
    # What a filter of its own lets stand among the filters stays there without it.
    shown = filtered(explorer.schema, state.query, state.columns)
    by = explorer.group_facet(state.query)
    bars = _bars(explorer, shown, column, state)
    is_shown = MEANS_CARD in view_of(state).cards and MEANS_CARD.offered(explorer.schema)
    standing = measured(explorer.schema, state.columns)
    means = told_means(explorer, standing, state.query)[0] if is_shown else ()
    facets, axes = shown.facets, _axes(explorer.schema, state)
    if COUNTS_CARD in view_of(state).cards and COUNTS_CARD.offered(explorer.schema):
        counted = counted_facet(explorer.schema, state)
        facets = facets if counted in facets else (*facets, counted)
    trend = _trend(explorer, column, state)
    plane = partial(_plane, explorer, column, state, look)
    of_all = by is not None and stay_pale(by, state.query)
    parts = LiveParts(by, bars, facets, means, of_all, axes, MOST_POINTS, plane, trend)
    counts = explorer.live_counts((column, *parts.columns))
    with asking_once() as answered:
        begun = begin_index(counts, state.query, at, parts)
    if begun is None:
        yield {"offered": False, "why": "the table's engine takes too long"}, {}
        return
    words = _words(explorer.schema, state.query, column, at)
    first = first_part(explorer.dataset.fingerprint, begun, parts, words)
    yield first
    with asking_once(answered):
        found = complete_index(counts, state.query, begun, parts)
    yield second_part(found, parts, first[0]["apart"])


def _words(schema: Schema, query: Query, column: Measure | Time, at: LiveAxis) -> dict[str, Any]:
    """Return what the chip of the slider's column says around its stops, and where it stands."""
    order = {column.name: place for place, column in enumerate(schema.askable)}
    place = sum(order.get(one.name, len(order)) < order[column.name] for one in query.filters)
    words: dict[str, Any] = {"label": column.label, "place": place}
    match column:
        case Measure():
            said = [bound_text(column, stop) for stop in at.stops]
            return words | {"unit": column.unit, "texts": said}
        case Time():
            stops = slider_stops(column)
            assert stops is not None
            ends = {"firsts": stops.first_texts, "lasts": stops.last_texts}
            return words | ends | {"unit": "", "ofDay": column.is_of_day}
        case _:
            assert_never(column)


def _trend(explorer: Explorer, column: Measure | Time, state: DashboardState) -> TrendAxes | None:
    """Return what the trend is counted by, if it is shown and its stops lie in units."""
    if TREND_CARD not in view_of(state).cards:
        return None
    shown = trend_shown(explorer, state)
    if shown is None:
        return None
    time, unit, of, by = shown
    stops = slider_stops(time)
    if stops is None or (by is not None and len(by.values) > MOST_LINES):
        return None
    by = by if by is not None and len(by.values) > 1 else None
    if time.name == column.name:
        own = stop_units(stops, explorer.rhythm(time).units)
        return TrendAxes(time, None, by, of, own) if any(one.places for one in own) else None
    span = asked_span(time, state.query)
    if span is None:
        return None
    units = units_axis(stops, unit, tuple(places_between(*span, unit)))
    return None if units is None else TrendAxes(time, units, by, of)


def _axes(schema: Schema, state: DashboardState) -> tuple[Measure, Measure] | None:
    """Return the measures of the scatter, if it is shown."""
    if state.axes is None or SCATTER_CARD not in view_of(state).cards:
        return None
    x, y = (schema.measure(name) for name in state.axes)
    return x, y


def _plane(
    explorer: Explorer, column: Measure | Time, state: DashboardState, look: Look
) -> PlaneAxes | None:
    """Return what a density is counted by that stands in the place of a scatter's points."""
    axes, log = _axes(explorer.schema, state), state.log
    if axes is None:
        return None
    names = axes[0].name, axes[1].name
    query = state.query.without(column.name)
    density = explorer.density(query, names, log)
    plane = plane_of(explorer, density, names, log, EXTENT.chosen(state), narrow=look.narrow)
    if plane.cells is not None:
        across, up = (Cells(cells, cells.edges) for cells in plane.cells)
    else:
        across, up = (
            bin_cells(one, grid_of(one).fine_in_log if one.name in log else grid_of(one).fine)
            for one in axes
        )
    return PlaneAxes(across, up, has_few_groups(explorer.group_facet(query)))


def _bars(
    explorer: Explorer, shown: Schema, column: Measure | Time, state: DashboardState
) -> list[Axis]:
    """Return the bars above each slider but the column's own."""
    is_here, found = explorer.dataset.in_memory() is not None, []
    for measure in shown.measures:
        if measure.name != column.name:
            in_log = measure.name in state.log
            window = explorer.window(measure) if is_here and not in_log else None
            found.append(bins_axis(measure, window, in_log))
    for time in shown.times:
        stops = slider_stops(time)
        if time.name != column.name and stops is not None:
            found.append(bars_axis(stops))
    return found
