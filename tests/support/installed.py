"""The product as strangers get it: built, and installed into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

from sample_tables import ROOT


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Return what a command prints in a folder; fail with all it said if it does not succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def build(kind: str, folder: Path, source: Path = ROOT) -> Path:
    """Return the `wheel` or the `sdist` that is built of a folder's sources."""
    run([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder], source)
    (built,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def install(built: Path, environment: Path) -> Path:
    """Install a wheel or an sdist into a new environment; return the folder of its commands.

    All that it needs is lent by the environment of the tests, so nothing is downloaded.
    """
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    packages = Path(
        run(
            [python, "-c", "import sysconfig as s; print(s.get_path('purelib'))"], built.parent
        ).strip()
    )
    # A path that is named there is searched, but nothing that is installed in it as editable.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"))
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", python]
    run([*uv, "--offline", "--no-deps", "--no-build-isolation", built], built.parent)
    return python.parent
