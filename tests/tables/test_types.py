"""Values of every type as rows, page and files show them, and numbers at the edges of floats."""

from __future__ import annotations

import csv
import ctypes
import io
import math
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import orjson
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.core.arrays.arrow.extension_types import ArrowPeriodType
from pyarrow import feather, ipc

from iris_dash import Explorer
from iris_dash.config.settings import Settings
from iris_dash.copy_as import forms
from iris_dash.core.errors import DatasetError, LibraryPanic, panics_as_errors
from iris_dash.dashboard.page.table import table_rows
from iris_dash.factory import create_app
from iris_dash.files import FORMATS
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.tables.libraries.moments import PER_SECOND
from iris_dash.web.api.responses import json_bytes

CASES = Path(__file__).parent / "cases"


def shown(explorer: Explorer, **asked: Any) -> list[list[Any]]:
    """The rows as JSON has them, and with them every file and the page's table."""
    query = explorer.query(**asked)
    body = json_bytes(explorer.records(query)[1])
    rows = orjson.loads(body)
    for file_format in FORMATS:
        content = b"".join(explorer.export(file_format.suffix, query).pieces)
        if file_format.suffix == "json":
            assert content == body
        assert content
    assert len(table_rows(explorer.table_rows(query), None)) == len(rows)
    return [list(row.values()) for row in rows]


def column(explorer: Explorer, **asked: Any) -> list[Any]:
    return [row[0] for row in shown(explorer, **asked)]


@pytest.fixture(params=[20_000, 0], ids=["short", "long"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", request.param)


LONG = [9007199254740993, 9007199254740992, 2**63 - 1, -(2**63)]
FRAMES = {
    "polars": lambda: pl.read_parquet(CASES / "int64.parquet"),
    "pandas": lambda: pd.read_parquet(CASES / "int64.parquet"),
    "arrow": lambda: pd.read_parquet(CASES / "int64.parquet", dtype_backend="pyarrow"),
}


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_bounds_of_whole_numbers_are_exact(frame: Any) -> None:
    """As floats ...992 and ...993 are one number."""
    explorer = Explorer.open(frame())
    assert column(explorer) == LONG
    for text, wanted, canonical in (
        ("9007199254740993..9007199254740993", LONG[:1], None),
        ("..9007199254740992", [LONG[1], LONG[3]], None),
        ("9223372036854775807..", [LONG[2]], None),
        ("1.5..", LONG[:3], "2.."),
        ("-0.5..0.5", [], "0..0"),
        ("1.2..1.8", [], None),
        ("1e30..", [], "18446744073709551616.."),
        ("..-1e300", [], "..-9223372036854775809"),
        ("-1e300..1e300", LONG, "-9223372036854775809..18446744073709551616"),
    ):
        query = parse_arguments(explorer.schema, [("id", text)])
        assert [row["id"] for row in explorer.records(query)[1]] == wanted, text
        assert explorer.count(query) == len(wanted)
        assert format_query(explorer.schema, query) == f"id={canonical or text}"
    asked = {"lower": {"id": LONG[0]}, "upper": {"id": LONG[0]}}
    assert column(explorer, **asked) == LONG[:1]
    assert column(explorer, sort="-id") == sorted(LONG, reverse=True)


def test_what_is_relaxed_is_exact_too() -> None:
    explorer = Explorer.open(CASES / "uint64.csv")
    assert column(explorer) == [2**64 - 1, 2**64 - 2, 1]
    assert column(explorer, lower={"hash": 2**64 - 1}) == [2**64 - 1]
    found = explorer.diagnosis(explorer.query(lower={"hash": 2}, upper={"hash": 2**64 - 3}))
    assert found.count == 0
    assert found.relaxation is not None
    assert found.relaxation.count == 1


def test_the_page_has_long_whole_numbers_as_text() -> None:
    """A browser's numbers end at 2 to the 53rd."""
    rows = table_rows(Explorer.open(CASES / "times.parquet").table_rows(None or _all()), None)
    assert [row["id"] for row in rows[:2]] == ["9007199254740993", "9007199254740994"]
    assert [row["u"] for row in rows[:2]] == ["18446744073709551615", "18446744073709551614"]
    assert [row["n"] for row in rows[:2]] == [0, 1]


def _all() -> Any:
    return Explorer.open(CASES / "times.parquet").query()


@pytest.mark.usefixtures("kind")
def test_decimals_stay_decimals() -> None:
    explorer = Explorer.open(CASES / "decimal.parquet")
    texts = ["12345678901234567.89", "12345678901234567.88"]
    assert column(explorer) == [*texts, 0.1]
    assert column(explorer, sort="price") == [0.1, *reversed(texts)]
    table = pl.read_parquet(b"".join(explorer.export("parquet").pieces))
    assert table["price"].to_list() == [*map(Decimal, texts), Decimal("0.10")]
    assert explorer.means()["mean_price"].tolist() == [pytest.approx(8230452600823045.0)]
    assert explorer.count(explorer.query(upper={"price": 1})) == 1


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("tsns", ["2024-01-01T00:00:00.123456789", "2024-01-01T00:00:00.123456788"]),
        ("fardate", ["+10013-09-08", "1970-01-01", None]),
        ("bcdate", ["-0001-11-27", "1970-01-01"]),
        ("tzfix", ["2024-10-27T00:30:00+00:00"]),
    ],
)
def test_moments_that_python_cannot_hold_are_text(name: str, wanted: list[Any]) -> None:
    """They were 500, and two nanoseconds were one."""
    assert column(Explorer.open(CASES / f"{name}.parquet")) == wanted


