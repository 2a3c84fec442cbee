"""Files with a length, whole or in parts: what readers of links need."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pandas as pd
import polars as pl
import pytest
from flask.testing import FlaskClient

from iris_dash.web import file_copies
from iris_dash.web.file_copies import FileCopies

SETOSA = "?species=setosa&columns=species,petal_length"
SUFFIXES = ("parquet", "xlsx", "csv", "json", "ndjson", "arrow", "feather")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_head_says_the_length_of_what_a_get_gives(client: FlaskClient, suffix: str) -> None:
    path = f"/export.{suffix}{SETOSA}"
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(whole.data)
    assert head.headers["Accept-Ranges"] == "bytes"
    assert not head.headers["ETag"].startswith("W/")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert whole.headers["X-Total-Count"] == "50"
    assert whole.headers["X-Query"] == head.headers["X-Query"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_parts_are_those_of_the_whole(client: FlaskClient, suffix: str) -> None:
    path = f"/export.{suffix}{SETOSA}"
    whole = client.get(path)
    size = len(whole.data)
    cases = {
        "bytes=0-9": (0, 10),
        "bytes=-8": (size - 8, size),
        f"bytes={size - 3}-": (size - 3, size),
    }
    for asked, (start, stop) in cases.items():
        with client.get(path, headers={"Range": asked, "If-Range": whole.headers["ETag"]}) as part:
            assert part.status_code == 206
            assert part.data == whole.data[start:stop]
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
    beyond = client.get(path, headers={"Range": f"bytes={size + 1}-"})
    assert beyond.status_code == 416
    assert "detail" in beyond.get_json()
    parts = client.get(path, headers={"Range": "bytes=0-4,8-9"})
    assert (parts.status_code, parts.data) == (200, whole.data)  # it was 416
    # What went on with another file's bytes would be a broken one.
    other = client.get(path, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, whole.data)


def test_who_has_the_file_is_told_so(client: FlaskClient) -> None:
    path = f"/export.parquet{SETOSA}"
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    other = client.get("/export.parquet?species=virginica", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_a_file_is_compressed_where_the_client_asks(client: FlaskClient) -> None:
    plain = client.get("/export.csv")
    small = client.get("/export.csv", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["ETag"] == f"W/{plain.headers['ETag']}"
    ranged = {"Accept-Encoding": "gzip", "Range": "bytes=0-3"}
    with client.get("/export.csv", headers=ranged) as part:
        assert (part.data, part.headers.get("Content-Encoding")) == (plain.data[:4], None)


def test_copies_are_few_and_gone_in_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_copies, "MOST_COPIES", 3)
    copies = FileCopies(tmp_path / "files")
    for name in "abcd":
        assert copies.keep(name, {"X-Query": name}, iter([b"12", b"34"])) is not None
    assert copies.find("a") is None
    found = copies.find("d")
    assert found is not None
    assert (found.path.read_bytes(), found.size, found.headers) == (b"1234", 4, {"X-Query": "d"})
    assert sorted(path.name for path in copies.folder.iterdir()) == sorted(
        f"{name}{end}" for name in "bcd" for end in ("", ".headers")
    )
    monkeypatch.setattr(file_copies, "MOST_BYTES", 9)
    copies.keep("e", {}, iter([b"1234"]))
    assert [name for name in "bcde" if copies.find(name)] == ["d", "e"]
    monkeypatch.setattr(file_copies, "KEPT_SECONDS", -1)
    copies.keep("f", {}, iter([b"1"]))
    assert [name for name in "def" if copies.find(name)] == ["f"]


def test_of_a_file_that_fails_nothing_is_kept(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"1"
        raise OSError(28, "No space left on device")

    copies = FileCopies(tmp_path)
    with pytest.raises(OSError, match="No space"):
        copies.keep("a", {}, failing())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_turns_out_long_is_sent_as_it_is_written(tmp_path: Path) -> None:
    copies, taken = FileCopies(tmp_path), list[bytes]()

    def pieces() -> Iterator[bytes]:
        for piece in (b"12", b"345", b"6", b"7"):
            taken.append(piece)
            yield piece

    sent = copies.keep("a", {}, pieces(), most=4)
    assert isinstance(sent, Iterator)
    assert taken == [b"12", b"345"]
    assert b"".join(sent) == b"1234567"
    assert list(tmp_path.iterdir()) == []


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(server) -> Iterator[str]:
    with make_server("127.0.0.1", 0, server, handler_class=Quiet) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_a_transfer_that_broke_off_goes_on(address: str, tmp_path: Path) -> None:
    link, part = f"{address}/export.csv", tmp_path / "part.csv"
    with urlopen(link) as whole:
        content = whole.read()
    part.write_bytes(content[:1000])
    subprocess.run(["curl", "-sf", "-C", "-", "-o", str(part), link], check=True)
    assert part.read_bytes() == content


def test_links_open_in_other_tools(address: str) -> None:
    means = {}
    link = f"{address}/export.parquet?species=setosa"
    means["polars scan"] = (
        pl.scan_parquet(link).select(pl.col("petal_length").mean()).collect().item()
    )
    means["pandas parquet"] = pd.read_parquet(link)["petal_length"].mean()
    csv = f"{address}/export.csv?species=setosa"
    means["polars csv"] = pl.read_csv(csv)["petal_length"].mean()
    means["pandas csv"] = pd.read_csv(csv)["petal_length"].mean()
    means["pandas json"] = pd.read_json(f"{address}/export.json?species=setosa")[
        "petal_length"
    ].mean()
    xlsx = f"{address}/export.xlsx?species=setosa"
    means["pandas excel"] = pd.read_excel(xlsx)["petal_length"].mean()
    means["polars excel"] = pl.read_excel(xlsx)["petal_length"].mean()
    lines = f"{address}/export.ndjson?species=setosa"
    means["polars lines"] = pl.read_ndjson(lines)["petal_length"].mean()
    means["pandas lines"] = pd.read_json(lines, lines=True)["petal_length"].mean()
    feather = f"{address}/export.feather?species=setosa"
    means["polars feather"] = pl.read_ipc(feather)["petal_length"].mean()
    means["pandas feather"] = pd.read_feather(feather)["petal_length"].mean()
    groups = f"{address}/export/aggregate.{{}}?by=species&of=petal_length&stat=mean&species=setosa"
    means["groups csv"] = pd.read_csv(groups.format("csv"))["mean_petal_length"].item()
    means["groups parquet"] = pl.read_parquet(groups.format("parquet"))["mean_petal_length"].item()
    means["groups excel"] = pd.read_excel(groups.format("xlsx"))["mean_petal_length"].item()
    with urlopen(f"{address}/export.arrow?species=setosa") as stream:
        means["arrow stream"] = pl.read_ipc_stream(stream.read())["petal_length"].mean()
    # Fisher's mean of setosa.
    assert means == {name: pytest.approx(1.462) for name in means}
