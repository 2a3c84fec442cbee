"""Every kind of file, folder and address is read, or is one line that says why not."""

from __future__ import annotations

import base64
import csv
import gzip
import os
import socket
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest
from ports import free_port
from pyarrow import parquet
from sample_tables import ROOT

import iris_dash.tables.reading.download
from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.query.query import Query
from iris_dash.tables.description import read_description
from iris_dash.tables.reading.source_files import description_beside
from iris_dash.tables.reading.sources import read_source

POTS = pl.DataFrame({"glaze": ["blue", "green"], "height": [1.5, 2.5]})
ROWS = [("blue", 1.5), ("green", 2.5)]
CSV = b"glaze,height\nblue,1.5\ngreen,2.5\n"
TSV = CSV.replace(b",", b"\t")


def written(path, content):
    """The path of a new file: of bytes, or of the pots as Parquet, Arrow file or stream."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        getattr(POTS, f"write_{content}")(path)
    return path


def refusal(source) -> str:
    """The one line that refuses a source."""
    with pytest.raises(DatasetError) as caught:
        open_dataset(source)
    message = str(caught.value)
    assert "\n" not in message
    return message


def zipped(text: bytes) -> bytes:
    """Return a text compressed, without the time: tests are named by it, alike in all processes."""
    return gzip.compress(text, mtime=0)


def types_of(tmp_path, text):
    """What the columns of a CSV text become, and its rows."""
    frame = read_source(written(tmp_path / "t.csv", text.encode())).frame
    return frame.dtypes, frame.rows()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pots.csv", CSV),
        ("pots.CSV", CSV),
        ("pots[1].csv", CSV),
        ("pots.csv.gz", zipped(CSV)),
        ("pots.tsv", TSV),
        ("pots.tab", TSV),
        ("pots.tsv.gz", zipped(TSV)),
        ("pots.parquet", "parquet"),
        ("pots[1].parquet", "parquet"),
        ("pots.pq", "parquet"),
        ("pots.arrow", "ipc"),
        ("pots.feather", "ipc"),
        ("pots.ipc", "ipc_stream"),
        ("pots", CSV),
        ("pots.txt", TSV),
        ("pots.data", "parquet"),
        ("pots.bin", "ipc"),
        ("pots.raw", "ipc_stream"),
        ("pots.dat", zipped(CSV)),
    ],
)
def test_every_kind_of_file_is_the_same_table(tmp_path, name, content):
    path = written(tmp_path / name, content)
    read = read_source(path)
    assert read.frame.rows() == ROWS
    assert read.title.startswith("pots")
    assert not read.title.endswith("csv")
    assert open_dataset(str(path)).schema.names == ("glaze", "height")


def parts(folder):
    """Two Parquet files of one table, the second with its columns the other way round."""
    folder.mkdir()
    POTS[:1].write_parquet(folder / "a.parquet")
    POTS[1:].select("height", "glaze").write_parquet(folder / "b.parquet")
    return folder


@pytest.mark.parametrize("pattern", ["", "*.parquet", "[ab].parquet"])
def test_parquet_files_together_are_one_table(tmp_path, pattern):
    source = parts(tmp_path / "v1.clay") / pattern
    (tmp_path / "v1.clay.toml").write_text('rows = "pots"')
    dataset = open_dataset(source)
    assert dataset.frame.select("glaze", "height").rows() == ROWS
    assert (dataset.schema.title, dataset.schema.rows) == ("V1.clay", "pots")


def test_whole_numbers_in_one_file_fit_decimals_in_another(tmp_path):
    folder = parts(tmp_path / "clay")
    pl.DataFrame({"glaze": ["red"], "height": [3]}).write_parquet(folder / "c.parquet")
    assert read_source(folder).frame.rows() == [*ROWS, ("red", 3.0)]


def test_files_of_other_columns_are_one_line(tmp_path):
    folder = parts(tmp_path / "clay")
    pl.DataFrame({"glaze": ["red"], "width": [3.0]}).write_parquet(folder / "c.parquet")
    message = refusal(folder)
    assert all(word in message for word in ["c.parquet", "height, width"])


def test_a_column_of_other_kinds_in_some_files_is_text(tmp_path):
    """Lists in one of them refused the table."""
    folder = parts(tmp_path / "clay")
    pl.DataFrame({"glaze": [["red"]], "height": [3.0]}).write_parquet(folder / "c.parquet")
    assert read_source(folder).frame.rows() == [*ROWS, ('["red"]', 3.0)]


@pytest.mark.parametrize(
    ("source", "beside"),
    [
        ("pots.csv", "pots.toml"),
        ("pots.csv.gz", "pots.toml"),
        ("pots.parquet", "pots.toml"),
        ("pots.v2.csv", "pots.v2.toml"),
        ("pots", "pots.toml"),
    ],
)
def test_the_settings_file_has_the_tables_name(tmp_path, source, beside):
    assert description_beside(tmp_path / source) == tmp_path / beside
    assert description_beside(f"https://example.org/{source}") is None


@pytest.mark.parametrize(
    ("column", "dtype", "values"),
    [
        ("1,NA,2", pl.Int64, [1, None, 2]),
        ("1.5,n/a,,NaN", pl.Float64, [1.5, None, None, None]),
        ("null,none,7", pl.Int64, [None, None, 7]),
        ("true,NA,false", pl.Boolean, [True, None, False]),
        ('"",1,2', pl.Int64, [None, 1, 2]),
        (" 1, 2,x ", pl.String, [" 1", " 2", "x "]),
        (" 1, 2", pl.Int64, [1, 2]),
        ("1,2.5,x", pl.String, ["1", "2.5", "x"]),
        ("1,true", pl.String, ["1", "true"]),
        ("NA,DE,FR", pl.String, ["NA", "DE", "FR"]),
        ('a,"",b,', pl.String, ["a", None, "b", None]),
        ("NA,NA", pl.String, [None, None]),
        ("2026-11-24,NA", pl.Date, ["2026-11-24", None]),
        ("2026-11-24T10:30:00,", pl.Datetime("us"), ["2026-11-24T10:30:00", None]),
        ("11/12/2026,12/12/2026", pl.String, ["11/12/2026", "12/12/2026"]),
        ("2026-11-24,2026-13-45", pl.String, ["2026-11-24", "2026-13-45"]),
        ("1e400,2", pl.Float64, [float("inf"), 2.0]),
    ],
)
def test_a_csv_column_is_what_all_its_values_are(tmp_path, column, dtype, values):
    lines = "\n".join(f"{n},{value}" for n, value in enumerate(column.split(",")))
    dtypes, rows = types_of(tmp_path, f"n,x\n{lines}\n")
    plain = [getattr(value, "isoformat", lambda value=value: value)() for _, value in rows]
    assert (dtypes[1], plain) == (dtype, values)


def test_quotes_separators_and_line_ends_inside_values_are_kept(tmp_path):
    _, rows = types_of(tmp_path, '"a\nb",n\r\n"x,\n""y""",1\r\n"NA",2\r\n')
    assert rows == [('x,\n"y"', 1), ("NA", 2)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.parquet", b"", ["Parquet"]),
        ("a.parquet", b"PAR1 and no more", ["Parquet"]),
        ("a.arrow", b"", ["Arrow"]),
        ("a.arrow", b"ARROW1\0\0 and no more of it", ["Arrow"]),
        ("a.csv.gz", zipped(CSV * 1000)[:-20], ["gzip"]),
        ("a.csv.gz", zipped(CSV)[:12] + b"\xff" * 20, ["gzip"]),
        ("a.csv", b"\x93NUMPY\x01\0\x05\x06", ["array of NumPy", "save it as"]),
        ("a.csv", b"<!DOCTYPE html><p>no</p>", ["web page"]),
        ("a.csv", b"h\n" + b"x\n" * 1_000_000 + b"\xe2\x82", ["not UTF-8", "line 1000002"]),
        ("a.csv", b"h\nx\xe2\x82", ["not UTF-8", "line 2"]),
        ("a.xlsx", b"PK\x03\x04\0\0\0\0", ["zip data is damaged"]),
    ],
)
def test_a_damaged_file_is_one_line_with_its_name(tmp_path, name, content, words):
    path = written(tmp_path / name, content)
    message = refusal(path)
    assert message.startswith(str(path))
    assert all(word in message for word in words), message