def test_files_hold_nanoseconds_and_distant_dates() -> None:
    def held(name: str) -> dict[str, Any]:
        explorer = Explorer.open(CASES / f"{name}.parquet")
        parquet = pl.read_parquet(b"".join(explorer.export("parquet").pieces))
        text = b"".join(explorer.csv(explorer.query())).decode()
        return {"parquet": parquet[:, 0], "csv": next(csv.reader(io.StringIO(text[2:])))}

    assert held("tsns")["parquet"].dtype == pl.Datetime("ns")
    assert held("fardate")["parquet"].to_list() == ["+10013-09-08", "1970-01-01", None]


COLUMNS: dict[str, tuple[pa.Array, list[Any]]] = {
    "decimal": (pa.array([Decimal("1.50"), None]), [1.5, None]),
    "string": (pa.array(["a", None]), ["a", None]),
    "dictionary": (pa.array(["x", None]).dictionary_encode(), ["x", None]),
    "list": (pa.array([[1, 2], None]), ["[1,2]", None]),
    "struct": (pa.array([{"a": 1}, None]), ['{"a":1}', None]),
    "time": (pa.array([time(1, 2, 3, 1), None]), ["01:02:03.000001", None]),
    "binary": (pa.array([b"\x00\xff", None]), ["2 bytes", None]),
    "whole": (pa.array([9007199254740993, None]), [9007199254740993, None]),
    "unsigned": (pa.array([2**64 - 1, None], pa.uint64()), [2**64 - 1, None]),
    "date": (pa.array([date(1, 1, 1), None]), ["0001-01-01", None]),
    "nanoseconds": (
        pa.array([1, None], pa.timestamp("ns")),
        ["1970-01-01T00:00:00.000000001", None],
    ),
    "offset": (
        pa.array([0, None], pa.timestamp("us", "+05:30")),
        ["1970-01-01T00:00:00+00:00", None],
    ),
    "long decimal": (pa.array([Decimal("1.5"), None], pa.decimal256(50, 2)), [1.5, None]),
    "too long a decimal": (
        pa.array([Decimal("1" * 45), None], pa.decimal256(50, 2)),
        ["1" * 45 + ".00", None],
    ),
    "interval": (
        pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
        ["MonthDayNano(months=1, days=2, nanoseconds=3)", None],
    ),
    "runs": (pa.RunEndEncodedArray.from_arrays([1, 2], ["x", None]), ["x", None]),
    "list view": (pa.array([[1, 2], None], pa.list_view(pa.int8())), ["[1,2]", None]),
    "json": (pa.array(["{}", None], pa.json_()), ["{}", None]),
    "uuid": (
        pa.array([b"0" * 16, None], pa.uuid()),
        ["30303030-3030-3030-3030-303030303030", None],
    ),
    "nanoseconds of a day": (
        pa.array([1, None], pa.time64("ns")),
        ["00:00:00.000000001", None],
    ),
    "duration": (pa.array([1_500, None], pa.duration("ms")), [1.5, None]),
    "flag": (pa.array([True, None]), [True, None]),
    "nothing": (pa.array([None, None]), [None, None]),
}


def is_new(dtype: pa.DataType) -> bool:
    """Whether Polars cannot be given it."""
    kinds = ("decimal256", "interval", "run_end_encoded", "list_view")
    return dtype == pa.uuid() or any(getattr(pa.types, f"is_{kind}")(dtype) for kind in kinds)


def test_what_polars_does_not_know_in_a_parquet_file_is_read_by_arrow(tmp_path):
    # Of a logical type that is newer than it: places on the earth, say, refused the table.
    table = pa.table({"n": [1, 2, 3], "t": pa.array(["{}", "[]", None], pa.json_())})
    pq.write_table(table, written := pa.BufferOutputStream(), store_schema=False)
    content = written.getvalue().to_pybytes()
    (length,) = struct.unpack("<I", content[-8:-4])
    footer, json, geometry = content[-8 - length : -8], b"\xcc\0\0", b"\x0c\x22\0\0"
    assert footer.count(json) == 1
    footer = footer.replace(json, geometry)
    end = footer + struct.pack("<I", length + 1) + content[-4:]
    (tmp_path / "places.parquet").write_bytes(content[: -8 - length] + end)
    explorer = Explorer.open(tmp_path / "places.parquet")
    records = explorer.records(_all())[1]
    assert records == [{"n": 1, "t": "2 bytes"}, {"n": 2, "t": "2 bytes"}, {"n": 3, "t": None}]
    texts = forms(explorer, _all(), "http://localhost", str(tmp_path / "places.parquet"))
    assert list(texts) == ["curl", "Python"]  # Others read none, or other bytes.


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_decimals_of_more_digits_than_their_type_says_are_text(tmp_path, suffix):
    # In JSON 128.10 was 128, and in CSV it was itself.
    held = b"".join(n.to_bytes(16, "little", signed=True) for n in (12810, -32139, 150))
    values = pa.Array.from_buffers(pa.decimal128(3, 2), 3, [None, pa.py_buffer(held)])
    table, path = pa.table({"d": values}), tmp_path / f"t.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, path)
    else:
        with ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    for given in (path, table):
        assert column(Explorer.open(given)) == ["128.10", "-321.39", "1.50"]


