"""The options of the command line: what each may say, and that they reach the server as said."""

from __future__ import annotations

import pytest

from iris_dash.commands.cli import main
from iris_dash.config.environment import options_environment, read_settings
from iris_dash.tables.description import TableOptions

ENCODING = "expected an encoding such as utf-8 or windows-1252"
SEPARATOR = "expected one letter that is no quote, or tab, or blank"
LINES = "expected a whole number from 0 to 1000000"


@pytest.mark.parametrize("command", [["serve"], ["verify", "t.csv"]])
@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("encoding", "nonsense", ENCODING),
        ("encoding", "base64", ENCODING),
        ("encoding", "", ENCODING),
        ("separator", ";;", SEPARATOR),
        ("separator", "", SEPARATOR),
        ("separator", '"', SEPARATOR),
        ("separator", "\n", SEPARATOR),
        ("decimal", ";", "expected one of ., ,"),
        ("skip", "-1", LINES),
        ("skip", "x", LINES),
        ("label", "a", "expected NAME=TEXT"),
    ],
)
def test_an_option_that_cannot_be_is_one_line(capsys, command, option, text, words):
    """Some were a traceback."""
    assert main([*command, "t.csv", f"--{option}={text}"]) == 2
    assert capsys.readouterr().err == f"iris-dash: --{option} {text!r}: {words}\n"


@pytest.mark.parametrize("separator", ["\t", " ", ";", "§", "\\"])
def test_a_separator_reaches_the_server_as_it_was_said(separator):
    """Blanks were lost at the ends of a variable's text."""
    environment = options_environment(TableOptions(separator=separator))
    assert read_settings(environment).separator == separator
