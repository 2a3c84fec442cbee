"""The command to copy is run in a shell and asks a real server."""

from __future__ import annotations

import csv
import io
import json
import subprocess

import pytest
from copied import expected, questions, tidied, written
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from processes import running

from iris_dash import Explorer
from iris_dash.copy_as import forms
from iris_dash.query.query import Query


def in_shell(text: str) -> str:
    done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=True)
    return done.stdout


def check_command(explorer: Explorer, query: Query, url: str, source: str) -> None:
    keys = [column.key for column in explorer.schema.columns]
    answer = json.loads(in_shell(forms(explorer, query, url, source)["curl"]))
    assert tidied([row[key] for key in keys] for row in answer) == expected(explorer, query)


@pytest.fixture(scope="module", params=["iris", "penguins", "odd", "words"])
def table(request, tmp_path_factory):
    source = written(tmp_path_factory.mktemp("table"), request.param)
    return Explorer.open(source), source


@pytest.fixture(scope="module")
def served(table):
    explorer, source = table
    with running(more={"IRIS_DASH_DATA": source}) as server:
        yield explorer, source, server.url


@given(data=st.data())
@examples(0.3)
def test_the_command_gives_the_rows_of_any_query(served, data):
    explorer, source, url = served
    check_command(explorer, explorer.query(**data.draw(questions(explorer.schema))), url, source)


def test_too_many_rows_for_json_are_a_file(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("n\n" + "\n".join(map(str, range(10_002))) + "\n")
    explorer = Explorer.open(str(path))
    with running(more={"IRIS_DASH_DATA": str(path)}) as server:
        query = explorer.query(lower={"n": 1}, sort="-n")
        text = forms(explorer, query, server.url, str(path))["curl"]
        assert "/export.csv?" in text
        assert [row["n"] for row in csv.DictReader(io.StringIO(in_shell(text)))] == [
            str(n) for n in range(10_001, 0, -1)
        ]
        fewer = explorer.query(lower={"n": 2})
        assert "/range/?" in forms(explorer, fewer, server.url, str(path))["curl"]
        check_command(explorer, fewer, server.url, str(path))
