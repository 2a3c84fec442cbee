"""Engines without their packages, and addresses without a table: one clear line."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import metadata

import pytest
from sample_tables import ROOT

from iris_dash import DatasetError, open_dataset
from iris_dash.commands.cli import main
from iris_dash.engines.addresses import REFUSED, Address, engine_address, known_schemes


def test_an_engine_without_its_packages_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    monkeypatch.delitem(__import__("sys").modules, "iris_dash.engines.duckdb_tables", raising=False)
    with pytest.raises(DatasetError, match=r"install it with pip install '\.\[duckdb\]'"):
        open_dataset("duckdb:///x.duckdb/t")


def test_every_hint_names_an_extra_that_there_is():
    """It named one of a package that is on no index: anyone could have put one there."""
    text = (ROOT / "pyproject.toml").read_text()
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    for scheme in {*extras} - {"dev", "engines"}:
        address = engine_address(f"{scheme}://host/db/t")
        assert address is not None
        assert address.install_command.startswith(f"pip install '.[{scheme}]'")
    of_ibis = metadata("ibis-framework").get_all("Provides-Extra")
    for scheme in known_schemes() - {*extras, *REFUSED}:
        command = Address(scheme, "", (), "").install_command
        assert command == f"pip install 'ibis-framework[{scheme}]'"
        assert scheme in of_ibis


def test_nothing_is_installed_from_an_index_under_this_name():
    named = re.compile(r"(pip|uvx?|pipx)( \w+)* [\"']?iris[-_]dash\b")
    endings = {".py", ".md", ".ipynb", ".mjs", ".toml", ".yaml", ".json", ".txt"}
    folders = (ROOT / name for name in ("iris_dash", "docs", "assets", "data", "deploy", "scripts"))
    files = [*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))]
    for path in files:
        if path.suffix in endings:
            assert not named.search(path.read_text("utf-8")), path


@pytest.mark.parametrize("scheme", REFUSED)
def test_an_engine_that_is_none_here_is_refused_with_those_that_are(scheme, capsys, monkeypatch):
    """Its table was found and then a traceback: MySQL has no infinity to compare numbers with."""
    monkeypatch.setattr(os, "environ", os.environ.copy())  # a start says in it what it serves
    assert main(["serve", f"{scheme}://ann:hush@127.0.0.1:1/db/t"]) == 2
    assert capsys.readouterr().err == (
        f"iris-dash: {scheme}://ann@127.0.0.1:1/db/t: {scheme} is no engine that tables are asked "
        "on; duckdb, sqlite, chdb, parquet, postgresql, clickhouse, mongodb, dask, spark are\n"
    )


def test_an_address_without_a_table_is_refused_before_anything_is_read(capsys):
    assert main(["load", "nowhere.csv", "postgresql://host/db"]) == 2
    assert "names no table" in capsys.readouterr().err
    assert main(["load", "nowhere.csv", "out.parquet"]) == 2
    assert "not the address of a table" in capsys.readouterr().err
