"""What new processes import, and what is the same in all of them."""

from __future__ import annotations

import os
import subprocess
import sys

from sample_tables import ROOT
from waiting import PATIENCE


def test_what_only_some_files_need_is_not_imported_before():
    heavy = ("openpyxl", "lxml", "xlsxwriter", "nanoarrow")
    modules = "iris_dash, iris_dash.commands.cli, sys"
    code = f"import {modules}; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (said.stdout, said.stderr) == ("[]\n", "")


def test_importing_the_library_loads_neither_dash_nor_flask():
    code = (
        "import sys, iris_dash; print([m for m in ('dash', 'flask', 'plotly') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert run.stdout.strip() == "[]"


def test_the_layout_has_the_same_tag_in_every_process():
    code = (
        "from iris_dash.web.app import create_app\n"
        "print(create_app().server.test_client().get('/_dash-layout').headers['ETag'])"
    )
    tags = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "IRIS_DASH_LOG": "none"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(tags) == 1
