"""A table made to do harm: every text of it must be shown as the text that it is."""

from __future__ import annotations

import csv
from pathlib import Path

RUN = "window.pwned=1"
OVERRIDE = "\u202e"
"""What follows it is written from right to left."""

FACET = f"<img src=x onerror={RUN}>"
OTHER_FACET = "constructor"
TEXT = "=cmd|' /C calc'!A0"
LONG = "note"
MEASURE = "toString"
OTHER_MEASURE = "'; DROP TABLE rows; --"
LAST = "<b>width</b>"

VALUES = (
    f"<script>{RUN}</script>",
    f'<a href="javascript:{RUN}">go</a><br>there',
    f"[mark](javascript:{RUN})",
    "__proto__",
    "%{x} %s {{7*7}} ${7*7} &lt;i&gt;",
)
OTHERS = ("constructor", f"{OVERRIDE}gnp.exe", "zero\u200bwidth\u200d", "👩‍👩‍👧")
HIDDEN = {OVERRIDE: "⟨202E⟩", "\u200b": "⟨200B⟩", "\0": "⟨0000⟩"}
"""What does not show, or turns text round, and what the page has instead."""
CELLS = (
    "=1+1",
    "javascript:" + RUN,
    f"<svg onload={RUN}>",
    "1'; DROP TABLE rows; --",
    "nul\0byte",
    f"{OVERRIDE}cod.exe",
    "<b>bold</b>",
)
HUGE = "<i>" + "x" * 100_000
ROWS = 60

TITLE = f"</title><script>{RUN}</script> {{{{7*7}}}} {{%config%}}"
WORD = "<i>pots</i> %s"
ABOUT = f'<img src=x onerror="{RUN}">'
LABEL = f'<a href="javascript:{RUN}">Height</a><br>$x^2$ %{{y}}'
UNIT = "<sup>cm</sup>"


def hostile_rows() -> list[dict[str, str]]:
    """Return the table's rows as CSV has them."""
    return [
        {
            FACET: VALUES[i % len(VALUES)],
            OTHER_FACET: OTHERS[i % len(OTHERS)],
            TEXT: f"{CELLS[i % len(CELLS)]} {i}" if i else CELLS[0],
            LONG: HUGE if i == 1 else f"note {i}",
            MEASURE: str(i % 7 + 0.5),
            OTHER_MEASURE: str(i),
            LAST: str(i * i % 11),
        }
        for i in range(ROWS)
    ]


def write_hostile(folder: Path) -> Path:
    """Write the table and what its owner says of it; return the table's path."""
    path = folder / "hostile.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = hostile_rows()
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    path.with_suffix(".toml").write_text(
        f"title = '''{TITLE}'''\nrows = '''{WORD}'''\nabout = '''{ABOUT}'''\n"
        f"[columns.{MEASURE}]\nlabel = '''{LABEL}'''\nunit = '''{UNIT}'''\n",
        "utf-8",
    )
    return path


def shown(text: str) -> str:
    """Return a text as the page shows it."""
    return text.translate(str.maketrans(HIDDEN))
