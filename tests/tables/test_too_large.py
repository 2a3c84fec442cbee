"""Parquet files whose values do not fit into the memory that is free."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from iris_dash import DatasetError, open_dataset
from iris_dash.tables.reading import sources

ROWS = 1_000
FRAME = pl.DataFrame(
    {
        "n": range(ROWS),
        "size": [n / 8 for n in range(ROWS)],
        "day": [date(2026, 1, 1)] * ROWS,
        "name": [f"name {n}" for n in range(ROWS)],
        "is_tame": [n % 3 == 0 for n in range(ROWS)],
        "parts": [[n] for n in range(ROWS)],
    }
)
LEAST = ROWS * (64 + 64 + 32 + 128 + 1) // 8
"""In bytes: of the lists nothing, as it would have to be read how long they are."""


def free(monkeypatch: pytest.MonkeyPatch, size: int | None) -> None:
    monkeypatch.setattr(sources, "free_memory", lambda: size)


@pytest.mark.parametrize("files", [1, 3])
def test_what_does_not_fit_is_one_line_that_says_how_it_can_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    folder = tmp_path / "pots"
    folder.mkdir()
    for number in range(files):
        FRAME.write_parquet(folder / f"{number}.parquet")
    place = folder if files > 1 else folder / "0.parquet"
    free(monkeypatch, files * LEAST - 1)
    with pytest.raises(DatasetError) as caught:
        open_dataset(place)
    said = str(caught.value)
    assert said.endswith(f"are free; ask it where it lies: parquet://{place}")
    assert ": takes at least 0.1 MB of memory, and 0.1 MB" in said
    assert "\n" not in said
    free(monkeypatch, files * LEAST)
    assert len(open_dataset(place)) == files * ROWS
    free(monkeypatch, None)
    assert len(open_dataset(place)) == files * ROWS


def test_of_other_files_it_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 0)
    FRAME.drop("parts").write_csv(tmp_path / "pots.csv")
    assert len(open_dataset(tmp_path / "pots.csv")) == ROWS


def test_what_is_no_parquet_is_said_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 0)
    (tmp_path / "pots.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DatasetError, match="cannot be read as Parquet"):
        open_dataset(tmp_path / "pots.parquet")
