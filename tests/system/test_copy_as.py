"""The command to copy is run in a shell and asks a real server."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, quote
from urllib.request import urlopen

import duckdb
import pytest
from copied import expected, questions, run, tidied, written
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from processes import running
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.analysis.aggregate.asking import parse_aggregation_arguments
from iris_dash.copy_as import forms
from iris_dash.copy_as.served import served_description
from iris_dash.query.query import Query
from iris_dash.query.sort import names_text
from iris_dash.tables.libraries.moments import moment_rows


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
def served(table, serve):
    explorer, source = table
    if Path(source).is_relative_to(ROOT):  # other tests ask the same servers
        more = {} if "iris" in Path(source).name else {"IRIS_DASH_DATA": source}
        yield explorer, source, serve(**more)
        return
    with running(more={"IRIS_DASH_DATA": source}) as server:
        yield explorer, source, server.url


@given(data=st.data())
@examples(0.3)
def test_the_command_gives_the_rows_of_any_query(served, data):
    explorer, source, url = served
    check_command(explorer, explorer.query(**data.draw(questions(explorer.schema))), url, source)


def test_the_reader_has_the_table_from_the_server(served, tmp_path):
    """The texts named a path of the server's, which nobody else has."""
    explorer, source, url = served
    schema = explorer.schema
    by = next(facet for facet in schema.facets)
    queries = [
        explorer.query(sort="-" + names_text([schema.measures[0].name])),
        explorer.query(where={by.name: [by.values[0]]}),
    ]
    kept = tmp_path / "export.parquet"
    kept.write_bytes(urlopen(f"{url}/export.parquet").read())
    own = names_text([by.name])
    of = f"of={quote(names_text([schema.measures[0].name]))}"
    asked = parse_aggregation_arguments(
        schema, parse_qsl(f"by={quote(own)}&{of}&stat=count,max&sort=-count")
    )
    for query, groups in [*((query, None) for query in queries), (Query(), asked)]:
        texts = forms(explorer, query, f"{url}/", source, groups=groups, is_served=True)
        assert list(texts) == ["curl", "Python", "pandas", "Polars", "DuckDB"]
        wanted = expected(explorer, query)
        if groups is not None:
            wanted = tidied(moment_rows(explorer.groups(groups).frame))
        for label, text in texts.items():
            assert source not in text
            if label == "curl":
                continue
            # Of itself DuckDB wants one more package for what is on the web.
            text = text.replace(f"{url}/export.parquet", str(kept)) if label == "DuckDB" else text
            with duckdb.connect() as connection:
                found = run(label, text, connection)
            assert found == wanted, text
    again = Explorer.open(f"{url}/export.parquet", served_description(schema))
    assert [type(column) for column in again.schema.columns] == [
        type(column) for column in schema.columns
    ]
    assert [facet.values for facet in again.schema.facets] == [f.values for f in schema.facets]


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
