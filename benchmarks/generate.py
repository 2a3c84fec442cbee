"""Ten million flowers, seeded: Fisher's with noise, measured to 0.1 cm or continuous."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from iris_dash.config.settings import DEFAULT_DATA

ROWS = 10_000_000
SEED = 20_261_124
NOISE = 0.1


def flowers(rows: int = ROWS, measured: bool = True, seed: int = SEED) -> pl.DataFrame:
    """Return flowers drawn from Fisher's with normal noise of 0.1 cm; lengths in cm, at least 0.1.

    Measured: rounded to 0.1 cm, as flowers are measured. Frame: `rows` rows, four lengths, species.
    """
    iris = pl.read_csv(Path(DEFAULT_DATA))
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(iris), rows)
    columns: dict[str, pl.Series] = {}
    for name in iris.columns[:4]:
        values = iris[name].to_numpy()[drawn] + random.normal(0, NOISE, rows)
        values = np.maximum(np.round(values, 1) if measured else values, 0.1)
        columns[name] = pl.Series(name, values)
    species = iris["species"].cast(pl.Enum(["setosa", "versicolor", "virginica"]))
    columns["species"] = species.gather(drawn)
    return pl.DataFrame(columns)
