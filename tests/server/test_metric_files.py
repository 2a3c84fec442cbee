"""What workers count in has room for all that is ever counted, from the beginning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sample_tables import ROOT

from iris_dash.server.metric_files import SIZES, make_metric_files

COUNT_ALL = """
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace as Of
import os
from iris_dash.config.settings import Settings
from iris_dash.server.metric_files import make_metric_files
from iris_dash.web.app import create_app

make_metric_files(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
server = create_app("data/iris.csv", Settings(log="none")).server
longest = max((rule.rule for rule in server.url_map.iter_rules()), key=len)
count = import_module("iris_dash.web.observing.metrics").metrics().count
for number in range(5_000):
    trace = Of(found="cache", rows=number)
    status = 100 + number % 500
    asked = {"REQUEST_METHOD": ("OPTIONS", "POST", "INVENTED")[number % 3]}
    route = f"{longest}{number}"
    count(Of(environ=asked, route=route, status=status, seconds=1, trace=trace, cut=False))
"""


def test_no_file_grows_however_many_kinds_of_answers_are_counted(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", COUNT_ALL], cwd=ROOT, env=environment, check=True)
    made = {path.name.rpartition("_")[0]: path for path in tmp_path.iterdir()}
    assert {kind: path.stat().st_size for kind, path in made.items()} == SIZES
    for path in made.values():
        used = int.from_bytes(path.read_bytes()[:4], sys.byteorder)
        assert 8 < used < path.stat().st_size


def test_without_room_none_is_left(tmp_path, monkeypatch):
    def full(path: Path, content: bytes, write=Path.write_bytes) -> int:
        if path.name.startswith("histogram"):
            write(path, content[:100])
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        make_metric_files(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_process_of_this_number_has_counted_stays(tmp_path):
    kept = tmp_path / f"counter_{os.getpid()}.db"
    kept.write_bytes(b"counted")
    make_metric_files(tmp_path)
    assert kept.read_bytes() == b"counted"
