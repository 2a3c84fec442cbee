"""A live index as its script reads it: its arrays, and a header that says what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.live_axes import FIRST_PLACE, LiveAxis
from iris_dash.analysis.live_index import LiveIndex, LiveParts
from iris_dash.analysis.live_places import Sums
from iris_dash.analysis.live_units import StopUnits
from iris_dash.dashboard.charts.trend import HOVER, unit_periods
from iris_dash.dashboard.page.histograms import group_colours
from iris_dash.query.schema import Facet
from iris_dash.query.value_text import facet_text

BETWEEN = slice(FIRST_PLACE + 1, -1, 2)
"""The places between stops."""

Arrays = dict[str, NDArray[Any]]

Part = tuple[dict[str, Any], Arrays]
"""Some keys of the header, and some arrays: see `pack_arrays`."""


def first_part(fingerprint: str, found: LiveIndex, parts: LiveParts, words: dict[str, Any]) -> Part:
    """Return what `begin_index` has counted of the table with this fingerprint.

    As `live_answer` describes it. Where no row lies between two stops, these places are left out.
    """
    arrays: Arrays = {"count": found.groups}
    arrays |= {f"histogram {name}": counts for name, counts in found.histograms.items()}
    arrays |= {f"facet {name}": counts for name, counts in found.facets.items()}
    arrays |= {f"without {name}": rows for name, rows in found.without.items()}
    is_apart = found.at.apart == 2 and any(array[BETWEEN].any() for array in arrays.values())
    apart = 2 if is_apart else 1
    header = {
        "column": found.at.axis.column.name,
        "stops": found.at.stops,
        "groups": [
            {"place": place, "colour": colour, "text": _text(parts.by, place)}
            for place, colour in group_colours(parts.by)
        ],
        "facets": {
            facet.name: [facet_text(value) for value in facet.values]
            for facet in parts.facets
            if facet.name in found.facets
        },
        "words": words,
        "offered": True,
        "table": fingerprint,
        "apart": apart,
    }
    return header, _kept_of(arrays, found.at, apart)


def second_part(found: LiveIndex, parts: LiveParts, apart: int) -> Part:
    """Return what `complete_index` has counted in addition; `apart`: as the first part has it.

    It is of no other rows than the first part, so none lies between two stops where none did there.
    """
    has_points = parts.axes is not None and found.points is not None
    header = {
        "axes": [axis.name for axis in parts.axes] if parts.axes and has_points else None,
        "measures": {name: sums.middle for name, sums in found.sums.items()},
        "plane": _plane(found),
        "trend": _trend(found, parts),
    }
    arrays = _kept_of(_summed_up(found), found.at, apart)
    return header, arrays | _points(found, apart) | _cells(found, apart)


def _kept_of(arrays: Arrays, at: LiveAxis, apart: int) -> Arrays:
    """Return arrays by place without the places that are left out."""
    if apart == at.apart:
        return arrays
    return {name: np.delete(array, BETWEEN, axis=0) for name, array in arrays.items()}


def _summed_up(found: LiveIndex) -> Arrays:
    """Return the sums of means, and the trend, by the slider's places."""
    arrays: Arrays = {}
    for name, sums in found.sums.items():
        arrays |= _summed(sums, "", f" {name}", (len(sums.n), -1))
    if found.trend is None:
        return arrays
    counts, over_time = found.trend.counts, found.trend.sums
    shape = (len(counts), -1, counts.shape[-1])
    arrays["over time"] = counts.reshape(shape)
    return arrays | (_summed(over_time, "over time ", "", shape) if over_time else {})


def _summed(sums: Sums, before: str, after: str, shape: tuple[int, ...]) -> Arrays:
    parts = {"n": sums.n, "first": sums.first, "second": sums.second}
    return {f"{before}{name}{after}": part.reshape(shape) for name, part in parts.items()}


def _points(found: LiveIndex, apart: int) -> Arrays:
    points = found.points
    if points is None:
        return {}
    return {
        "x": points.x,
        "y": points.y,
        "group of point": points.groups,
        "place of point": _kept(found.at, apart)[points.places],
    }


def _cells(found: LiveIndex, apart: int) -> Arrays:
    plane = found.plane
    if plane is None:
        return {}
    kept = _kept(found.at, apart)
    places = kept[plane.places]
    is_first = np.diff(places, prepend=-1) != 0
    steps = np.where(is_first, plane.cells, np.diff(plane.cells, prepend=0))
    ends = np.searchsorted(places, np.arange(kept[-1] + 1), side="right")
    return {"cell": steps, "rows of cell": plane.counts, "cells until": ends}


def _kept(at: LiveAxis, apart: int) -> NDArray[np.intp]:
    """Return the place of each place, where those between stops may be left out."""
    is_kept = np.ones(at.axis.length, dtype=np.intp)
    if apart < at.apart:
        is_kept[BETWEEN] = 0
    return is_kept.cumsum() - 1


def _text(by: Facet | None, place: int) -> str | None:
    return None if by is None else facet_text(by.values[place])


def _plane(found: LiveIndex) -> dict[str, Any] | None:
    if found.plane is None:
        return None
    axes = found.plane.axes
    return {
        "axes": [cells.places.column.name for cells in (axes.across, axes.up)],
        "grouped": axes.grouped,
        "x": axes.across.edges,
        "y": axes.up.edges,
    }


def _trend(found: LiveIndex, parts: LiveParts) -> dict[str, Any] | None:
    if found.trend is None or parts.trend is None:
        return None
    return {
        "time": parts.trend.time.name,
        "grouped": parts.trend.by is not None,
        "middle": None if found.trend.sums is None else found.trend.sums.middle,
        "units": [_unit(one) for one in parts.trend.own],
    }


def _unit(own: StopUnits) -> dict[str, Any]:
    header = {"unit": own.unit, "first": own.first}
    if not own.places:
        return header | {"last": own.last}
    periods = unit_periods(own.places, own.unit)
    return header | {
        "from": [first for first, _ in periods],
        "until": [last for _, last in periods],
        "hover": HOVER[own.unit],
        "cut": [[at for at, is_cut in enumerate(side) if is_cut] for side in own.cut],
    }
