"""Text tables as people bring them: what is read of each, and what is said of how."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer
from iris_dash.core.errors import DatasetError
from iris_dash.tables.description import Reading, description_of
from iris_dash.tables.reading.text_columns import BLOCK
from iris_dash.tables.reading.text_files import ReadTable, read_text_table
from iris_dash.tables.reading.text_scan import scan

CASES = Path(__file__).parent / "cases"


def read(path: Path, content: bytes | str, **said: object) -> ReadTable:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_text_table(path, path.name, None, Reading(**said))


PUT_RIGHT = "it is no plain CSV: quotes, blanks and ends were put right"
COUNTS_ROWS = "its first column has no name and counts the rows: it is left out"


@pytest.mark.parametrize(
    ("name", "columns", "rows", "notes"),
    [
        ("blank_lines", "city temp", [("Bonn", 11.5), ("Kiel", 9.25)], ["empty lines are no rows"]),
        (
            "blank_lines_crlf",
            "city temp",
            [("Bonn", 11.5), ("Kiel", 9.25)],
            [PUT_RIGHT, "empty lines are no rows"],
        ),
        (
            "semicolon",
            "Produkt Preis Menge",
            [("Apfel", 1.5, 3), ("Birne", 2.25, 10), ("Kirsche", 0.99, 7)],
            ["columns are parted by semicolons", "numbers have a decimal comma"],
        ),
        (
            "semicolon_point",
            "city temp rain",
            [("Bonn", 11.5, 3), ("Kiel", 9.25, 10)],
            ["columns are parted by semicolons"],
        ),
        (
            "inch",
            "size n",
            [('5" pipe', 1), ('3" pipe', 2), ('2" x 4"', 3), ("plain", 4)],
            [PUT_RIGHT],
        ),
        (
            "preamble",
            "city temp",
            [("Bonn", 11.5), ("Kiel", 9.25)],
            ["the first 2 lines are no header and left out"],
        ),
        ("quotedspace", "a b c", [(1, "x, y", 2), (3, "z", 4)], [PUT_RIGHT]),
        ("ctrlz", "a b", [("x", 1), ("y", 2)], [PUT_RIGHT]),
        ("plus", "x n", [(5, 1), (6, 2), (-7, 3)], []),
        (
            "header_spaces",
            "city temp",
            [("Bonn", 11.5), ("Kiel", 9.25), ("Kiel ", 8.0)],
            ["blanks around names are left out"],
        ),
        ("na", "code n", [("NA", 1), ("DE", None), ("NA", 3), ("FR", 4)], []),
        (
            "utcplain",
            "t n",
            [
                (datetime(2024, 3, 31, 1, 30, tzinfo=UTC), 1),
                (datetime(2024, 3, 30, 3, 30, tzinfo=UTC), 2),
                (datetime(2024, 6, 1, tzinfo=UTC), 3),
            ],
            [],
        ),
        (
            "uint64",
            "hash n",
            [(18446744073709551615, 1), (18446744073709551614, 2), (1, 3)],
            [],
        ),
        ("pandas_index", "city temp", [("Bonn", 11.5), ("Kiel", 9.25)], [COUNTS_ROWS]),
        ("underscore", "_id _rev n", [("a", "x", 1), ("b", "y", 2)], []),
        ("max1", "x n", [(1.7976931348623157e308, 1), (1.0, 2)], []),
        (
            "case",
            "colour n",
            [("Red", 1), ("red", 2), ("red ", 3), (" red", 4), ("RED", 5), ("red", 6)],
            [],
        ),
    ],
)
def test_a_table_as_people_bring_it(name, columns, rows, notes):
    table = read_text_table(CASES / f"{name}.csv", name)
    assert table.frame.columns == columns.split()
    assert table.frame.rows() == rows
    assert list(table.notes) == notes


@pytest.mark.parametrize(
    ("text", "columns", "first", "left_out"),
    [
        # A title from a spreadsheet has empty cells beside it.
        ("Report;;;\n;;;\na;b;c;d\n1;2;3;4\n5;6;7;8\n", "a b c d", (1, 2, 3, 4), "2 lines are"),
        ("Report,,\nregion,2020,2021\nN,2,3\nS,5,6\n", "region 2020 2021", ("N", 2, 3), "line is"),
        # But for one name there would be none for a row of numbers.
        ("x,,\n1,2,3\n4,5,6\n", "x column_2 column_3", (1, 2, 3), ""),
        ("x,\na,b\nc,d\n", "x column_2", ("a", "b"), ""),
        # The header of a table of genes is marked as a comment.
        ("#chrom\tstart\tend\n1\t100\t200\n", "#chrom start end", (1, 100, 200), ""),
        ("##by hand\n#a,b\n1,x\n2,y\n", "#a b", (1, "x"), "line is"),
        ("# from a, b\nname,kind\nx,y\n", "name kind", ("x", "y"), "line is"),
        ("# 1, 2\na,b\n3,4\n", "a b", (3, 4), "line is"),
        ("# 1, 2\n1,b\n3,4\n", "1 b", (3, 4), "line is"),
    ],
)
def test_what_stands_before_the_header_is_told_from_it(tmp_path, text, columns, first, left_out):
    table = read(tmp_path / "t.csv", text)
    assert [name.replace(" ", "_") for name in table.frame.columns] == columns.split()
    assert table.frame.row(0) == first
    said = [note for note in table.notes if "no header" in note]
    assert said == [f"the first {left_out} no header and left out"] * bool(left_out)


TABLE = "a,b\n1,2\n3,4\n"


@pytest.mark.parametrize(
    ("before", "left_out"),
    [
        ("# line\n" * 230, "230 lines are"),
        ("\n" * 300, "300 lines are"),
        ("# " + "x" * 1_200_000 + "\n", "line is"),
        # Longer than a block of Arrow's.
        (("# " + "y" * 20_000 + "\n") * 120, "120 lines are"),
        ("Sales of the year\n" * 30, "30 lines are"),
        ("# said\n\ufeff# more\n\ufeff", "2 lines are"),
    ],
    ids=range(6),
)
def test_any_number_of_lines_may_stand_before_the_header(tmp_path, before, left_out):
    """Beyond 229 lines or a million letters a table was refused, or read as garbage."""
    table = read(tmp_path / "t.csv", before + TABLE + "5,6\n" * 40)
    assert table.frame.columns == ["a", "b"]
    assert table.frame.rows()[:3] == [(1, 2), (3, 4), (5, 6)]
    assert table.notes[0] == f"the first {left_out} no header and left out"


def test_a_table_of_genes_with_many_lines_before_it(tmp_path):
    before = '##INFO=<ID=X,Number=1,Description="some, thing">\n' * 300
    table = read(tmp_path / "t.csv", before + "#CHROM\tPOS\n1\t100\n2\t200\n")
    assert table.frame.columns == ["#CHROM", "POS"]
    assert table.frame.rows() == [(1, 100), (2, 200)]


ONE_COLUMN = "it has one column, as its first line: what parts columns elsewhere is text"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x\n1,50\n2,75\n3,25\n", [1.5, 2.75, 3.25]),
        ("x\n5\n6\n7\n1,5\n", [5.0, 6.0, 7.0, 1.5]),
        ("x\n1,5\nNA\n\n2,5\n", [1.5, None, None, 2.5]),
        ("x\n1990,5\n1991,25\n", [1990.5, 1991.25]),
        ("x\n1,234,567\n2,345,678\n", [1234567, 2345678]),
        ("x\n1,50 EUR\n2,75 EUR\n", ["1,50 EUR", "2,75 EUR"]),
        ("x\n2026-01-01 10:00:00,123\n2026-01-01 10:00:01,456\n",
         ["2026-01-01 10:00:00,123", "2026-01-01 10:00:01,456"]),
        ("x\na; b\nc; d\n", ["a; b", "c; d"]),
        ("x\na | b\nc | d\n", ["a | b", "c | d"]),
        ("x\nHello, world\nOne, two, three\nplain\n",
         ["Hello, world", "One, two, three", "plain"]),
        ("x\n1;2\n3;4\n", ["1;2", "3;4"]),
    ],
)  # fmt: skip
def test_a_table_of_one_column_may_have_separators_in_its_values(tmp_path, text, values):
    """The header was left out, and the first value became two names."""
    table = read(tmp_path / "t.csv", text)
    assert table.frame.to_dict(as_series=False) == {"x": values}
    assert table.notes[0] == ONE_COLUMN


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("x\n1,\n2,\n", ["x"], [(1,), (2,)]),
        ("Report\na,b\nx,y\nz,w\n", ["a", "b"], [("x", "y"), ("z", "w")]),
        ("Report\na, b\n1, 2\n", ["a", "b"], [(1, 2)]),
        ("Report\n2020,2021\n2,3\n", ["2020", "2021"], [(2, 3)]),
        ("Report\nx\ty\nz\tw\n", ["x", "y"], [("z", "w")]),
    ],
)
def test_a_line_above_a_table_is_told_from_a_header(tmp_path, text, columns, rows):
    table = read(tmp_path / "t.csv", text)
    assert (table.frame.columns, table.frame.rows()) == (columns, rows)


def test_a_line_end_in_quotes_at_the_border_of_a_block_is_kept(tmp_path):
    """Where CR was the last byte of Arrow's block, LF was lost."""
    begin = 'a,b\n7,"'
    text = begin + "p" * (BLOCK - 1 - len(begin)) + '\r\nend"\n8,"l1\r\nl2"\n'
    for written in (text, text.replace('8,"', '8, "')):  # the second one is mended
        assert written[BLOCK - 1 : BLOCK + 1] == "\r\n"
        found = read(tmp_path / "t.csv", written).frame["b"]
        assert [value[-5:] for value in found] == ["\r\nend"[-5:], "1\r\nl2"]
        assert found.str.len_chars().to_list() == [BLOCK - 1 - len(begin) + 5, 6]


