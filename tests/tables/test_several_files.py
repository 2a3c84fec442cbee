"""Files of a folder or pattern are one table, none left out silently, or one line says why not."""

from __future__ import annotations

import gzip
import os
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from iris_dash.copy_as.file import known_file
from iris_dash.core.errors import DatasetError
from iris_dash.explorer import Explorer
from iris_dash.tables.reading.row_counts import COUNTS_ROWS
from iris_dash.tables.reading.sources import read_source

HIVE = Path(__file__).parent / "cases" / "hive"


def written(folder: Path, files: dict[str, str | bytes | pl.DataFrame]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize("pattern", ["", "**/*.parquet", "year=*/p.parquet"])
def test_what_folders_are_called_is_a_column(pattern):
    found = read_source(HIVE / pattern)
    theirs = pl.read_parquet(HIVE, hive_partitioning=True)
    assert found.frame.equals(theirs)
    assert found.frame["year"].unique().to_list() == [2023, 2024]
    assert found.title == "hive"


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["2023", "2024"], [2023, 2024]),
        (["01", "10"], [1, 10]),
        (["1.5", "2"], [1.5, 2.0]),
        (["2024-01-31", "2024-02-01"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["true", "false"], [True, False]),
        (["a%2Fb", "K%C3%B6ln"], ["a/b", "Köln"]),
        (["7", "x"], ["7", "x"]),
        (["7", "__HIVE_DEFAULT_PARTITION__"], [7, None]),
    ],
)
def test_what_folders_are_called_has_a_type(tmp_path, texts, values):
    files = {f"key={text}/{i}.csv": "n\n1\n" for i, text in enumerate(texts)}
    frame = read_source(written(tmp_path, files)).frame
    assert frame.columns == ["n", "key"]
    assert sorted(map(str, frame["key"])) == sorted(map(str, values))
    assert {type(value) for value in frame["key"]} == {type(value) for value in values}


def test_other_names_of_folders_are_another_table(tmp_path):
    one = written(tmp_path / "one", {"year=1/a.csv": "n\n1\n"})
    two = written(tmp_path / "two", {"year=2/a.csv": "n\n1\n"})
    assert read_source(one).content_hash != read_source(two).content_hash


def whole(number: int) -> pl.DataFrame:
    return pl.DataFrame({"n": [number]}, schema={"n": pl.UInt64 if number >= 2**63 else pl.Int64})


AB = {"a.csv": "city,n\nBonn,1\n", "b.csv": "city,n\nKiel,2\n"}


