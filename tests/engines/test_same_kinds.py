"""What a table's columns are is the same, whatever holds the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import open_dataset
from iris_dash.commands.load import load_table, target_of
from iris_dash.query.schema import Column, Facet, Measure, Schema, Time

NAMES = ["id", "year", "zip", "order_key", "flight", "dep_time", "month", "height"]

DAYS = st.dates(date(1600, 1, 1), date(2600, 1, 1))
MOMENTS = st.datetimes(datetime(1600, 1, 1), datetime(2600, 1, 1))

VALUES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pl.Int64, st.integers(0, 70)),
    (pl.Int64, st.integers(-3, 3)),
    (pl.Int64, st.integers(1500, 2300)),
    (pl.Int64, st.integers(0, 2400)),
    (pl.Float64, st.integers(0, 90).map(lambda n: n / 4)),
    (pl.Float64, st.integers(0, 90).map(float)),
    (pl.String, st.text("abc", max_size=3)),
    (pl.Boolean, st.booleans()),
    (pl.Date, DAYS),
    (pl.Datetime("us"), MOMENTS),
]


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Columns of every kind, under names that say something, whose values may all differ or not."""
    rows = draw(st.integers(1, 80))
    columns = []
    for name in NAMES:
        dtype, values = draw(st.sampled_from(VALUES))
        way = draw(st.sampled_from(["any", "gaps", "one", "differ"]))
        if way == "differ" and dtype == pl.Int64:
            column = draw(st.permutations(range(rows)))
        elif way == "differ" and dtype == pl.String:
            column = [f"k{i}" for i in range(rows)]
        elif way == "one":
            column = [draw(values)] * rows
        else:
            some = st.none() | values if way == "gaps" else values
            column = draw(st.lists(some, min_size=rows, max_size=rows))
        columns.append(pl.Series(name, column, dtype=dtype))
    return pl.DataFrame(columns)


def said_of(schema: Schema) -> list[Any]:
    return [schema.axes, *map(_said, schema.columns)]


def _said(column: Column) -> Any:
    said: tuple[Any, ...] = (column.name, type(column).__name__, column.role, column.is_constant)
    if isinstance(column, Facet):
        return (*said, set(column.values))
    if isinstance(column, Measure):
        return (*said, column.low, column.high, column.step, column.decimals, column.log)
    return (*said, column.low, column.high, column.unit) if isinstance(column, Time) else said


@contextmanager
def opened_at(place: str, frame: pl.DataFrame) -> Iterator[Schema]:
    assert load_table(frame, target_of(place))
    dataset = open_dataset(place)
    with closing(dataset):
        yield dataset.schema


@examples(0.2)
@given(tables())
def test_kinds_are_the_same_in_a_frame_a_file_and_on_engines(frame: pl.DataFrame) -> None:
    expected = said_of(open_dataset(frame).schema)
    # To pandas dates and truth values that are all missing are of no type.
    typed = frame.select(
        s for s in frame if s.dtype not in (pl.Date, pl.Boolean) or s.null_count() < len(s)
    )
    in_pandas = open_dataset(typed.to_pandas(date_as_object=True)).schema if typed.width else None
    assert in_pandas is None or said_of(in_pandas) == said_of(open_dataset(typed).schema)
    with TemporaryDirectory() as folder:
        frame.write_parquet(Path(folder) / "things.parquet")
        assert said_of(open_dataset(Path(folder) / "things.parquet").schema) == expected
        for engine in ("duckdb", "sqlite"):
            with opened_at(f"{engine}://{folder}/t.{engine}/things", frame) as schema:
                assert said_of(schema) == expected, engine


def test_a_truth_value_is_no_identifier(tmp_path: Path) -> None:
    """Called `id`, all different: of one row it is, and an engine does not count it."""
    frame = pl.DataFrame({"id": [False], "kind": pl.Series(["a"], dtype=pl.Enum(["a"]))})
    assert [c.role for c in open_dataset(frame).schema.columns] == ["plain", "plain"]
    with opened_at(f"duckdb://{tmp_path}/t.duckdb/things", frame) as schema:
        assert [c.role for c in schema.columns] == ["plain", "plain"]


def test_categories_may_be_identifiers(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": pl.Series(["a", "b"], dtype=pl.Enum(["b", "a"])), "n": [1, 2]})
    assert open_dataset(frame).schema.columns[0].role == "identifier"
    with opened_at(f"duckdb://{tmp_path}/t.duckdb/things", frame) as schema:
        assert schema.columns[0].role == "identifier"
