"""The pinned requirements hold everything that the project names."""

from __future__ import annotations

import tomllib

from sample_tables import ROOT


def test_requirements_pin_everything_that_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {
        line.split("==")[0]
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line and not line.startswith("#")
    }
    named = {d.split(">")[0].split("[")[0].lower() for d in project["dependencies"]}
    assert named <= pinned
    assert "pytest" not in pinned
    version = (ROOT / ".python-version").read_text().strip()
    assert project["requires-python"] == f">={version}"
