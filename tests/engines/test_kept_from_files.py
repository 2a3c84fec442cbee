"""What a file says of its columns' types, which an engine keeps; else a line says what is lost."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.commands.cli import load
from iris_dash.copy_as import forms
from iris_dash.query.schema import Time


def in_place(file: Path) -> str:
    return f"parquet://{file}?kept="


def rows_of(url: str, **asked: Any) -> list[list[Any]]:
    """The rows of a question, which the copied SQL finds too; a missing number is None."""
    with closing(open_dataset(url)) as dataset:
        explorer = Explorer(dataset)
        query = explorer.query(**asked)
        found = explorer.rows(query)
        texts = forms(explorer, query, "http://host", url)
        rows = [[None if v != v else v for v in row] for row in found.to_numpy().tolist()]
        if "SQL" in texts and url.startswith("parquet"):
            with duckdb.connect() as connection:
                copied = connection.sql(texts["SQL"]).fetchall()
            assert [[None if v != v else v for v in row] for row in copied] == rows
        return rows


@pytest.mark.parametrize(("unit", "counts"), [("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_durations_are_seconds(tmp_path: Path, unit: Any, counts: int) -> None:
    """They were as many thousandths, millionths or billionths as the file holds."""
    held = [5 * counts, None, 3 * counts // 2, -counts]
    durations = pl.Series(held, dtype=pl.Duration(unit))
    file = tmp_path / "d.parquet"
    pl.DataFrame({"d": durations, "n": [1, 2, 3, 4]}).write_parquet(file)
    for url in (str(file), in_place(file)):
        assert rows_of(url) == [[5.0, 1], [None, 2], [1.5, 3], [-1.0, 4]]
        assert rows_of(url, d={"from": 1.5, "to": 5}, sort="-d") == [[5.0, 1], [1.5, 3]]


def test_short_floats_are_the_numbers_that_they_are_written_as(tmp_path: Path) -> None:
    """0.1 was 0.10000000149011612, beyond a bound of 0.1."""
    held = [0.1, 123456.7, None, float("nan"), 16777216.0, -99.9999, 1e-30]
    file = tmp_path / "f.parquet"
    frame = pl.DataFrame({"f": pl.Series(held, dtype=pl.Float32), "n": range(7)})
    frame.write_parquet(file)
    with duckdb.connect(str(tmp_path / "f.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS FROM read_parquet('{file}')")
    wanted = [0.1, 123456.7, None, None, 16777216.0, -99.9999, 1e-30]
    for url in (str(file), in_place(file), f"duckdb://{tmp_path}/f.duckdb/t"):
        assert [row[0] for row in rows_of(url, sort="n")] == wanted, url
        assert rows_of(url, f={"from": 0.1, "to": 0.1}) == [[0.1, 0]], url
    texts: dict[str, list[float]] = {"f": [float("inf"), float("-inf"), 1.5]}
    pl.DataFrame(texts, {"f": pl.Float32}).write_parquet(file)
    assert [row[0] for row in rows_of(in_place(file))] == texts["f"]


def kinds(*values: str) -> pl.DataFrame:
    return pl.DataFrame({"e": pl.Series(["m", "z", "a", "z"], dtype=pl.Enum(values))})


def test_an_enum_keeps_its_own_order(tmp_path: Path) -> None:
    file = tmp_path / "e.parquet"
    last = pl.DataFrame({"e": pl.Series(["it's"], dtype=pl.Enum(["z", "m", "it's", "a"]))})
    pl.concat([kinds("z", "m", "it's", "a"), last]).write_parquet(file)
    address = f"duckdb://{tmp_path}/e.duckdb/t"
    assert load(str(file), address) == f"{address}: 5 rows written"
    assert load(str(file), address) == f"{address}: 5 rows there already, nothing to do"
    for url in (str(file), in_place(file), address):
        with closing(open_dataset(url)) as dataset:
            assert dataset.schema.facets[0].values == ("z", "m", "it's", "a"), url
        assert [row[0] for row in rows_of(url, sort="e")] == ["z", "z", "m", "it's", "a"], url


def test_enums_of_files_that_differ_have_no_order(tmp_path: Path) -> None:
    kinds("z", "m", "a").write_parquet(tmp_path / "1.parquet")
    kinds("m", "z", "a").write_parquet(tmp_path / "2.parquet")
    with closing(open_dataset(in_place(tmp_path))) as dataset:
        assert dataset.schema.facets[0].values == ("a", "m", "z")


def test_an_order_that_an_engine_does_not_keep_is_said(tmp_path: Path) -> None:
    kinds("z", "m", "a").write_parquet(tmp_path / "e.parquet")
    said = load(str(tmp_path / "e.parquet"), f"sqlite://{tmp_path}/e.sqlite/t")
    assert said.endswith("4 rows written; text without an order of its own there: 'e'")


def test_a_zone_that_an_engine_does_not_keep_is_said(tmp_path: Path) -> None:
    """Hours and days were those of UTC, and nothing said so."""
    moments = pl.Series([datetime(2024, 7, 1, 23, 30, tzinfo=UTC)] * 2)
    file = tmp_path / "z.parquet"
    zoned = moments.dt.convert_time_zone("Europe/Berlin")
    pl.DataFrame({"at": zoned, "utc": moments}).write_parquet(file)
    with closing(open_dataset(in_place(file))) as dataset:
        assert dataset.schema.notes == ("times read in UTC here: 'at' (Europe/Berlin)",)
    said = load(str(file), f"duckdb://{tmp_path}/z.duckdb/t")
    assert said.endswith("2 rows written; times in UTC there: 'at' (Europe/Berlin)")
    said = load(str(file), f"sqlite://{tmp_path}/z.sqlite/t")
    assert said.endswith("2 rows written; text there: 'at', 'utc'")


def test_what_becomes_text_on_an_engine_is_said(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    frame = pl.DataFrame({"short": [Decimal("1.5")], "long": [Decimal("12345678901234567.89")]})
    far = pl.Series([5_000_000], dtype=pl.Int32).cast(pl.Date)
    frame = frame.with_columns(pl.lit(time(1, 2)).alias("time"), pl.lit(far).alias("far"), x=1.5)
    frame.with_columns(text=pl.lit("a"), day=pl.lit(date(2024, 1, 1))).write_parquet(file)
    said = load(str(file), f"sqlite://{tmp_path}/t.sqlite/t")
    assert said.endswith("1 rows written; text there: 'long', 'time', 'far'")
    said = load(str(file), f"sqlite://{tmp_path}/t.sqlite/t")
    assert said.endswith("1 rows there already, nothing to do; text there: 'long', 'time', 'far'")
    assert load(str(file), f"duckdb://{tmp_path}/t.duckdb/t").endswith("1 rows written")


def test_names_that_differ_in_letter_case_alone_are_refused(tmp_path: Path) -> None:
    """DuckDB renamed the second, and took one for the other where files have them otherwise."""
    file = tmp_path / "n.parquet"
    pl.DataFrame({"A": [1, 2], "É": [5, 6], "é": [7, 8], "a": [3, 4]}).write_parquet(file)
    for engine in ("duckdb", "sqlite"):
        with pytest.raises(DatasetError, match=f"columns 'A' and 'a' are one to {engine}; rename"):
            load(str(file), f"{engine}://{tmp_path}/n.{engine}/t")
    with pytest.raises(DatasetError, match="columns 'A' and 'a' are one to DuckDB"):
        open_dataset(in_place(file))
    pl.read_parquet(file).drop("a").write_parquet(file)
    address = f"sqlite://{tmp_path}/n.sqlite/t"
    assert load(str(file), address) == f"{address}: 2 rows written"
    assert rows_of(in_place(file)) == rows_of(address) == [[1, 5, 7], [2, 6, 8]]


def test_the_first_and_the_last_time_are_times_in_sqlite(tmp_path: Path) -> None:
    """The last of the year 9999 was rounded to one beyond, and the column text."""
    held = [datetime(1, 1, 1), None, datetime(9999, 12, 31, 23, 59, 59, 999_999)]
    pl.DataFrame({"t": held}).write_parquet(tmp_path / "t.parquet")
    address = f"sqlite://{tmp_path}/t.sqlite/t"
    load(str(tmp_path / "t.parquet"), address)
    with closing(open_dataset(address)) as dataset:
        assert isinstance(dataset.schema.columns[0], Time)


def test_dates_beyond_what_polars_writes_are_text_in_sqlite(tmp_path: Path) -> None:
    """They were a panic of it: farther than 262,142 years."""
    far = pl.Series([0, None, 146_097 * 1_000, -146_097 * 2_000], dtype=pl.Int32).cast(pl.Date)
    frame = pl.DataFrame({"d": far, "n": [1, 2, 3, 4]})
    frame.write_parquet(tmp_path / "d.parquet")
    address = f"sqlite://{tmp_path}/d.sqlite/t"
    load(str(tmp_path / "d.parquet"), address)
    # 400 years of the calendar are 146,097 days.
    wanted = [date(1970, 1, 1).isoformat(), None, "+401970-01-01", "-798030-01-01"]
    assert [row[0] for row in rows_of(address)] == wanted
    with pytest.raises(DatasetError, match=r"column 'd': \+401970-01-01 is no date there"):
        load(str(tmp_path / "d.parquet"), "postgresql://a@host/b/t")