def other_bytes() -> pa.Table:
    """Texts in Windows-1252 beside one in UTF-8, as they are, in lists and as categories."""
    texts = pa.array([b"caf\xe9", "Käse".encode(), b"\x80 5", None], pa.binary()).view(pa.string())
    codes = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None], pa.int8()), texts[:3])
    lists = pa.ListArray.from_arrays([0, 1, 2, 3, 4], texts)
    return pa.table({"text": texts, "code": codes, "list": lists})


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "stream.arrow", "a frame"])
def test_texts_that_are_no_utf_8_are_read_as_windows_1252(tmp_path, name):
    # A table of a public collection was refused for one of them.
    table, path = other_bytes(), tmp_path / name
    if name == "t.parquet":
        # Arrow does not read such categories itself.
        pq.write_table(table.set_column(1, "code", table["text"]), path)
    elif name != "a frame":
        with (ipc.new_file if name == "t.arrow" else ipc.new_stream)(path, table.schema) as file:
            file.write_table(table)
    given = table if name == "a frame" else path
    explorer = Explorer.open(given)
    assert shown(explorer) == [
        ["café", "café", '["café"]'],
        ["Käse", "Käse", '["Käse"]'],
        ["€ 5", "€ 5", '["€ 5"]'],
        [None, None, "[null]"],
    ]
    if given is path:
        words = "what is no UTF-8 is read as Windows-1252 in text, code, list"
        assert explorer.schema.notes == (words,)
        assert list(forms(explorer, _all(), "http://localhost", str(path))) == ["curl", "Python"]


RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class ArrowType(ctypes.Structure):
    """A type as libraries in C hand it over."""

    _fields_ = (
        ("format", ctypes.c_char_p),
        ("name", ctypes.c_char_p),
        ("metadata", ctypes.c_char_p),
        ("numbers", ctypes.c_int64 * 2),
        ("others", ctypes.c_void_p * 2),
        ("release", RELEASE),
        ("private", ctypes.c_void_p),
    )


@pytest.mark.parametrize("letters", [b"tiM", b"tiD"])
def test_intervals_that_python_has_no_values_of_are_one_line(letters):
    # It was a traceback with a number: KeyError: 21.
    def release(place: int) -> None:
        given.release = RELEASE()

    given = ArrowType(letters, b"", release=RELEASE(release))
    dtype = pa.DataType._import_from_c(ctypes.addressof(given))
    table = pa.Table.from_batches(
        [], pa.schema([("n", pa.int64()), ("span", pa.struct({"s": dtype}))])
    )
    with pytest.raises(
        DatasetError, match="data frame: cannot be read: column 'span' holds intervals"
    ):
        Explorer.open(table)


def test_rows_that_a_parquet_file_does_not_count_are_read(tmp_path):
    # Its row groups had them, and "a header but no rows" was said.
    pq.write_table(pa.table({"n": [5, 6, 7]}), written := pa.BufferOutputStream())
    content, three = written.getvalue().to_pybytes(), b"\x16\x06\x19\x1c"
    assert content.count(three) == 1
    (tmp_path / "t.parquet").write_bytes(content.replace(three, b"\x16\0\x19\x1c"))
    assert column(Explorer.open(tmp_path / "t.parquet")) == [5, 6, 7]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_one_column_of_an_odd_type_refuses_no_file(tmp_path: Path, suffix: str) -> None:
    """Polars panics of some, and the whole table was refused."""
    odd = {name: values for name, (values, _) in COLUMNS.items() if is_new(values.type)}
    if suffix == "parquet":
        odd = {name: values for name, values in odd.items() if name not in ("runs", "interval")}
    for name, values in odd.items():
        path, table = tmp_path / f"odd.{suffix}", pa.table({"c": values, "n": [1, 2]})
        if suffix == "parquet":
            pq.write_table(table, path)
        else:
            with ipc.new_file(path, table.schema) as writer:
                writer.write_table(table)
        assert column(Explorer.open(path)) == COLUMNS[name][1], name


def test_decimals_of_hundreds_refuse_no_file(tmp_path: Path) -> None:
    """Parquet has no such; Polars takes an Arrow file of them for a damaged one."""
    values = pa.array([Decimal(1200), None], pa.decimal128(5, -2))
    table = pa.table({"c": values, "n": [1, 2]})
    with ipc.new_file(tmp_path / "t.feather", table.schema) as writer:
        writer.write_table(table)
    assert column(Explorer.open(tmp_path / "t.feather")) == [1200, None]


