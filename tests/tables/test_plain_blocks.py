"""Plain CSV is read in blocks, its few texts guessed: neither is seen in the table."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import open_dataset
from iris_dash.query.value_order import in_known_order
from iris_dash.tables.description import TableDescription
from iris_dash.tables.reading import few_texts, plain_bytes, plain_text, text_files
from iris_dash.tables.reading.text_files import read_text_table
from iris_dash.tables.reading.text_scan import scan

COLUMNS = {
    "whole": ["1", "-20", "0", "5000", "", "NA"],
    "number": ["1.5", "-2", "1e300", "", "NaN", "-0.5"],
    "few": ["Bonn", "Köln", "", "Oslo", "NA"],
    "time": ["2013-06-22 07:07:00", "2013-06-22", ""],
    "odd": ["007", "-07", "+5", " 6", "x", "a+b", "1 - 07", "€", "5 000"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("blocks") / "t.csv"


@given(
    kinds=st.lists(st.sampled_from(sorted(COLUMNS)), min_size=2, max_size=4),
    rows=st.integers(1, 30),
    data=st.data(),
)
def test_blocks_and_guesses_give_the_table_of_careful_reading(place, kinds, rows, data):
    drawn = [
        data.draw(st.lists(st.sampled_from(COLUMNS[k]), min_size=rows, max_size=rows))
        for k in kinds
    ]
    lines = [",".join(f"c{i}" for i in range(len(kinds)))]
    lines += [",".join(row) for row in zip(*drawn, strict=True)]
    place.write_text("\n".join(lines) + data.draw(st.sampled_from(["", "\n", "\n\n"])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "FIRST", data.draw(st.sampled_from([20, 100, 1 << 16])))
        patch.setattr(plain_text, "BLOCK", data.draw(st.sampled_from([1, 20, 100])))
        patch.setattr(few_texts, "SHORT", 0)
        patch.setattr(few_texts, "FIRST", data.draw(st.sampled_from([1, 4])))
        patch.setattr(few_texts, "SAMPLE", data.draw(st.sampled_from([10, 200])))
        one = read_text_table(place, "t.csv", categories=True)
        patch.setattr(text_files, "read_plain", lambda *given: None)
        careful = read_text_table(place, "t.csv")
    for series in one.frame:
        if isinstance(series.dtype, pl.Enum):
            texts = in_known_order(set(series.drop_nulls().cast(pl.String)))
            assert series.dtype.categories.to_list() == list(texts)
    plain = one.frame.with_columns(pl.col(pl.Enum).cast(pl.String))
    assert plain.schema == careful.frame.schema
    assert plain.equals(careful.frame)
    assert (one.notes, one.text) == (careful.notes, careful.text)


@given(
    text=st.text(st.sampled_from("01-+ ,;y\n"), min_size=1, max_size=40),
    separator=st.sampled_from(",;"),
)
def test_bytes_that_are_not_looked_at_carefully_hold_no_code_and_no_plus(place, text, separator):
    place.write_text(text)
    careful = scan(place, separator)
    seen = plain_bytes.plain_bytes(text.encode(), separator)
    if seen is None:
        assert "+" in text
        return
    assert not careful.has_plus
    assert seen.may_have_codes or not careful.has_codes
    assert (seen.lines, seen.separators) == (careful.lines, careful.separators)


def test_dates_are_no_codes():
    seen = plain_bytes.plain_bytes(b"2013-06-07 07:07:00,5,a - b\n0,-0.5,x-0\n", ",")
    assert seen is not None
    assert not seen.may_have_codes


ROWS = "a,b,n\n" + "".join(f"{'xyz'[i % 3]},{'pq'[i % 2]},{i}\n" for i in range(60))


@pytest.mark.parametrize("guessed", [True, False])
def test_a_guess_is_a_facet_where_its_owner_wants_one(place, monkeypatch, guessed):
    monkeypatch.setattr(few_texts, "SHORT", 0 if guessed else 1 << 30)
    place.write_text(ROWS)
    said = {"facets": ("a",), "columns": {"a": {"order": ("z", "x")}}}
    dataset = open_dataset(place, TableDescription.model_validate(said))
    assert dataset.in_memory().to_native().dtypes == [
        pl.Enum(["z", "x", "y"]),
        pl.String,
        pl.Int64,
        pl.UInt32,
    ]
    assert [facet.values for facet in dataset.schema.facets] == [("z", "x", "y")]
    assert [facet.values for facet in open_dataset(place).schema.facets] == [
        ("x", "y", "z"),
        ("p", "q"),
    ]


def test_a_file_in_utf_8_whose_end_is_in_none_is_refused(place):
    place.write_bytes(b"a,b\n" + b"x,1\n" * 50_000 + b"caf\xc3")
    with pytest.raises(Exception, match="is not UTF-8 text"):
        read_text_table(place, "t.csv")


LINE = b"2013-06-07 07:07:00,5,a - b,0,-0.5,x-0,10\n"
"""A line without codes, of a length that no number of bits divides."""

CODED = [b"1,-07\n", b"1, 07\n", b"07,1\n", b"1,00\n", b"1,  \t07\n", b"1,07", b"-07,1\n"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("before", [0, 1, 2, 1_000])
@pytest.mark.parametrize("line", CODED)
def test_a_zero_before_a_digit_begins_a_code_wherever_it_stands(line, before, separator):
    lines = LINE * before + line + LINE * (before if line.endswith(b"\n") else 0)
    seen = plain_bytes.plain_bytes(lines.replace(b",", separator.encode()), separator)
    assert seen is not None
    assert seen.may_have_codes


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_long_lines_are_counted_and_hold_no_code(separator):
    lines = (LINE * 1_000).replace(b",", separator.encode())
    seen = plain_bytes.plain_bytes(lines, separator)
    assert seen == plain_bytes.PlainBytes(1_000, 6_000, True, False)


@pytest.mark.parametrize(("end", "beyond"), [("\u00ff", False), ("\u0100", True), ("", False)])
def test_a_character_beyond_latin_1_is_seen_in_the_last_byte_of_all(end, beyond):
    seen = plain_bytes.plain_bytes((LINE * 1_000).rstrip() + end.encode(), ",")
    assert seen is not None
    assert seen.is_latin_1 != beyond
    assert seen.lines == 1_000


@pytest.mark.parametrize(("line", "plain"), [(b"a+b,1", True), (b"1,+7", False), (b"1, +7", False)])
def test_a_plus_that_begins_a_field_is_not_plain_wherever_it_stands(line, plain):
    for before in (b"", LINE, LINE * 1_000):
        assert (plain_bytes.plain_bytes(before + line + b"\n", ",") is not None) == plain
    assert plain_bytes.plain_bytes(b"+7,1", ",") is None


@pytest.mark.parametrize("row", [0, 4_000, 9_999])
@pytest.mark.parametrize("large", ["9007199254740993", "-9007199254740993"])
def test_a_whole_number_that_a_float_is_not_is_kept_wherever_it_stands(
    place, monkeypatch, row, large
):
    monkeypatch.setattr(plain_text, "BLOCK", 1 << 14)
    values = ["1.5"] * 10_000
    values[row] = large
    place.write_text("a,b\n" + "".join(f"{value},x\n" for value in values))
    assert read_text_table(place, "t.csv").frame["a"].to_list() == values


def test_a_column_of_times_lies_in_the_pieces_of_the_others(place):
    # A frame of columns in unlike pieces is copied as a whole.
    rows = "".join(f"2013-06-22 07:{i // 60:02}:{i % 60:02},{i},x{i}\n" for i in range(3_600))
    place.write_text("a,b,c\n" + rows * 200)
    frame = read_text_table(place, "t.csv").frame
    assert frame.dtypes == [pl.Datetime("us"), pl.Int64, pl.String]
    assert len({tuple(map(len, one.get_chunks())) for one in frame}) == 1
    seconds = frame["a"].dt.minute().cast(pl.Int64) * 60 + frame["a"].dt.second()
    assert (seconds == frame["b"]).all()
