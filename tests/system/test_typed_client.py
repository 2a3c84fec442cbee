"""A client that a generator of the ecosystem makes of the OpenAPI document asks a real server."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.request import urlopen

import polars as pl
import pytest

from iris_dash.files import FORMATS

# What it knows no reader of is the bytes of a file.
FILES = sorted({known.media_type for known in FORMATS} - {"application/json"})
SETTINGS = "post_hooks: []\ncontent_type_overrides:\n" + "".join(
    f"  {media_type}: application/octet-stream\n" for media_type in FILES
)


@pytest.fixture(scope="module")
def made(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the package that the generator makes, without a warning."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_bytes(urlopen(f"{server_url}/openapi.json").read())
    (folder / "settings.yaml").write_text(SETTINGS)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--fail-on-warning", "--config", "settings.yaml"]
    command += ["--path", "openapi.json", "--output-path", "iris_client"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield "iris_client"
    sys.path.remove(str(folder))


def called(made: str, name: str) -> ModuleType:
    return import_module(f"{made}.api.default.{name}")


def test_a_generated_client_is_answered_in_its_types(made: str, server_url: str) -> None:
    models = import_module(f"{made}.models")
    with import_module(made).Client(base_url=server_url) as client:
        check_answers(made, models, client)


def check_answers(made: str, models: ModuleType, client: Any) -> None:
    asked = models.Aggregation(by="species", of="petal_length", stat="count,max")
    groups = called(made, "post_aggregate").sync(client=client, body=asked)
    assert [(group["label"], group["max_petal_length"]) for group in groups] == [
        ("setosa", 1.9),
        ("versicolor", 5.1),
        ("virginica", 6.9),
    ]
    assert {type(group) for group in groups} == {models.Group}
    rows = called(made, "get_rows").sync(client=client, species=["setosa"], sort="-petal_length")
    assert (len(rows), rows[0].petal_length) == (50, 1.9)
    where = models.Where(petal_length=models.Between(from_=6.5))
    found = called(made, "post_rows").sync(client=client, body=models.Query(where=where))
    assert {row.label for row in found} == {"virginica"}
    wrong = called(made, "get_rows").sync(client=client, sort="height")
    assert isinstance(wrong, models.Problems)
    assert "height" in wrong.detail[0].msg


def test_a_generated_client_takes_files(made: str, server_url: str) -> None:
    readers = {"parquet": pl.read_parquet, "csv": pl.read_csv, "ndjson": pl.read_ndjson}
    with import_module(made).Client(base_url=server_url) as client:
        for suffix, read in readers.items():
            file = called(made, f"get_export_{suffix}").sync(client=client, species=["setosa"])
            assert len(read(io.BytesIO(file.payload.read()))) == 50