@pytest.mark.parametrize(("values", "wanted"), COLUMNS.values(), ids=COLUMNS)
@pytest.mark.parametrize("gap", [True, False], ids=["gap", "whole"])
@pytest.mark.parametrize("library", ["arrow", "pandas", "table", "polars"])
def test_frames_of_arrow_types_open(
    values: pa.Array, wanted: list[Any], gap: bool, library: str
) -> None:
    """A missing value among them was an error of pandas."""
    if library == "polars" and (getattr(values.type, "tz", None) or is_new(values.type)):
        pytest.skip("Polars has no such column")
    length = 2 if gap else 1
    table = pa.table({"c": values, "n": [1, 2]})[:length]
    if library == "pandas" and gap and pa.types.is_integer(values.type):
        pytest.skip("pandas itself makes a float of it")
    kept_by_pandas = not (pa.types.is_interval(values.type) or values.type == pa.time64("ns"))
    if library == "pandas" and not kept_by_pandas:
        pytest.skip("pandas itself makes other values of it")
    opened = {
        "arrow": lambda: table.to_pandas(types_mapper=pd.ArrowDtype),
        "pandas": table.to_pandas,
        "table": lambda: table,
        "polars": lambda: pl.DataFrame(table),
    }[library]
    assert column(Explorer.open(opened())) == wanted[:length]


