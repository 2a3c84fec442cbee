"""Tables of the shapes that people bring, for pictures: seeded, of made-up values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from flights import make_flights, write_flights
from long_table import write_long
from sample_tables import ROOT

from benchmarks.generate import sensors

SEED = 20_261_129
SHARES = {"ACME": 45, "BOLT": 25, "CORE": 80, "DELO": 90, "EDGE": 5}
SKIES = ("drizzle", "fog", "rain", "snow", "sun")


def stocks() -> pl.DataFrame:
    """Return ten years of the prices of five shares at the first of each month."""
    draw = np.random.default_rng(SEED)
    months = pl.date_range(date(2000, 1, 1), date(2010, 3, 1), "1mo", eager=True)
    walks = {
        symbol: first * np.exp(draw.normal(0.01, 0.09, len(months)).cumsum())
        for symbol, first in SHARES.items()
    }
    return pl.concat(
        pl.DataFrame({"symbol": symbol, "date": months, "price": walk.round(2)})
        for symbol, walk in walks.items()
    )


def weather() -> pl.DataFrame:
    """Return four years of days: rain in mm, temperatures in °C, wind in m/s, the sky."""
    draw = np.random.default_rng(SEED)
    days = pl.date_range(date(2012, 1, 1), date(2015, 12, 31), eager=True)
    season = np.sin((np.arange(len(days)) / 365.25 - 0.3) * 2 * np.pi)
    warmest = 16 + 10 * season + draw.normal(0, 3, len(days))
    is_wet = draw.random(len(days)) < 0.45 - 0.2 * season
    rain = np.where(is_wet, draw.exponential(6, len(days)), 0)
    dry = draw.choice([0, 1, 4], len(days), p=[0.05, 0.15, 0.8])
    sky = np.where(is_wet, np.where(warmest < 4, 3, 2), dry)
    return pl.DataFrame(
        {
            "date": days,
            "precipitation": rain.round(1),
            "temp_max": warmest.round(1),
            "temp_min": (warmest - draw.gamma(6, 1.2, len(days))).round(1),
            "wind": draw.gamma(5, 0.65, len(days)).round(1),
            "weather": np.array(SKIES)[sky],
        }
    )


WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "flights": ("flights.csv", lambda path: write_flights(path, make_flights())),
    "stocks": ("stocks.csv", lambda path: stocks().write_csv(path)),
    "weather": ("weather.csv", lambda path: weather().write_csv(path)),
    "sensors": ("sensors.parquet", lambda path: sensors().write_parquet(path)),
    "ten-million": ("flowers.arrow", write_long),
}
"""The tables that are made: the name of each one's file, and what writes it."""


def table_file(name: str, folder: Path) -> Path:
    """Return the file of a table: one of the samples in `data/`, or one that is made."""
    if name not in WRITERS:
        return ROOT / "data" / f"{name}.csv"
    own, write = WRITERS[name]
    path = folder / own
    write(path)
    return path
