"""What the README promises is true: its commands answer as shown, its lists are complete."""

from __future__ import annotations

import doctest
import re
import shlex
from urllib.parse import urlsplit

import pytest
from sample_tables import ROOT

from iris_dash.config.settings import KEYS

README = (ROOT / "README.md").read_text()


def curl_examples():
    """(command, answer) of each curl line in the README."""
    block = re.search(r"```console\n(.*?)```", README, re.DOTALL)
    assert block
    for example in block[1].split("$ ")[1:]:
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


def test_python_examples_answer_as_shown():
    blocks = re.findall(r"```pycon\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", "README.md", 0)
    runner = doctest.DocTestRunner()
    runner.run(test)
    assert runner.summarize().failed == 0


def test_every_setting_is_listed_with_its_default_and_meaning():
    listed = re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \| (.*) \|$", README, re.MULTILINE)
    assert listed == [(key.name, key.shown_default, key.meaning) for key in KEYS]


def test_every_route_is_listed(server):
    own = {rule.rule for rule in server.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    for path in own - {"/docs/<path:name>"}:
        assert f"`{path}`" in README or f"{path}/" in own


def test_every_command_is_a_make_target():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"`?make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
