"""Random aggregates of random tables equal plain loops on every engine within this process."""

from __future__ import annotations

from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from engine_answers import no_short_cut as no_short_cut
from examples import examples
from grouped_tables import ALL_KINDS, ANCHOR, frame_of, other_answers, questions, some_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mongo_stand_in import stand_in
from reference import Row

from iris_dash import Explorer, open_dataset
from iris_dash.commands.load import load_table, target_of
from iris_dash.tables.engine_dataset import EngineDataset

NUMBERS = count()
QUESTIONS = max(1, settings().max_examples // 30)
"""So many are asked of each table: one takes long to load."""


def opened(engine: str, frame: pl.DataFrame, folder: Path, stack: ExitStack) -> Explorer:
    """Return a table as an engine holds it, each example's under another name."""
    if engine == "polars":
        return Explorer.open(frame, ALL_KINDS)
    if engine == "pandas":
        whole = pd.array(frame["n"].to_list(), "Int64")
        return Explorer.open(frame.to_pandas().assign(n=whole), ALL_KINDS)
    name = f"things{next(NUMBERS)}"
    if engine == "mongodb":
        stack.enter_context(stand_in())
        url = f"mongodb://host/garden/{name}"
    else:
        (folder / engine).mkdir(exist_ok=True)
        file = "" if engine == "chdb" else f"/{name}.{engine}"
        url = f"{engine}://{folder / engine}{file}/{name}"
    frame = frame.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64))
    assert load_table(frame, target_of(url))
    dataset = open_dataset(url, ALL_KINDS)
    assert isinstance(dataset, EngineDataset)
    stack.enter_context(closing(dataset.engine))
    return Explorer(dataset)


def as_kept(engine: str, row: Row) -> Row:
    """Return a row as an engine can hold it: MongoDB's times are whole milliseconds."""
    when = row["when"]
    if engine != "mongodb" or when is None:
        return row
    return row | {"when": when.replace(microsecond=when.microsecond // 1000 * 1000)}


@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb", "sqlite", "chdb", "mongodb"])
@given(
    rows=st.lists(some_rows, min_size=1, max_size=30),
    asked=st.lists(questions, min_size=QUESTIONS, max_size=QUESTIONS),
)
@examples(0.1, HealthCheck.function_scoped_fixture)
def test_aggregates_of_any_table_equal_plain_loops(engine, rows, asked, tmp_path_factory):
    rows = [as_kept(engine, row) for row in [*rows, ANCHOR]]
    with ExitStack() as stack:
        explorer = opened(engine, frame_of(rows), tmp_path_factory.getbasetemp(), stack)
        for by, of in asked:
            assert other_answers(explorer, rows, by, of) == []
