"""The owner's word rules what a column is: in every way of saying it, or one clear line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.commands.cli import _options, _parser
from iris_dash.commands.load import load_table, target_of
from iris_dash.config.environment import options_environment, read_settings
from iris_dash.copy_as import forms
from iris_dash.query.schema import Column, Facet, Measure, Text, Time
from iris_dash.tables.description import TableDescription, TableOptions, read_description

NEW_YORK = "America/New_York"
BOTH = pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame], ids=["polars", "pandas"])


def opened(make: Callable[[Any], Any], values: Any, **said: str) -> Explorer:
    description = TableDescription.model_validate({"columns": {"x": said}})
    return Explorer(open_dataset(make({"x": values}), description))


def held(explorer: Explorer) -> list[Any]:
    return [row["x"] for row in explorer.records(explorer.query())[1]]


@BOTH
@pytest.mark.parametrize(
    ("values", "kind", "column", "shown"),
    [
        ([3, 1, 3], "facet", Facet, [3, 1, 3]),
        ([3.0, None], "facet", Facet, [3, None]),
        ([3, 1], "text", Text, ["3", "1"]),
        ([3.0, None], "text", Text, ["3", None]),
        ([1.5, 2.0], "text", Text, ["1.5", "2.0"]),
        (["a", "b", "a"], "text", Text, ["a", "b", "a"]),
        ([True, False], "text", Text, ["true", "false"]),
        ([date(2013, 2, 1)], "text", Text, ["2013-02-01"]),
        ([1, 2], "code", Measure, [1, 2]),
        ([1.0, None], "code", Measure, [1, None]),
        ([f"k{i}" for i in range(60)], "identifier", Text, [f"k{i}" for i in range(60)]),
        (["DE", "FR", "DE"], "code", Facet, ["DE", "FR", "DE"]),
    ],
)
def test_a_kind_is_what_its_owner_says(
    make: Callable[[Any], Any], values: Any, kind: str, column: type[Column], shown: list[Any]
) -> None:
    explorer = opened(make, values, kind=kind)
    (found,) = explorer.schema.columns
    assert type(found) is column
    assert held(explorer) == shown
    if kind in ("code", "identifier"):
        assert found.role == kind


@BOTH
@pytest.mark.parametrize(
    ("values", "zone", "is_date", "first"),
    [
        (["2013-02-01", None, "na"], None, True, datetime(2013, 2, 1)),
        (["2013", "2013-02", "2013-02-14T09"], None, False, datetime(2013, 1, 1)),
        (["16.08.2024", "01.02.2024"], None, True, datetime(2024, 2, 1)),
        (["08/16/2024", "01/02/2024"], None, True, datetime(2024, 1, 2)),
        (["2013-02-01T09Z", "2013-02-01T09:30+02:00"], None, False,
         datetime(2013, 2, 1, 7, 30, tzinfo=UTC)),
        ([1_385_000_000, 1_385_000_001], None, False,
         datetime(2013, 11, 21, 2, 13, 20, tzinfo=UTC)),
        ([1_385_000_000.0, None], NEW_YORK, False, datetime(2013, 11, 21, 2, 13, 20, tzinfo=UTC)),
        ([1_385_000_000_123], None, False,
         datetime(2013, 11, 21, 2, 13, 20, 123_000, tzinfo=UTC)),
        (["2013-02-01T09:30"], NEW_YORK, False, datetime(2013, 2, 1, 14, 30, tzinfo=UTC)),
        # Of an hour that the clock shows twice the first.
        (["2013-11-03T01:30:00"], NEW_YORK, False, datetime(2013, 11, 3, 5, 30, tzinfo=UTC)),
        ([datetime(2013, 2, 1, 9, 30)], NEW_YORK, False, datetime(2013, 2, 1, 14, 30, tzinfo=UTC)),
        ([datetime(2013, 2, 1, 9, 30, tzinfo=UTC)], NEW_YORK, False,
         datetime(2013, 2, 1, 9, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_what_can_be_read_as_times_is_one(
    make: Callable[[Any], Any], values: Any, zone: str | None, is_date: bool, first: datetime
) -> None:
    (time,) = opened(make, values, kind="time", **({"zone": zone} if zone else {})).schema.times
    assert (time.is_date, time.low) == (is_date, first)
    assert time.zone == (zone or ("UTC" if first.tzinfo else None))


@pytest.mark.parametrize(
    ("values", "said", "why"),
    [
        (["2013-02-01", "2013-02-30"], {"kind": "time"}, "'x': '2013-02-30' is no time; times are"),
        (["01/02/2024", "03/04/2024"], {"kind": "time"}, "'x': '01/02/2024' is no time"),
        ([1_385_000_000, 12], {"kind": "time"}, "'x': 12 is no moment; times are dates"),
        ([1_385_000_000, 1_385_000_000_123], {"kind": "time"}, "1385000000123 is no moment"),
        ([1.5], {"kind": "time"}, "'x' holds Float64, so it is not a time; times are"),
        ([True], {"kind": "time"}, "'x' holds Boolean, so it is not a time; times are"),
        ([1.5], {"kind": "facet"}, "numbers that are not whole, so it is not a facet; facets are"),
        (["a"], {"kind": "measure"}, "'x' has no finite number, so it is not a measure"),
        ([1.5], {"kind": "code"}, "holds Float64, so it is no code; those are whole numbers"),
        ([True], {"kind": "identifier"}, "it is no identifier; those are whole numbers or text"),
        ([datetime(2013, 3, 10, 2, 30)], {"zone": NEW_YORK},
         "no clock in America/New_York shows 2013-03-10 02:30:00"),
        ([date(2013, 3, 10)], {"zone": NEW_YORK}, "cannot be on the clock of America/New_York"),
    ],
)  # fmt: skip
def test_what_it_cannot_be_is_one_clear_line(values: Any, said: dict[str, str], why: str) -> None:
    with pytest.raises(DatasetError) as raised:
        opened(pl.DataFrame, values, **said)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)


TABLE = "flight,at,zip,n\n12,1385000000,01067,1\n15,1385000060,99998,2\n"


def test_a_file_beside_the_table_says_kinds(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "t.toml").write_text(
        'times = ["at"]\ntext = ["n"]\n[columns.flight]\nkind = "facet"\n'
        f'[columns.at]\nzone = "{NEW_YORK}"\n'
    )
    explorer = Explorer.open(tmp_path / "t.csv")
    kinds = {c.name: type(c) for c in explorer.schema.columns}
    assert kinds == {"flight": Facet, "at": Time, "zip": Facet, "n": Text}
    query = explorer.query(flight=15, where={"at": "2013-11-20T21:14", "n": ["2"]})
    assert explorer.count(query) == 1
    # Nothing is copied that would read the file's own types.
    copied = forms(explorer, query, "http://localhost/", explorer.source)
    assert set(copied) == {"curl", "Python"}


def test_copied_python_says_the_kinds(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    said = TableDescription.model_validate(
        {"times": ["at"], "columns": {"flight": {"kind": "text"}, "at": {"zone": NEW_YORK}}}
    )
    explorer = Explorer.open(tmp_path / "t.csv", said)
    query = explorer.query(where={"flight": "15"})
    names: dict[str, Any] = {}
    exec(forms(explorer, query, "http://localhost/", explorer.source, said)["Python"], names)
    assert names["explorer"].schema.times == explorer.schema.times
    assert len(names["rows"]) == 1


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (
            '[columns.x]\nkind = "tume"',
            "columns.x.kind: Input should be 'facet', 'measure', 'time'",
        ),
        ('[columns.x]\nzone = "Mars/Base"', "there is no zone 'Mars/Base'; zones are called"),
    ],
)
def test_a_wrong_word_is_one_clear_line(tmp_path: Path, written: str, why: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(written)
    with pytest.raises(DatasetError) as raised:
        read_description(path)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    with pytest.raises(DatasetError, match=r"times: unknown column 'z'.*x"):
        open_dataset(pl.DataFrame({"x": [1]}), TableDescription(times=("z",)))


def test_the_command_line_and_the_environment_say_the_same() -> None:
    given = _parser().parse_args(["serve", "t.csv", "--times", "at,on", "--text", "n"])
    options = _options(given)
    assert (options.times, options.text) == (("at", "on"), ("n",))
    assert read_settings(options_environment(options)).options == options


def test_options_rule_over_the_description() -> None:
    said = TableDescription.model_validate(
        {"facets": ["a", "b"], "times": ["t"], "columns": {"c": {"kind": "code", "unit": "m"}}}
    )
    ruled = TableOptions(text=("a", "t"), measures=("c",)).over(said)
    assert [ruled.kind_of(name) for name in "abct"] == ["text", "facet", "measure", "text"]
    assert ruled.of("c").unit == "m"
    assert TableOptions().over(said) == said


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_an_engine_is_told_what_it_can_be(tmp_path: Path, engine: str) -> None:
    place = f"{engine}://{tmp_path}/t.{engine}/t"
    frame = {"n": [1, 2, 2], "x": [0.5, 1.5, 2.5], "s": ["2013", "2014", "2013"], "_row": [0, 1, 2]}
    load_table(pl.DataFrame(frame), target_of(place))

    def at(**kinds: str) -> Explorer:
        said = {"columns": {name: {"kind": kind} for name, kind in kinds.items()}}
        return Explorer.open(place, TableDescription.model_validate(said))

    for kind, column in (("text", Text), ("facet", Facet), ("code", Measure)):
        explorer = at(n=kind)
        with closing(explorer.dataset):
            assert type(explorer.schema.columns[0]) is column
            where = {"n": {"from": 2} if column is Measure else ["2" if column is Text else 2]}
            assert explorer.count(explorer.query(where=where)) == 2
    for kinds, why in (
        ({"x": "text"}, "so it is not text; on an engine that are text and whole numbers"),
        ({"s": "time"}, "so it is not a time; on an engine times are dates and moments"),
        ({"x": "code"}, "so it is no code; those are whole numbers or text"),
    ):
        with pytest.raises(DatasetError, match=why):
            at(**kinds)


def test_text_is_as_the_file_has_it(tmp_path):
    content = 'price,day,size,n\n"$1,234.50",02-Jan-2024,1.50,+5\n$5,,,007.0\n'
    for name in ("a.csv", "folder/b.csv", "folder/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    said = TableDescription(text=("price", "n"), columns={"day": {"kind": "text"}})
    written = [("$1,234.50", "02-Jan-2024", 1.5, "+5"), ("$5", None, None, "007.0")]
    for source, times in (("a.csv", 1), ("folder", 2)):
        explorer = Explorer(open_dataset(str(tmp_path / source), said))
        rows = explorer.records(explorer.query())[1]
        assert [tuple(row.values()) for row in rows] == written * times
        assert explorer.schema.recast == ()
