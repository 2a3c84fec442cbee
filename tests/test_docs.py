"""What the README and the pages of docs/ promise is true: commands, lists, links and examples."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sample_tables import ROOT

from iris_dash.config.variables import KEYS

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in PAGES}
EVERYTHING = "\n".join(TEXTS.values())
COMMANDS = ("serve", "load", "verify", "settings", "hash")
EXAMPLES = {"pots.toml", "clay.toml", "flowers.toml"}


def blocks(kind):
    """(page, text) of each fenced block of a kind."""
    for name, text in TEXTS.items():
        for block in re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL):
            yield name, block


def curl_examples():
    """(command, answer) of each curl line with its answer."""
    for _, block in blocks("console"):
        for example in block.split("$ ")[1:]:
            command, answer = example.split("\n", 1)
            yield command, answer


def as_request(command):
    """A curl command as the test client's arguments."""
    words = shlex.split(command)
    assert words[:2] == ["curl", "-s"]
    address = urlsplit(words[2])
    request = {"path": address.path, "query_string": address.query}
    options = dict(zip(words[3::2], words[4::2], strict=True))
    if "-d" in options:
        assert options["-H"] == "Content-Type: application/json"
        request |= {
            "method": "POST",
            "data": options["-d"],
            "content_type": "application/json",
        }
    return request


@pytest.mark.parametrize(("command", "answer"), list(curl_examples()))
def test_curl_examples_answer_as_shown(client, command, answer):
    assert client.open(**as_request(command)).text.strip() == answer.strip()


@pytest.mark.parametrize("page", [name for name in TEXTS if "```pycon" in TEXTS[name]])
def test_python_examples_answer_as_shown(page):
    text = "\n".join(block for name, block in blocks("pycon") if name == page)
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    assert test.examples
    runner = doctest.DocTestRunner()
    runner.run(test)
    assert runner.summarize().failed == 0


def test_the_readme_has_examples_by_http_and_in_python():
    assert {name for name, _ in blocks("console")} >= {"README.md", "docs/http.md"}
    assert "README.md" in {name for name, _ in blocks("pycon")}


def test_every_setting_is_listed_with_its_default_and_meaning():
    page = TEXTS["docs/settings.md"]
    listed = re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \| (.*) \|$", page, re.MULTILINE)
    declared = [(key.name, key.shown_default, key.meaning) for key in KEYS]
    assert listed == declared, "run scripts/list_settings.py"


def test_every_variable_that_is_named_is_a_setting():
    named = set(re.findall(r"`(IRIS_DASH_[A-Z_]*[A-Z])[`=]", EVERYTHING))
    assert named
    assert named <= {key.name for key in KEYS}


def test_every_route_is_listed(server):
    own = {rule.rule for rule in server.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    for path in own - {"/docs/<path:name>"}:
        assert f"`{path}`" in TEXTS["docs/http.md"] or f"{path}/" in own


def test_every_make_command_is_a_target():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:`|^    )make ([a-z-]+)", EVERYTHING, re.MULTILINE)):
        assert re.search(rf"^(?:\S+ )*{target}(?: \S+)*:", makefile, re.MULTILINE), target


def test_every_command_is_one_of_the_command_line():
    said = subprocess.run(
        [sys.executable, "-m", "iris_dash", "--help"], capture_output=True, text=True, cwd=ROOT
    ).stdout
    for command in COMMANDS:
        assert command in said
    named = set(re.findall(r"(?:`|bin/|\$ |^    )iris-dash ([a-z]+)", EVERYTHING, re.MULTILINE))
    assert named <= set(COMMANDS)
    assert {"serve", "load", "verify", "settings", "hash"} <= named


def links():
    """(page, target) of each link that is no web address."""
    for name, text in TEXTS.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" not in target:
                yield name, target


@pytest.mark.parametrize(("page", "target"), list(links()))
def test_every_link_leads_somewhere(page, target):
    path, _, heading = target.partition("#")
    there = (ROOT / page).parent / path if path else ROOT / page
    assert there.exists()
    if heading:
        titles = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
        assert heading in {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}


def test_the_example_of_a_toml_file_describes_its_table(tmp_path):
    from iris_dash import Explorer

    [(_, block)] = blocks("toml")
    (tmp_path / "pots.toml").write_text(block, "utf-8")
    (tmp_path / "pots.csv").write_text(
        "glaze,kiln,height,width,fired,potter\nblue,a,1.5,2,2026-07-01T09:30,7\n"
        "green,b,2.5,3,2026-07-02T10:00,8\n",
        "utf-8",
    )
    schema = Explorer.open(tmp_path / "pots.csv").schema
    said = tomllib.loads(block)
    assert [facet.name for facet in schema.facets] == said["facets"]
    assert schema.facet("glaze").colours == tuple(said["columns"]["glaze"]["colours"])
    assert schema.measure("height").title == "Height (cm)"
    assert [(time.name, time.zone) for time in schema.times] == [("fired", "Europe/Berlin")]
    assert [text.name for text in schema.texts] == said["text"]


def test_every_page_is_linked_from_the_readme():
    linked = {
        Path(target.partition("#")[0]).as_posix() for page, target in links() if page == "README.md"
    }
    assert {name for name in TEXTS if name != "README.md"} <= linked


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`([\w./-]+\.(?:py|js|css|md|conf|toml|yaml|ipynb))`", EVERYTHING))),
)
def test_every_file_that_is_named_exists(path):
    places = (ROOT / path, ROOT / "iris_dash" / path, ROOT / "tests" / path, ROOT / "deploy" / path)
    assert any(place.exists() for place in places) or path in EXAMPLES
