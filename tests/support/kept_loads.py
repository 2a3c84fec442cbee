"""Columns of every kind that `load` writes into an engine: kept, value for value, or refused."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.commands.load import load_table, read_rows, target_of
from iris_dash.core.errors import DatasetError
from iris_dash.query.names import held_name

LONG = ["12345678901234567.89", None, "-0.01"]
MOST, FAR = 2**64 - 1, 3_672_600
NS = 1_704_067_200_123_456_789
DAY = 86_400 * 10**6
FIRST, LAST = datetime(1, 1, 1, 1, 2, 3, 4), datetime(9999, 12, 31, 23, 59, 59, 999_999)

COLUMNS: dict[str, tuple[pl.Series, list[str | None]]] = {
    "decimals": (pl.Series(LONG).cast(pl.Decimal(19, 2)), LONG),
    "prices": (pl.Series(["1.50", None, "-0.25"]).cast(pl.Decimal(9, 2)), ["1.5", None, "-0.25"]),
    "unsigned": (pl.Series([MOST, None, 0], dtype=pl.UInt64), [str(MOST), None, "0"]),
    "whole": (pl.Series([-(2**63), None, 2**63 - 1]), [str(-(2**63)), None, str(2**63 - 1)]),
    "nanoseconds": (
        pl.Series([NS, None, 0], dtype=pl.Datetime("ns")),
        ["2024-01-01 00:00:00.123456789", None, "1970-01-01 00:00:00.000000000"],
    ),
    "clock": (
        pl.Series([1_000, None, 86_399_999_999_000], dtype=pl.Time),
        ["00:00:00.000001", None, "23:59:59.999999"],
    ),
    "clock_ns": (
        pl.Series([1, None, 2], dtype=pl.Time),
        ["00:00:00.000000001", None, "00:00:00.000000002"],
    ),
    "days": (
        pl.Series([date(1, 1, 1), None, date(9999, 12, 31)]),
        ["0001-01-01", None, "9999-12-31"],
    ),
    "far": (
        pl.Series([FAR, None, -735_000], dtype=pl.Int32).cast(pl.Date),
        ["+12025-03-28", None, "-0043-08-22"],
    ),
    "far_times": (
        pl.Series([FAR * DAY + 1, None, -735_000 * DAY], dtype=pl.Datetime("us")),
        ["+12025-03-28 00:00:00.000001", None, "-0043-08-22 00:00:00.000000"],
    ),
    "times": (
        pl.Series([FIRST, None, LAST]),
        ["0001-01-01 01:02:03.000004", None, "9999-12-31 23:59:59.999999"],
    ),
    "moments": (
        pl.Series([datetime(1969, 12, 31, tzinfo=UTC), None, datetime(2300, 1, 1, tzinfo=UTC)]),
        ["1969-12-31 00:00:00.000000+00:00", None, "2300-01-01 00:00:00.000000+00:00"],
    ),
    "endless": (pl.Series([float("inf"), None, float("-inf")]), ["inf", None, "-inf"]),
    "extreme": (
        pl.Series([1.7976931348623157e308, None, 5e-324]),
        ["1.7976931348623157e+308", None, "5e-324"],
    ),
    "text": (pl.Series(["", None, ' a\n"b",\\N']), ["", None, ' a\n"b",\\N']),
    "flags": (pl.Series([True, None, False]), ["true", None, "false"]),
    "kinds": (pl.Series(["b", None, "a"], dtype=pl.Enum(["b", "a"])), ["b", None, "a"]),
    "*": (pl.Series([1.5, None, float("nan")]), ["1.5", None, None]),
    "^a$": (pl.Series(["x", None, "y"], dtype=pl.Categorical), ["x", None, "y"]),
}  # fmt: skip

REFUSED = {
    "sqlite": {
        "unsigned": f"{MOST} is more than a whole number there can be",
        "nanoseconds": "has nanoseconds, which are not kept there",
    },
    "postgresql": {
        "nanoseconds": "has nanoseconds, which are not kept there",
        "clock_ns": "has nanoseconds, which are not kept there",
        "far": r"\+12025-03-28 is no date there",
        "far_times": r"\+12025-03-28 .* is no date there",
    },
}


def keeps_or_refuses(engine: str, place: str, folder: Path) -> None:
    """Load a table of all columns and read it back through this library; refused ones alone."""
    source, address = folder / "t.parquet", f"{place}/kept"
    refused = REFUSED.get(engine, {})
    for name, reason in refused.items():
        pl.DataFrame({name: COLUMNS[name][0]}).write_parquet(source)
        with pytest.raises(DatasetError, match=f"column '{name}': .*{reason}"):
            load_table(read_rows(source), target_of(address))
    kept = {name: texts for name, (_, texts) in COLUMNS.items() if name not in refused}
    words = pl.Series(["x", "y", "z"])
    pl.DataFrame({"w": words} | {n: COLUMNS[n][0] for n in kept}).write_parquet(source)
    assert load_table(read_rows(source), target_of(address))
    assert not load_table(read_rows(source), target_of(address)), "it is there already"
    explorer = Explorer.open(address)
    with closing(explorer.dataset):
        frame = nw.to_native(explorer.dataset.page(explorer.query()))
        for name, texts in kept.items():
            assert list(map(plain, as_text(frame[held_name(name)]))) == texts, name


def as_text(column: pl.Series) -> pl.Series:
    """Return values as text, times of day with the millionths that they have."""
    if column.dtype == pl.Time:
        return column.dt.to_string("%H:%M:%S%.6f")
    return column.cast(pl.String)


def plain(text: Any) -> Any:
    """Return text of a decimal or float without nought at its end, which is no other value."""
    is_number = text is not None and text.replace("-", "").replace(".", "", 1).isdecimal()
    return text.rstrip("0").rstrip(".") if is_number and "." in text else text
