"""Plain CSV is read in one go as careful reading reads it, and carefully where it is not plain."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash.tables.reading import text_files
from iris_dash.tables.reading.few_texts import with_categories
from iris_dash.tables.reading.text_files import ReadTable, read_text_table

COLUMNS = {
    "whole": ["1", "-20", "0", "5000", "", "NA"],
    "number": ["1.5", "-2", "1e300", "0.25", "", "NaN", "inf"],
    "text": ["Bonn", "Köln", "NA", "x y", "", "1,5".replace(",", ".")],
    "time": ["2013-06-22 17:07:00", "2013-06-22", "", "2013-06-22T17:07:00.5"],
    "day": ["2013-06-22", "2024-02-29", ""],
    "hour": ["10:30", "23:59:59", ""],
    "odd": ["007", "+5", " 6", "7 ", "9223372036854775808", "true", "True", "1.", "1_0"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("plain") / "t.csv"


def both(path: Path) -> tuple[ReadTable, ReadTable, bool]:
    """A table as it is read, and carefully; and whether it was read in one go."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        whole = text_files.read_plain

        def watched(*given):
            found.append(whole(*given))
            return found[-1]

        patch.setattr(text_files, "read_plain", watched)
        one = read_text_table(path, "t.csv")
        patch.setattr(text_files, "read_plain", lambda *given: None)
        return one, read_text_table(path, "t.csv"), found[-1] is not None


@given(
    kinds=st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4),
    rows=st.integers(1, 12),
    data=st.data(),
)
def test_both_ways_of_reading_give_the_same_table(place, kinds, rows, data):
    drawn = [
        data.draw(st.lists(st.sampled_from(COLUMNS[k]), min_size=rows, max_size=rows))
        for k in kinds
    ]
    lines = [",".join(f"c{i}" for i in range(len(kinds)))]
    lines += [",".join(row) for row in zip(*drawn, strict=True)]
    cut = data.draw(st.sampled_from([0, 0, 0, 1]))
    lines[-1] = lines[-1].rpartition(",")[0] if cut else lines[-1]
    place.write_text("\n".join(lines) + data.draw(st.sampled_from(["", "\n"])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "FIRST", data.draw(st.sampled_from([20, 1 << 16])))
        one, careful, _ = both(place)
    assert one.frame.schema == careful.frame.schema
    assert one.frame.fill_nan(None).equals(careful.frame.fill_nan(None))
    assert one.notes == careful.notes


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a,b,t\n1,x,2013-06-22 17:07:00\nNA,,\n", True),
        ("a;b\n1.5;é\n", True),
        ("a,b\n" + "1,x\n" * 40_000 + "NA,y\n", True),
        ("a,b\n1,007\n", False),
        ('a,b\n1,"x"\n', False),
        ("a,b\n1,x\n2\n", False),
        ("a,b\n1,x\n\n2,y\n", False),
        ("a,b\r\n1,x\r\n", False),
        ("a\n1\n", False),
        ("# said\na,b\n1,x\n", False),
    ],
)
def test_what_is_plain_is_read_in_one_go(place, text, plain):
    place.write_bytes(text.encode())
    assert both(place)[2] == plain


def test_categories_change_their_order_by_codes_alone():
    drawn = pl.Series("k", ["b", "a", None, "c", "a"], dtype=pl.Enum(["b", "x", "a", "c"]))
    found = with_categories(drawn, ["a", "b", "c"])
    assert (found.name, found.dtype) == ("k", pl.Enum(["a", "b", "c"]))
    assert found.to_list() == drawn.to_list()
    many = [f"t{i}" for i in range(300)]  # more than a byte tells
    drawn = pl.Series(many + many[::-1], dtype=pl.Enum(many))
    assert with_categories(drawn, sorted(many)).to_list() == drawn.to_list()