@pytest.mark.parametrize(
    ("files", "pattern", "rows", "notes"),
    [
        (AB, "", [("Bonn", 1), ("Kiel", 2)], []),
        (AB, "*.csv", [("Bonn", 1), ("Kiel", 2)], []),
        (AB, "[b].csv", [("Kiel", 2)], []),
        (
            AB | {"c.CSV.gz": gzip.compress(b"n,city\n3,Ulm\n")},
            "",
            [("Bonn", 1), ("Kiel", 2), ("Ulm", 3)],
            [],
        ),
        (AB | {"below/c.Tsv": "city\tn\nUlm\t3\n"}, "", [("Bonn", 1), ("Kiel", 2), ("Ulm", 3)], []),
        (
            AB | {"_SUCCESS": "", ".a.csv.crc": "x", "README.md": "x"},
            "",
            [("Bonn", 1), ("Kiel", 2)],
            ["no tables by their names, left out: README.md"],
        ),
        (
            AB | {"c.csv": "city;n\nUlm;3,5\n"},
            "",
            [("Bonn", 1), ("Kiel", 2), ("Ulm", 3.5)],
            [
                "columns are parted by semicolons (1 of 3 files)",
                "numbers have a decimal comma (1 of 3 files)",
            ],
        ),
        # What a column is all its values in all files say.
        ({"a.csv": "c\n8\n", "b.csv": "c\n007\n"}, "", [("8",), ("007",)], []),
        ({"a.csv": "c\n8\n1e3\n", "b.csv": "c\nx\n"}, "", [("8",), ("1e3",), ("x",)], []),
        (
            {"a.csv": "c\n-1\n", "b.csv": "c\n18446744073709551615\n"},
            "",
            [("-1",), ("18446744073709551615",)],
            [],
        ),
        (
            {"a.csv": "c\n1.50\n", "b.csv": "c\n9007199254740993\n"},
            "",
            [("1.50",), ("9007199254740993",)],
            [],
        ),
        # Namibia keeps its code where a file has nothing else, too: it was a missing value there.
        ({"a.csv": "c\nNA\nDE\n", "b.csv": "c\nNA\n"}, "", [("NA",), ("DE",), ("NA",)], []),
        (
            {"a.csv": "c,n\nNaN,1\n,2\n", "b.csv": "c,n\nx,3\n"},
            "",
            [("NaN", 1), (None, 2), ("x", 3)],
            [],
        ),
        ({"a.csv": "c\nNA\n", "b.csv": "c\n5\n"}, "", [(None,), (5,)], []),
        (
            {"a.csv": "c,n\n,1\n", "b.csv": "c,n\n2024-01-31,2\n"},
            "",
            [(None, 1), (date(2024, 1, 31), 2)],
            [],
        ),
        (
            {"a.csv": "d\n24.11.2026\n", "b.csv": "d\n1/2/2026\n"},
            "",
            [(date(2026, 11, 24),), (date(2026, 2, 1),)],
            ["d: dates are read day first"],
        ),
        # Each file has one order of day and month; all of them together have none.
        (
            {"a.csv": "d,n\n13/02/2024,1\n01/02/2024,2\n", "b.csv": "d,n\n02/13/2024,3\n"},
            "",
            [("13/02/2024", 1), ("01/02/2024", 2), ("02/13/2024", 3)],
            [],
        ),
        (
            {"a.csv": "d,n\n13/02/2024,1\n", "b.csv": "d,n\n2024-02-13,2\n"},
            "",
            [("13/02/2024", 1), ("2024-02-13", 2)],
            [],
        ),
        (
            {"a.csv": "d,n\n13/02/2024,1\n", "b.csv": "d,n\n14/02/2024,2\n"},
            "",
            [(date(2024, 2, 13), 1), (date(2024, 2, 14), 2)],
            ["d: dates are read day first"],
        ),
        (
            {"a.csv": 'n,m\n"1,234",1\n', "b.csv": "n,m\n1 234,1\n"},
            "",
            [("1,234", 1), ("1 234", 1)],
            [],
        ),
        (
            {"A.PARQUET": pl.DataFrame({"n": [1]}), "b.Pq": pl.DataFrame({"n": [2.5]})},
            "",
            [(1.0,), (2.5,)],
            [],
        ),
        # One decimal mark for all of them: 1234 was 1.234 beside 1.5.
        (
            {"a.csv": "d;v\na;1,5\n", "b.csv": "d;v\nb;1.234\n"},
            "",
            [("a", 1.5), ("b", 1234.0)],
            [
                "columns are parted by semicolons",
                "numbers have a decimal comma",
                "v: thousands are parted by '.'",
            ],
        ),
        (
            {"a.csv": "d;v\na;1,5\n", "b.csv": "d;v\nb;1.5\n"},
            "",
            [("a", "1,5"), ("b", "1.5")],
            [
                "numbers have a decimal comma in some files and a point in others: a comma is text",
                "columns are parted by semicolons",
            ],
        ),
        # Where commas part the columns, the mark of these numbers is beyond doubt.
        (
            {"a.csv": "d;v\na;1,5\n", "b.csv": "d,v\nb,1.234\n"},
            "",
            [("a", 1.5), ("b", 1.234)],
            [
                "columns are parted by semicolons (1 of 2 files)",
                "numbers have a decimal comma (1 of 2 files)",
            ],
        ),
        (
            {"a.csv": "d;v\na;1,5\n", "b.csv": 'd,v\nb,"1,234"\n'},
            "",
            [("a", "1,5"), ("b", "1,234")],
            [
                "columns are parted by semicolons (1 of 2 files)",
                "numbers have a decimal comma (1 of 2 files)",
            ],
        ),
        # An index that was written along goes on from file to file, or begins anew.
        (
            {"a.csv": ",v\n0,x\n1,y\n", "b.csv": ",v\n2,z\n"},
            "",
            [("x",), ("y",), ("z",)],
            [COUNTS_ROWS],
        ),
        (
            {"a.csv": ",v\n1,x\n2,y\n", "b.csv": ",v\n0,z\n"},
            "",
            [("x",), ("y",), ("z",)],
            [COUNTS_ROWS],
        ),
        (
            {"a.csv": ",v\n0,x\n1,y\n", "b.csv": ",v\n0,z\n1,w\n"},
            "",
            [("x",), ("y",), ("z",), ("w",)],
            [COUNTS_ROWS],
        ),
        (
            {"a.csv": ",v\n0,x\n1,y\n", "b.csv": "v\nz\n"},
            "",
            [("x",), ("y",), ("z",)],
            [f"{COUNTS_ROWS} (1 of 2 files)"],
        ),
        (
            {"a.csv": ",v\n0,x\n1,y\n", "b.csv": ",v\n7,z\n"},
            "",
            [(0, "x"), (1, "y"), (7, "z")],
            ["named anew: 'column 1'"],
        ),
        ({"a.ndjson": '{"n":1}', "b.json": '[{"n":2}]'}, "", [(1,), (2,)], []),
        # Whole numbers of 64 bits, signed and not, were floats together.
        ({"a.pq": whole(5), "b.pq": whole(2**64 - 1)}, "", [(5,), (2**64 - 1,)], []),
        (
            {"a.pq": whole(-5), "b.pq": whole(2**64 - 1)},
            "",
            [("-5",), ("18446744073709551615",)],
            [],
        ),
        # What is odd is text: true was 1, and other pairs were refused in a library's words.
        ({"a.json": '[{"n":true}]', "b.json": '[{"n":2}]'}, "", [("true",), ("2",)], []),
        ({"a.json": '[{"n":[1]}]', "b.json": '[{"n":2}]'}, "", [("[1]",), ("2",)], []),
        (
            {"a.pq": pl.DataFrame({"n": [date(2026, 1, 2)]}), "b.pq": whole(1)},
            "",
            [("2026-01-02",), ("1",)],
            [],
        ),
        ({"a.pq": pl.DataFrame({"n": [None]}), "b.pq": whole(1)}, "", [(None,), (1,)], []),
    ],
)
def test_files_of_one_shape_are_one_table(tmp_path, files, pattern, rows, notes):
    read = read_source(written(tmp_path / "clay", files) / pattern)
    assert read.frame.rows() == rows
    assert list(read.notes) == notes
    assert read.title == "clay"


