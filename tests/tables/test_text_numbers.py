"""Numbers and dates in text tables: what only looks like one, and which marks they have."""

from __future__ import annotations

import polars as pl
import pytest

from iris_dash.tables.reading.text_files import read_text_table


def read(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return read_text_table(path, "t.csv")


@pytest.mark.parametrize("rows", [0, 200_000])
@pytest.mark.parametrize(
    ("separator", "first", "odd"),
    [
        (",", "1.5", "１.5"),
        (",", "12", "１３"),
        (";", "1,5", "١,٥"),
        (",", "1.5", "1e５"),
        (",", "24.11.2026", "２５.11.2026"),
        (",", "1/13/2026", "２/14/2026"),
        (",", "2026-11-24", "２０２６-11-24"),
        (",", "1 234", "２ 345"),
        # A code, whatever blanks are before it.
        (",", "5", " 007"),
        (",", "5.5", "          007"),
        (";", "5", " \t007"),
        ("|", "5", "\t-007"),
        ("\t", "5", " 007"),
        (",", "5", " -007"),
    ],
)
def test_a_column_with_one_that_is_no_number_is_text(tmp_path, separator, first, odd, rows):
    lines = [f"{first}{separator}x"] * (rows + 2) + [f"{odd}{separator}y"]
    frame = read(tmp_path, "\n".join([f"a{separator}b", *lines])).frame
    assert frame["a"].dtype == pl.String
    assert (frame["a"][0], frame["a"][-1]) == (first, odd)


def test_a_code_in_quotes_may_stand_behind_a_tab(tmp_path):
    frame = read(tmp_path, 'k,v\na,"\t007"\nb,5\n').frame
    assert frame["v"].to_list() == ["\t007", "5"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        # A mark that a number has twice parts thousands, everywhere.
        ("k\tpop\tarea\nx\t1,234\t5,678,901\n", [1234, 5678901]),
        ("k;pop;area\nx;1.234;5.678.901\n", [1234, 5678901]),
        ("k;pop;area\nx;1.234,5;5.678.901\n", [1234.5, 5678901]),
        # Unless another number says that it does not.
        ("k;pop;area\nx;1.5;192.168.100\n", [1.5, "192.168.100"]),
        ("k\tpop\tarea\nx\t1,5\t5,678,901\n", [1.5, "5,678,901"]),
    ],
)
def test_a_mark_that_a_number_has_twice_is_no_decimal_mark(tmp_path, text, values):
    assert list(read(tmp_path, text).frame.row(0))[1:] == values


def test_a_date_with_points_is_never_read_month_first(tmp_path):
    table = read(tmp_path, "k,v\na,02.01.2024\nb,01/25/2024\n")
    assert table.frame["v"].to_list() == ["02.01.2024", "01/25/2024"]
    assert table.notes == ()


def test_thousands_are_not_said_of_a_column_that_stays_text(tmp_path):
    table = read(tmp_path, "a\tb\n1\t9,007,199,254,740,993\n2\t1.5\n")
    assert table.frame["b"].to_list() == ["9,007,199,254,740,993", "1.5"]
    assert table.notes == ("columns are parted by tabs",)


def test_a_column_that_is_left_out_takes_no_other_note_with_it(tmp_path):
    table = read(tmp_path, ",a,a, b\n0,1,2,3\n\n1,3,4,5\n")
    assert table.frame.columns == ["a", "a (2)", "b"]
    assert table.notes == (
        "its first column has no name and counts the rows: it is left out",
        "named anew: 'a (2)'",
        "blanks around names are left out",
        "empty lines are no rows",
    )
