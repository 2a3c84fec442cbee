"""Where the assets and the shipped tables are: inside an installed package, beside a checkout's."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def _folder(name: str) -> Path:
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


ASSETS = _folder("assets")
"""Styles and scripts of the page."""

DATA = _folder("data")
"""The tables that the product ships, each beside its file of settings."""
