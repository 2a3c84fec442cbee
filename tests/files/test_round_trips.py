"""What is written is read back: every value, in every format, and on the engines in this process."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from iris_dash import Explorer
from iris_dash.commands.load import load_table, read_rows, target_of
from iris_dash.core.errors import DatasetError

WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
WORDS = ("", " ", "a", "é日", "x, y", 'say "so"', "two\nlines", "007", "NA", "=1+1", "1.5", "true")


def whole(kind: Any) -> st.SearchStrategy[int]:
    lowest, highest = (pl.select(getattr(kind, end)()).item() for end in ("min", "max"))
    return st.integers(lowest, highest) | st.sampled_from([lowest, highest, 0])


KINDS: dict[Any, st.SearchStrategy[Any]] = {
    **{kind: whole(kind) for kind in WHOLE},
    pl.Float64: st.floats(allow_nan=False) | st.sampled_from([0.1, 1e-5, 5e-324, math.inf]),
    pl.Boolean: st.booleans(),
    pl.String: st.sampled_from(WORDS) | st.text("abé \u2028", max_size=4),
    pl.Date: st.dates(date(1, 1, 1)),
    pl.Datetime("us"): st.datetimes(),
    pl.Datetime("us", "UTC"): st.datetimes(timezones=st.just(UTC)),
    pl.Time: st.times(),
}


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """A table with some columns of each kind's values, and missing ones among them."""
    height = draw(st.integers(1, 5))
    columns = []
    for place, kind in enumerate(draw(st.lists(st.sampled_from(list(KINDS)), min_size=1))):
        values = draw(st.lists(st.none() | KINDS[kind], min_size=height, max_size=height))
        columns.append(pl.Series(f"c{place}", values, dtype=kind))
    return pl.DataFrame(columns)


def held(explorer: Explorer) -> pl.DataFrame:
    frame: pl.DataFrame = nw.to_native(explorer.dataset.page(explorer.query()))
    frame = frame.select(explorer.schema.names)
    texts = [name for name, kind in frame.schema.items() if kind in (pl.Enum, pl.Categorical)]
    return frame.with_columns(pl.col(texts).cast(pl.String))


def written(explorer: Explorer, suffix: str, folder: Path) -> str:
    path = folder / f"t.{suffix}"
    path.write_bytes(b"".join(explorer.export(suffix).pieces))
    return str(path)
