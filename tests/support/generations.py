"""Tables whose rows say which generation they are of, and the files they are put into."""

from __future__ import annotations

from pathlib import Path

import polars as pl


def pots(generation: int, rows: int = 4) -> pl.DataFrame:
    """Rows that each say which generation they are of."""
    place = pl.int_range(rows, eager=True)
    return pl.DataFrame({"kiln": place % 3, "height": place * 0 + generation, "place": place})


def put(path: Path, frame: pl.DataFrame) -> None:
    """Put a file in the place of another one, as an owner does: at once."""
    frame.write_csv(path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)
