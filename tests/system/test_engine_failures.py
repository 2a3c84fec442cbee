"""Engines that are away, refuse or lack the table: one clear line, no password, and recovery."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import psycopg
import pytest
from engine_servers import PASSWORD, Postgres, postgres
from ports import free_port
from processes import SERVE, running
from sample_tables import ROOT
from waiting import PATIENCE

from iris_dash import Explorer, open_dataset
from iris_dash.commands.cli import main
from iris_dash.commands.load import load_table, read_rows, target_of
from iris_dash.core.errors import EngineAway
from iris_dash.engines import engine_address
from iris_dash.web.app import create_app

IRIS = ROOT / "data" / "iris.csv"
PENGUINS = ROOT / "data" / "penguins.csv"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        load_table(read_rows(IRIS), target_of(f"{server.url}/flowers"))
        yield server


def refusal(source: str) -> str:
    """What a start with an unusable source prints: one line, without the password.

    In a process of its own, as a start sets what its workers read in the environment.
    """
    run = subprocess.run(
        [*SERVE, source],
        cwd=ROOT,
        env=os.environ | {"PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    said = run.stderr
    assert said.startswith("iris-dash: ")
    assert said.count("\n") == 1
    for secret in (PASSWORD, "s3c", "wrong-word", "Traceback"):
        assert secret not in said
    return said


def test_what_is_not_there_is_one_line_at_start(server):
    assert "flowers" in refusal(f"{server.url}/flours")
    wrong = server.url.replace("s3c", "wrong-word")
    assert "password" in refusal(f"{wrong}/flowers")
    closed = server.url.replace(str(server.port), str(free_port()))
    assert "refused" in refusal(f"{closed}/flowers")
    missing = f"{server.url.rpartition('/')[0]}/nowhere/flowers"
    assert "nowhere" in refusal(missing)


def test_nothing_shows_the_password(server):
    client = create_app(f"{server.url}/flowers").server.test_client()
    for path in ("/", "/openapi.json", "/_dash-layout", "/range/?sepal_length=x", "/range/"):
        text = client.get(path).get_data(as_text=True)
        assert PASSWORD not in text
        assert "s3c" not in text


def test_a_server_that_goes_away_and_returns(server):
    """What the rollup answers stays; what the rows answer is 503 until the database is back."""
    with postgres() as own:
        load_table(read_rows(IRIS), target_of(f"{own.url}/flowers"))
        with running(more={"DATABASE_URL": own.url}) as web:
            wanted = rows_of(web.url)
            assert len(wanted) == 10
            own.stop()
            with pytest.raises(urllib.error.HTTPError) as caught:
                rows_of(web.url)
            with caught.value as error:
                assert error.code == 503
                assert error.headers["Retry-After"]
                detail = json.loads(error.read())["detail"]
            assert "cannot be asked now" in detail
            assert "\n" not in detail
            own.start()
            assert eventually_rows_of(web.url) == wanted
            printed = web.printed()
        assert PASSWORD not in printed + detail
        assert "s3c" not in printed + detail
        assert "Traceback" not in printed


def test_a_client_that_goes_away_ends_its_query(server):
    """A file larger than all buffers is begun and dropped: the database stops copying it out."""
    rows = pl.int_range(1_000_000, eager=True)
    texts = pl.DataFrame({"text": rows.cast(pl.String).str.pad_start(200, "."), "_row": rows})
    load_table(texts, target_of(f"{server.url}/texts"))
    with running((*SERVE, f"{server.url}/texts")) as web:
        with urllib.request.urlopen(f"{web.url}/export.csv", timeout=PATIENCE) as answer:
            assert answer.read(5) == b"text\n"
            time.sleep(1)  # it is not sent into buffers as a whole
            assert len(copying(server)) == 1
        deadline = time.monotonic() + PATIENCE
        while copying(server):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def copying(server: Postgres) -> list[str]:
    """The queries of others that copy rows out now."""
    asked = (
        "SELECT query FROM pg_stat_activity "
        "WHERE query LIKE 'COPY%' AND state <> 'idle' AND backend_type = 'client backend'"
    )
    with psycopg.connect(server.url) as connection:
        return [row[0] for row in connection.execute(asked)]


def rows_of(url: str) -> list[dict[str, object]]:
    # Sorted another way each time, so that no kept answer is given.
    rows_of.asked = getattr(rows_of, "asked", 0) + 1
    address = f"{url}/range/?sort=-sepal_length&per_page=10&page=1&sepal_width=0.{rows_of.asked}.."
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        found: list[dict[str, object]] = json.load(answer)
        return found


def eventually_rows_of(url: str) -> list[dict[str, object]]:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return rows_of(url)
        except urllib.error.HTTPError as error:
            error.close()
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_load_writes_once_and_never_over_another(server, capsys):
    url = f"{server.url}/birds"
    assert main(["load", str(PENGUINS), url, "--keep"]) == 0
    assert "344 rows written" in capsys.readouterr().out
    assert main(["load", str(PENGUINS), url]) == 0
    assert "already" in capsys.readouterr().out
    assert main(["load", str(IRIS), url]) == 2
    said = capsys.readouterr().err
    assert "--replace" in said
    assert "s3c" not in said
    assert len(open_dataset(url)) == 344
    assert main(["load", str(IRIS), url, "--keep"]) == 0
    assert "there already, left as it is" in capsys.readouterr().out
    assert len(open_dataset(url)) == 344
    assert main(["load", str(IRIS), url, "--replace"]) == 0
    assert len(open_dataset(url)) == 150
    explorer, own = Explorer.open(url), Explorer.open(IRIS)
    assert explorer.rows().equals(own.rows())


def test_engine_away_is_its_own_error(server):
    explorer = Explorer.open(f"{server.url}/flowers")
    server.stop()
    try:
        with pytest.raises(EngineAway, match=r"127\.0\.0\.1"):
            explorer.rows()
    finally:
        server.start()
    assert len(explorer.rows()) == 150
    assert engine_address(str(Path("data/iris.csv"))) is None
