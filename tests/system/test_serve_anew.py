"""`serve --reload`: a change of the table, of an asset or of code is served without a restart."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from own_copy import COMMAND, copy_sources
from processes import Server, running
from waiting import PATIENCE, wait_for

RELOAD = (*COMMAND, "--reload")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, and beside them a table in a folder of its own."""
    folder = copy_sources(tmp_path_factory.mktemp("sources"))
    (folder / "clay").mkdir()
    (folder / "clay" / "pots.csv").write_text("glaze,height\nblue,1.5\n")
    return folder


@pytest.fixture(scope="module")
def server(copy: Path) -> Iterator[Server]:
    with running([*RELOAD, "clay/pots.csv"], {"WEB_CONCURRENCY": "1"}, copy) as found:
        yield found


def read(server: Server, address: str) -> str:
    """What a server answers there; nothing while it starts anew."""
    try:
        with urllib.request.urlopen(f"{server.url}{address}", timeout=PATIENCE) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def test_a_changed_table_is_served(server, copy):
    assert json.loads(read(server, "/range/")) == [{"glaze": "blue", "height": 1.5}]
    (copy / "clay" / "pots.csv").write_text("glaze,height\ngreen,2.5\n")
    wait_for(lambda: '"green"' in read(server, "/range/"))
    assert "iris-dash: clay/pots.csv changed; serving anew" in server.printed()


def test_a_table_put_in_the_place_of_another_is_served(server, copy):
    (copy / "clay" / "pots.part").write_text("glaze,height\nash,3.5\n")
    (copy / "clay" / "pots.part").rename(copy / "clay" / "pots.csv")
    wait_for(lambda: '"ash"' in read(server, "/range/"))


def test_a_description_that_is_written_beside_the_table_is_served(server, copy):
    (copy / "clay" / "pots.toml").write_text('title = "Stoneware"\n')
    wait_for(lambda: "<title>Stoneware</title>" in read(server, "/"))


def test_a_changed_asset_is_served(server, copy):
    with (copy / "assets" / "dashboard.css").open("a") as sheet:
        sheet.write("\n.a-new-rule { color: red }\n")
    # The page names it by its content, which a server looks at when it starts.
    found = re.compile(r'href="/?(assets/dashboard\.css\?v=\w+)"')
    before = found.search(read(server, "/"))
    wait_for(lambda: (now := found.search(read(server, "/"))) and now[1] != before[1])
    assert ".a-new-rule" in read(server, f"/{found.search(read(server, '/'))[1]}")


def test_changed_code_is_served(server, copy):
    responses = copy / "iris_dash" / "web" / "api" / "responses.py"
    responses.write_text(responses.read_text().replace('"ready"', '"steady"'))
    wait_for(lambda: '"steady"' in read(server, "/readyz"))


def test_code_that_is_none_is_said_and_what_mends_it_is_served(server, copy):
    errors = copy / "iris_dash" / "core" / "errors.py"
    code = errors.read_text()
    errors.write_text("def (\n")
    wait_for(lambda: "SyntaxError" in server.printed())
    errors.write_text(code)
    wait_for(lambda: read(server, "/readyz"))


def test_nothing_is_left_of_it_at_the_end(copy):
    with running([*RELOAD, "clay/pots.csv"], {"WEB_CONCURRENCY": "1"}, copy) as server:
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert len(children) >= 2
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        gone, alive = psutil.wait_procs(children, PATIENCE)
        assert (len(gone), alive) == (len(children), [])
        assert "Traceback" not in server.printed()


def test_the_library_that_watches_is_asked_for_in_one_line(copy):
    without = (
        "import sys; sys.modules['watchfiles'] = None; from iris_dash.commands.cli import main; "
        "sys.exit(main(['serve', '--reload']))"
    )
    command = [sys.executable, "-c", without]
    run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    command = "pip install '.[dev]' (in the folder of the source)"
    said = f"iris-dash: --reload needs watchfiles: {command}\n"
    assert (run.stdout, run.stderr) == ("", said)
