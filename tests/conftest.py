"""For all tests: their marks and groups, how many examples, and the tables that most ask."""

from __future__ import annotations

import csv
import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from clock import Clock
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sample_tables import PETS, ROOT
from shared import shared_folder, shared_server
from tiers import mark, put_in_order

from iris_dash import Explorer
from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

pytest.register_assert_rewrite("engine_answers")

# How many examples a property is tried with; a test says what share of them: `examples`.
# A slow machine is not a fault of the code. Only the large profile looks elsewhere each time.
PROFILES = {"small": 20, "large": 300}
for name, count in PROFILES.items():
    hypothesis_settings.register_profile(
        name,
        max_examples=count,
        derandomize=name != "large",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
hypothesis_settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "large" if os.environ.get("CI") else "small")
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    mark(items)
    yield
    # After pytest itself has put together what has the same parameters.
    put_in_order(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look no more through what was imported and collected: half a million lasting objects.

    And seldom through the rest, of which a test leaves little.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session", autouse=True)
def own_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let nothing be kept where the person keeps it who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def explorer() -> Explorer:
    return Explorer.open(Settings().data)


@pytest.fixture(scope="session")
def flowers() -> list[dict[str, Any]]:
    """The default table's rows, read with nothing of the package."""
    with (ROOT / "data" / "iris.csv").open(newline="") as file:
        return [
            {key: value if key == "species" else float(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


@pytest.fixture(params=["polars", "pandas"])
def pets(request: pytest.FixtureRequest) -> Explorer:
    """Six animals with missing values, once per engine."""
    frame = pl.DataFrame(PETS) if request.param == "polars" else pd.DataFrame(PETS)
    return Explorer.open(frame)


@pytest.fixture(scope="session")
def server() -> Flask:
    return create_app(settings=Settings(exports=64)).server


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run have in common."""
    return shared_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def serve(common: Path) -> Iterator[Callable[..., str]]:
    """Return the address of a server with such variables: the same one for all workers.

    No test may stop it, or ask it what another test would notice.
    """
    with ExitStack() as stack:
        yield cache(lambda **more: stack.enter_context(shared_server(common, more)))


@pytest.fixture(scope="session")
def server_url(serve: Callable[..., str]) -> str:
    """Where the product is served as it is."""
    return serve()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that deadlines are held against."""
    clock = Clock()
    monkeypatch.setattr("iris_dash.core.deadline.time", clock)
    return clock