def test_zeros_behind_the_last_row_are_none_and_others_are_text(tmp_path):
    for end in ("", "\n"):
        table = read(tmp_path / "t.csv", TABLE.rstrip() + end + "\0" * 100)
        assert table.frame.rows() == [(1, 2), (3, 4)]
        assert table.notes == (PUT_RIGHT, "zero bytes at its end are left out")
    assert read(tmp_path / "t.csv", "a\n1\n" + "\0" * 9).frame.rows() == [(1,)]
    for rows in (200, 50_000):  # an early one was refused
        table = read(tmp_path / "t.csv", "a,b\n" + "1,x\n" * rows + "2,\0y\n")
        assert table.frame.row(-1) == (2, "\0y")


def test_a_header_without_a_name_for_the_first_column_is_one_as_r_writes_it(tmp_path):
    path = tmp_path / "t.csv"
    table = read(path, '"n" "m"\n"a" 1 2\n"b" 3 4\n'.replace(" ", "\t"))
    assert table.frame.columns == ["column 1", "n", "m"]
    assert table.frame.rows() == [("a", 1, 2), ("b", 3, 4)]
    assert table.notes[2].endswith("the first column has no name")
    counted = read(path, "n,m\n1,a,2\n2,b,4\n")
    assert counted.frame.rows() == [("a", 2), ("b", 4)]
    for rows, words in [
        ("1,2,3\n4,5,6\n7,8\n", "line 2 has 3 fields, and the header 2"),
        ("1,2,3\n" * 100 + "7,8\n", "line 102 has 2 fields, and the header 2"),
        ("1,2,3\n", "line 2 has 3 fields, and the header 2"),
    ]:
        with pytest.raises(DatasetError, match=words):
            read(path, f"n,m\n{rows}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ragged_long", "line 3 has 3 fields, and the header 2"),
        ("unclosed", "line 2: a quote is opened and never closed"),
        ("preamble_of_lines", "line 4 has 3 fields, and the header 1"),
    ],
)
def test_what_can_be_read_in_two_ways_is_one_line_with_its_number(name, words):
    with pytest.raises(DatasetError) as caught:
        read_text_table(CASES / f"{name}.csv", f"{name}.csv")
    assert str(caught.value) == f"{name}.csv: {words}"


