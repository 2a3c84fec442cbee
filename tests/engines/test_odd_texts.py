"""Odd text is asked of every engine within this process, with the same answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from mongo_stand_in import stand_in
from odd_texts import NUMBERED, check_texts, odd_texts_at

from iris_dash import Explorer


@pytest.mark.parametrize("short", [20_000, 0])
@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"text": NUMBERED}),
        pl.DataFrame({"text": pl.Series(NUMBERED, dtype=pl.Categorical)}),
        pd.DataFrame({"text": NUMBERED}),
        pd.DataFrame({"text": pd.array(NUMBERED, dtype="string")}),
    ],
    ids=["polars", "categories", "pandas", "pandas strings"],
)
def test_frames(monkeypatch: pytest.MonkeyPatch, frame: object, short: int) -> None:
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", short)
    check_texts(Explorer.open(frame))


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_engines(tmp_path: Path, engine: str) -> None:
    with odd_texts_at(f"{engine}://{tmp_path}/tables.{engine}") as explorer:
        check_texts(explorer)


def test_mongodb() -> None:
    with stand_in(), odd_texts_at("mongodb://host/tables") as explorer:
        check_texts(explorer)
