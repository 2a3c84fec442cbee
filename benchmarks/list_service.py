"""The rival of the routes: the replaced service's shape, FastAPI over rows that are a list here."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

FILE = Path(__file__).resolve().parent.parent / "data" / "iris.csv"


class Bounds(BaseModel):
    """A bound per measure."""

    sepal_length: float | None = None
    sepal_width: float | None = None
    petal_length: float | None = None
    petal_width: float | None = None


class Asked(BaseModel):
    """What is asked of the rows."""

    species: str | None = None
    lower: Bounds | None = None
    upper: Bounds | None = None


class Flower(BaseModel):
    """A row of the answer."""

    sepal_length: float
    sepal_width: float
    petal_length: float
    petal_width: float
    label: str


def _rows() -> list[dict[str, Any]]:
    with FILE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [
        {**{key: float(text) for key, text in row.items() if key != "species"}}
        | {"label": row["species"]}
        for row in rows
    ]


ROWS = _rows()
server = FastAPI()


@server.post("/range/")
def read_range(asked: Asked) -> list[Flower]:
    """Return the rows that are asked for."""
    found = ROWS
    if asked.species is not None:
        found = [row for row in found if row["label"] == asked.species]
    for bounds, holds in ((asked.lower, float.__ge__), (asked.upper, float.__le__)):
        for key, bound in (bounds.model_dump(exclude_none=True) if bounds else {}).items():
            found = [row for row in found if holds(row[key], bound)]
    return [Flower(**row) for row in found]
