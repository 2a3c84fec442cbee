"""What commands print: JSON where that is asked for, and nothing to who has gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest
from own_copy import COMMAND, change, copy_sources
from ports import free_port
from processes import SERVE, Server
from sample_tables import ROOT
from slow_addresses import slow_address
from waiting import PATIENCE, wait_for

IRIS_DASH = (sys.executable, "-m", "iris_dash")


def run(*arguments: str, command: Sequence[str] = IRIS_DASH, **more: str):
    """Run a command to its end."""
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=os.environ | {"PORT": str(free_port())} | more,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["settings"],
        ["--help"],
        ["serve", "--help"],
        ["hash", "ann"],
        ["verify", "data/iris.csv", "--query", "species=setosa"],
    ],
    ids=" ".join,
)
def test_who_has_gone_is_told_nothing_more(arguments):
    """`iris-dash settings | head` used to end in a traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [*IRIS_DASH, *arguments],
            cwd=ROOT,
            env={name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"},
            input=b"a long password\n",
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_server_whose_output_nobody_reads_serves():
    reading, writing = os.pipe()
    os.close(reading)
    server = Server()
    try:
        server.process = subprocess.Popen(
            [*SERVE],
            cwd=ROOT,
            env=server.environment,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
        server.await_ready()
    finally:
        server.stop()
        server.log.close()
        os.close(writing)


@pytest.mark.parametrize(
    ("arguments", "more", "words"),
    [
        (["serve"], {"PORT": "http"}, "PORT='http': expected a whole number"),
        (["serve"], {"HOST": "nowhere.invalid"}, "HOST=nowhere.invalid PORT="),
        (["serve", "/none.csv"], {}, "/none.csv: there is no such file"),
        (["serve", "--facets", "none"], {}, "facets: unknown column 'none'"),
        (["serve", "--colour"], {}, "unrecognized arguments: --colour"),
        (["verify", "/none.csv", "--query", ""], {}, "/none.csv: cannot be read"),
        (["load", "/none.csv", "sqlite:////none/pots.db/pots"], {}, "/none.csv: there is no"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)
def test_why_a_command_ends_is_json_where_that_is_asked_for(arguments, more, words):
    ended = run(*arguments, IRIS_DASH_LOG="json", **more)
    assert (ended.returncode, ended.stdout) == (2, "")
    line = json.loads(ended.stderr)
    assert (line["level"], line["logger"]) == ("error", "iris_dash")
    assert words in line["message"]


def test_another_server_ends_in_json_too():
    command = (sys.executable, "-c", "import app")
    ended = run(command=command, IRIS_DASH_LOG="json", IRIS_DASH_DATA="/none.csv")
    assert ended.returncode == 2
    assert "no such file" in json.loads(ended.stderr)["message"]


NOISE = """
    import logging, threading, warnings
    warnings.warn("a python warning")
    logging.getLogger("a.library").warning("a library's warning")
    def fail(): raise ValueError("nobody catches this")
    threading.Thread(target=fail).start()
"""
"""What libraries may do while a worker makes its application, or a process opens the table."""

SAID = ("a python warning", "a library's warning", "nobody catches this")


def test_what_libraries_say_is_json_whichever_process_they_are_in(tmp_path):
    copy_sources(tmp_path)
    web, opener = (
        tmp_path / "iris_dash" / name for name in ("web/app.py", "server/table_opener.py")
    )
    change(web, "    app = OneLayout(\n", f"{NOISE}    app = OneLayout(\n")
    begin = "    first = generation == 1\n"
    change(opener, begin, f"{NOISE}{begin}")
    more = {"IRIS_DASH_LOG": "json", "HOST": "0.0.0.0"}
    server = Server(COMMAND, more, tmp_path)
    try:
        server.start()
        for words in SAID:
            wait_for(lambda words=words: server.printed().count(words) >= 2)
    finally:
        server.stop()
        greeting, *lines = server.printed().splitlines()
        server.log.close()
    if greeting.startswith("{"):
        lines = [greeting, *(line for line in lines if not line.startswith("Iris: "))]
    messages = [json.loads(line).get("message", "") for line in lines]
    assert any("lets everyone in" in message for message in messages)
    assert all(sum(words in message for message in messages) == 2 for words in SAID)


def test_a_start_that_is_made_anew_says_so_in_json(tmp_path):
    copy_sources(tmp_path)
    (tmp_path / "pots.csv").write_text("kiln,height\na,1\n")
    server = Server([*COMMAND, "--reload", "pots.csv"], {"IRIS_DASH_LOG": "json"}, tmp_path)
    try:
        server.start()
        (tmp_path / "pots.csv").write_text("kiln\n")
        wait_for(lambda: "a header but no rows" in server.printed())
    finally:
        server.stop()
        lines = [line for line in server.printed().splitlines() if not line.startswith("Pots: ")]
        server.log.close()
    messages = [json.loads(line).get("message") for line in lines]
    assert "pots.csv changed; serving anew" in messages
    assert "pots.csv: has a header but no rows" in messages


def shown(**environment: str) -> dict[str, str]:
    """What the command `settings` shows of each variable."""
    ended = run("settings", **environment)
    assert ended.returncode == 0, ended.stderr
    return dict(line.split(maxsplit=1) for line in ended.stdout.splitlines())


def test_the_settings_show_which_variable_says_what_the_table_is():
    database = "postgres://ann:secret@db.example.org/clay"
    rows = shown(DATABASE_URL=database, IRIS_DASH_TABLE="pots")
    assert rows["IRIS_DASH_DATA"] == "postgresql://ann@db.example.org/clay/pots  (by DATABASE_URL)"
    assert rows["DATABASE_URL"] == "postgresql://ann@db.example.org/clay"
    assert rows["IRIS_DASH_TABLE"] == "pots"
    rows = shown(DATABASE_URL=database, IRIS_DASH_TABLE="pots", IRIS_DASH_DATA="pots.csv")
    assert rows["IRIS_DASH_DATA"] == "pots.csv"
    assert rows["DATABASE_URL"] == "postgresql://ann@db.example.org/clay  (not used)"
    assert rows["IRIS_DASH_TABLE"] == "pots  (not used)"
    rows = shown(IRIS_DASH_TABLE="pots")
    assert rows["IRIS_DASH_DATA"] == "data/iris.csv  (default)"
    assert rows["IRIS_DASH_TABLE"] == "pots  (not used)"


def test_what_comes_by_a_pipe_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "pots.csv"
    os.mkfifo(pipe)
    for command in (["serve"], ["load"], ["verify"]):
        more = ["sqlite:////none/pots.db/pots"] if command == ["load"] else []
        ended = run(*command, str(pipe), *more)
        assert ended.returncode == 2
        assert ended.stderr.startswith(f"iris-dash: {pipe}: ")
        assert "is a pipe" in ended.stderr
        assert ended.stderr.count("\n") == 1


def test_an_interrupted_command_says_nothing():
    with slow_address(b"a,b\n1,2\n" * 1_000, "pots.csv") as table:
        process = subprocess.Popen(
            [*IRIS_DASH, "load", table.url, "sqlite:////none/pots.db/pots"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        wait_for(lambda: table.asked)
        process.send_signal(2)
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (130, b"")
