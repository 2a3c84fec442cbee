"""Where a request is looked up: read once, and refused or moved as Flask itself does it."""

from __future__ import annotations

import pytest
from asking import client_of

from iris_dash.config.settings import Settings

SOCKET = {"Connection": "keep-alive, Upgrade", "Upgrade": "websocket"}


@pytest.fixture(scope="module")
def client():
    return client_of(Settings(log="none"))


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("example.org", 200),
        ("EXAMPLE.org:8050", 200),
        ("[::1]:8050", 200),
        ("example.org.", 200),
        (f"{'a' * 63}.org", 200),
        (f"{'a' * 64}.org", 400),
        ("a..b", 400),
        (".org", 400),
        ("example.org:99999", 200),
        ("a/b", 400),
    ],
)
def test_a_host_is_a_name_as_it_is_written(client, host, status):
    assert client.get("/healthz", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/range", {}, 200),
        ("/r%61nge/", {}, 200),
        ("/docs/none%C3%A4", {}, 404),
        ("/values/?column=species&search=%C3%A4", {}, 200),
        ("/range/", SOCKET, 400),
        ("/range/", {"Upgrade": "websocket"}, 200),
        ("/range/", {"Connection": "Upgrade", "Upgrade": "h2c"}, 200),
    ],
)
def test_a_path_is_looked_up_as_it_is_decoded(client, path, headers, status):
    assert client.get(path, headers=headers).status_code == status


def test_own_addresses_have_the_host_that_was_asked(client):
    answer = client.get("/export.csv?page=1&per_page=1", headers={"Host": "Tables.example:8443"})
    assert answer.headers["Link"].startswith("<http://tables.example:8443/?page=1&per_page=1>")
