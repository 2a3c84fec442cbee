"""What is seen from outside: metrics, a log line per request, and where its time went."""

from __future__ import annotations

from flask import Flask

from iris_dash.explorer import Explorer
from iris_dash.settings import Settings


def observe(server: Flask, explorer: Explorer, settings: Settings) -> None:
    """Count, time and log what a server answers."""