def opened(path: Path, table: pa.Table, **options: Any) -> Explorer:
    """An Explorer of a table in a file of the kind that its name says."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, **options)
    else:
        with ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    return Explorer.open(path)


def old_times(path: Path, counts: list[int], unit: str) -> Explorer:
    times = pa.array(counts).cast(pa.timestamp(unit))
    table = pa.table({"t": times, "n": range(len(counts))})
    path.parent.mkdir(exist_ok=True)
    return opened(path, table, use_deprecated_int96_timestamps=True, store_schema=False)


DISTANT = [253402300799 * 10**6, -62135596800 * 10**6, 0]
DISTANT_TEXTS = ["9999-12-31T23:59:59", "0001-01-01T00:00:00", "1970-01-01T00:00:00"]


def test_times_of_96_bits_are_what_the_file_says(tmp_path: Path) -> None:
    """Those that nanoseconds have no room for were all one time of 2262."""
    assert column(old_times(tmp_path / "far.parquet", DISTANT, "us")) == DISTANT_TEXTS
    near = old_times(tmp_path / "near.parquet", [1, 1_000], "ns")
    assert column(near) == ["1970-01-01T00:00:00.000000001", "1970-01-01T00:00:00.000001"]
    old_times(tmp_path / "folder" / "a.parquet", DISTANT, "us")
    old_times(tmp_path / "folder" / "b.parquet", [0], "us")
    assert column(Explorer.open(tmp_path / "folder")) == [*DISTANT_TEXTS, DISTANT_TEXTS[2]]


def test_times_of_96_bits_that_no_unit_holds_are_text(tmp_path: Path) -> None:
    """The days of 2440588 are those from 4713 BC to 1970, as Julius Scaliger counted them."""
    path = tmp_path / "both.parquet"
    old_times(path, [253402300799 * 10**6, 0], "us")
    # The second one, at midnight of 1970, a nanosecond later.
    midnight = struct.pack("<qi", 0, 2440588)
    content = path.read_bytes()
    assert content.count(midnight) >= 1
    path.write_bytes(content.replace(midnight, struct.pack("<qi", 1, 2440588)))
    assert column(Explorer.open(path)) == [
        "9999-12-31T23:59:59",
        "1970-01-01T00:00:00.000000001",
    ]


DURATIONS = [1_100_000, 86_399_999_999, -5, 2**62, None, 100_000]
SECONDS = [1.1, 86_399.999999, -5e-06, 4611686018427.388, None, 0.1]


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("library", ["polars", "pandas", "arrow", "pandas of Arrow"])
def test_durations_are_the_nearest_seconds(library: str) -> None:
    """1.1 s was 1.0999999999999999, so that `?v=1.1..2` left it out."""
    table = pa.table({"v": pa.array(DURATIONS, pa.duration("us")), "n": range(len(DURATIONS))})
    frame = {
        "polars": lambda: pl.DataFrame(table),
        "pandas": table.to_pandas,
        "arrow": lambda: table,
        "pandas of Arrow": lambda: table.to_pandas(types_mapper=pd.ArrowDtype),
    }[library]()
    explorer = Explorer.open(frame)
    assert column(explorer) == SECONDS
    query = parse_arguments(explorer.schema, [("v", "1.1..2")])
    assert [row["v"] for row in explorer.records(query)[1]] == [1.1]


DAY_5000000 = "+15659-07-15"
"""By `date -u -d @$((5000000 * 86400))`."""


def listed(values: list[Any], dtype: pa.DataType, physical: pa.DataType) -> pa.Array:
    """One list of these counts, and a missing one."""
    inner = pa.array(values, physical).cast(dtype)
    return pa.ListArray.from_arrays([0, None, len(values)], inner)


def twice() -> pa.Array:
    return pa.StructArray.from_arrays([pa.array([1, 3]), pa.array([2, 4])], ["a", "a"])


def union() -> pa.Array:
    kinds = pa.array([0, 1], pa.int8())
    return pa.UnionArray.from_sparse(kinds, [pa.array([7, 8]), pa.array(["x", "y"])])


NESTED: dict[str, tuple[pa.Array, list[Any]]] = {
    "distant days": (
        listed([5_000_000, 0], pa.date32(), pa.int32()),
        [f'["{DAY_5000000}","1970-01-01"]', None],
    ),
    "distant times": (
        listed([2**62], pa.timestamp("us"), pa.int64()),
        ['["+148108-07-06T14:00:27.387904"]', None],
    ),
    "seconds": (
        listed([60], pa.timestamp("s"), pa.int64()),
        ['["1970-01-01T00:01:00"]', None],
    ),
    "times of an offset": (
        listed([0], pa.timestamp("us", "+05:30"), pa.int64()),
        ['["1970-01-01T00:00:00+00:00"]', None],
    ),
    "nanoseconds": (
        listed([1, 1_000_000_000], pa.timestamp("ns"), pa.int64()),
        ['["1970-01-01T00:00:00.000000001","1970-01-01T00:00:01"]', None],
    ),
    "clocks": (listed([1], pa.time64("ns"), pa.int64()), ['["00:00:00.000000001"]', None]),
    "spans": (listed([1, 1_500], pa.duration("ns"), pa.int64()), ["[1e-9,1.5e-6]", None]),
    "infinite": (
        pa.array([[1.5, math.inf, -math.inf, math.nan]]),
        ["[1.5,Infinity,-Infinity,null]"],
    ),
    "32 bits": (pa.array([[0.1], None], pa.list_(pa.float32())), ["[0.1]", None]),
    "fixed": (pa.array([[1, 2], None], pa.list_(pa.int8(), 2)), ["[1,2]", None]),
    "of nothing": (pa.array([[], None], pa.list_(pa.int8(), 0)), ["[]", None]),
    "lists of lists": (pa.array([[[1], None], None, []]), ["[[1],null]", None, "[]"]),
    "spans of a struct": (
        pa.array([{"d": timedelta(seconds=90), "b": b"ab"}, None]),
        ['{"d":90.0,"b":"2 bytes"}', None],
    ),
    "long decimals": (
        pa.array([[Decimal("1.50"), Decimal("1" * 45)], None], pa.list_(pa.decimal256(50, 2))),
        [f'["1.50","{"1" * 45}.00"]', None],
    ),
    "uuid": (
        pa.ListArray.from_arrays([0, None, 1], pa.array([b"0" * 16], pa.uuid())),
        ['["30303030-3030-3030-3030-303030303030"]', None],
    ),
    "map": (
        pa.array([[("a", 1), ("b", 2)], None, []], pa.map_(pa.string(), pa.int8())),
        ['{"a":1,"b":2}', None, "{}"],
    ),
    "a key twice": (
        pa.array([[("a", 1), ("a", 2)], None], pa.map_(pa.string(), pa.int8())),
        ['[["a",1],["a",2]]', None],
    ),
    "keys of bytes": (
        pa.array([[(b"a", 1), (b"b", 2)], None], pa.map_(pa.binary(), pa.int8())),
        ['[["1 bytes",1],["1 bytes",2]]', None],
    ),
    "keys of structs": (
        pa.array([[({"k": 1}, 2)], None], pa.map_(pa.struct({"k": pa.int8()}), pa.int8())),
        ['[[{"k":1},2]]', None],
    ),
    "a field twice": (twice(), ['{"a":1,"a (2)":2}', '{"a":3,"a (2)":4}']),
    "intervals": (
        pa.array([[(1, 2, 3)], None], pa.list_(pa.month_day_nano_interval())),
        ['["MonthDayNano(months=1, days=2, nanoseconds=3)"]', None],
    ),
    "union": (union(), ["7", "y"]),
    "a union": (pa.StructArray.from_arrays([union()], ["u"]), ['{"u":"7"}', '{"u":"y"}']),
    "runs": (
        pa.ListArray.from_arrays([0, 3], pa.RunEndEncodedArray.from_arrays([1, 3], ["x", "y"])),
        ['["x","y","y"]'],
    ),
    "views of views": (
        pa.array([[[1], [2]], None], pa.list_view(pa.list_view(pa.int8()))),
        ["[[1],[2]]", None],
    ),
    "days in milliseconds": (
        pa.array([86_400_000, None], pa.int64()).cast(pa.date64()),
        ["1970-01-02", None],
    ),
    "distant seconds": (pa.array([2**62, None], pa.duration("s")), [2**62, None]),
    "behind the day": (pa.array([86_400, 0], pa.time32("s")), ["24:00:00", "00:00:00"]),
}
NOT_IN_PARQUET = ("a field twice", "intervals", "union", "a union", "runs", "of nothing")


@pytest.mark.parametrize(("values", "wanted"), NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("way", ["table", "parquet", "arrow", "pieces"])
def test_values_in_lists_and_structs_are_as_in_columns(
    values: pa.Array, wanted: list[Any], way: str, tmp_path: Path, request: Any
) -> None:
    """One of them was an error of Python's or a panic, or lost its last digits."""
    name = request.node.callspec.id.removeprefix(f"{way}-")
    if way == "parquet" and name in NOT_IN_PARQUET:
        pytest.skip("Parquet has no such")
    table = pa.table({"c": values, "n": range(len(values))})
    if way == "pieces":
        explorer = Explorer.open(pa.concat_tables([table, table[1:], table]))
        assert column(explorer) == [*wanted, *wanted[1:], *wanted]
    elif way == "table":
        assert column(Explorer.open(table)) == wanted
    else:
        assert column(opened(tmp_path / f"t.{way}", table)) == wanted


