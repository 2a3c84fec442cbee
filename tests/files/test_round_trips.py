"""What is written is read back: every value, in each format, and on engines in this process."""

from __future__ import annotations

import math
from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import openpyxl
import polars as pl
import pytest
from copied import tidy
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from kept_loads import keeps_or_refuses

from iris_dash import Explorer
from iris_dash.commands.load import load_table, read_rows, target_of
from iris_dash.core.errors import DatasetError
from iris_dash.files.csv import escape

WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
WORDS = (
    "",
    " ",
    "a",
    "é日",
    "x, y",
    'say "so"',
    "two\nlines",
    "p;q",
    "1;2",
    "p|q",
    "p\tq",
    "007",
    "NA",
    "=1+1",
    "1.5",
    "true",
)


def whole(kind: Any) -> st.SearchStrategy[int]:
    lowest, highest = (pl.select(getattr(kind, end)()).item() for end in ("min", "max"))
    return st.integers(lowest, highest) | st.sampled_from([lowest, highest, 0])


KINDS: dict[Any, st.SearchStrategy[Any]] = {
    **{kind: whole(kind) for kind in WHOLE},
    pl.Float64: st.floats(allow_nan=False) | st.sampled_from([0.1, 1e-5, 5e-324, math.inf]),
    pl.Boolean: st.booleans(),
    pl.String: st.sampled_from(WORDS) | st.text("abé \u2028", max_size=4),
    pl.Date: st.dates(date(1, 1, 1)),
    pl.Datetime("us"): st.datetimes(),
    pl.Datetime("us", "UTC"): st.datetimes(timezones=st.just(UTC)),
    pl.Time: st.times(),
}


@st.composite
def frames(draw: st.DrawFn, kinds: dict[Any, st.SearchStrategy[Any]] = KINDS) -> pl.DataFrame:
    """A table with some columns of each kind's values, and missing ones among them.

    Its first row is whole and its first column a word, so that no text looks like something else,
    and no row like none.
    """
    more = draw(st.integers(0, 4))
    columns = [pl.Series("w", ["word"] * (more + 1))]
    for place, kind in enumerate(draw(st.lists(st.sampled_from(list(kinds)), min_size=1))):
        first = "word" if kind == pl.String else draw(kinds[kind])
        values = draw(st.lists(st.none() | kinds[kind], min_size=more, max_size=more))
        columns.append(pl.Series(f"c{place}", [first, *values], dtype=kind))
    return pl.DataFrame(columns)


def held(explorer: Explorer) -> pl.DataFrame:
    frame: pl.DataFrame = nw.to_native(explorer.dataset.page(explorer.query()))
    frame = frame.select(explorer.schema.names)
    texts = [name for name, kind in frame.schema.items() if kind in (pl.Enum, pl.Categorical)]
    return frame.with_columns(pl.col(texts).cast(pl.String))


def written(explorer: Explorer, suffix: str, folder: Path) -> str:
    path = folder / f"t.{suffix}"
    path.write_bytes(b"".join(explorer.export(suffix).pieces))
    return str(path)


def kept(suffix: str, column: pl.Series) -> list[Any]:
    """The values that a format keeps; of what is not said here, every one.

    CSV: empty text is a missing value, what a spreadsheet would run begins with an apostrophe, and
    a column of nothing but blanks is empty. JSON: what is infinite is missing. In both times of day
    are text.
    """
    values = column.to_list()
    if column.dtype == pl.String and suffix == "csv":
        return [escape(value) if value else None for value in values]
    if column.dtype == pl.Float64 and suffix in ("json", "ndjson"):
        values = [value if value is not None and math.isfinite(value) else None for value in values]
    return values


def as_kind(found: pl.Series, kind: pl.DataType) -> list[Any]:
    """The values that were found, where text may say times, with any number of digits."""
    if getattr(kind, "time_zone", None) and found.dtype == pl.String:
        return [text and datetime.fromisoformat(text) for text in found]
    if kind == pl.Time and found.dtype == pl.String:
        return [text and time.fromisoformat(text) for text in found]
    return found.to_list()


def check(frame: pl.DataFrame, suffix: str, folder: Path) -> None:
    back = held(Explorer.open(written(Explorer.open(frame), suffix, folder)))
    assert back.columns == frame.columns
    for name in frame.columns:
        found, wanted = as_kind(back[name], frame[name].dtype), kept(suffix, frame[name])
        assert list(map(tidy, found)) == list(map(tidy, wanted)), name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("written")


