"""Of every text file that is read, each text to copy gives the rows that the product gives."""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from copied import check_texts

from iris_dash.tables.description import Reading

ALL = ("pandas", "Polars", "DuckDB")
FRAMES = ("pandas", "Polars")
CASES = Path(__file__).parents[1] / "tables" / "cases"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("blank_lines", ALL),
        ("blank_lines_crlf", ALL),
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
LONG = f"a,n\n{'x' * 200_000} ,1\ny\n"


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
        ("sep=;\n" + GERMAN, ALL),
        ('# a "quote\n\n# and more\n' + GERMAN, ALL),
        (GERMAN + "\x1a", FRAMES),
        (GERMAN.replace("; 2,25", ';"2,25"') + "Sandweg\n\n", ALL),
        (GERMAN.replace("\n", ";\n") + ";;\n", FRAMES),
        (GERMAN.replace(";", "|"), ALL),
        (GERMAN.replace(";", "\t"), ALL),
        (ONE, ALL),
        ('n\n3\n"4" \n\n', FRAMES),
        (AMERICAN, ALL),
        (MIXED, ALL),
        (ZONES, ALL),
        (EXACT, ALL),
        (CODES, ALL),
        (HEADS, ALL),
        (INDEX, ALL),
        (LONG, ALL),
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
    check_texts(str(path), labels)


@pytest.mark.parametrize(
    ("content", "said", "labels"),
    [
        (OWN, Reading(missing=("-999", "nix")), ALL),
        (OWN + "7\n", Reading(missing=("-999", "nix")), ALL),
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


def test_a_tsv_with_a_name_that_sql_takes_for_another_has_no_sql(tmp_path):
    shutil.copy(CASES / "semicolon.csv", tmp_path / "t.tsv")
    check_texts(str(tmp_path / "t.tsv"), ALL)
    (tmp_path / "u.csv").write_text("a,A\n1,2\n")
    check_texts(str(tmp_path / "u.csv"), FRAMES)