DUCKDB: dict[str, list[Any]] = {
    "170141183460469231731687303715884105727::hugeint": ["170141183460469231731687303715884105727"],
    "[170141183460469231731687303715884105727::hugeint]": [
        '["170141183460469231731687303715884105727"]'
    ],
    "170141183460469231731687303715884105728::uhugeint": [
        "170141183460469231731687303715884105728"
    ],
    "5::uhugeint": [5],
    "[5::uhugeint]": ['["5"]'],
    "{'BIT': '1101'::bit}": ['{"BIT":"1101"}'],
    "sum(7)": [7],
    "'01:02:03+05:30'::timetz": ["01:02:03+05:30"],
    "'1101'::bit": ["1101"],
    "12345678901234567890123::bignum": ["12345678901234567890123"],
    "time '24:00:00'": ["24:00:00"],
    "map(['a', 'b'], [1, 2])": ['{"a":1,"b":2}'],
    "union_value(a := 1)": ["1"],
}


@pytest.mark.parametrize(("written", "wanted"), DUCKDB.items(), ids=DUCKDB)
def test_relations_of_duckdb_keep_every_value(written: str, wanted: list[Any]) -> None:
    """Numbers of 128 bits were others, or a panic of each question; of bits there was a length."""
    with duckdb.connect() as connection:
        relation = connection.sql(f'select {written} as "c""1", 1 k')
        assert column(Explorer.open(relation)) == wanted


BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2024, 1, 1, 5)
LATER = pd.Timestamp("2024-01-01T05:00:00.000000001")
OBJECTS: dict[str, tuple[list[Any], list[Any]]] = {
    "a day and a time": ([date(2024, 1, 1), MORNING], ["2024-01-01", "2024-01-01T05:00:00"]),
    "a time and a day": ([MORNING, date(2024, 1, 1)], ["2024-01-01T05:00:00", "2024-01-01"]),
    "nanoseconds": ([MORNING, LATER], ["2024-01-01T05:00:00", LATER.isoformat()]),
    "far and fine": (
        [datetime(1, 1, 1), LATER],
        ["0001-01-01T00:00:00", "2024-01-01T05:00:00.000000001"],
    ),
    "with and without zone": (
        [MORNING, MORNING.replace(tzinfo=UTC), None],
        ["2024-01-01T05:00:00", "2024-01-01T05:00:00+00:00", None],
    ),
    "two zones": (
        [MORNING.replace(tzinfo=BERLIN), MORNING.replace(tzinfo=UTC)],
        ["2024-01-01T05:00:00+01:00", "2024-01-01T05:00:00+00:00"],
    ),
    "clocks of an offset": (
        [time(5, tzinfo=timezone(timedelta(hours=2))), time(5)],
        ["05:00:00+02:00", "05:00:00"],
    ),
    "clocks of a zone": ([time(5, tzinfo=BERLIN), None], ["05:00:00 Europe/Berlin", None]),
    "spans": ([timedelta(seconds=1.1), None], [1.1, None]),
    "spans and text": ([timedelta(seconds=1.1), "x"], ["1.1", "x"]),
    "long among floats": ([9007199254740993, 0.5], ["9007199254740993", "0.5"]),
    "short among floats": ([7, 0.5], [7, 0.5]),
    "long with a gap": ([9007199254740993, None], [9007199254740993, None]),
    "unsigned": ([2**64 - 1, 0], [2**64 - 1, 0]),
    "longer": ([2**64 + 1, 0], ["18446744073709551617", "0"]),
    "hundreds of digits": ([10**400, 0.5], ["1" + "0" * 400, "0.5"]),
    "half a character": (["\ud800", "x"], ["\\ud800", "x"]),
    "half of one in a list": ([["\ud800", 1], None], ['["\\\\ud800",1]', None]),
    "lists": (
        [np.array([0.1], dtype="float32"), [math.inf, timedelta(seconds=1.1), LATER]],
        ["[0.1]", '[Infinity,1.1,"2024-01-01T05:00:00.000000001"]'],
    ),
    "times of NumPy": (
        [np.array([1, 10**9, "nat"], dtype="datetime64[ns]"), None],
        ['["1970-01-01T00:00:00.000000001","1970-01-01T00:00:01",null]', None],
    ),
    "keys of all kinds": (
        [{1: 2, (1, 2): b"ab"}, {1: 2}],
        ['[["1",2],[[1,2],"2 bytes"]]', '{"1":2}'],
    ),
}