@pytest.mark.parametrize("kind", ["parquet", "ipc", "ipc_stream"])
def test_a_file_cut_anywhere_is_one_line(tmp_path, kind):
    whole = written(tmp_path / "whole", kind).read_bytes()
    path = tmp_path / ("cut.parquet" if kind == "parquet" else "cut.arrow")
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert refusal(path).startswith(str(path))


def test_a_table_without_rows_is_one_line_whatever_its_kind(tmp_path):
    POTS.clear().write_parquet(tmp_path / "a.parquet")
    pl.DataFrame().write_ipc(tmp_path / "a.arrow")
    assert "header but no rows" in refusal(tmp_path / "a.parquet")
    assert "has no rows" in refusal(tmp_path / "a.arrow")


def test_what_is_no_file_is_one_line_and_is_not_waited_for(tmp_path):
    pipe, place = tmp_path / "pots.csv", tmp_path / "socket.csv"
    os.mkfifo(pipe)
    said = "; write what it gives into a file first"
    assert refusal(pipe) == f"{pipe}: is a pipe{said}"
    (tmp_path / "linked.csv").symlink_to(pipe)
    assert refusal(tmp_path / "linked.csv") == f"{tmp_path}/linked.csv: is a pipe{said}"
    assert refusal("/dev/zero") == f"/dev/zero: is a device{said}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        assert refusal(place) == f"{place}: is a socket{said}"
    folder = parts(tmp_path / "clay")
    os.mkfifo(folder / "c.parquet")
    assert refusal(folder) == f"{folder}/c.parquet: is a pipe{said}"
    written(tmp_path / "vases.csv", CSV)
    os.mkfifo(tmp_path / "vases.toml")
    with pytest.raises(DatasetError, match=r"vases.toml: cannot be read: is a pipe$"):
        read_description(tmp_path / "vases.toml")


