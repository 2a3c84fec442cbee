"""What every answer tells the browser: which scripts, frames and sites are allowed."""

from __future__ import annotations

from dash import Dash

from iris_dash.settings import Settings


def secure(app: Dash, settings: Settings) -> None:
    """Give every answer of an application the headers that keep a browser safe."""
