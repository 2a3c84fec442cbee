"""Engines that are asked what takes for ever, and end it in time."""

from __future__ import annotations

import time

import narwhals as nw
import pytest
from waiting import PATIENCE

from iris_dash.core.deadline import within
from iris_dash.core.errors import QueryTooLong
from iris_dash.engines import engine_address, open_engine
from iris_dash.engines.base import Engine

SOON = 0.3


def ends_soon(engine: Engine, rows: nw.LazyFrame) -> None:
    """What would take for ever is ended, and the engine then answers as before."""
    begun = time.monotonic()
    with within(SOON), pytest.raises(QueryTooLong, match="longer than"):
        engine.collect(rows)
    assert SOON <= time.monotonic() - begun < PATIENCE


def opened(address: str) -> Engine:
    found = engine_address(address)
    assert found is not None
    return open_engine(found)