GERMAN = "Straße;Größe\nMüllerweg;1,5\nJägerstraße;2,25\n"
FRENCH = "ville,été\nBesançon,1\nOrléans,2\n"
JAPANESE = "名前,都市\n田中,東京\n鈴木,大阪\n"
TURKISH = "şehir,n\nİstanbul,1\nIğdır,2\nŞanlıurfa,3\nMuğla,4\n"
HUNGARIAN = "város,n\nGyőr,1\nSzékesfehérvár,2\nHódmezővásárhely,3\n"
POLISH = "miasto,n\nŁódź,1\nKraków,2\nGdańsk,3\nPoznań,4\n"
CZECH = "město,n\nPlzeň,1\nČeské Budějovice,2\nÚstí nad Labem,3\n"
SWEDISH = "namn,n\nSkarsgård,1\nZoë,2\nVélez,3\n"
RUSSIAN = "имя,город\nИван,Москва\nПётр,Казань\nОльга,Самара\n"


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8-sig", None),
        (GERMAN, "cp1252", "Windows-1252"),
        (GERMAN, "mac_roman", "Mac Roman"),
        (GERMAN, "utf-16", "UTF-16"),
        (GERMAN, "utf-16-le", "UTF-16-LE"),
        (GERMAN, "utf-16-be", "UTF-16-BE"),
        ("a,b\n5 µm,1\n", "cp1252", "Windows-1252"),
        ("a,b\nÞór,1\n", "cp1252", "Windows-1252"),
        ("a,b\nÞorsteinn,1\n", "cp1252", "Windows-1252"),
        ("a,b\nSeyðisfjörður,1\n", "cp1252", "Windows-1252"),
        ("a,b\n£5,1\n“5 €”,2\n", "cp1252", "Windows-1252"),
        (TURKISH, "cp1254", "Windows-1254"),
        ("ürün,n\nçay,1\nşeker,2\n", "cp1254", "Windows-1254"),
        (HUNGARIAN, "cp1250", "Windows-1250"),
        (POLISH, "cp1250", "Windows-1250"),
        (POLISH + "Łódź,1\nPoznań,2\n" * 400, "cp1250", "Windows-1250"),
        (CZECH, "cp1250", "Windows-1250"),
        (SWEDISH, "mac_roman", "Mac Roman"),
        ("x,n\nМосква,1\nplain,2\n", "cp1251", "Windows-1251"),
        ("πόλη,n\nΑθήνα,1\n", "cp1253", "Windows-1253"),
        ("姓名,n\n王小明,1\n", "gb18030", "GB18030"),
        ("城市,n\n臺北,1\n高雄,2\n", "big5", "BIG5"),
        ("도시,n\n서울,1\n부산,2\n", "euc_kr", "EUC-KR"),
        ("都市,n\n東京,1\nはい,2\n", "euc_jp", "EUC-JP"),
        ("x,n\n" + "你好世界" * 20_000 + ",1\n", "gb18030", "GB18030"),
        (FRENCH, "latin-1", "Windows-1252"),
        (FRENCH, "mac_roman", "Mac Roman"),
        (JAPANESE, "shift_jis", "Shift-JIS"),
        (JAPANESE, "utf-16", "UTF-16"),
        (JAPANESE, "utf-16-le", "UTF-16-LE"),
        (JAPANESE, "utf-16-be", "UTF-16-BE"),
        (RUSSIAN, "utf-16-be", "UTF-16-BE"),
        (RUSSIAN * 9 + "\U0001fae9,\ue000\n", "utf-16-le", "UTF-16-LE"),
        (JAPANESE, "utf-32-le", "UTF-32-LE"),
        (GERMAN, "utf-32-be", "UTF-32-BE"),
        (RUSSIAN, "cp1251", "Windows-1251"),
        (RUSSIAN, "koi8_r", "KOI8-R"),
    ],
)
def test_an_encoding_is_found_and_said(tmp_path, text, encoding, shown):
    table = read(tmp_path / "t.csv", text.encode(encoding))
    plain = read(tmp_path / "u.csv", text)
    assert table.frame.equals(plain.frame)
    assert table.frame.columns[0] == text.replace(";", ",").split(",")[0]
    assert [note for note in table.notes if "encoding" in note] == (
        [f"its encoding is {shown}"] if shown else []
    )


