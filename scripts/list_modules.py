"""The table of rooms and modules in docs/design.md, made from the modules' own first lines.

`python scripts/list_modules.py` writes it anew; a test compares.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "iris_dash"
PAGE = ROOT / "docs" / "design.md"
BEGIN = "<!-- made by scripts/list_modules.py from the modules' first lines -->\n"
END = "<!-- end of the list -->\n"


ROOMS = [
    "core",
    "query",
    "engines",
    "tables",
    "analysis",
    "files",
    "explorer",
    "copy_as",
    "config",
    "library",
    "__init__",
    "dashboard",
    "web",
    "factory",
    "server",
    "commands",
    "__main__",
]
"""From what knows least to what knows most: a room may import what stands before it, and itself."""


def first_line(module: Path) -> str:
    """Return the first paragraph of a module's docstring, on one line."""
    words = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return re.sub(r"\s+", " ", words.partition("\n\n")[0])


def listing() -> str:
    """Return the table of all modules, room by room in the order in which rooms may import."""
    lines = ["| module | in a sentence |", "|---|---|"]
    for room in ROOMS:
        folder = PACKAGE / room
        modules = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
        for module in sorted(
            modules, key=lambda path: (path.parent, path.stem != "__init__", path)
        ):
            name = module.relative_to(PACKAGE).as_posix().removesuffix(".py")
            name = name.removesuffix("__init__") if "/" in name else name
            lines.append(f"| `{name}` | {first_line(module)} |")
    return "\n".join(lines) + "\n"


def with_listing(page: str) -> str:
    """Return the page with the table as the modules are now."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + listing() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_listing(PAGE.read_text("utf-8")), "utf-8")
