"""Whether a file is still what its query gives: same, changed data, altered file, or unreadable."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from examples import crossed
from pyarrow.feather import write_feather

from iris_dash import Explorer
from iris_dash.commands.cli import main
from iris_dash.commands.verify import Claim, verify
from iris_dash.files import FORMATS

KINDS = [known.suffix for known in FORMATS]
BARE = [known.suffix for known in FORMATS if known.receipt is None]
"""The formats without a receipt."""

AGAIN = ["csv", "xlsx", "parquet", "json", "ndjson", "arrow", "feather"]
"""The formats that other libraries write again here: see `rewritten`."""

POTS = """glaze,height,made,note
blue,1.5,2026-01-02,"=SUM(A1)"
green,2.5,2026-01-03,"two
lines"
blue,3.5,,
,-4.0,2026-01-05,007
"""
QUERY = "glaze=blue&glaze=~missing&sort=-height"
GROUPS = "glaze=blue&glaze=~missing&by=glaze,made:week&of=height&stat=count,p95,max&totals=1"


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    path = tmp_path / "pots.csv"
    path.write_text(POTS)
    return path


def exported(pots: Path, kind: str, what: Any = "rows", query: str = QUERY) -> Path:
    from iris_dash.commands.verify import ask

    explorer = Explorer.open(str(pots))
    export = explorer.export(kind, ask(explorer, query, what), what)
    path = pots.parent / f"taken.{kind}"
    path.write_bytes(b"".join(export.pieces))
    return path


def run(capsys, *arguments: Any) -> tuple[int, str, str]:
    code = main(["verify", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def options(pots: Path, kind: str, what: str = "rows", query: str = QUERY) -> list[str]:
    """What is said of a file that cannot say it itself."""
    if kind not in BARE:
        return []
    fingerprint = Explorer.open(str(pots)).dataset.fingerprint
    return ["--query", query, "--fingerprint", fingerprint] + [f"--{what}"] * (what != "rows")


@pytest.mark.parametrize("what", ["rows", "means", "groups"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_as_it_came_is_the_same(pots, capsys, kind, what):
    query = GROUPS if what == "groups" else QUERY
    path = exported(pots, kind, what, query)
    code, out, _ = run(capsys, path, pots, *options(pots, kind, what, query))
    count = {"rows": 3, "means": 2, "groups": 6}[what]
    assert (code, out) == (0, f"same: {count} {what}, as the query gives them\n")


@pytest.mark.parametrize("kind", KINDS)
def test_means_by_a_facet_called_n_are_the_same(pots, capsys, kind):
    pots.write_text("n,height\na,1.5\nb,2.5\na,3.5\n")
    path = exported(pots, kind, "means", "")
    code, out, _ = run(capsys, path, pots, *options(pots, kind, "means", ""))
    assert (code, out) == (0, "same: 2 means, as the query gives them\n")
    if kind == "csv":
        path.write_text(path.read_text().replace("a,2,", "a,2.0,"))
        assert run(capsys, path, pots, *options(pots, kind, "means", ""))[0] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_is_the_same(pots, capsys, kind):
    path = exported(pots, kind, query="glaze=~none")
    code, out, _ = run(capsys, path, pots, *options(pots, kind, query="glaze=~none"))
    assert (code, out) == (0, "same: 0 rows, as the query gives them\n")


def rewritten(path: Path, change: Any) -> None:
    """Write a file again with other rows, by another library, its receipt as it was."""
    kind = path.suffix[1:]
    if kind == "csv":
        names, *rows = csv.reader(io.StringIO(path.read_text(), newline=""))
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([names, *change(rows)])
    elif kind in ("json", "ndjson"):
        text = path.read_text()
        lines = json.loads(text) if kind == "json" else [*map(json.loads, text.splitlines())]
        rows = [dict(zip(lines[0], r, strict=True)) for r in change([[*o.values()] for o in lines])]
        path.write_text(
            json.dumps(rows, indent=1) if kind == "json" else "\n".join(map(json.dumps, rows))
        )
    elif kind == "xlsx":
        book = openpyxl.load_workbook(path)
        sheet = book["Rows"]
        rows = change([[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)])
        sheet.delete_rows(2, sheet.max_row)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    cell.data_type = "s"
        book.save(path)
    else:
        if kind == "parquet":
            table = pq.read_table(path)
            receipt = {b"iris_dash": pq.read_metadata(path).metadata[b"iris_dash"]}
        else:
            read = pa.ipc.open_file if kind == "feather" else pa.ipc.open_stream
            table = read(path.read_bytes()).read_all()
            receipt = table.schema.metadata
        rows = [dict(zip(table.column_names, row, strict=True)) for row in change(
            [[*row.values()] for row in table.to_pylist()]
        )]  # fmt: skip
        table = pa.Table.from_pylist(rows, schema=table.schema).replace_schema_metadata(receipt)
        if kind == "parquet":
            pq.write_table(table, path)
        elif kind == "feather":
            write_feather(table, str(path), compression="zstd")
        else:
            with pa.ipc.new_stream(path, table.schema) as writer:
                writer.write_table(table)


def cell_changed(rows):
    number = 3.25 if isinstance(rows[0][1], float) else "3.25"
    return [[rows[0][0], number, *rows[0][2:]], *rows[1:]]


def order_changed(rows):
    return [rows[1], rows[0], *rows[2:]]


def row_removed(rows):
    return rows[:-1]


def row_added(rows):
    return [*rows, rows[-1], rows[-1]]


@pytest.mark.parametrize("kind", AGAIN)
def test_a_file_written_again_by_another_program_is_the_same(pots, capsys, kind):
    path = exported(pots, kind)
    before = path.read_bytes()
    rewritten(path, list)
    assert path.read_bytes() != before
    assert run(capsys, path, pots, *options(pots, kind))[0] == 0


@pytest.mark.parametrize(
    ("kind", "alteration"),
    crossed(
        AGAIN,
        [
            (cell_changed, "row 1, height: "),
            (order_changed, "row 1, height: "),
            (row_removed, "it has 2 rows, and the query gives 3"),
            (row_added, "it has 5 rows, and the query gives 3"),
        ],
    ),
)
def test_an_altered_file_is_told(pots, capsys, kind, alteration):
    change, words = alteration
    path = exported(pots, kind)
    rewritten(path, change)
    code, out, _ = run(capsys, path, pots, *options(pots, kind))
    assert code == 1
    assert out.startswith(f"altered file: {words}")
    assert out.endswith(", and the data is the same\n")


@pytest.mark.parametrize("kind", KINDS)
def test_changed_data_is_told(pots, capsys, kind):
    path = exported(pots, kind)
    said = options(pots, kind)
    pots.write_text(POTS.replace("3.5", "3.75"))
    code, out, _ = run(capsys, path, pots, *said)
    assert code == 1
    assert out.startswith("changed data: row 1, height: ")
    assert "3.5" in out
    assert "3.75" in out


@pytest.mark.parametrize("kind", KINDS)
def test_data_that_changed_elsewhere_gives_the_same_rows(pots, capsys, kind):
    path = exported(pots, kind)
    said = options(pots, kind)
    pots.write_text(POTS.replace("2.5", "2.75"))
    code, out, _ = run(capsys, path, pots, *said)
    assert code == 0
    assert out.startswith("same: 3 rows")
    assert "changed elsewhere" in out


def test_a_table_that_lost_the_querys_column_is_changed_data(pots, capsys):
    path = exported(pots, "parquet")
    pots.write_text(POTS.replace("glaze", "colour"))
    code, out, _ = run(capsys, path, pots)
    assert code == 1
    assert out.startswith("changed data: the query cannot be asked of it: unknown key 'glaze'")


@pytest.mark.parametrize("kind", BARE)
def test_nothing_is_inferred_of_a_file_without_a_receipt(pots, capsys, kind):
    path = exported(pots, kind)
    code, out, err = run(capsys, path, pots)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "holds no receipt" in err
    assert "--query" in err


def test_another_spelling_of_a_number_is_the_same_of_a_text_it_is_not(pots, capsys):
    path = exported(pots, "csv")
    text = path.read_text()
    path.write_text(text.replace("3.5", "3.50").replace("-4.0", "-4"))
    assert run(capsys, path, pots, "--query", QUERY)[0] == 0
    path.write_text(text.replace("007", "7"))
    assert "row 3, note: '7', not '007'" in run(capsys, path, pots, "--query", QUERY)[1]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_another_column_name_is_an_altered_file(pots, capsys, kind):
    path = exported(pots, kind)
    path.write_text(path.read_text().replace("height", "width"))
    code, out, _ = run(capsys, path, pots, *options(pots, kind))
    assert code == 1
    assert out.startswith("altered file: its columns are glaze, width, made, note, not glaze, h")


def test_true_is_not_one(tmp_path):
    explorer = Explorer.open(pl.DataFrame({"flag": [True, False], "n": [1, 0]}))
    path = tmp_path / "taken.json"
    for text, word in (('{"flag":true,"n":1}', "same"), ('{"flag":1,"n":1}', "altered file")):
        path.write_text(f'[{text},{{"flag":false,"n":0}}]')
        claim = Claim("", "rows", explorer.dataset.fingerprint)
        assert verify(path, explorer, claim).line.startswith(word)


def test_a_spreadsheet_whose_sheet_is_damaged_is_one_line(pots, capsys):
    path = exported(pots, "xlsx")
    whole = zipfile.ZipFile(path)
    parts = {name: whole.read(name) for name in whole.namelist()}
    whole.close()
    with zipfile.ZipFile(path, "w") as damaged:
        for name, content in parts.items():
            damaged.writestr(name, content[:-20] if "sheet1" in name else content)
    code, out, err = run(capsys, path, pots)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_without_a_fingerprint_a_difference_has_two_causes(pots, capsys):
    path = exported(pots, "csv")
    assert run(capsys, path, pots, "--query", QUERY)[0] == 0
    rewritten(path, cell_changed)
    code, out, _ = run(capsys, path, pots, "--query", QUERY)
    assert code == 1
    assert out.startswith("different: row 1, height: '3.25', not '3.5'; without --fingerprint")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_such_file_is_one_line(pots, capsys, kind):
    path = pots.parent / f"broken.{kind}"
    said = ["--query", "glaze=blue"] if kind in BARE else []
    for content in (b"", b'\x00{"a', b"PK\x03\x04 and no more", b"[1, 2]", b'{"a": 1}\n{"b": 2}'):
        path.write_bytes(content)
        code, out, err = run(capsys, path, pots, *said)
        assert code in ((1, 2) if kind in BARE else (2,)), content
        assert (out + err).count("\n") == 1
    path.unlink()
    code, _, err = run(capsys, path, pots, *said)
    assert code == 2
    assert err.count("\n") == 1


@pytest.mark.parametrize("kind", ["parquet", "arrow", "feather", "xlsx"])
def test_another_programs_file_has_no_receipt(pots, capsys, kind):
    path = pots.parent / f"other.{kind}"
    frame = pl.DataFrame({"a": [1]})
    if kind == "xlsx":
        openpyxl.Workbook().save(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "feather":
        frame.write_ipc(path)
    else:
        frame.write_ipc_stream(path)
    code, _, err = run(capsys, path, pots)
    assert code == 2
    assert "holds no receipt" in err


def test_other_wrong_commands_are_one_line(pots, capsys):
    (pots.parent / "taken.txt").write_text("")
    for arguments in (
        (pots.parent / "taken.txt",),
        (exported(pots, "parquet"), pots.parent / "nothing.csv"),
        (exported(pots, "csv"), pots, "--query", "glaze=pink"),
        (exported(pots, "csv"), pots, "--means"),
    ):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert "IRIS_DASH" not in err  # nobody has named a variable


def test_the_default_table_and_the_environment_are_asked(explorer, tmp_path, capsys, monkeypatch):
    query = explorer.query(species="setosa")
    path = tmp_path / "taken.parquet"
    path.write_bytes(b"".join(explorer.export("parquet", query).pieces))
    monkeypatch.delenv("IRIS_DASH_DATA", raising=False)
    assert run(capsys, path)[:2] == (0, "same: 50 rows, as the query gives them\n")
    assert run(capsys, path, "--title", "Other")[1].startswith("same: 50 rows")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_value_comes_back(tmp_path, kind):
    table = pl.DataFrame(
        {
            "=name": ["-1", "'=1", "a\rb\x01_x0041_", "https://x.org"],
            "n": [2**60, -5, None, 0],
            "x": [0.1 + 0.2, float("inf"), None, -1e-300],
            "flag": [True, None, False, True],
            "day": [date(1850, 1, 1), None, date(2026, 1, 1), date(2026, 1, 2)],
            "when": [datetime(2026, 1, 1, 1, 2, 3, 456_789), None, None, datetime(1, 1, 1)],
        }
    )
    explorer = Explorer.open(table)
    path = tmp_path / f"taken.{kind}"
    path.write_bytes(b"".join(explorer.export(kind).pieces))
    fingerprint = explorer.dataset.fingerprint
    claim = Claim("", "rows", fingerprint) if kind in BARE else None
    assert verify(path, explorer, claim).line.startswith("same: 4 rows")
    for name, value in (("n", 2**60 + 1), ("x", 0.31), ("flag", False), ("=name", "1")):
        other = table.with_columns(
            pl.Series(name, [value, *table[name][1:].to_list()], dtype=table[name].dtype)
        )
        found = verify(path, Explorer.open(other), Claim("", "rows", fingerprint))
        assert found.line.startswith(f"changed data: row 1, {name}: "), found
