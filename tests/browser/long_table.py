"""Ten million flowers measured to 0.1 cm, too many for points: the table of the benchmarks."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.generate import flowers


def write_long(path: Path) -> None:
    """Write the table as an Arrow file."""
    flowers().write_ipc(path, compression="uncompressed")


def read_long(path: Path) -> pl.DataFrame:
    """Return the table by Polars alone."""
    return pl.read_ipc(path)
