"""The page's modules as one file, `assets/page.min.mjs`: what a browser loads is less, and at once.

`python scripts/bundle.py` writes it anew, by the esbuild of `tests/assets/package.json`; with
`--check` it fails where that would change it. Its first line has the fingerprint of the modules'
folder: of those that were changed since, the page takes them one by one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from iris_dash.core.resources import ASSETS
from iris_dash.web.dash_backend import BUNDLE, bundle_line

TOOLS = Path(__file__).resolve().parents[1] / "tests" / "assets"
TARGET = "es2022"
"""Every module of the page has private members, and no older browser runs it."""


def bundled() -> bytes:
    """Return the file as it is to be now."""
    command = [str(TOOLS / "node_modules" / ".bin" / "esbuild"), "main.mjs", "--bundle"]
    options = ["--format=esm", "--minify", f"--target={TARGET}", "--charset=utf8"]
    run = subprocess.run(
        [*command, *options], cwd=ASSETS / "scripts", capture_output=True, check=True
    )
    return bundle_line(ASSETS / "scripts") + run.stdout


if __name__ == "__main__":
    path = ASSETS / BUNDLE
    if "--check" not in sys.argv:
        path.write_bytes(bundled())
    elif not path.is_file() or path.read_bytes() != bundled():
        sys.exit(f"{path.name} is not of the modules as they are: make bundle")
