"""The same questions to a Spark cluster of two workers."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from cluster_servers import spark_cluster
from engine_answers import *  # noqa: F403 -- its tests are asked of `explorer` below
from engine_answers import explorer_at

from iris_dash import Explorer


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
