"""Whether the libraries find the figures of an aggregate in a file as they are found here."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as.file import File
from iris_dash.query.group_keys import BinKey, PartKey, UnitKey, ValueKey, key_text
from iris_dash.query.names import held_name
from iris_dash.query.schema import Filterable, Measure, Time

COUNTS = ("count", "share", "missing", "distinct")
YEARS = range(1000, 10_000)
"""Those that all libraries write with four digits."""

MOST_SUM = 2**63


def are_groups_alike(file: File, frame: pl.DataFrame, asked: Aggregation) -> bool:
    """Return whether libraries find the same groups and figures of a file's rows, held in `frame`.

    Not with totals, or groups that no row has; nor where numbers are infinite, or too large for
    sums, or times of day, or beyond the years that are written alike.
    """
    if asked.totals or asked.empty:
        return False
    own = {key_text(key) for key in asked.by if not isinstance(key, ValueKey)}
    if own & {*file.schema.names}:
        return False
    named = (*asked.of, *(key.column for key in asked.by))
    if any(_is_unlike(file.types.get(column.name)) for column in named):
        return False
    return all(_is_plain(file, frame, column) for column in _computed(asked))


def _computed(asked: Aggregation) -> Iterator[Filterable]:
    """Yield the columns of whose values more is asked than how many there are."""
    for key in asked.by:
        if isinstance(key, BinKey | UnitKey | PartKey):
            yield key.column
    for output in asked.outputs:
        if output.column is not None and output.statistic.name not in COUNTS:
            yield output.column


def _is_unlike(dtype: pl.DataType | None) -> bool:
    """Return whether values of a type differ from library to library."""
    return dtype is not None and (
        dtype.is_nested() or dtype in (pl.Duration, pl.Binary, pl.Object) or dtype.is_decimal()
    )


def _is_plain(file: File, frame: pl.DataFrame, column: Filterable) -> bool:
    dtype = file.types.get(column.name)
    if isinstance(column, Time):
        ends = [end for end in (column.low, column.high) if end is not None]
        return not column.is_of_day and all(end.year in YEARS for end in ends)
    if not isinstance(column, Measure):
        return True
    if dtype is not None and not (dtype.is_integer() or dtype == pl.Float64):
        return False
    largest = max(-column.low, column.high)
    if column.is_long or column.is_large or largest * len(frame) >= MOST_SUM:
        return False
    values = frame[held_name(column.name)]
    return not (values.dtype.is_float() and values.is_infinite().any())
