"""The commands of docs/operations.md that install it, in an environment of their own."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from processes import running
from sample_tables import ROOT

from deployer.plain import ask

INSTALL = re.compile(r"^    (python -m venv .*)$", re.MULTILINE)


def installs_as_documented() -> str:
    """The documented commands install it, each file by its hash, PostgreSQL's driver too."""
    [command] = INSTALL.findall((ROOT / "docs" / "operations.md").read_text())
    with tempfile.TemporaryDirectory(prefix="deployer") as folder:
        source = Path(folder) / "source"
        # What is committed, as a clone has it.
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
        done = subprocess.run(
            ["sh", "-c", command.replace("python -m", "python3 -m", 1)],
            cwd=source,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        python = str(source / ".venv" / "bin" / "python")
        size = sum(path.stat().st_size for path in (source / ".venv").rglob("*") if path.is_file())
        listed = subprocess.run(
            [python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True
        ).stdout.split()
        assert [name for name in listed if name.startswith("psycopg==")]
        with running([python, "app.py"], folder=source) as server:
            rows = ask(f"{server.url}/range/").json
        assert len(rows) == 150
    return f"{len(listed)} packages, {size / 1e6:.0f} MB; python app.py answers 150 rows"


CHECKS = (installs_as_documented,)
