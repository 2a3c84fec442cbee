"""The commands that people start: serve, the Procfile's line, and how a bad start ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tomllib
import urllib.request

import pytest
from processes import SERVE, running
from tables import ROOT


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def start(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a start that is to fail, to its end."""
    return subprocess.run(
        [*SERVE, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_line(run: subprocess.CompletedProcess[str], *words: str) -> None:
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert all(word in run.stderr for word in words), run.stderr


def test_the_procfiles_own_line_serves_the_page_and_a_route():
    kind, line = (ROOT / "Procfile").read_text().strip().split(": ", 1)
    assert kind == "web"
    path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    more = {"PATH": path, "WEB_CONCURRENCY": "2"}
    with running(["sh", "-c", f"exec {line}"], more) as server:
        assert "<title>Iris</title>" in read(server.url)
        means = json.loads(read(f"{server.url}/stats/mean/?species=setosa"))
        assert means[0]["mean_sepal_length"] == pytest.approx(5.006)


def test_serve_opens_another_table(tmp_path):
    (tmp_path / "pots.csv").write_text("glaze,height\nblue,1.5\ngreen,2.5\n")
    with running([*SERVE, str(tmp_path / "pots.csv")]) as server:
        assert json.loads(read(f"{server.url}/range/?glaze=green")) == [
            {"glaze": "green", "height": 2.5}
        ]


def test_a_taken_port_is_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_line(start([], PORT=port), f"PORT={port}", "in use")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.csv", None, "no such file"),
        ("empty.csv", b"", "empty"),
        ("header.csv", b"a,b\n", "no rows"),
        ("picture.csv", b"\x89PNG\x00\x00", "not a text table"),
        ("ragged.csv", b"a\n1,2,3\n", "CSV"),
    ],
)
def test_an_unusable_table_is_one_line(tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert_one_line(start([str(path)]), str(path), words)
    assert_one_line(start([], IRIS_DASH_DATA=str(path)), str(path), words)


def test_a_folder_is_one_line(tmp_path):
    assert_one_line(start([str(tmp_path)]), str(tmp_path), "cannot be read")


def test_a_bad_setting_is_one_line():
    assert_one_line(start([], PORT="http"), "PORT='http'", "0 to 65535")


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
