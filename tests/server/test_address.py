"""Where a server listens is looked up and tried before it starts."""

from __future__ import annotations

import socket

import pytest
from ports import free_port

from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError
from iris_dash.server.address import listening_address, shown_url

V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "127.0.0.1"),
        ("LOCALHOST", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.2"),
        ("0.0.0.0", "0.0.0.0"),
        ("::1", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("::", "::"),
    ],
)
def test_a_host_has_a_numeric_address(host, address):
    assert listening_address(Settings(host=host, port=free_port())) == address


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("nowhere.invalid", ""),
        ("192.0.2.1", "Cannot assign requested address"),
        ("256.1.1.1", ""),
        ("http://localhost", ""),
        ("x" * 300, ""),
        ("a..b", ""),
    ],
)
def test_a_host_that_cannot_be_listened_at_is_one_line(host, words):
    with pytest.raises(SettingsError) as caught:
        listening_address(Settings(host=host, port=8050))
    said = str(caught.value)
    assert said.startswith(f"HOST={host} PORT=8050: cannot listen there: {words}")
    assert not said.endswith(": ")
    assert "\n" not in said


def found(*addresses):
    """A look-up that finds these, as getaddrinfo says them."""
    kinds = [V4 if "." in address[0] else V6 for address in addresses]
    return [(k, socket.SOCK_STREAM, 6, "", a) for k, a in zip(kinds, addresses, strict=True)]


@pytest.mark.parametrize(
    ("addresses", "free"),
    [
        ([("::1", 0, 0, 0), ("127.0.0.1", 0)], "127.0.0.1"),
        ([("192.0.2.1", 0), ("::1", 0, 0, 0)], "::1"),
        ([("192.0.2.1", 0), ("127.0.0.1", 0)], "127.0.0.1"),
    ],
)
def test_of_several_addresses_the_first_free_one_is_taken(monkeypatch, addresses, free):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **named: found(*addresses))
    assert listening_address(Settings(host="pots")) == free


def test_an_address_of_one_link_is_refused(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **named: found(("fe80::1", 0, 0, 2)))
    with pytest.raises(SettingsError, match=r"there: an address of one link, with a %, is not"):
        listening_address(Settings(host="fe80::1%lo"))


@pytest.mark.parametrize(
    ("host", "url"), [("localhost", "http://localhost:8050"), ("::", "http://[::]:8050")]
)
def test_the_address_that_a_start_prints_can_be_opened(host, url):
    assert shown_url(Settings(host=host)) == url
