"""What one client may ask: sizes, time, how often, and how many files at once."""

from __future__ import annotations

from flask import Flask

from iris_dash.settings import Settings


def limit(server: Flask, settings: Settings) -> None:
    """Hold a server's clients to the settings' limits."""
