"""Columns parted by blanks, `~`, `^` or `:`: where all of a file proves it, and nowhere else."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from iris_dash.tables.description import Reading
from iris_dash.tables.reading.sources import read_source

FRUIT = "name    qty  price\napple   3    1.50\npear    12   0.75\n"
FRUITS = {"name": ["apple", "pear"], "qty": [3, 12], "price": [1.5, 0.75]}


@pytest.mark.parametrize(
    ("text", "columns", "mark"),
    [
        ("id~name\n1~Anna\n2~Bert\n", {"id": [1, 2], "name": ["Anna", "Bert"]}, "~"),
        ("id^name\n1^A, B; c\n2^\n", {"id": [1, 2], "name": ["A, B; c", None]}, "^"),
        ('id~n\n1~"a~b"\n2~"c"\n', {"id": [1, 2], "n": ["a~b", "c"]}, "~"),
        (
            "user:uid:home\nroot:0:/root\nbin:1:/bin\n",
            {"user": ["root", "bin"], "uid": [0, 1], "home": ["/root", "/bin"]},
            ":",
        ),
        (FRUIT, FRUITS, "blanks"),
        ("# of May\n\n" + FRUIT, FRUITS, "blanks"),
        (FRUIT.replace("\n", "\r\n"), FRUITS, "blanks"),
        # As a query's answer stands on a screen: numbers at the right.
        ("  n name\n  9 a\n 10 b\n", {"n": [9, 10], "name": ["a", "b"]}, "blanks"),
        ("lat lon\n52.5 13.4\n48.1 11.5\n", {"lat": [52.5, 48.1], "lon": [13.4, 11.5]}, "blanks"),
        # R's write.table, with and without the names of rows, and what pandas prints.
        (
            '"x y" "z"\n"1" 5.1 "a b"\n"2" 4.9 "c"\n',
            {"x y": [5.1, 4.9], "z": ["a b", "c"]},
            "blanks",
        ),
        ('"x" "z"\n5 "a b"\n4 "c"\n', {"x": [5, 4], "z": ["a b", "c"]}, "blanks"),
        (
            '"x" "z"\n"Bonn" 5 1\n"Kiel" 4 2\n',
            {"column 1": ["Bonn", "Kiel"], "x": [5, 4], "z": [1, 2]},
            "blanks",
        ),
        ("x z\n1 5 a\n2 4 b\n", {"x": [5, 4], "z": ["a", "b"]}, "blanks"),
        ("      x z\n0  5.25 a\n1  4.00 b\n", {"x": [5.25, 4.0], "z": ["a", "b"]}, "blanks"),
    ],
)
def test_what_parts_columns_is_found(tmp_path, text, columns, mark):
    """All were one column of text, or refused."""
    (tmp_path / "t.txt").write_bytes(text.encode())
    read = read_source(tmp_path / "t.txt")
    assert read.frame.to_dict(as_series=False) == columns
    assert f"columns are parted by {mark}" in read.notes


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("full name", ["Anna Berg", "Bert Carl"]),
        ("full name", ["Anna Berg", "Christopher Carl"]),
        ("start time", [datetime(2024, 1, 1, 10, 30), datetime(2024, 1, 2, 11, 45)]),
        ("street address", ["Elm 5", "Oak 17"]),
        ("the model name", ["Apple iPhone 12", "Apple iPhone 13"]),
        ("phone number", ["0171 1234567", "0172 7654321"]),
        ("net sales", [1234.5, 2100.25]),
        ("home:away", ["2:1", "3:0"]),
        ("go:id", ["GO:0008150", "GO:0003674"]),
        ("hh:mm:ss", [time(10, 30), time(11, 45, 10)]),
        ("remark: all", ["note: this", "note: that"]),
        ("size ~mm", ["~5", "~6"]),
        ("a~b", ["1~2", "3"]),
        ("a^2", ["x^2", "y^2"]),
        ("a~a", ["1~2", "3~4"]),
        ("root:x:0", ["bin:x:1", "daemon:x:2"]),
        ("word", ["some words here", "more words here"]),
    ],
)
def test_one_column_stays_one(tmp_path, name, values):
    texts = {1234.5: "1 234.5", 2100.25: "2 100.25"}
    lines = [name, *(str(texts.get(one, one)) for one in values)]
    (tmp_path / "t.txt").write_text("\n".join(lines) + "\n")
    assert read_source(tmp_path / "t.txt").frame.to_dict(as_series=False) == {name: values}


@pytest.mark.parametrize(
    ("header", "row", "odd"),
    [("a~b", "1~x", "2"), ("x    y", "1.5  2", "2.5"), ("a  b", "1  x", "x y z")],
)
def test_one_line_far_down_says_that_nothing_parts_it(tmp_path, header, row, odd):
    lines = [header, *[row] * 3000]
    (tmp_path / "t.txt").write_text("\n".join(lines))
    assert read_source(tmp_path / "t.txt").frame.width == 2
    (tmp_path / "t.txt").write_text("\n".join([*lines, odd]))
    assert read_source(tmp_path / "t.txt").frame[header].to_list() == [*[row] * 3000, odd]


def test_the_owner_s_word_is_asked_first(tmp_path):
    (tmp_path / "t.txt").write_text("id~name\n1~Anna\n2~Bert\n")
    read = read_source(tmp_path / "t.txt", reading=Reading(separator=","))
    assert read.frame.to_dict(as_series=False) == {"id~name": ["1~Anna", "2~Bert"]}


def test_a_quote_that_takes_all_lines_into_the_header_is_no_proof(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('" =\n",\n,\nb,c\n')
    frame = read_source(path).frame
    assert frame.to_dict(as_series=False) == {"=": [None, "b"], "column 2": [None, "c"]}