def test_how_much_is_read_is_told(tmp_path):
    told = []
    path = written(tmp_path / "pots.csv.gz", zipped(CSV))
    read_source(path, lambda *given: told.append(given))
    assert told == [
        ("reading pots.csv.gz",),
        ("unpacking pots.csv.gz", 1.0),
        ("reading pots.csv.gz", 0.1),
        ("reading pots.csv.gz", 0.2),
        ("reading pots.csv.gz", 0.7),
        ("reading pots.csv.gz", 0.85),
        ("hashing",),
        ("hashing", 1.0),
    ]
    told.clear()
    with web((200, {"Content-Length": str(len(CSV))}, CSV)) as host:
        read_source(f"http://{host}/pots.csv", lambda *given: told.append(given))
    assert told[:2] == [("fetching pots.csv",), ("fetching pots.csv", 1.0)]


def test_text_given_as_a_path_is_one_line():
    assert "no such file" in refusal("a,b\n1,2\n")
    assert "cannot be read" in refusal("x" * 5_000)


def test_the_hash_follows_the_content(tmp_path):
    one, same = (written(tmp_path / name, CSV) for name in ("one.csv", "same.csv"))
    other = written(tmp_path / "other.csv", CSV.replace(b"1.5", b"1.6"))
    assert read_source(one).content_hash == read_source(same).content_hash
    assert read_source(one).content_hash != read_source(other).content_hash


