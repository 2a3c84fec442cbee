"""Who may come in: passwords and tokens, or an OpenID Connect provider."""

from __future__ import annotations

from flask import Flask

from iris_dash.settings import Settings


def ask_who(server: Flask, settings: Settings) -> None:
    """Let a server answer `/healthz` to everyone, and all else to those whom the settings name."""


def print_hash(name: str, token: bool) -> int:
    """Print what the settings keep of a password that is read, or of a token that is made."""
    return 0
