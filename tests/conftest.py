"""Fixtures for all tests: the default table, its server, and a small table with gaps."""

from __future__ import annotations

import csv
from typing import Any

import pandas as pd
import polars as pl
import pytest
from clock import Clock
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sample_tables import PETS, ROOT

from iris_dash import Explorer
from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

pytest.register_assert_rewrite("engine_answers")

# A slow machine is not a fault of the code.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that deadlines are held against."""
    clock = Clock()
    monkeypatch.setattr("iris_dash.core.deadline.time", clock)
    return clock
