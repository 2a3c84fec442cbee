"""The pinned requirements hold everything that the project names, with the hash of each file."""

from __future__ import annotations

import re
import tomllib

import pytest
from sample_tables import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def entries(file: str) -> list[str]:
    """Each requirement of a file as one line, with its hashes."""
    joined = (ROOT / file).read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[=>\[ ]", requirement)[0].lower() for requirement in requirements}


def test_requirements_pin_everything_that_the_project_names():
    pinned = names(entries("requirements.txt"))
    assert names(PROJECT["dependencies"]) <= pinned
    assert "pytest" not in pinned
    version = (ROOT / ".python-version").read_text().strip()
    assert PROJECT["requires-python"] == f">={version}"


def test_requirements_serve_what_a_platform_attaches():
    """Heroku gives a DATABASE_URL, and the start ended for want of PostgreSQL's driver."""
    driver = names(PROJECT["optional-dependencies"]["postgresql"])
    assert {"psycopg", "ibis-framework"} <= driver <= names(entries("requirements.txt"))


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-test.txt"])
def test_every_requirement_has_its_hashes(file):
    """Without, an index could send another file of the same name and version."""
    found = entries(file)
    assert len(found) > 60
    for requirement in found:
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}( |$)", requirement)
    # Nothing else is asked for, from nowhere else.
    assert not re.search(r"--(?!hash=)|://|^-", "\n".join(found), re.MULTILINE)


def test_the_two_sets_agree_on_all_but_one():
    ours, theirs = (
        {line.split()[0] for line in entries(file)}
        for file in ("requirements.txt", "requirements-test.txt")
    )
    assert names(sorted(ours - theirs)) <= {"urllib3"}
