"""A client of an application with settings of its own, and answers that are there in time."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from envelope import assert_envelope
from flask import Flask
from flask.testing import FlaskClient
from waiting import PATIENCE

from iris_dash.config.settings import Settings
from iris_dash.core.errors import QueryTooLong
from iris_dash.web.app import create_app


def client_of(settings: Settings, table: Any = None) -> FlaskClient:
    server: Flask = create_app(table, settings).server
    return server.test_client()


def answered(client: FlaskClient, address: str) -> bytes:
    """An answer that is there in time, as soon as a busy machine lets it be."""
    end = time.monotonic() + PATIENCE
    while True:
        with client.get(address) as answer, suppress(QueryTooLong):
            if answer.status_code == 200:
                return answer.data
            assert "longer than 1 s" in assert_envelope(answer, 503)
        assert time.monotonic() < end