NOON = pl.Series([datetime(2024, 1, 1, 12)])
LETTERS = pl.Series(["a"])


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        # Such pairs were a traceback, or refused in a library's words.
        (pl.Series([timedelta(seconds=5)]), pl.Series([3]), ["5.0", "3"]),
        (LETTERS.cast(pl.Enum(["a"])), pl.Series(["z"], dtype=pl.Enum(["z"])), ["a", "z"]),
        (LETTERS.cast(pl.Enum(["a"])), LETTERS.cast(pl.Categorical), ["a", "a"]),
        (
            NOON,
            NOON.dt.replace_time_zone("UTC"),
            ["2024-01-01T12:00:00", "2024-01-01T12:00:00+00:00"],
        ),
        (
            NOON.dt.replace_time_zone("Europe/Berlin"),
            NOON.dt.replace_time_zone("UTC"),
            ["2024-01-01T12:00:00+01:00", "2024-01-01T12:00:00+00:00"],
        ),
        # Numbers that a float is not were refused, or rounded.
        (pl.Series([1.5]), pl.Series([2**53 + 1]), ["1.5", "9007199254740993"]),
        (
            pl.Series([1.5]),
            pl.Series([Decimal("12345678901234567.5")]),
            ["1.5", "12345678901234567.5"],
        ),
        (pl.Series([1.5]), pl.Series([Decimal("0.1")]), [1.5, 0.1]),
        # Values of lists were changed.
        (pl.Series([[1]]), pl.Series([["x"]]), ["[1]", '["x"]']),
        (pl.Series([[2**53 + 1]]), pl.Series([[1.5]]), ["[9007199254740993]", "[1.5]"]),
        (pl.Series([{"k": 1}]), pl.Series([{"k": "x"}]), ['{"k":1}', '{"k":"x"}']),
    ],
)
def test_parts_of_a_column_that_no_type_holds_are_text(tmp_path, one, other, values):
    files = {"a.parquet": one.to_frame("v"), "b.parquet": other.to_frame("v")}
    assert read_source(written(tmp_path / "clay", files)).frame["v"].to_list() == values


