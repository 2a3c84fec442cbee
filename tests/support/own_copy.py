"""The product's sources in a folder of a test's own, which it may change while they are served."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sample_tables import ROOT

COMMAND = (sys.executable, "-m", "iris_dash", "serve")
"""What serves them if it is started in their folder, where Python looks for modules first."""


def copy_sources(folder: Path) -> Path:
    """Copy what the product needs to run into a folder; return the folder."""
    for name in ("iris_dash", "assets", "data"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def change(file: Path, before: str, after: str) -> None:
    """Put a text in the place of another one that stands in a file once."""
    text = file.read_text("utf-8")
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
    file.write_text(text.replace(before, after), "utf-8")