def test_bytes_that_are_no_letters_are_one_line(tmp_path):
    with pytest.raises(DatasetError, match=r"is not UTF-8 text \(line 2\)"):
        read(tmp_path / "t.csv", b"a,b\n\xff\x01\x02\xe9\x03,1\n")


def test_an_encoding_far_down_is_found(tmp_path):
    table = read(tmp_path / "t.csv", b"h,n\n" + b"x,1\n" * 600_000 + b"caf\xe9,2\n")
    assert table.frame["h"][-1] == "café"


@pytest.mark.parametrize("before", [0, 100_000])
def test_lines_in_utf_8_among_others_are_both_read(tmp_path, before):
    """All were read as Windows-1250, `JosĂ©`, or as Japanese."""
    text = "n,m\nJosé,1\n".encode() + b"plain,0\n" * before
    table = read(tmp_path / "t.csv", text + "Köln\x81,2\n".encode("latin-1") + b"Z\xc3\xbcrich,3\n")
    assert table.frame["n"].unique(maintain_order=True).to_list()[-2:] == ["Köln\x81", "Zürich"]
    assert table.frame["n"][0] == "José"
    note = "its encoding is UTF-8, in which what is none is read as Windows-1252"
    assert note in table.notes
    assert table.text is None


@pytest.mark.parametrize("late", [0, 100_000])
def test_a_number_beyond_64_bits_is_infinite_which_is_said(tmp_path, late):
    text = b"p,q\n" + b"1.5,2.5\n" * (late + 1) + b"1e309,inf\n-2e400,1e308\n"
    table = read(tmp_path / "t.csv", text)
    assert table.frame.rows()[-2:] == [(math.inf, math.inf), (-math.inf, 1e308)]
    assert table.notes == ("p: 1e309 is more than a 64-bit number holds: it is infinite",)


def test_an_owner_says_the_encoding(tmp_path):
    table = read(tmp_path / "t.csv", "miasto\nŁódź\n".encode("iso8859_2"), encoding="iso8859-2")
    assert table.frame["miasto"].to_list() == ["Łódź"]
    assert table.notes == ()
    with pytest.raises(DatasetError, match="is not UTF-8 text"):
        read(tmp_path / "t.csv", b"a\n\xff\n", encoding="utf-8")


