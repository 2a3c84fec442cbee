"""Which two measures a scatter opens with: a place on the map, else those that go together most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from iris_dash.query.names import name_words
from iris_dash.query.schema import Measure

MOST_COMPARED = 60
"""Of more measures the first are compared."""

SAME = 0.98
"""Two measures whose ranks go together so closely are nearly the same one."""

FEWEST = 8
"""Fewer rows with both values say nothing."""

ACROSS = frozenset({"lon", "long", "lng", "longitude"})
UP = frozenset({"lat", "latitude"})

Sample = Callable[[Sequence[str]], Mapping[str, NDArray[np.float64]]]
"""Values of some measures in some rows of the table, the same rows for all; missing ones NaN."""


def first_axes(measures: Sequence[Measure], sample: Sample) -> tuple[str, str] | None:
    """Return the names of two measures in their order, never constants, codes or identifiers.

    Longitude and latitude are a map: the first two whose names differ in that alone. Else, of
    amounts alone where there are two of them, those whose ranks go together most in a sample (C.
    Spearman, 1904), to two decimals, though not two that are nearly the same; of equal ones the
    first. None with fewer than two quantities.
    """
    quantities = [measure for measure in measures if measure.is_quantity]
    if len(quantities) < 2:
        return None
    place = _place([measure.name for measure in quantities])
    if place:
        return place
    # Few whole numbers, which put points upon points, stand behind amounts, and years last.
    names: list[str] = []
    for role in ("plain", "discrete", "year"):
        if len(names) < 2:
            names += [measure.name for measure in quantities if measure.role == role]
    names = names[:MOST_COMPARED]
    return (names[0], names[1]) if len(names) == 2 else _closest(names, sample(names))


def _place(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the longitude and the latitude of one place.

    >>> _place(["start_lat", "end_lat", "end_lng", "start_lng"])
    ('end_lng', 'end_lat')
    >>> _place(["how_long", "lat"]) is None
    True
    """
    ups = {tuple("" if w in UP else w for w in name_words(name)): name for name in reversed(names)}
    for name in names:
        words = tuple("" if word in ACROSS else word for word in name_words(name))
        if "" in words and words in ups:
            return name, ups[words]
    return None


def _closest(names: Sequence[str], values: Mapping[str, NDArray[np.float64]]) -> tuple[str, str]:
    ranks = np.stack([_ranks(values[name]) for name in names], axis=1)
    known = np.isfinite(ranks)
    centred = np.where(known, ranks - _means(ranks, known), 0.0)
    here = known.astype(float)
    squares = (centred**2).T @ here
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.abs(centred.T @ centred) / np.sqrt(squares * squares.T)
    r = np.where((here.T @ here >= FEWEST) & np.isfinite(r) & (r < SAME), r, 0.0).round(2)
    upper = np.triu(r, 1)
    across, up = divmod(int(upper.argmax()), len(names))
    return (names[across], names[up]) if upper[across, up] else (names[0], names[1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each value's rank, equal ones share the middle of theirs; NaN where it is missing."""
    found = np.full(len(values), np.nan)
    known = np.isfinite(values)
    _, place, counts = np.unique(values[known], return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    found[known] = (ends - (counts - 1) / 2)[place]
    return found


def _means(ranks: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = np.where(known, ranks, 0.0).sum(axis=0)
    means: NDArray[np.float64] = sums / np.maximum(known.sum(axis=0), 1)
    return means
