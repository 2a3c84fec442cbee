"""Engines without their packages, and addresses without a table: one clear line."""

from __future__ import annotations

import pytest

from iris_dash import DatasetError, open_dataset
from iris_dash.commands.cli import main


def test_an_engine_without_its_packages_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    monkeypatch.delitem(__import__("sys").modules, "iris_dash.engines.duckdb_tables", raising=False)
    with pytest.raises(DatasetError, match=r'pip install "iris_dash\[duckdb\]"'):
        open_dataset("duckdb:///x.duckdb/t")


def test_an_address_without_a_table_is_refused_before_anything_is_read(capsys):
    assert main(["load", "nowhere.csv", "postgresql://host/db"]) == 2
    assert "names no table" in capsys.readouterr().err
    assert main(["load", "nowhere.csv", "out.parquet"]) == 2
    assert "not the address of a table" in capsys.readouterr().err
