"""Numbers and dates in text tables: what only looks like one, and which marks they have."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.tables.description import ColumnDescription, TableDescription
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


NEW_YEAR, LAST = date(2024, 1, 2), date(2024, 12, 31)
AFTERNOON, MIDNIGHT, NOON = (
    datetime(2026, 11, 24, 15, 5),
    datetime(2026, 1, 2, 0, 30, 7),
    datetime(2026, 1, 2, 12, 30, 7),
)


@pytest.mark.parametrize(
    ("text", "first", "values"),
    [
        ("02-Jan-2024|31-DEC-2024|n/a", "day", [NEW_YEAR, LAST, None]),
        ("2-jan-2024||31-dec-2024", "day", [NEW_YEAR, None, LAST]),
        ("2 January 2024|31 december 2024", "day", [NEW_YEAR, LAST]),
        ("2/Jan/2024|31/Dec/2024", "day", [NEW_YEAR, LAST]),
        ("Jan 2, 2024| Dec 31, 2024 ", "month", [NEW_YEAR, LAST]),
        ("JANUARY 02 2024|December 31 2024", "month", [NEW_YEAR, LAST]),
        ("2024-Jan-02|2024-Dec-31", "year", [NEW_YEAR, LAST]),
        ("1 May 2024|2 May 2024", "day", [date(2024, 5, 1), date(2024, 5, 2)]),
        ("29 Feb 2024|2 Jan 2024", "day", [date(2024, 2, 29), NEW_YEAR]),
        ("24-Nov-2026 15:05|24-Nov-2026 15:05", "day", [AFTERNOON, AFTERNOON]),
        ("2 Jan 2026 0:30:07|2 Jan 2026 12:30:07", "day", [MIDNIGHT, NOON]),
        ("Jan 2, 2026 12:30:07 AM|Jan 2, 2026, 12:30:07 PM", None, None),
        ("Jan 2, 2026, 12:30:07 AM|Jan 2, 2026, 12:30:07 PM", "month", [MIDNIGHT, NOON]),
        # What leaves a doubt is text: two shapes, two digits of a year, a day that is none.
        ("2-Jan-24|31-Dec-24", None, None),
        ("2-Jan-2024|31 Dec 2024", None, None),
        ("2-Jan-2024|31-December-2024", None, None),
        ("2 January 2024|31 Dec 2024", None, None),
        ("2-Jan-2024|31-Dec-2024 10:00", None, None),
        ("30-Feb-2024|2-Jan-2024", None, None),
        ("2-Jan-0999|2-Jan-2024", None, None),
        ("2-Jän-2024|2-Jan-2024", None, None),
        ("2-Sept-2024|2-Jan-2024", None, None),
        ("2-Jan-2024 24:00|2-Jan-2024 10:00", None, None),
        ("2-Jan-2024 10:00:00|2-Jan-2024 23:59:60", None, None),
        ("2-Jan-2024 15:05 PM|2-Jan-2024 3:05 PM", None, None),
        ("2-Jan-2024 0:05 AM|2-Jan-2024 3:05 PM", None, None),
        ("2-Jan-2024 3:05 p.m.|2-Jan-2024 3:05 PM", None, None),
        ("May 2024|June 2024", None, None),
        ("2-Jan-2024|x", None, None),
    ],
)
def test_dates_with_the_month_s_name(tmp_path, text, first, values):
    """They were text."""
    texts = text.split("|")
    table = read(tmp_path, "d;n\n" + "".join(f"{one};1\n" for one in texts))
    wanted = texts if first is None else values
    assert table.frame["d"].to_list() == wanted
    assert table.notes[1:] == ((f"d: dates are read {first} first",) if first else ())


MORNING = datetime(2026, 11, 24, 3, 5, 7)


@pytest.mark.parametrize(
    ("text", "first", "values"),
    [
        ("11/24/2026 3:05 PM|11/24/2026 03:05 pm|NA", "month", [AFTERNOON, AFTERNOON, None]),
        ("24/11/2026 3:05PM|24/11/2026 3:05pm", "day", [AFTERNOON, AFTERNOON]),
        ("24.11.2026 03:05:07 am|24.11.2026 3:05:07 AM", "day", [MORNING, MORNING]),
        ("2026-11-24 3:05:07 AM|2026-01-02 12:30:07 PM", "year", [MORNING, NOON]),
        ("2026/1/2 12:30:07 AM|2026/1/2 12:30:07 PM", "year", [MIDNIGHT, NOON]),
        # As a script writes a time in the United States.
        ("1/2/2026, 12:30:07\u202fAM|11/24/2026, 3:05:07\u202fAM", "month", [MIDNIGHT, MORNING]),
        ("11/24/2026 13:05 PM|11/24/2026 3:05 PM", None, None),
        ("11/24/2026 3:05 PM|24/11/2026 3:05 PM", None, None),
        ("11/31/2026 3:05 PM|11/24/2026 3:05 PM", None, None),
        ("11/24/2026 3 PM|11/24/2026 3:05 PM", None, None),
        ("3:05 PM|3:06 AM", None, None),
    ],
)
def test_clocks_of_twelve_hours(tmp_path, text, first, values):
    """They were text."""
    texts = text.split("|")
    table = read(tmp_path, "d;n\n" + "".join(f"{one};1\n" for one in texts))
    assert table.frame["d"].to_list() == (texts if first is None else values)
    assert table.notes[1:] == ((f"d: dates are read {first} first",) if first else ())


def test_a_clock_of_twelve_hours_tells_no_day_from_a_month(tmp_path):
    table = read(tmp_path, "d,n\n11/12/2026 3:05 PM,1\n12/12/2026 3:05 PM,2\n")
    assert table.frame["d"][0] == "11/12/2026 3:05 PM"
    assert table.notes == ("d: its dates may have the day or the month first, so they are text",)


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("1.5|-|3", [1.5, None, 3.0], ["missing values are written '-'"]),
        ("-|1|--|NA|-2", [None, 1, None, None, -2], ["missing values are written '-' and '--'"]),
        (
            ".|-.5| - |+3|.",
            [None, -0.5, None, 3.0, None],
            ["missing values are written '.' and '-'"],
        ),
        (
            "-|1,234|12",
            [None, 1234, 12],
            ["thousands are parted by ','; missing values are written '-'"],
        ),
        # No number, no gap: a code, a text, a date, true/false, and nothing at all.
        ("007|-|8", ["007", "-", "8"], []),
        ("12|-|x", ["12", "-", "x"], []),
        ("2024-01-01|-", ["2024-01-01", "-"], []),
        ("true|-", ["true", "-"], []),
        ("-|-|", ["-", "-", None], []),
        ("-|NA", ["-", "NA"], []),
        ("+|-", ["+", "-"], []),
        ("1|---", ["1", "---"], []),
        ("9007199254740993|-|1.5", ["9007199254740993", "-", "1.5"], []),
    ],
)
@pytest.mark.parametrize("late", [0, 100_000])
def test_a_mark_in_the_place_of_a_number_is_a_missing_value(tmp_path, text, values, said, late):
    """The column was text. In a long table what comes late tells, too."""
    texts = text.split("|")
    rows = [f'"{texts[0]}",x'] * (late + 1) + [f'"{one}",x' for one in texts[1:]]
    table = read(tmp_path, "\n".join(["v,n", *rows, ""]))
    assert table.frame["v"].to_list()[late:] == values
    assert table.frame["v"].dtype == (pl.Series(values).dtype)
    assert list(table.notes) == [f"v: {one}" for one in said]


def test_in_a_mark_s_place_numbers_keep_their_decimal_comma(tmp_path):
    table = read(tmp_path, "v;w\n1,5;1.000,5\n-;.\n--;2,5\n")
    assert table.frame.rows() == [(1.5, 1000.5), (None, None), (None, 2.5)]


DOUBTFUL = "its amounts may have decimals or thousands, so they are text"


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("$1,234.50|-$3|$ 5|NA", [1234.5, -3.0, 5.0, None], ("$", "; thousands are parted by ','")),
        ("€ 5|€ -7| € 8 ", [5, -7, 8], ("€", "")),
        ("5.00 €|1\u00a0000.25\u00a0€", [5.0, 1000.25], ("€", "; thousands are parted by a blank")),
        ("£45,000|£120,500", [45000, 120500], ("£", "; thousands are parted by ','")),
        ("$0.125|$1.250", [0.125, 1.25], ("$", "")),
        ("$5|-|$7", [5, None, 7], ("$", "; missing values are written '-'")),
        # Two signs, ends or numbers, none at all, a code, a mark of either kind: text.
        ("$5|€5", None, None),
        ("$5|5$", None, None),
        ("$5|5", None, None),
        ("$5$|$6", None, None),
        ("$5-6|$7", None, None),
        ("$007|$8", None, None),
        ("$5|$x", None, None),
        ("($3)|$5", None, None),
        ("1.234 €|12 €", None, DOUBTFUL),
        ("€ 1,759|€ 1,829", None, DOUBTFUL),
        ("$1.234|$12", None, DOUBTFUL),
        ("5,00 €|7,50 €", None, None),
    ],
)
def test_amounts_with_a_sign_of_money(tmp_path, text, values, said):
    """They were text."""
    texts = text.split("|")
    table = read(tmp_path, "v,n\n" + "".join(f'"{one}",1\n' for one in texts))
    wanted = texts if values is None else values
    assert table.frame["v"].to_list() == wanted
    words = f"numbers are in {said[0]}{said[1]}" if isinstance(said, tuple) else said
    assert table.notes == ((f"v: {words}",) if words else ())
    assert table.text.columns[0].unit == (said[0] if isinstance(said, tuple) else "")


def test_amounts_tell_the_decimal_comma(tmp_path):
    table = read(tmp_path, "v;w\n5,00 €;€ 2\n1.234,56 €;€ 3,5\n")
    assert table.frame.rows() == [(5.0, 2.0), (1234.56, 3.5)]
    table = read(tmp_path, "v;w\n1,759 €;$1,234\n1,829 €;$2,345\n")
    assert table.frame.rows() == [("1,759 €", 1234), ("1,829 €", 2345)]
    table = read(tmp_path, "v;w\n1,5;$1,234\n2,5;$2,345\n")
    assert table.frame.rows() == [(1.5, "$1,234"), (2.5, "$2,345")]


def test_a_sign_of_money_is_the_column_s_unit(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("v,w\n$5.5,€ 1\n$7.5,€ 2\n$8.5,€ 9\n")
    said = TableDescription(columns={"w": ColumnDescription(unit="EUR")})
    schema = Explorer.open(str(path), description=said).schema
    assert [column.unit for column in schema.measures] == ["$", "EUR"]