def test_durations_of_several_files_are_in_the_finest_unit(tmp_path):
    """They were in the coarsest, without what is finer."""
    spans = pl.Series([5]).cast(pl.Duration("ms")), pl.Series([7]).cast(pl.Duration("ns"))
    files = {f"{place}.pq": span.to_frame("v") for place, span in enumerate(spans)}
    frame = read_source(written(tmp_path / "clay", files)).frame
    assert frame["v"].to_physical().to_list() == [5_000_000, 7]


@pytest.mark.parametrize(
    ("units", "counts"),
    [
        (("ms", "us"), [5_000, 7]),
        (("us", "ns"), [5_000, 7]),
        (("ns", "ms"), [5, 7_000_000]),
        (("us", "ms"), [2**63 - 1, 2**63 - 1]),
    ],
)
def test_times_of_several_files_are_in_the_finest_unit(tmp_path, units, counts):
    """They were in the coarsest, without what is finer; infinity, as DuckDB has it, stays."""
    given = [2**63 - 1] * 2 if counts[0] == 2**63 - 1 else [5, 7]
    files = {
        f"{place}.parquet": pl.DataFrame({"t": pl.Series([count]).cast(pl.Datetime(unit))})
        for place, (unit, count) in enumerate(zip(units, given, strict=True))
    }
    frame = read_source(written(tmp_path / "clay", files)).frame
    assert frame["t"].to_physical().to_list() == counts


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "clay: cannot be read: the folder holds no table; names end in .csv, .tsv"),
        ({"notes.txt": "x"}, "clay: cannot be read: the folder holds no table"),
        (
            AB | {"c.csv": "city,m\nUlm,3\n"},
            "clay/c.csv: has other columns than a.csv; they differ in m, n",
        ),
        (AB | {"c.csv": "city,n\n1,2,3\n"}, "clay/c.csv: line 2 has 3 fields, and the header 2"),
        (AB | {"c.csv": ""}, "clay/c.csv: is empty"),
        (
            AB | {"c.parquet": pl.DataFrame({"n": [1]})},
            "clay: holds tables of several kinds: clay/a.csv, clay/c.parquet; name those of one "
            "by a pattern: 'clay/**/*.csv'",
        ),
        (AB | {"c.parquet": b"PAR1"}, "clay: holds tables of several kinds"),
        (
            {"year=1/a.csv": "n\n1\n", "b.csv": "n\n1\n"},
            "clay/year=1/a.csv: its folders name 'year', and those of clay/b.csv no column",
        ),
        (
            {
                "a.parquet": pl.DataFrame({"t": pl.Series([2**62]).cast(pl.Datetime("us"))}),
                "b.parquet": pl.DataFrame({"t": pl.Series([1]).cast(pl.Datetime("ns"))}),
            },
            "clay: its files do not fit together: 't' has times that are too far away",
        ),
    ],
)
def test_files_of_other_shapes_are_one_line(tmp_path, monkeypatch, files, words):
    (tmp_path / "clay").mkdir()
    written(tmp_path / "clay", files)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError) as caught:
        read_source("clay")
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)


def test_folders_that_cannot_be_looked_into_are_one_line(tmp_path, monkeypatch):
    folder = written(tmp_path / "clay", AB)
    (folder / "again").symlink_to(folder)
    assert len(read_source(folder).frame) == 2
    scandir = os.scandir

    def refused(place):
        if str(place).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    (folder / "locked").mkdir()
    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(DatasetError, match=r"clay: cannot be read: .*locked: Permission denied$"):
        read_source(folder)
    with pytest.raises(DatasetError, match=r"none/\*.csv: there is no such file"):
        read_source(tmp_path / "none" / "*.csv")


@pytest.mark.parametrize(
    ("files", "known"),
    [
        ({"a.parquet": pl.DataFrame({"n": [1]})}, True),
        ({"a.parquet": pl.DataFrame({"n": [1]}), "b.pq": pl.DataFrame({"n": [1]})}, False),
        ({"y=1/a.parquet": pl.DataFrame({"n": [1]})}, True),
        ({"below/a.parquet": pl.DataFrame({"n": [1]})}, False),
        ({"a.csv": "n\n1\n"}, False),
    ],
)
def test_other_libraries_are_told_of_a_folder_that_they_read_alike(tmp_path, files, known):
    folder = str(written(tmp_path / "clay", files))
    assert (known_file(Explorer.open(folder), folder) is not None) == known
