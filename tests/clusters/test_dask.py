"""The same questions to a Dask cluster of two workers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import polars as pl
import pytest
from cluster_aggregates import answers_equal_plain_loops
from cluster_servers import dask_cluster
from cluster_tables import written
from engine_answers import *  # noqa: F403 -- its tests are asked of `explorer` below
from engine_answers import explorer_at, loads_all_or_nothing, opened

from iris_dash import DatasetError, Explorer
from iris_dash.core.errors import EngineAway
from iris_dash.engines.dask_tables import DaskTable


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A folder that the cluster's workers write to and read from."""
    folder = tmp_path_factory.mktemp("dask")
    folder.chmod(0o755)
    with dask_cluster() as cluster:
        yield f"{cluster.url}{folder}"


@pytest.fixture(scope="module")
def explorer(place: str, frame: pl.DataFrame) -> Iterator[Explorer]:
    with explorer_at(place, frame) as explorer:
        yield explorer


@pytest.mark.timeout(900)  # of four questions
def test_random_aggregates_equal_plain_loops(place: str) -> None:
    answers_equal_plain_loops(place)


def test_load_is_all_or_nothing(place: str) -> None:
    loads_all_or_nothing(place)


ODD = ("page", "_id", "*", "^a$", "a.b", 'q"s', "b`t")


def test_columns_of_any_name(place: str) -> None:
    path = written(place, "odd", [*ODD, "m"])
    with opened(f"{place}/odd") as explorer:
        assert explorer.schema.names == (*ODD, "m"), path
        for name in ODD:
            query = explorer.query(where={name: ["u"]}, sort=f"-\\{name}")
            assert explorer.rows(query)[name].tolist() == ["u", "u"]


def test_two_columns_of_one_name_are_refused(place: str) -> None:
    """It was a traceback."""
    written(place, "twice", ["a", "a"])
    with pytest.raises(
        DatasetError, match=r"^dask://[^ ]+/twice: two of its columns are called 'a'$"
    ):
        Explorer.open(f"{place}/twice")


def test_the_same_question_again_is_not_given_up_with_the_first(explorer: Explorer) -> None:
    """To cancel what was done reached the scheduler after the same question was asked again."""
    engine = explorer.dataset.engine
    assert isinstance(engine, DaskTable)
    client = engine._connected()
    assert [engine._result(client, client.submit(len, "ab")) for _ in range(200)] == [2] * 200
    given_up = client.submit(time.sleep, 60, pure=False)
    given_up.cancel()
    with pytest.raises(EngineAway, match=r"the connection was lost$"):
        engine._result(client, given_up)