@pytest.mark.parametrize(("values", "wanted"), OBJECTS.values(), ids=OBJECTS)
def test_objects_of_pandas_keep_every_value(values: list[Any], wanted: list[Any]) -> None:
    """What the kinds had not in common was lost, or an error that names no column."""
    objects = pd.Series(values, dtype=object)
    assert column(Explorer.open(pd.DataFrame({"c": objects, "n": range(len(values))}))) == wanted


def test_categories_and_names_that_are_one_text_refuse_no_frame() -> None:
    """They were a raw error of pandas, or of UTF-8."""
    frame = pd.DataFrame({"c": pd.Categorical([1, "1"]), "n": [1, 2]})
    frame.columns = pd.Index(["c", "\ud800"], dtype=object)
    explorer = Explorer.open(frame)
    assert column(explorer) == ["1", "1"]
    assert explorer.schema.notes == (r"named anew: '\\ud800'",)


LONG_AGO = {
    "Europe/Amsterdam": ("1930-01-01T00:00:00+00:00", "1929-12-31T23:00:00+00:00"),
    "America/New_York": ("1880-01-01T00:00:00+00:00", "1879-12-31T19:03:58-04:56:02"),
    "Africa/Monrovia": ("1900-01-01T00:00:00+00:00", "1899-12-31T23:16:52-00:43:08"),
}


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("library", ["polars", "pandas", "arrow"])
@pytest.mark.parametrize("unit", ["us", "ns", "ms"])
@pytest.mark.parametrize("zone", LONG_AGO)
def test_a_zoned_time_is_one_instant_in_every_face(
    zone: str, unit: str, library: str, tmp_path: Path
) -> None:
    """The clock was by one table of zones, the offset by another, and without its seconds."""
    moment = datetime.fromisoformat(LONG_AGO[zone][0])
    count = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    times = pa.array([count * PER_SECOND[unit], None, 0], pa.timestamp(unit, zone))
    table = pa.table({"t": times, "g": ["a", "b", "c"]})
    frame = {"polars": pl.DataFrame, "pandas": lambda t: t.to_pandas(), "arrow": lambda t: t}
    explorer = Explorer.open(frame[library](table))
    text, _, modern = column(explorer)
    assert datetime.fromisoformat(text) == moment
    assert datetime.fromisoformat(modern) == datetime(1970, 1, 1, tzinfo=UTC)
    if "02" in LONG_AGO[zone][1]:
        assert text == LONG_AGO[zone][1]
    client = create_app(explorer, Settings(log="none")).server.test_client()
    for route in ("range/", "values/?column=t", "columns/", "aggregate/?by=g&of=t&stat=min"):
        assert f'"{text}"' in client.get(f"/{route}").text, route
    if zone != "Europe/Amsterdam":  # Python may have other rules of it, which a bound goes by.
        ends = parse_arguments(explorer.schema, [("t", f"{text}..{text}")])
        assert explorer.count(ends) == 1
    for suffix in ("csv", "ndjson", "json"):
        path = tmp_path / f"t.{suffix}"
        path.write_bytes(b"".join(explorer.export(suffix, explorer.query()).pieces))
        assert text in path.read_text()
        again = column(Explorer.open(path))
        assert [one and datetime.fromisoformat(one) for one in again] == [
            moment,
            None,
            datetime(1970, 1, 1, tzinfo=UTC),
        ]


def written_stream(*tables: pa.Table) -> bytes:
    sink = io.BytesIO()
    options = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    with ipc.new_stream(sink, tables[0].schema, options=options) as writer:
        for table in tables:
            writer.write_table(table)
    return sink.getvalue()


def coded(*values: str) -> pa.Table:
    return pa.table({"c": pa.array(values).dictionary_encode(), "n": range(len(values))})


def test_arrow_streams_of_all_kinds_are_read_to_their_end(tmp_path: Path) -> None:
    """Of two, one behind the other, the second was left out; the others were refused."""
    path = tmp_path / "t.arrow"
    path.write_bytes(written_stream(coded("x", "y"), coded("x", "y", "z")))
    assert column(Explorer.open(path)) == ["x", "y", "x", "y", "z"]
    path.write_bytes(written_stream(coded("x", "y")) * 2)
    assert column(Explorer.open(path)) == ["x", "y", "x", "y"]
    others = pa.table({"c": [1], "m": [2]})
    for more in (written_stream(others), b"other" * 10 + b"\xff\xff\xff\xff\0\0\0\0"):
        path.write_bytes(written_stream(coded("x", "y")) + more)
        with pytest.raises(DatasetError, match=r"t\.arrow: more follows its Arrow stream"):
            Explorer.open(path)


def test_long_floats_of_pandas_are_floats() -> None:
    """They ended in a traceback."""
    values = np.array([1.5, 0.1, np.nan, 2**62], dtype=np.longdouble)
    explorer = Explorer.open(pd.DataFrame({"x": values, "y": range(4)}))
    assert column(explorer) == [1.5, 0.1, None, 2.0**62]
    assert explorer.count(explorer.query(x={"from": 0.1, "to": 0.1})) == 1


