"""Random aggregates of random tables equal plain loops on every engine within this process."""

from __future__ import annotations

from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from engine_answers import no_short_cut as no_short_cut
from examples import examples
from group_reference import other_groups
from grouped_tables import ALL_KINDS, ANCHOR, STATISTICS, frame_of, questions, some_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iris_dash import Explorer, open_dataset
from iris_dash.analysis.aggregate.asking import parse_aggregation_arguments
from iris_dash.commands.load import load_table, target_of
from iris_dash.tables.engine_dataset import EngineDataset

NUMBERS = count()
QUESTIONS = max(1, settings().max_examples // 30)
"""So many are asked of each table: one takes long to load."""


def opened(engine: str, frame: pl.DataFrame, folder: Path, stack: ExitStack) -> Explorer:
    """Return a table as an engine holds it, each example's under another name."""
    if engine == "polars":
        return Explorer.open(frame, ALL_KINDS)
    name = f"things{next(NUMBERS)}"
    (folder / engine).mkdir(exist_ok=True)
    file = "" if engine == "chdb" else f"/{name}.{engine}"
    url = f"{engine}://{folder / engine}{file}/{name}"
    frame = frame.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64))
    assert load_table(frame, target_of(url))
    dataset = open_dataset(url, ALL_KINDS)
    assert isinstance(dataset, EngineDataset)
    stack.enter_context(closing(dataset.engine))
    return Explorer(dataset)


@pytest.mark.timeout(900)  # of 300 questions
@pytest.mark.parametrize("engine", ["polars", "duckdb", "sqlite", "chdb"])
@given(
    rows=st.lists(some_rows, min_size=1, max_size=30),
    asked=st.lists(questions, min_size=QUESTIONS, max_size=QUESTIONS),
)
@examples(0.1, HealthCheck.function_scoped_fixture)
def test_aggregates_of_any_table_equal_plain_loops(engine, rows, asked, tmp_path_factory):
    rows = [*rows, ANCHOR]
    with ExitStack() as stack:
        explorer = opened(engine, frame_of(rows), tmp_path_factory.getbasetemp(), stack)
        for by, of in asked:
            said = [("by", ",".join(by)), ("of", ",".join(of)), ("stat", ",".join(STATISTICS))]
            own = parse_aggregation_arguments(explorer.schema, said)
            found = explorer.groups(own).frame.rows(named=True)
            assert other_groups(found, rows, by, of, STATISTICS) == []
