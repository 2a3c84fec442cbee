"""Of every text file that is read, each text to copy gives the rows that the product gives."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import narwhals as nw
import pyarrow as pa
import pytest
from copied import check_texts, run, tidied
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from iris_dash import Explorer
from iris_dash.copy_as import forms
from iris_dash.core.errors import DatasetError
from iris_dash.query.names import held_names
from iris_dash.tables.description import Reading

ALL = ("pandas", "Polars", "DuckDB")
FRAMES = ("pandas", "Polars")
CASES = Path(__file__).parents[1] / "tables" / "cases"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("blank_lines", ALL),
        ("blank_lines_crlf", FRAMES),
        ("case", ALL),
        ("ctrlz", FRAMES),
        ("extreme_x", ALL),
        ("gwas", ALL),
        ("header_spaces", ALL),
        ("inch", ALL),
        ("manyfacet", ALL),
        ("max1", ALL),
        ("na", ALL),
        ("pandas_index", ALL),
        ("plus", ALL),
        ("preamble", ALL),
        ("pval", ALL),
        ("quotedspace", FRAMES),
        ("semicolon", ALL),
        ("semicolon_point", ALL),
        ("uint64", ALL),
        ("underscore", ALL),
        ("utcplain", ALL),
    ],
)
def test_a_table_as_people_bring_it(name, labels):
    check_texts(str(CASES / f"{name}.csv"), labels)


GERMAN = "Straße;Preis;Anzahl;Tag\nMüllerweg;1,5;1.234;24.11.2026\nJägerweg; 2,25;2.000;3.1.2026\n"
ONE = "n\n3\n\n1\n\n"
AMERICAN = 'when,n,"a, b"\n11/24/2026 9:05,"1,234.5",x\n1/2/2026 10:30:15.5,"-2,000",\n,NA,z\n'
MIXED = "t,n\n2026-11-24,1\n2026-11-24 10:30,2\n2026-11-24T10:30:15.25,3\n,4\n"
ZONES = "t,n\n2026-11-24T10:30Z,1\n2026-11-24T10:30:00+02:00,2\n2026-11-24 10:30:00.5-0330,3\n"
EXACT = "i,u,x,f\n9007199254740993,18446744073709551615,1e0,0\n,,2.50,1e0\n"
EXACT += "-9223372036854775808,18446744073709551614,NA,2.0\nNA,1,+3,1\n"
CODES = "plz,ok\n01234,yes\n20095,no\n"
OWN = "a,n,t\n-999,1,x\n3, -999 ,-999\n4,2.5,nix\n 5 ,,nix \n"
HEADS = ' a ,a,,"q""r",\n1,2,3,4,x\n2,3,4,5,\n'
INDEX = ",a\n0,x\n1,y\n2,\n"
YEARS = (
    "d,t,u\n2024/1/5,2024/1/5 9:05:00.5,2024.01.05\n2024-12-31,2024-01-06 23:59,2024.02.29\nNA,,\n"
)
NAMED = (
    "d;m;t;u\n02-Jan-2024;January 2, 2024;2 Feb 2024 9:05;Mar 3, 2024, 12:05:07 am\n"
    "31-DEC-2024;may 12, 2024; 12 jan 2024 23:59;Dec 31, 2024, 3:05:07 PM\nNA;;n/a;\n"
)
TWELVE = (
    "d,t,u,v\n11/24/2026 3:05 PM,24.11.2026 12:05:07 am,2026-11-24 3:05PM,2026/1/2 1:02 pm\n"
    "1/2/2026 12:05 am, 2.1.2026 03:05:07 PM,2026-01-02 12:00am,2026/11/24 1:02 am\nNA,,n/a,\n"
    '"11/25/2026 3:06 PM",24.11.2026 12:05:07 PM,,\n'
)
SCRIPT = 'd,n\n"11/24/2026, 3:05:07\u202fPM",1\n"1/2/2026, 12:00:07\u202fAM",2\n'
GAPS = 'a,b,c,d\n1.5,2,"1,234",-\n-,--,-,.\n.,3,"2,000",x\n-2,-,.,-\n'
MONEY = 'a,b,c\n"$1,234.50",€ 5,5.25\u00a0£\n-$3,€ -7,\n$ 5,NA,7.00\u202f£\n-,€8,1.50£\n'
COLUMNS = "name  n   x\na     1   2\nbb    10  2.5\n"
LONG = f'a,n\n5" pipe{"x" * 140_000} ,1\ny,\n'


def as_gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def as_zip(content: bytes) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("t.csv", content)
    return file.getvalue()


def as_zstandard(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (GERMAN, ALL),
        (GERMAN.encode("utf-8-sig"), ALL),
        (GERMAN.encode("cp1252"), ALL),
        (GERMAN.replace("Müllerweg", "„Müllerweg“").encode("cp1252"), FRAMES),
        (GERMAN.encode("utf-16"), ALL),
        (GERMAN.encode("utf-16-le"), FRAMES),
        (GERMAN.encode("mac_roman"), FRAMES),
        (GERMAN.replace("\n", "\r\n"), ALL),
        (GERMAN.replace("\n", "\r"), FRAMES),
        (GERMAN.replace("\n", "\r\n", 1), ALL),
        (AMERICAN + ',"1\r\n2",\r\n\r\n', ALL),
        ("sep=§\n" + GERMAN.replace(";", "§"), FRAMES),
        (GERMAN.replace(";Tag", ';"Tag" '), ()),
        ("sep=;\n" + GERMAN, ALL),
        ('# a "quote\n\n# and more\n' + GERMAN.replace("; ", ";"), ALL),
        (GERMAN + "\x1a", FRAMES),
        (GERMAN[:-1] + "\x1a", FRAMES),
        (GERMAN.replace("; 2,25", ';"2,25"') + "Sandweg\n\n", ALL),
        (GERMAN.replace("\n", ";\n") + ";;\n", FRAMES),
        (GERMAN.replace(";", "|"), ALL),
        ('\ufeff"a;";b\n1;2\n3;4\n', FRAMES),
        ('\ufeff";""a";b\n1;2\n3;4\n', FRAMES),
        ('\ufeff"; ";b\n1;2\n3;4\n', FRAMES),
        (GERMAN.replace(";", "\t"), ALL),
        (ONE, ALL),
        ('n\n3\n5" pipe\n\n', ALL),
        ('n\n1\n""\n\r\n', FRAMES),
        ("n\n1,5\n2,75\n", ALL),
        ("n\n1,5 EUR\n2,75 EUR\n", ALL),
        ("a,b\n1, x\n2\n", FRAMES),
        ('a,b\n1, "x"\n2, y\n', ()),
        ("a,b\n1,x\n" + "\0" * 9, ()),
        (AMERICAN, ALL),
        (MIXED, ALL),
        (ZONES, ALL),
        (EXACT, ALL),
        (CODES, ALL),
        (CODES + "+07,-\n1.5,-\n", ALL),
        (HEADS, ALL),
        (INDEX, ALL),
        (LONG, ALL),
        (YEARS, ALL),
        (GAPS, ALL),
        (MONEY, ALL),
        ("v;w\n5,00 €;€ 2\n1.234,56 €;€ 3,5\n", ALL),
        (GERMAN.replace("1,5", "-").replace("1.234", "."), ALL),
        (NAMED, ALL),
        (TWELVE, ALL),
        (SCRIPT, ALL),
        ("a;b\n1,5E+03;x\n-2,5e-1;y\n", ALL),
        (COLUMNS, FRAMES),
        (COLUMNS.replace("  2\n", "  2  \n"), FRAMES),
        ("lat lon\n52.5 13.4\n48.1 11.5\n", ALL),
        ("id~name\n1~Anna\n2~Bert, Carl\n", ALL),
        ("# x\nid^name\n1^A\n2^B\n", ALL),
        ('"x" "z"\n"1" 5 "a b"\n"2" 4 "c"\n', ()),
        ("n\u00e4me,x\nb\u2028c,1 234\n\u00a0d\u00a0,2 345 678\n", ALL),
    ],
)
def test_a_text_table_written_in_some_way(tmp_path, content, labels):
    path = tmp_path / "it's [1] *.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    check_texts(str(path), labels)


@pytest.mark.parametrize(
    ("name", "pack", "text", "labels"),
    [
        ("t.csv.gz", as_gzip, GERMAN, ALL),
        ("t.csv", as_gzip, GERMAN, ALL),
        ("t.gz", bytes, GERMAN, ALL),
        ("t.csv.gz", as_gzip, GERMAN + "\x1a", FRAMES),
        ("t.csv.bz2", bz2.compress, GERMAN, FRAMES),
        ("t.csv.zip", as_zip, GERMAN, ("pandas",)),
        ("t.csv.zip", as_zip, GERMAN + "\x1a", ()),
        ("t.csv.zst", as_zstandard, GERMAN, ("Polars", "DuckDB")),
        ("t.txt", bytes, GERMAN, ALL),
    ],
)
def test_a_packed_text_table(tmp_path, name, pack: Callable[[bytes], bytes], text, labels):
    path = tmp_path / name
    path.write_bytes(pack(text.encode()))
    check_texts(str(path), labels, each=False)


@pytest.mark.parametrize(
    ("content", "said", "labels"),
    [
        (OWN, Reading(missing=("-999", "nix")), ALL),
        (OWN + "7\n", Reading(missing=("-999", "nix")), FRAMES),
        (OWN.replace(" ", "") + "7\n", Reading(missing=("-999", "nix")), ALL),
        ("x\n\n" + GERMAN, Reading(skip=2), ALL),
        (GERMAN, Reading(separator=";", decimal=","), ALL),
        (GERMAN.encode("latin-1"), Reading(encoding="latin-1"), ALL),
        ("a'b\n1'2\n", Reading(separator="'"), ALL),
    ],
)
def test_a_text_table_as_its_owner_says(tmp_path, content, said, labels):
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    check_texts(str(path), labels, said)


def test_a_column_that_is_text_by_its_owner_s_word(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('price,day,size\n"$1,234.50",02-Jan-2024,1.5\n$5,24-Dec-2024,2.50\n')
    (tmp_path / "t.toml").write_text('text = ["price", "day", "size"]\n')
    check_texts(str(path), ALL)


def test_a_tsv_with_a_name_that_sql_takes_for_another_has_no_sql(tmp_path):
    shutil.copy(CASES / "semicolon.csv", tmp_path / "t.tsv")
    check_texts(str(tmp_path / "t.tsv"), ALL)
    (tmp_path / "u.csv").write_text("a,A\n1,2\n")
    check_texts(str(tmp_path / "u.csv"), FRAMES)


LETTERS = "aé\"' ,;#=\n\t\u00a0[$"
SPELLED = (
    "",
    "NA",
    "nan",
    "null",
    "007",
    "+007",
    " 7 ",
    "+5",
    "-1.5",
    "1e3",
    "inf",
    "x",
    "true",
    "False",
    "-",
    ".",
    "2-Jan-2024",
)
SPELLED += ("2026-11-24", "2026-11-24 10:30", "24.12.2026", "1.234", "9007199254740993", " ")


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A text table that is written as somebody might."""
    width, height = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    separator, line_end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n"]))
    ends_odd = draw(st.sampled_from([False, False, True]))
    texts = st.text(LETTERS, max_size=5)
    names = draw(st.lists(texts, min_size=width, max_size=width))
    kinds = [
        st.sampled_from(draw(st.lists(st.sampled_from(SPELLED), min_size=1, max_size=3))) | texts
        if draw(st.integers(0, 2)) == 0
        else st.sampled_from(draw(st.lists(st.sampled_from(SPELLED), min_size=1, max_size=3)))
        for _ in range(width)
    ]
    file = io.StringIO(newline="")
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    write = csv.writer(file, delimiter=separator, lineterminator=line_end, quoting=quoting).writerow
    write(names)
    for _ in range(height):
        row = [draw(kind) for kind in kinds]
        write(row[: draw(st.sampled_from([width] * 5 + [1]))])
        if draw(st.integers(0, 9)) == 0:
            file.write(line_end)
        if ends_odd and draw(st.booleans()):
            file.seek(file.tell() - len(line_end))
            file.truncate()
            file.write("\r\n" if line_end == "\n" else "\n")
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    return file.getvalue().encode(encoding)


@given(content=tables())
@examples(0.3)
def test_a_text_table_of_any_kind(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_bytes(content)
    try:
        explorer = Explorer.open(str(path))
    except DatasetError:
        assume(False)
    held = nw.to_native(explorer.dataset.page(explorer.query())).select(
        held_names(explorer.schema.names)
    )
    with duckdb.connect() as connection:
        texts = forms(explorer, explorer.query(), "http://localhost", str(path))
        assert set(texts) >= {"curl", "Python", "pandas", "Polars"}
        for label in list(texts)[2:]:
            assert run(label, texts[label], connection) == tidied(held.rows()), texts[label]