HALF_PAST_EIGHT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "dtype", "values"),
    [
        ("007,1,2", pl.String, ["007", "1", "2"]),
        ("-01,1", pl.String, ["-01", "1"]),
        ("+007,8", pl.String, ["+007", "8"]),
        ("007,1.5", pl.String, ["007", "1.5"]),
        ("9007199254740993,1.5", pl.String, ["9007199254740993", "1.5"]),
        ("9007199254740993,1.5,n/a", pl.String, ["9007199254740993", "1.5", "n/a"]),
        ("9007199254740994,1.5,1e300", pl.Float64, [9007199254740994.0, 1.5, 1e300]),
        ("00.5,1", pl.Float64, [0.5, 1.0]),
        ("00.5,n/a", pl.Float64, [0.5, None]),
        ("0,1,-0", pl.Int64, [0, 1, 0]),
        ("0x10,1", pl.String, ["0x10", "1"]),
        ("9223372036854775807,1", pl.Int64, [9223372036854775807, 1]),
        ("9223372036854775808,1", pl.UInt64, [9223372036854775808, 1]),
        ("18446744073709551616,1", pl.String, ["18446744073709551616", "1"]),
        ("-9223372036854775809,1", pl.String, ["-9223372036854775809", "1"]),
        ("9007199254740993,", pl.Int64, [9007199254740993, None]),
        ("Inf,-Inf,NaN,1", pl.Float64, [float("inf"), float("-inf"), None, 1.0]),
        ("infinity,-INF,n/a", pl.Float64, [float("inf"), float("-inf"), None]),
        ("1_0,2", pl.String, ["1_0", "2"]),
        ("5%,6%", pl.String, ["5%", "6%"]),
        ("yes,no", pl.String, ["yes", "no"]),
        ("+5,-6,7", pl.Int64, [5, -6, 7]),
        ("+5.5,6", pl.Float64, [5.5, 6.0]),
        ("1 234,12,1 000 000", pl.Int64, [1234, 12, 1000000]),
        ("1 234,12,1 0000", pl.String, ["1 234", "12", "1 0000"]),
        ("24.11.2026,01.12.2026", pl.Date, [date(2026, 11, 24), date(2026, 12, 1)]),
        ("11/24/2026,12/01/2026", pl.Date, [date(2026, 11, 24), date(2026, 12, 1)]),
        ("24/11/2026,", pl.Date, [date(2026, 11, 24), None]),
        # As Japan, China, Hungary and Korea write them: the year first, then always the month.
        ("2024/1/5,2024/12/31,NA", pl.Date, [date(2024, 1, 5), date(2024, 12, 31), None]),
        ("2024-1-5,2024/01/06", pl.Date, [date(2024, 1, 5), date(2024, 1, 6)]),
        ("2024.01.05,2024.02.29", pl.Date, [date(2024, 1, 5), date(2024, 2, 29)]),
        (
            "2024/1/5 9:05,2024/1/6 23:59:59.5",
            pl.Datetime("us"),
            [datetime(2024, 1, 5, 9, 5), datetime(2024, 1, 6, 23, 59, 59, 500_000)],
        ),
        ("2024.1.5,2024.2.29", pl.String, ["2024.1.5", "2024.2.29"]),
        ("2024/1/5,2023/2/29", pl.String, ["2024/1/5", "2023/2/29"]),
        ("2024/13/5,2024/1/5", pl.String, ["2024/13/5", "2024/1/5"]),
        ("2024/1/5,5/1/2024", pl.String, ["2024/1/5", "5/1/2024"]),
        ("2024/1/5 24:00,2024/1/5 9:00", pl.String, ["2024/1/5 24:00", "2024/1/5 9:00"]),
        ("24/11/2026 9:05,", pl.Datetime("us"), [datetime(2026, 11, 24, 9, 5), None]),
        ("11/12/2026,12/12/2026", pl.String, ["11/12/2026", "12/12/2026"]),
        ("31/02/2026,01/01/2026", pl.String, ["31/02/2026", "01/01/2026"]),
        ("12024-01-01,2024-01-01", pl.String, ["12024-01-01", "2024-01-01"]),
        ("2026-11-24T10:30+02:00", pl.Datetime("us", "UTC"), [HALF_PAST_EIGHT]),
        # What would be cut or shifted is no moment.
        *(
            (text, pl.String, text.split(","))
            for text in (
                "1500-01-01T00:00:00.123456789,2500-01-01T00:00:00.5",
                "2026-11-24T10:30:00.1234567891,2026-11-24T10:30:00",
                "2016-12-31T23:59:60Z,2016-12-31T23:59:59Z",
                "31.12.2016 23:59:60,01.01.2017 00:00:00",
            )
        ),
        ("TRUE,false", pl.Boolean, [True, False]),
    ],
)  # fmt: skip
def test_a_column_is_what_all_its_values_are(tmp_path, text, dtype, values):
    lines = "\n".join(f"{value};{n}" for n, value in enumerate(text.split(",")))
    frame = read(tmp_path / "t.csv", f"x;n\n{lines}\n", decimal=".").frame
    assert (frame["x"].dtype, frame["x"].to_list()) == (dtype, values)


@pytest.mark.parametrize(
    ("text", "values", "note"),
    [
        ("1.234,5;12,0", [1234.5, 12.0], "thousands are parted by '.'"),
        ("1.234;12", [1234, 12], "thousands are parted by '.'"),
        ("1,5;-2,25", [1.5, -2.25], None),
        ("1\u00a0234,5;12", [1234.5, 12.0], "thousands are parted by a blank"),
    ],
)
def test_numbers_with_a_decimal_comma(tmp_path, text, values, note):
    one, two = text.split(";")
    table = read(tmp_path / "t.csv", f"x;y\n{one};0,5\n{two};0,25\n")
    assert table.frame["x"].to_list() == values
    assert note is None or f"x: {note}" in table.notes


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["1.234,5", "12.345,25"], [1234.5, 12345.25]),
        (["1\u202f234,5", "12\u202f345"], [1234.5, 12345.0]),
        (["1'234.5", "12'345.25"], [1234.5, 12345.25]),
        (["1,234.5", "12,345"], [1234.5, 12345.0]),
    ],
)
def test_the_decimal_mark_is_found_where_all_numbers_have_thousands(tmp_path, values, wanted):
    """They were text where no number beside them was without."""
    lines = "".join(f"{value};a\n" for value in values)
    table = read(tmp_path / "t.csv", f"x;y\n{lines}")
    assert table.frame["x"].to_list() == wanted


