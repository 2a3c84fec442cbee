"""What a live index asks of an engine where a log scale makes cells too many to be grouped by."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from engine_answers import no_short_cut as no_short_cut
from mongo_stand_in import stand_in

from iris_dash import open_dataset
from iris_dash.analysis.live_axes import bins_axis, live_axis
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_engine_counts import EngineCounts
from iris_dash.analysis.live_rows import Kept
from iris_dash.commands.load import load_table, target_of
from iris_dash.query.query import Query
from iris_dash.tables.description import TableDescription
from iris_dash.tables.engine_dataset import EngineDataset

WEIGHTS = [1, 1, 2, 3, 4, 5, 7, 12, 40, 41, 700, 2000, None, 3, 2]
SAID = TableDescription(measures=("weight",))


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "chdb", "mongodb"])
def test_places_on_a_log_scale(engine: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    frame = pl.DataFrame({"weight": WEIGHTS * 2}).with_row_index("_row")
    here = open_dataset(frame.drop("_row"), SAID)
    (weight,) = here.schema.measures
    assert weight.log
    with ExitStack() as stack:
        there = on_engine(engine, frame, tmp_path_factory.getbasetemp(), stack)
        assert there.schema.measures == here.schema.measures
        for in_log in (False, True):
            at, bins = live_axis(Query(), weight, in_log), bins_axis(weight, None, in_log)
            assert at is not None
            ours = EngineCounts(there).count(Query(), [at.axis, bins])
            theirs = LiveCounts(here, None, None, Kept(), [weight]).count(Query(), [at.axis, bins])
            assert ours is not None
            assert np.array_equal(ours, theirs)
            assert int(ours.sum()) == 2 * len(WEIGHTS) - 2
            missing = EngineCounts(there).count(Query(), [at.axis])
            assert missing is not None
            assert missing[0] == 2


def on_engine(engine: str, frame: pl.DataFrame, folder: Path, stack: ExitStack) -> EngineDataset:
    """A frame as a table of an engine of this process."""
    if engine == "mongodb":
        stack.enter_context(stand_in())
        url = "mongodb://host/garden/weights"
    else:
        (folder / engine).mkdir(exist_ok=True)
        file = "" if engine == "chdb" else f"/weights.{engine}"
        url = f"{engine}://{folder / engine}{file}/weights"
    assert load_table(frame, target_of(url))
    dataset = open_dataset(url, SAID)
    assert isinstance(dataset, EngineDataset)
    stack.enter_context(closing(dataset.engine))
    return dataset


def test_what_would_be_too_much_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame({"weight": WEIGHTS}).with_row_index("_row")
    with ExitStack() as stack:
        there = on_engine("duckdb", frame, tmp_path, stack)
        (weight,) = there.schema.measures
        at = live_axis(Query(), weight, False)
        assert at is not None
        counts = LiveCounts(there, None, None, Kept(), [weight])
        found = counts.points(Query(), [at.axis], [weight], len(WEIGHTS))
        assert found is not None
        places, values = found[0][0], found[1][0]
        assert sorted(zip(places.tolist(), np.nan_to_num(values).tolist(), strict=True)) == [
            (0 if value is None else place_on(at.stops, value), value or 0)
            for value in sorted(WEIGHTS, key=lambda one: one or 0)
        ]
        assert counts.points(Query(), [at.axis], [weight], len(WEIGHTS) - 1) is None
        groups = len({*WEIGHTS})
        monkeypatch.setattr("iris_dash.analysis.live_engine_counts.MOST_GROUPS", groups)
        assert counts.count(Query(), [at.axis]) is not None
        assert counts.tally(Query(), [at.axis]) is not None
        monkeypatch.setattr("iris_dash.analysis.live_engine_counts.MOST_GROUPS", 3)
        assert counts.count(Query(), [at.axis]) is None
        assert counts.tally(Query(), [at.axis]) is None
        assert counts.sums(Query(), [at.axis], [weight]) == {}


def place_on(stops: tuple[float, ...], value: float) -> int:
    """On a stop an even place from 2 on, behind it the odd one."""
    below = sum(stop <= value for stop in stops) - 1
    return 2 + 2 * below + (stops[below] < value)
