"""What `serve --reload` watches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from iris_dash.commands.reload import _changed
from iris_dash.config.settings import Settings
from iris_dash.core.resources import PACKAGE


def seen(settings: Settings, *changed: Path) -> set[str]:
    """Which of these changes counts."""
    found: set[str] = set()

    def watch(*watched: Path, watch_filter: Callable[[object, str], bool], recursive: bool):
        assert not recursive
        found.update(
            path.name for path in changed if path.parent in watched and watch_filter(1, str(path))
        )
        yield {(1, "any")}

    _changed(watch, settings)
    return found


def test_code_and_assets_count_and_what_python_and_editors_write_does_not(tmp_path, monkeypatch):
    package, assets = tmp_path / "code", tmp_path / "assets"
    for name, folder in (("PACKAGE", package), ("ASSETS", assets)):
        (folder / "web" / "__pycache__").mkdir(parents=True)
        monkeypatch.setattr(f"iris_dash.commands.reload.{name}", folder)
    (package / "new").mkdir()
    cache = package / "web" / "__pycache__"
    counted = {
        package / "new",
        package / "web" / "a.py",
        assets / "a.css",
        assets / "web" / "a.mjs",
    }
    not_counted = {cache, cache / "a.pyc", package / "web" / ".a.py.swp", assets / "b.css~"}
    found = seen(Settings(data=str(tmp_path / "pots.csv")), *counted, *not_counted)
    assert found == {path.name for path in counted}


@pytest.mark.parametrize("data", ["pots.csv", "pots.csv.gz", "none/pots.csv"])
def test_of_what_stands_beside_a_table_its_description_alone_counts(tmp_path, data):
    file = tmp_path / data
    there = [file, file.parent / "pots.toml", file.parent / "cups.csv", file.parent / "cups.toml"]
    counted = {file.name, "pots.toml"} if file.parent.is_dir() else set()
    assert seen(Settings(data=str(file)), *there) == counted


def test_a_description_that_is_named_counts(tmp_path):
    (tmp_path / "words").mkdir()
    named = tmp_path / "words" / "clay.toml"
    settings = Settings(data=str(tmp_path / "pots.csv"), described_by=str(named))
    assert seen(settings, named, tmp_path / "pots.toml") == {"clay.toml"}


@pytest.mark.parametrize("data", ["clay", "clay/*.parquet", "clay/*/*.parquet"])
def test_tables_in_a_folder_count(tmp_path, data):
    (tmp_path / "clay" / "kiln=1").mkdir(parents=True)
    inside = tmp_path / "clay" / "kiln=1" / "a.CSV"
    clay, beside = tmp_path / "clay" / "b.parquet", tmp_path / "c.parquet"
    settings = Settings(data=str(tmp_path / data))
    assert seen(settings, inside, clay, beside, tmp_path / "clay.toml", clay.with_name("x.md")) == {
        "a.CSV",
        "b.parquet",
        "clay.toml",
    }


@pytest.mark.parametrize("data", ["https://a.test/pots.csv", "postgresql://a.test/clay/pots"])
def test_of_a_table_elsewhere_code_alone_counts(data):
    app = PACKAGE / "web" / "app.py"
    assert seen(Settings(data=data), app) == {"app.py"}
