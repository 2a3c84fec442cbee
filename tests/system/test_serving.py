"""The commands that people start: serve, the Procfile's line, and how a bad start ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence

import pytest
from examples import crossed
from ports import free_port
from processes import SERVE, Server, running
from sample_tables import ROOT
from waiting import PATIENCE, wait_for


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        return answer.read().decode()


def start(
    arguments: list[str], command: Sequence[str] = SERVE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a start that is to fail, to its end."""
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env={**os.environ, "PORT": str(free_port()), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
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


def test_the_command_line_rules_over_the_file_beside_the_table(tmp_path):
    (tmp_path / "pots.csv").write_text('"glaze, outer",code,height\nblue,1,1.5\nNA,2,2.5\n')
    (tmp_path / "pots.toml").write_text(
        'title = "Pots"\nrows = "pots"\nmeasures = ["code", "height"]\n'
        '[columns.height]\nlabel = "Tall"\nunit = "cm"\n'
    )
    said = ["--facets", "code", "--facets", "glaze, outer", "--label", "height=Height=H"]
    more = {"WEB_CONCURRENCY": "2"}
    with running([*SERVE, str(tmp_path / "pots.csv"), *said, "--rows", "vases"], more) as server:
        assert json.loads(read(f"{server.url}/range/?code=2&glaze%2C+outer=NA")) == [
            {"glaze, outer": "NA", "code": 2, "height": 2.5}
        ]
        means = json.loads(read(f"{server.url}/stats/mean/?by=code&code=1"))
        assert means == [{"mean_height": 1.5, "code": 1}]
        document = json.loads(read(f"{server.url}/openapi.json"))
        assert document["info"]["title"].startswith("Pots")
        assert "2 vases" in document["info"]["description"]
        assert "Height=H (cm)" in json.dumps(document)


def test_the_penguins_are_served():
    with running(more={"IRIS_DASH_DATA": "data/penguins.csv"}) as server:
        assert "<title>Palmer penguins</title>" in read(server.url)
        rows = json.loads(read(f"{server.url}/range/?sex=~missing&year=2009"))
        assert len(rows) == 3  # counted in the file by hand
        assert {row["sex"] for row in rows} == {None}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--facets", "glase"], "facets: unknown column 'glase'; columns are glaze, height"),
        (["--measures", "hight"], "measures: unknown column 'hight'"),
        (["--measures", "glaze"], "'glaze' has no finite number"),
        (["--facets", "height"], "'height' holds numbers that are not whole"),
        (["--label", "glaze"], "--label 'glaze': expected NAME=TEXT"),
        (["--label", "glase=Glaze"], "labels and settings: unknown column 'glase'"),
        (["--settings", "/none/pots.toml"], "/none/pots.toml: cannot be read: No such file"),
    ],
)
def test_a_wrong_option_is_one_line(tmp_path, arguments, words):
    (tmp_path / "pots.csv").write_text("glaze,height\nblue,1.5\ngreen,2.5\n")
    run = start([str(tmp_path / "pots.csv"), *arguments])
    assert_one_line(run, words)
    assert "IRIS_DASH" not in run.stderr  # nobody has named a variable


NOT_THERE = [
    ("IRIS_DASH_DATA", "/none/pots.csv", "/none/pots.csv: there is no such file"),
    ("IRIS_DASH_SETTINGS", "/none/pots.toml", "/none/pots.toml: cannot be read: No such file"),
    ("DATABASE_URL", "sqlite:////none/pots.db/pots", "sqlite:////none/pots.db/pots: "),
]


@pytest.mark.parametrize(
    ("missing", "command"), crossed(NOT_THERE, [SERVE, (sys.executable, "app.py")])
)
def test_what_cannot_be_opened_is_said_with_its_variable(command, missing):
    key, value, words = missing
    assert_one_line(start([], command, **{key: value}), f"iris-dash: {key}: {words}")


def test_a_wrong_option_in_the_environment_is_one_line():
    assert_one_line(start([], IRIS_DASH_FACETS="[1]"), "IRIS_DASH_FACETS='[1]'")


def test_an_address_whose_server_is_down_is_one_line():
    address = f"http://me:secret@127.0.0.1:{free_port()}/pots.csv"
    run = start([address])
    assert_one_line(run, "/pots.csv: cannot be fetched: Connection refused")
    assert "secret" not in run.stderr


def test_a_taken_port_is_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_line(start([], PORT=port), f"PORT={port}", "in use")


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("localhost", ["127.0.0.1"]),
        ("::1", ["[::1]"]),
        ("::", ["[::1]", "127.0.0.1"]),
    ],
)
def test_a_host_is_a_name_or_an_address_of_either_family(host, asked):
    server = Server(more={"HOST": host})
    try:
        server.launch()
        for place in asked:
            address = f"http://{place}:{server.port}/range/?page=1&per_page=1"
            wait_for(lambda address=address: answers(address))
        shown = f"[{host}]" if ":" in host else host
        assert f"Iris: 150 flowers at http://{shown}:{server.port}\n" in server.printed()
    finally:
        server.stop()
        server.log.close()


def answers(address: str) -> bool:
    try:
        return '"setosa"' in read(address)
    except OSError:
        return False


def test_a_host_that_has_no_address_is_one_line():
    run = start([], HOST="nowhere.invalid", PORT="8050")
    assert_one_line(run, "iris-dash: HOST=nowhere.invalid PORT=8050: cannot listen there: ")


def test_a_disk_without_any_room_is_one_line():
    run = subprocess.run(
        # What measures the tests would write a file too.
        ["sh", "-c", 'unset COVERAGE_PROCESS_CONFIG; ulimit -f 0; exec "$@"', "sh", *SERVE],
        cwd=ROOT,
        env={**os.environ, "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert_one_line(run, "TMPDIR: no folder can be made for temporary files")


def test_an_open_door_is_said_once():
    with running(more={"HOST": "0.0.0.0", "WEB_CONCURRENCY": "2"}) as server:
        greeting, warning = server.printed().splitlines()
        assert greeting.startswith("Iris: 150 flowers at http://0.0.0.0:")
        assert warning.startswith("iris-dash: HOST=0.0.0.0 lets everyone in")


def test_an_unusable_table_is_one_line_wherever_it_is_named(tmp_path):
    """What makes a file unusable is tried without a server."""
    missing, picture = tmp_path / "missing.csv", tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\x00\x00")
    assert_one_line(start([str(missing)]), str(missing), "no such file")
    assert_one_line(start([str(picture)]), str(picture), "not a text table")
    assert_one_line(start([], IRIS_DASH_DATA=str(picture)), str(picture), "not a text table")


def test_a_folder_is_one_line(tmp_path):
    assert_one_line(start([str(tmp_path)]), str(tmp_path), "cannot be read")


def test_a_bad_setting_is_one_line():
    assert_one_line(start([], PORT="http"), "PORT='http'", "1 to 65535")