@pytest.mark.parametrize("suffix", ["csv", "json", "ndjson", "parquet", "arrow", "feather"])
@given(frame=frames())
@examples(0.1)
def test_what_is_written_is_read_back(folder, suffix, frame):
    check(frame, suffix, folder)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"a;b": ["1;2", "4;5"], "c": [3, 6]}),
        pl.DataFrame({"a|b": ["x", None, ""], "c": ['p\n"q', "|", " "]}),
        pl.DataFrame({"n": ["1;2", "3;4"]}),
        pl.DataFrame({"a\tb": ["x", "y"], 'd"': [1.5, None]}),
    ],
)
def test_what_parts_columns_elsewhere_is_text_in_csv(folder, frame):
    """The first was read back as columns parted by semicolons."""
    check(frame, "csv", folder)


IN_SHEETS = {
    pl.Int64: st.integers(-(2**53), 2**53),
    # The greatest floats of all are rounded to infinity, which is text in a sheet.
    pl.Float64: st.floats(allow_nan=False, allow_infinity=False)
    .map(lambda x: float(f"{x:.15g}"))
    .filter(math.isfinite),
    pl.Boolean: st.booleans(),
    pl.String: KINDS[pl.String],
    pl.Date: st.dates(date(1900, 3, 1)),
    pl.Datetime("us"): st.datetimes(datetime(1900, 3, 1)).map(lambda t: t.replace(microsecond=0)),
    pl.Time: st.times().map(lambda t: t.replace(microsecond=0)),
}
"""What a sheet holds as it is; the rest is text there, as the reference says."""


@given(frame=frames(IN_SHEETS))
@examples(0.1)
def test_what_a_sheet_holds_is_read_back(folder, frame):
    check(frame, "xlsx", folder)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "value",
    [1.5, 7, True, date(2026, 1, 2), datetime(2026, 1, 2, 3), time(4), Decimal("1.5"), "y", None],
)
def test_rows_without_a_value_at_the_end_of_a_sheet_are_read_back(folder, value, rows):
    """They were no rows: a sheet ends with its last cell."""
    frame = pl.DataFrame({"t": ["x"] + [None] * rows, "v": [value] + [None] * rows})
    back = held(Explorer.open(written(Explorer.open(frame), "xlsx", folder)))
    assert back.rows() == [("x", value)] + [(None, None)] * rows


@pytest.mark.parametrize(
    ("value", "cell"),
    [(1.7976931348623157e308, "1.7976931348623157e+308"), (1.797693134862315e308,) * 2],
)
def test_the_greatest_numbers_are_no_infinity_in_a_sheet(folder, value, cell):
    """With its 16 digits the greatest was more than any float."""
    path = written(Explorer.open(pl.DataFrame({"v": [value, -value]})), "xlsx", folder)
    found = [row[0].value for row in openpyxl.load_workbook(path)["Rows"]]
    assert found == ["v", cell, f"-{cell}" if isinstance(cell, str) else -cell]


def loaded(frame: pl.DataFrame, engine: str, folder: Path) -> pl.DataFrame:
    source, place = folder / "t.parquet", folder / f"t.{engine}"
    place.unlink(missing_ok=True)
    frame.write_parquet(source)
    address = f"{engine}://{place}/t"
    load_table(read_rows(source), target_of(address))
    explorer = Explorer.open(address)
    with closing(explorer.dataset):
        return held(explorer)


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
@given(frame=frames())
@examples(0.1)
def test_what_is_loaded_is_kept_or_refused(folder, engine, frame):
    large = [frame[name].max() for name, kind in frame.schema.items() if kind == pl.UInt64]
    if engine == "sqlite" and any(most is not None and most >= 2**63 for most in large):
        with pytest.raises(DatasetError, match="is more than a whole number there can be"):
            loaded(frame, engine, folder)
        return
    back = loaded(frame, engine, folder)
    for name in frame.columns:
        found, wanted = as_kind(back[name], frame[name].dtype), frame[name].to_list()
        assert list(map(tidy, found)) == list(map(tidy, wanted)), name


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "chdb"])
def test_every_kind_of_value_is_loaded_or_refused(tmp_path, engine):
    """Decimals became floats; dates and nanoseconds that an engine has not were changed."""
    keeps_or_refuses(engine, f"{engine}://{tmp_path}/kept.{engine}", tmp_path)


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_a_time_of_day_is_loaded_with_its_fraction(folder, engine):
    """SQLite got 01:02:03."""
    times = [time(1, 2, 3, 1), None, time(0, 0)]
    back = loaded(pl.DataFrame({"n": [1, 2, 3], "tm": times}), engine, folder)
    assert as_kind(back["tm"], pl.Time()) == times
