"""Figures and counts of a table that an engine holds, added up from those of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.engines.base import ROW
from iris_dash.tables.engine_columns import EngineColumn

Collect = Callable[[nw.LazyFrame[Any]], pl.DataFrame]


@dataclass(frozen=True)
class TableParts:
    """Tables of the same columns that together have the rows: each one, and how it is asked."""

    parts: Sequence[tuple[nw.LazyFrame[Any], Collect]]

    def figures(self, columns: Iterable[EngineColumn], asked: Sequence[nw.Expr]) -> pl.DataFrame:
        """Return aggregates of all rows: extremes of those called `low…` and `high…`, else sums."""
        read = [column.expression for column in columns]
        found = [collect(table.select(*read).select(*asked)) for table, collect in self.parts]
        if len(found) == 1:
            return found[0]
        return pl.concat(found, how="vertical_relaxed").select(map(_over_parts, found[0].columns))

    def counts(self, columns: Iterable[EngineColumn], held: str, most: int) -> pl.DataFrame:
        """Return the values of a column, and in `_row` how many rows have each.

        Where there are more than `most`, not all of them.
        """
        read, found = [column.expression for column in columns], list[pl.DataFrame]()
        for table, collect in self.parts:
            known = table.select(*read).filter(~nw.col(held).is_null()).group_by(held)
            found.append(collect(known.agg(nw.len().alias(ROW)).head(most + 1)))
            if len(found[-1]) > most:
                return found[-1]
        if len(found) == 1:
            return found[0]
        return pl.concat(found).group_by(held).agg(pl.col(ROW).sum())


def _over_parts(name: str) -> pl.Expr:
    column = pl.col(name)
    if name.startswith("low"):
        return column.min()
    return column.max() if name.startswith("high") else column.sum()
