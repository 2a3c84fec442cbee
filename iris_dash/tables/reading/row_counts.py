"""A first column without a name that counts the rows, as an index does that was written along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from iris_dash.tables.reading.read_table import ReadTable

COUNTS_ROWS = "its first column has no name and counts the rows: it is left out"

ANEW = "named anew: "


def counts_rows(series: pl.Series) -> bool:
    """Return whether a column counts from 0 or 1."""
    return len(series) > 1 and series[0] in (0, 1) and _counts(series)


def _counts(series: pl.Series) -> bool:
    if series.dtype != pl.Int64 or not len(series) or series[0] is None:
        return False
    counted = pl.int_range(series[0], series[0] + len(series), eager=True)
    return series.equals(counted, check_names=False)


def without_row_counts(tables: Sequence[ReadTable]) -> list[ReadTable]:
    """Return the parts of a table without what counts their rows: those of each, or of all.

    Of all where it goes on from part to part, in whatever order these are.
    """
    counts = [table.frame[table.unnamed] for table in tables if table.unnamed]
    if not counts:
        return list(tables)
    each, all_of_them = all(map(counts_rows, counts)), len(counts) == len(tables)
    if each or (
        all_of_them and all(map(_counts, counts)) and counts_rows(pl.concat(counts).sort())
    ):
        return [_without(table) if table.unnamed else table for table in tables]
    return list(tables)


def _without(table: ReadTable) -> ReadTable:
    own = f"{ANEW}{table.unnamed!r}"
    others = (note.replace(f"{own}, ", ANEW) for note in table.notes if note != own)
    return replace(table, frame=table.frame.drop(table.unnamed), notes=(COUNTS_ROWS, *others))
