"""The same questions to a Spark cluster of two workers."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import polars as pl
import pytest
from cluster_aggregates import answers_equal_plain_loops
from cluster_servers import spark_cluster
from cluster_tables import written
from engine_answers import *  # noqa: F403 -- its tests are asked of `explorer` below
from engine_answers import explorer_at, opened

from iris_dash import DatasetError, Explorer
from iris_dash.engines import spark_tables
from iris_dash.engines.addresses import engine_address
from iris_dash.engines.spark_tables import SparkTable


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A folder that the cluster's workers write to and read from."""
    folder = tmp_path_factory.mktemp("spark")
    folder.chmod(0o755)
    with spark_cluster() as cluster:
        yield f"{cluster.url}{folder}"


@pytest.fixture(scope="module")
def explorer(place: str, frame: pl.DataFrame) -> Iterator[Explorer]:
    with explorer_at(place, frame) as explorer:
        yield explorer


@pytest.mark.timeout(900)  # of four questions
def test_random_aggregates_equal_plain_loops(place: str) -> None:
    answers_equal_plain_loops(place)


ODD = ("page", "_id", "*", "^a$", 'q"s', "-d", "ü x", "a,b;c", "select", "1")


@pytest.mark.timeout(900)
def test_columns_of_other_odd_names(place: str) -> None:
    written(place, "odd", [*ODD, "m"])
    with opened(f"{place}/odd") as explorer:
        assert explorer.schema.names == (*ODD, "m")
        for name in ODD:
            query = explorer.query(where={name: ["u"]}, sort="-m")
            assert explorer.count(query) == 2, name
        rows = explorer.rows(explorer.query(where={"*": ["u"], "_id": ["u"]}, sort=r"-\*,m"))
        assert rows["m"].tolist() == [1.5, 3.5]
        groups = explorer.aggregate(by=["^a$", "*"], of="m", stat="mean,p95,distinct")
        assert groups["mean_m"].tolist() == [2.5, 2.5]


@pytest.mark.timeout(300)
def test_an_application_that_ended_does_not_end_the_next_one(place: str) -> None:
    written(place, "twice", ["g", "m"])
    with opened(f"{place}/twice") as explorer:
        assert explorer.count(explorer.query(where={"g": ["u"]})) == 2
        first = spark_tables._held
    with opened(f"{place}/twice") as explorer:
        assert first is not None
        assert first is not spark_tables._held
        first.watch()  # as the thread that looks after it does, a second later
        assert explorer.count(explorer.query(where={"g": ["u"]})) == 2


@pytest.mark.parametrize("name", ["a.b", "b`t"])
def test_a_name_that_spark_takes_for_a_part_is_refused(name: str) -> None:
    address = engine_address("spark://host:7077/data/odd")
    assert address is not None
    with pytest.raises(DatasetError, match="which Spark takes for a part of another") as caught:
        SparkTable(address)._named(SimpleNamespace(columns=["m", name]))
    assert repr(name) in str(caught.value)
