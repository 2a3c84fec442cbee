"""The table of docs/settings.md, made from the settings' own declarations; a test compares.

`python scripts/list_settings.py` writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from iris_dash.config.variables import KEYS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "settings.md"
HEAD = "| variable | default | meaning |\n|---|---|---|\n"


def listing() -> str:
    """Return the table of all settings, in the order of their declarations."""
    rows = (f"| `{key.name}` | `{key.shown_default}` | {key.meaning} |\n" for key in KEYS)
    return HEAD + "".join(rows)


def with_listing(page: str) -> str:
    """Return the page with the table as the settings are now."""
    return re.sub(rf"{re.escape(HEAD)}(\|.*\n)+", lambda _: listing(), page)


if __name__ == "__main__":
    PAGE.write_text(with_listing(PAGE.read_text("utf-8")), "utf-8")