@contextmanager
def web(*answers, asked=None):
    """A server that gives these (status, headers, body) in turn, the last one from then on."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if asked is not None:
                asked.append((self.path, self.headers.get("Authorization")))
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/clay/pots.csv", CSV),
        ("/pots.csv.gz?token=hidden", zipped(CSV)),
        ("/pots.parquet", "parquet"),
        ("/pots", "ipc"),
        ("/my pots/p%C3%B6ts.tsv#top", TSV),
    ],
)
def test_an_address_is_read_by_its_suffix_or_content(tmp_path, path, content):
    body = written(tmp_path / "body", content).read_bytes()
    with web((200, {}, body)) as host:
        read = read_source(f"http://{host}{path}")
    assert read.frame.rows() == ROWS
    assert read.title in ("pots", "pöts")


def test_a_password_goes_to_its_own_server_and_nowhere_else():
    asked, elsewhere = [], []
    with (
        web((200, {}, CSV), asked=elsewhere) as other,
        web((302, {"Location": f"http://{other}/pots.csv"}, b""), asked=asked) as host,
    ):
        read = read_source(f"http://me:s%C3%A9cret@{host}/pots.csv?key=signature")
    token = base64.b64encode("me:sécret".encode()).decode()
    assert asked == [("/pots.csv?key=signature", f"Basic {token}")]
    assert elsewhere == [("/pots.csv", None)]
    assert read.name == f"http://{host}/pots.csv"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((404, {}, b""), "404 Not Found"),
        ((500, {}, b""), "500"),
        ((200, {"Content-Length": "1000"}, CSV), "broke off"),
        ((200, {}, b"<html>log in</html>"), "web page"),
        ((200, {}, b""), "is empty"),
        ((200, {}, b"h\nx\n"), "larger than 3 bytes"),
        ((302, {"Location": "file:///etc/hostname"}, b""), "302"),
    ],
)
def test_what_a_server_refuses_is_one_line_without_secrets(monkeypatch, answer, words):
    if "larger" in words:
        monkeypatch.setattr(iris_dash.tables.reading.download, "MOST_BYTES", 3)
    with web(answer) as host:
        message = refusal(f"http://me:secret@{host}/pots.csv?key=signature")
    assert message.startswith(f"http://{host}/pots.csv: ")
    assert words in message
    assert "secret" not in message
    assert "signature" not in message


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://me:secret@127.0.0.1:{port}/a.csv", "Connection refused"),
        ("http://me:secret@no.such.host.invalid/a.csv", "cannot be fetched"),
        ("http://me:secret@127.0.0.1:http/a.csv", "cannot be fetched"),
        ("http://me:secret@[::1/a.csv", "not an address"),
        ("http:///a.csv", "cannot be fetched"),
        ("ftp://me:secret@127.0.0.1/a.csv", "only http and https"),
        ("s3://bucket/a.parquet", "only http and https"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line_without_secrets(address, words):
    message = refusal(address.format(port=free_port()))
    assert words in message
    assert "secret" not in message


def test_a_silent_server_is_one_line(monkeypatch):
    monkeypatch.setattr(iris_dash.tables.reading.download, "SECONDS", 0.2)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:
        address = f"http://127.0.0.1:{silent.server_port}/a.csv"
        assert "no answer within 0.2 seconds" in refusal(address)


# Counts as published with the data set: Horst, Hill and Gorman (2020), palmerpenguins.
PENGUINS = ROOT / "data" / "penguins.csv"


def test_the_penguins_are_those_published():
    with PENGUINS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 344
    assert Counter(r["species"] for r in rows) == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}
    assert Counter(r["island"] for r in rows) == {"Biscoe": 168, "Dream": 124, "Torgersen": 52}
    assert Counter(r["sex"] for r in rows) == {"female": 165, "male": 168, "": 11}
    for name in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"):
        assert [r[name] for r in rows].count("") == 2


def test_the_penguins_open_with_their_settings():
    penguins = Explorer.open(PENGUINS)
    schema = penguins.schema
    assert (schema.title, schema.rows) == ("Palmer penguins", "penguins")
    assert [f.name for f in schema.facets] == ["species", "island", "sex", "year"]
    assert schema.facet("sex").values == ("female", "male", None)
    assert schema.facet("year").values == (2007, 2008, 2009)
    assert [(m.title, m.low, m.high) for m in schema.measures] == [
        ("Bill length (mm)", 32.1, 59.6),
        ("Bill depth (mm)", 13.1, 21.5),
        ("Flipper length (mm)", 172, 231),
        ("Body mass (g)", 2700, 6300),
    ]
    assert penguins.count(penguins.query(sex=None)) == 344
    assert penguins.count(penguins.query(sex=[None])) == 11
    assert penguins.count(penguins.query(lower={"body_mass_g": 0})) == 342
    means = {mean.group: mean.means[3] for mean in penguins.group_means(penguins.query())}
    assert means == pytest.approx(
        {"Adelie": 3700.662, "Chinstrap": 3733.088, "Gentoo": 5076.016}, abs=5e-4
    )


@pytest.mark.parametrize("suffix", ["parquet", "feather", "arrow"])
def test_repeated_names_are_told_apart_as_in_a_text(tmp_path, suffix):
    """Such a file was refused, with the text of a library's panic."""
    table = pa.table([[1, 2], [3, 4], ["x", "y"]], ["a", "a", ""])
    path = tmp_path / f"t.{suffix}"
    if suffix == "parquet":
        parquet.write_table(table, path)
    else:
        write = pa.ipc.new_file if suffix == "feather" else pa.ipc.new_stream
        with write(path, table.schema) as writer:
            writer.write_table(table)
    explorer = Explorer.open(str(path))
    assert explorer.schema.names == ("a", "a (2)", "column 3")
    assert explorer.schema.notes == ("named anew: 'a (2)', 'column 3'",)
    assert nw.to_native(explorer.dataset.page(Query())).row(0)[:3] == (1, 3, "x")


def test_a_name_ends_at_no_nul(tmp_path):
    """Arrow could not be written of such a table."""
    explorer = Explorer.open(pl.DataFrame({"a\0b": [1], "ab": [2]}))
    assert explorer.schema.names == ("ab (2)", "ab")
    assert pa.ipc.open_stream(b"".join(explorer.export("arrow").pieces)).read_all().num_rows == 1