@pytest.mark.filterwarnings("ignore:Feather V1")
def test_feather_of_the_first_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.feather"
    feather.write_feather(pa.table({"c": [1, None], "n": ["a", "b"]}), path, version=1)
    assert column(Explorer.open(path)) == [1, None]


EDGES: dict[str, list[float]] = {
    "greatest": [1.7976931348623157e308, 1.0],
    "both": [1.7976931348623157e308, -1.7976931348623157e308, 0.0],
    "least": [5e-324, 0.0, 1e6],
    "tiny": [1e-300, 2e-300, 5e-324],
    "large": [1e200, 3e200, -1e200, 1e-200],
    "mixed": [1e308, 1.5e308, -1e308, 1e-300],
}


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("values", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("library", [pl.DataFrame, pd.DataFrame])
def test_numbers_at_the_edges_are_served(values: list[float], library: Any) -> None:
    """The greatest one ended the start: a slider's end beyond it is no float."""
    explorer = Explorer.open(library({"x": values, "n": list(range(len(values)))}))
    assert column(explorer) == values
    (spread,) = (s.measures[0] for s in explorer.spreads(explorer.query()))
    scaled = [value / 2**10 for value in values]
    mean = math.fsum(scaled) / len(values) * 2**10
    assert spread.mean == pytest.approx(mean, rel=1e-9)
    assert (spread.min, spread.max) == (min(values), max(values))
    explorer.comparison(explorer.query(lower={"x": 0.0}))
    explorer.correlations(explorer.query(), grouped=False)
    for name, histogram in explorer.histograms(explorer.query()).items():
        assert all(map(math.isfinite, histogram.edges)), name
    measure = explorer.schema.measures[0]
    assert -1e303 <= measure.low <= measure.high <= 1e303


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("library", [pl.DataFrame, pd.DataFrame])
def test_deviations_of_long_whole_numbers_are_exact(library: Any) -> None:
    """By hand: of 0, 1 … 4 ten times the variance is 100 / 49."""
    values = [2**53 + n % 5 for n in range(50)]
    explorer = Explorer.open(library({"id": values, "n": [n % 7 for n in range(50)]}))
    (spread,) = explorer.spreads(explorer.query())
    assert spread.measures[0].std == pytest.approx(math.sqrt(100 / 49), rel=1e-9)
    assert spread.measures[0].mean == 2**53 + 2


def test_a_panic_is_an_error() -> None:
    """Polars' own is a BaseException: it passed by whoever handles errors."""

    def read() -> Iterator[int]:
        with panics_as_errors():
            yield 1

    with pytest.raises(LibraryPanic, match="gave up"), panics_as_errors():
        raise pl.exceptions.PanicException("gave up")
    with pytest.raises(KeyboardInterrupt), panics_as_errors():
        raise KeyboardInterrupt
    read().close()
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    assert (
        json_bytes({"t": moment, "d": Decimal("0.5")})
        == b'{"t":"2024-01-01T00:00:00+00:00","d":0.5}'
    )


@pytest.mark.parametrize("is_registered", [False, True], ids=["unknown", "known"])
@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.arrows"])
def test_periods_of_pandas_are_text(tmp_path: Path, name: str, is_registered: bool) -> None:
    """January 2024 was 648, the number of months since 1970."""

    def periods(freq: str) -> pa.Field:
        about = {"ARROW:extension:name": "pandas.period", "ARROW:extension:metadata": freq}
        return pa.field("", pa.int64(), metadata=about)

    columns = {"month": [648, None], "quarter": [216, -1], "day": [0, 19_786]}
    lengths = {"month": "M", "quarter": "Q-DEC", "day": "D"}
    schema = pa.schema([periods(f'{{"freq": "{lengths[one]}"}}').with_name(one) for one in columns])
    arrays = [pa.array(values, pa.int64()) for values in columns.values()]
    path = tmp_path / name
    registered = [ArrowPeriodType("D")] if is_registered else []
    with suppress(pa.ArrowKeyError):
        pa.unregister_extension_type("pandas.period")
    for kind in registered:
        pa.register_extension_type(kind)
    try:
        table = pa.Table.from_arrays(arrays, schema=schema)
        if name.endswith("parquet"):
            pq.write_table(table, path)
        else:
            write = ipc.new_file if name.endswith("feather") else ipc.new_stream
            with write(path, table.schema) as writer:
                writer.write_table(table)
        explorer = Explorer.open(path)
        assert explorer.records(explorer.query())[1] == [
            {"month": "2024-01", "quarter": "2024Q1", "day": "1970-01-01"},
            {"month": None, "quarter": "1969Q4", "day": "2024-03-04"},
        ]
        assert explorer.schema.is_ours
        if name.endswith("parquet"):
            words = "periods of pandas are their whole numbers here: 'month', 'quarter', 'day'"
            in_place = Explorer.open(f"parquet://{path}?kept=")
            assert words in in_place.schema.notes
    finally:
        for _ in registered:
            pa.unregister_extension_type("pandas.period")
