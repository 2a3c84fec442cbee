"""A long table of pots with columns of every plain kind, most of them with gaps."""

from __future__ import annotations

import numpy as np
import polars as pl

LONG = 30_000


def table(rows: int = LONG) -> pl.DataFrame:
    """Columns of every plain kind, most of them with gaps."""
    place = pl.Series("place", np.arange(rows))
    height = np.round(np.random.default_rng(7).uniform(1, 9, rows), 1)
    frame = place.to_frame().select(
        kiln=pl.col("place") % 3,
        height=height,
        gappy=height,
        glaze=(pl.col("place") % 4).replace_strict([0, 1, 2, 3], ["blue", "green", "ash", "rust"]),
        whole=pl.col("place") % 2 == 0,
        day=pl.date(2020, 1, 1) + pl.duration(days=pl.col("place") % 900),
        name=pl.format("pot number {} of a long row", "place"),
    )
    known = pl.Series(np.arange(rows) % 97 > 0)
    return frame.with_columns(
        pl.when(known).then(pl.col(name))
        for name in frame.columns
        if name not in ("kiln", "height")
    )