def test_thousands_are_parted_by_commas(tmp_path):
    table = read(tmp_path / "t.csv", 'x,n\n"1,234",1\n"12",2\n"1,234,567.5",3\n')
    assert table.frame["x"].to_list() == [1234, 12, 1234567.5]
    assert table.notes == ("x: thousands are parted by ','",)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["1.5", "nan", "NaN", "-nan", "+nan"], [1.5, None, None, None, None]),
        (["1.5", "nan(ind)"], ["1.5", "nan(ind)"]),
        (["nan(Hello)", "NaN(x)"], ["nan(Hello)", "NaN(x)"]),
    ],
)
def test_a_nan_that_says_more_is_text(tmp_path, values, wanted):
    """What stands in its brackets was lost."""
    for other in ("z", '"z"'):  # is read at once, or not
        text = "x,y\n" + "".join(f"{value},{other}\n" for value in values)
        found = read(tmp_path / "t.csv", text).frame["x"]
        assert (found.fill_nan(None) if found.dtype.is_float() else found).to_list() == wanted


def test_what_begins_with_a_zero_is_no_number_with_thousands(tmp_path):
    table = read(tmp_path / "t.csv", 'x,n\n"0,123",1\n"1,234",2\n')
    assert table.frame["x"].to_list() == ["0,123", "1,234"]


def test_dates_that_may_be_read_in_two_ways_are_text_and_said(tmp_path):
    table = read(tmp_path / "t.csv", "d,n\n11/12/2026,1\n12/12/2026,2\n")
    assert table.notes == ("d: its dates may have the day or the month first, so they are text",)


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("sep=;\na;b\n1;2\n", ["a", "b"], [(1, 2)]),
        ('"sep=;"\n"a";"b"\n1;"x"\n', ["a", "b"], [(1, "x")]),
        ("sep=§\na§b\n1§007\n2§8\n", ["a", "b"], [(1, "007"), (2, "8")]),
        ("sep=☃\na☃b\n1☃x\n", ["a", "b"], [(1, "x")]),
        ("a|b\n1|2\n3|4\n", ["a", "b"], [(1, 2), (3, 4)]),
        ("a\tb\n1\t2\n", ["a", "b"], [(1, 2)]),
        ("a\r1\r2\r", ["a"], [(1,), (2,)]),
        ("a,b\r1,x\r2,y\n", ["a", "b"], [(1, "x"), (2, "y")]),
        ("a,b\r\n1,2\r\n", ["a", "b"], [(1, 2)]),
        ("a\n1\n\n2\n", ["a"], [(1,), (None,), (2,)]),
        ("Sales of the year\n\na,b,c\n1,2,3\n4,5,6\n", ["a", "b", "c"], [(1, 2, 3), (4, 5, 6)]),
        ("a,b\n1\n2,3\n", ["a", "b"], [(1, None), (2, 3)]),
        # What blanks a text begins with are its own, also where another row is mended.
        ("a,b\n1, x\n2\n", ["a", "b"], [(1, " x"), (2, None)]),
        ('a,b\n1, "x" ,\n 2, y\n', ["a", "b"], [(1, "x"), (2, " y")]),
        # It was refused: "line 2 has 2 fields, and the header 2".
        ('a,b\n1, "x, y"\n2, "z, w"\n', ["a", "b"], [(1, "x, y"), (2, "z, w")]),
        ('a,b\n"x\ry",1\nz\n', ["a", "b"], [("x\ry", 1), ("z", None)]),
        # A mark is none but before the header.
        ("\ufeffa,b\n\ufeff1,2\n3,4\n", ["a", "b"], [("\ufeff1", 2), ("3", 4)]),
        ('\ufeffa,b\n\ufeff1,"2"\n3,4\n', ["a", "b"], [("\ufeff1", 2), ("3", 4)]),
        ('# c\n\ufeff"a",b\n1,2\n', ["a", "b"], [(1, 2)]),
        ("a,b\n1,2,\n3,4,\n", ["a", "b"], [(1, 2), (3, 4)]),
        (",,b\n1,2,3\n", ["column 1", "column 2", "b"], [(1, 2, 3)]),
        ("a,a,a (2)\n1,2,3\n", ["a", "a (3)", "a (2)"], [(1, 2, 3)]),
        ('"a;b",c\n"1;2",3\n', ["a;b", "c"], [("1;2", 3)]),
        ('n\n"1;2"\n"3;4"\n', ["n"], [("1;2",), ("3;4",)]),
        ("a,b\r\n1,x\r\n2,y\x1a", ["a", "b"], [(1, "x"), (2, "y")]),
        ('a,b\n1,x\n2,"y\x1a"', ["a", "b"], [(1, "x"), (2, "y\x1a")]),
        ("a\n1\n2\n\x1a\x1a\r\n", ["a"], [(1,), (2,)]),
        ('a;b\n"x" ;"y;z" \n1;"q""" \n', ["a", "b"], [("x", "y;z"), ("1", 'q"')]),
        ('a,b\n"x"" ,\n" , """,""" \n', ["a", "b"], [('x" ,\n', '","')]),
        ('a,b\n"p\n"" q\n" ,1\n5" ,2\n', ["a", "b"], [('p\n" q\n', 1), ('5" ', 2)]),
        ('"a\nb",c\n"x\n\ny",1\n', ["a\nb", "c"], [("x\n\ny", 1)]),
        ('a,b\n"say ""hi""",1\n', ["a", "b"], [('say "hi"', 1)]),
        ("x;y\na, b;c, d\ne, f;g, h\n", ["x", "y"], [("a, b", "c, d"), ("e, f", "g, h")]),
    ],
)  # fmt: skip
def test_the_ways_of_writing_a_table(tmp_path, text, columns, rows):
    table = read(tmp_path / "t.csv", text)
    assert (table.frame.columns, table.frame.rows()) == (columns, rows)


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ({"separator": "tab"}, [("1;2", 3)]),
        ({"separator": "§"}, [("1;2\t3",)]),
        ({"separator": "blank"}, [("1;2\t3",)]),
        ({"skip": 1, "separator": ";"}, []),
    ],
)
def test_what_an_owner_may_say(tmp_path, said, rows):
    reading = description_of({"read": said}).read
    table = read(tmp_path / "t.csv", "a;b\tc\n1;2\t3\n", **reading.model_dump())
    assert table.frame.rows() == rows


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"skip": 2}, "t.csv: has nothing behind its first 2 lines"),
        ({"separator": "ab"}, "separator 'ab': expected one letter that is no quote, or tab"),
        ({"encoding": "base64"}, "encoding 'base64': expected an encoding such as utf-8"),
    ],
)
def test_what_an_owner_may_not_say(tmp_path, said, words):
    with pytest.raises(DatasetError) as caught:
        read(tmp_path / "t.csv", "a\n1\n", **description_of({"read": said}).read.model_dump())
    assert words in str(caught.value)


