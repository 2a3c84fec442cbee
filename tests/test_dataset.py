"""Files and frames open as datasets; what cannot be one is refused in one line."""

import pandas as pd
import polars as pl
import pytest
from tables import PETS

from iris_dash import DatasetError, Explorer, open_dataset


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"a,b\n", "header but no rows"),
        (b"a,b\n1,2\n1,2,3\n", "CSV"),
        (b"\x89PNG\r\n\x00\x00\x00", "not a text table"),
        (b"name\ncaf\xe9\n", "not UTF-8 text (line 2)"),
        (b"page,b\n1,2\n", "'page'"),
        (b"a,b,a\r\n1,2,3\r\n", "same name"),
    ],
)
def test_an_unusable_file_is_one_line_with_name_and_reason(tmp_path, content, words):
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        open_dataset(path)
    message = str(caught.value)
    assert str(path) in message
    assert words in message
    assert "\n" not in message


def test_a_folder_is_not_a_table(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("thing", [7, [1, 2], {"a": [1]}, None])
def test_an_object_that_is_no_frame_is_refused(thing):
    with pytest.raises(DatasetError, match="not a table"):
        open_dataset(thing)


def test_repeated_column_names_are_refused():
    with pytest.raises(DatasetError, match="same name"):
        open_dataset(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_a_column_name_that_is_no_text_is_refused():
    with pytest.raises(DatasetError, match="not text"):
        open_dataset(pd.DataFrame([[1, 2]]))


def test_the_settings_file_beside_a_table_is_read(tmp_path):
    (tmp_path / "pots.csv").write_text("h\n1.5\n")
    (tmp_path / "pots.toml").write_text('rows = "pots"\n[columns.h]\nunit = "m"\n')
    schema = open_dataset(tmp_path / "pots.csv").schema
    assert (schema.title, schema.rows, schema.measures[0].title) == ("Pots", "pots", "H (m)")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfh\n1\n")
    assert open_dataset(tmp_path / "a.csv").schema.names == ("h",)


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
def test_the_frame_given_is_not_changed(make):
    frame = make(PETS)
    before = frame.clone() if hasattr(frame, "clone") else frame.copy(deep=True)
    explorer = Explorer.open(frame)
    explorer.rows(explorer.query(kind="cat", sort="-weight"))
    assert frame.equals(before)


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
def test_the_fingerprint_follows_the_content(make):
    changed = PETS | {"legs": [4, 4, 3, 4, 4, 5]}
    one, same, other = (open_dataset(make(d)).fingerprint for d in (PETS, dict(PETS), changed))
    assert one == same
    assert one != other


def test_the_fingerprint_of_a_file_follows_its_settings(tmp_path):
    (tmp_path / "a.csv").write_text("h\n1\n")
    before = open_dataset(tmp_path / "a.csv").fingerprint
    (tmp_path / "a.toml").write_text('[columns.h]\nalias = "height"\n')
    assert open_dataset(tmp_path / "a.csv").fingerprint != before
