"""What the means of a group, and its number of rows, are called in frames, files and JSON."""

from __future__ import annotations

from iris_dash.query.names import free_name
from iris_dash.query.schema import Facet, Measure

COUNT_NAMES = ("n", "count", "rows")
"""What a group's number of rows is called among its means: the first that its facet is not."""


def mean_name(measure: Measure, by: Facet | None) -> str:
    """Return what a measure's mean is called, which its group's facet is not.

    >>> height = Measure("h", "Height", "h")
    >>> mean_name(height, None), mean_name(height, Facet("mean_h", "Kind", "kind"))
    ('mean_h', 'mean_h (2)')
    """
    return free_name(f"mean_{measure.name}", (by.name, by.key) if by else ())


def count_name(by: Facet | None) -> str:
    """Return what a group's number of rows is called, which its facet is not.

    >>> count_name(None), count_name(Facet("n", "N", "n"))
    ('n', 'count')
    """
    taken = (by.name, by.key) if by else ()
    return next(name for name in COUNT_NAMES if name not in taken)