def test_a_separator_is_found_behind_many_lines(tmp_path):
    table = read(tmp_path / "t.csv", "said\n" * 300 + "a;b\n1,5;2\n", skip=300)
    assert table.frame.rows() == [(1.5, 2)]


def test_an_owner_says_how_it_is_read(tmp_path):
    text = "a title\nx;y;z\n1,5;-999;ok\n2,5;3;-999\n"
    table = read(tmp_path / "t.csv", text, separator=";", decimal=",", skip=1, missing=("-999",))
    assert table.frame.rows() == [(1.5, None, "ok"), (2.5, 3, None)]
    (tmp_path / "t.toml").write_text('[read]\nskip = 1\nmissing = ["-999"]\n')
    schema = Explorer.open(str(tmp_path / "t.csv")).schema
    assert schema.names == ("x", "y", "z")
    assert "columns are parted by semicolons" in schema.notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a,b\n"x"y,1\n', "line 2: text follows a closing quote"),
        ('a,b\n1, "x"y\n', "line 2: text follows a closing quote"),
        ("a,b\n1,x\n2,\0\n", "(it holds binary data): line 3 has a zero byte"),
        ('a,b\n1,2\n"x\n\n,1\n', "line 3: a quote is opened and never closed"),
        ("a,b\n1,2\n3,4,5,6\n", "line 3 has 4 fields, and the header 2"),
        ("", "is empty"),
        (" \n\n", "is empty"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_line(tmp_path, text, words):
    with pytest.raises(DatasetError) as caught:
        read(tmp_path / "t.csv", text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        # Text behind a closing quote refused the table.
        (["id", "name"], [("1", '"Weird Al" Yankovic'), ("2", '"Rome"'), ("3", "Paris")]),
        (["id", "name"], [("1", '"never closed'), ("2", "Paris")]),
        # What stands between two of them was one value of several lines.
        (["id", "name"], [("1", '"Rome'), *((str(n), "x") for n in range(2, 9)), ("9", '5"')]),
        (["size", "note"], [('"5', 'a,"b"'), ("", '"x'), ('7"', "")]),
    ],
)
def test_quotes_are_text_where_tabs_part_columns_and_no_field_is_quoted(tmp_path, names, rows):
    text = "".join("\t".join(row) + "\n" for row in [names, *rows])
    table = read_text_table(written(tmp_path / "t.tsv", text), "t.tsv", "\t")
    wanted = {name: [row[place] or None for row in rows] for place, name in enumerate(names)}
    found = table.frame.cast(pl.String).to_dict(as_series=False)
    assert found == wanted
    words = "quotes are text in it: some have text behind them, or are never closed"
    assert words in table.notes
    assert table.text is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a\tb\n1\t"x\ny"\n2\t"z"\n', [(1, "x\ny"), (2, "z")]),
        ('a\tb\tc\n1\t"x\ty"\t3\n', [(1, "x\ty", 3)]),
        ('a\tb\n1\t"x ""y"" z"\n', [(1, 'x "y" z')]),
    ],
)
def test_quoted_fields_between_tabs_are_such(tmp_path, text, rows):
    assert read_text_table(written(tmp_path / "t.tsv", text), "t", "\t").frame.rows() == rows


@pytest.mark.parametrize(
    "text",
    [
        '"a"\t"b"\n"1"\t"say "hi" there"\n"2"\t"x"\n',
        'a\tb\n1\t"say "hi" there"\n2\t"x"\n',
        'a\tb\n1\t"x"y\n2\tz\t3\n',
    ],
)
def test_quotes_that_may_be_either_are_refused_between_tabs_too(tmp_path, text):
    with pytest.raises(DatasetError, match="line 2: text follows a closing quote"):
        read_text_table(written(tmp_path / "t.tsv", text), "t", "\t")


def written(path, text: str):
    path.write_text(text, newline="")
    return path


FIELDS = st.text(st.sampled_from('ab1 ,;"\n\r\té0+-'), max_size=6)


@given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=20))
def test_any_plain_csv_comes_back(tmp_path_factory, rows):
    """Written by Polars, with its own quoting, and longer than a chunk of the scan."""
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    frame = pl.DataFrame({"x": [x for x, _ in rows], "y": [y for _, y in rows]})
    frame.write_csv(path, quote_style="always")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.tables.reading.text_scan.CHUNK", 5)
        assert scan(path, ",").well_quoted
    found = read_text_table(path, "t.csv", ",").frame
    # What all values of a column are decides its type; as text they are what was written.
    for name in ("x", "y"):
        if found[name].dtype == pl.String and any(text.strip() for text in frame[name]):
            assert found[name].fill_null("").to_list() == frame[name].to_list()


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("1,5E+03;-2,5e-1", [1500.0, -0.25]),
        ("1,5E3;2,5", [1500.0, 2.5]),
        ("1.5E3;2,5", ["1.5E3", "2,5"]),
    ],
)
def test_numbers_with_an_exponent_tell_the_decimal_comma(tmp_path, given, values):
    # A column of nothing but them was text.
    lines = ["a;b", *(f"{one};x" for one in given.split(";"))]
    assert read(tmp_path / "t.csv", "\n".join(lines)).frame["a"].to_list() == values


@pytest.mark.parametrize("mark", ["", '"'])
def test_a_name_may_be_long(tmp_path, mark):
    # One of more than 131,072 letters refused the table.
    name = "x" * 140_000
    frame = read(tmp_path / "t.csv", f"a,{mark}{name}{mark}\n1,2\n3,4\n").frame
    assert frame.to_dict(as_series=False) == {"a": [1, 3], name: [2, 4]}


BANK = """"Kontonummer:";"DE12 3456"
"Kontostand vom 31.01.2024:";"1.234,56 EUR"

"Buchungstag";"Empfänger";"Betrag"
"02.01.2024";"REWE";"-12,34"
"13.01.2024";"Gehalt";"2.500,00"
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (BANK, 3),
        (BANK.replace("\n\n", "\n;\n"), 3),
        (BANK.replace("\n\n", "\n\n\n"), 4),
        (BANK.replace("3456", "34\n56"), 4),
        (BANK.replace("\n\n", '\n\n"Umsätze"\n\n'), 5),
        (BANK + "\n", 3),
    ],
)
def test_a_narrower_block_above_a_table_is_left_out(tmp_path, text, lines):
    # The table was refused, as its rows have more fields than the first line.
    found = read(tmp_path / "t.csv", text)
    assert found.frame.to_dict(as_series=False) == {
        "Buchungstag": [date(2024, 1, 2), date(2024, 1, 13)],
        "Empfänger": ["REWE", "Gehalt"],
        "Betrag": [-12.34, 2500.0],
    }
    assert f"the first {lines} lines are no header and left out" in found.notes


@pytest.mark.parametrize(
    "text",
    [
        BANK.replace("\n\n", "\n"),
        BANK + '"14.01.2024";"a";"1";"2"\n',
        BANK + '"14.01.2024";"a"\n',
        BANK.replace('"Betrag"', '""'),
        BANK.replace('"Betrag"', '"Empfänger"'),
        BANK.replace('"Betrag"', '"5"'),
        BANK[: BANK.index('"02')],
    ],
)
def test_a_block_above_what_is_not_surely_a_table_is_refused(tmp_path, text):
    with pytest.raises(DatasetError, match="fields, and the header 2"):
        read(tmp_path / "t.csv", text)


def test_an_empty_line_below_a_header_that_lacks_a_name_makes_it_no_block(tmp_path):
    frame = read(tmp_path / "t.csv", "x,y\n\nBonn,a,b\nKiel,c,d\n").frame
    assert frame.rows() == [("Bonn", "a", "b"), ("Kiel", "c", "d")]
