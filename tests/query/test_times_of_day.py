"""Times of day are asked as coarse as wanted, and give the same rows in every face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import polars as pl
import pytest

from iris_dash import Explorer, QueryError
from iris_dash.commands.load import load_table, target_of
from iris_dash.copy_as import forms
from iris_dash.query.body import body_of
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.stops import extremes_text
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.words import filter_phrase
from iris_dash.web.app import create_app

TIMES = [
    time(9, 30),
    time(0),
    None,
    time(16, 30, 59, 999_999),
    time(8, 59, 59),
    time(23, 59, 59, 999_999),
    time(16, 31),
]
FRAME = pl.DataFrame({"t": TIMES, "n": range(len(TIMES))})


@pytest.fixture(scope="module", params=["short", "long", "pandas", "parquet", "duckdb"])
def explorer(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Explorer]:
    folder: Path = tmp_path_factory.mktemp("times")
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "short":
            patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        table: Any = FRAME
        if request.param == "pandas":
            table = FRAME.to_pandas()
        elif request.param == "parquet":
            table = folder / "t.parquet"
            FRAME.write_parquet(table)
        elif request.param == "duckdb":
            table = f"duckdb://{folder}/t.duckdb/t"
            load_table(FRAME, target_of(table))
        opened = Explorer.open(table)
        with closing(opened.dataset):
            yield opened


CASES: list[tuple[str, Any, list[int], str, str]] = [
    ("t=09", "09", [0], "t=09", "T 09"),
    ("t=09..16:30", {"from": "09", "to": "16:30"}, [0, 3], "t=09..16:30", "T 09:00 – 16:30"),
    ("t=16:31:00..", {"from": "16:31:00"}, [5, 6], "t=16:31..", "T from 16:31"),
    ("t=..08", {"to": "08"}, [1, 4], "t=..08", "T up to 08"),
    ("t=..23", {"to": "23"}, [], "", ""),
    ("t=23:59:59.999999", "23:59:59.999999", [5], "t=23:59:59.999999..", "T from 23:59:59.999999"),
    ("t=00..00:00", {"from": "00", "to": "00:00"}, [1], "t=00:00", "T 00:00"),
]


@pytest.mark.parametrize(("address", "said", "rows", "canonical", "words"), CASES)
def test_a_time_of_day_is_as_coarse_as_wanted(
    explorer: Explorer, address: str, said: Any, rows: list[int], canonical: str, words: str
) -> None:
    query = parse_arguments(explorer.schema, parse_qsl(address))
    assert query == explorer.query(where={"t": said})
    assert format_query(explorer.schema, query) == canonical
    assert explorer.query(**body_of(explorer.schema, query)) == query
    assert [filter_phrase(explorer.schema, one) for one in query.filters] == [words] * bool(words)
    found = sorted(row["n"] for row in explorer.records(query)[1])
    assert found == (rows if canonical else list(range(len(TIMES))))
    assert explorer.count(query) == len(found)


@pytest.mark.parametrize("address", ["t=24", "t=9:30", "t=2013", "t=09:60", "t=09..yesterday"])
def test_what_is_no_time_of_day_is_refused(explorer: Explorer, address: str) -> None:
    with pytest.raises(QueryError, match="expected a time such as 09, 09:30 or 09:30:15"):
        parse_arguments(explorer.schema, parse_qsl(address))


def test_the_schema_knows_the_first_and_the_last(explorer: Explorer) -> None:
    (column,) = explorer.schema.times
    last = datetime(1970, 1, 1, 23, 59, 59, 999_999)
    assert (column.low, column.high, column.unit) == (datetime(1970, 1, 1), last, "hour")
    assert len(slider_stops(column) or ()) == 24
    assert extremes_text(column) == "00:00 to 23:59"


def test_copied_code_gives_the_same_rows(explorer: Explorer) -> None:
    query = explorer.query(where={"t": {"from": "09", "to": "16:30"}})
    copied = forms(explorer, query, "http://localhost/", explorer.source)
    if "Polars" in copied:
        names: dict[str, Any] = {}
        exec(copied["Polars"], names)
        assert names["rows"]["n"].to_list() == [0, 3]
    if "DuckDB" in copied:
        assert [row[1] for row in duckdb.sql(copied["DuckDB"]).fetchall()] == [0, 3]
    assert "pandas" not in copied
    assert ("SQL" in copied) is explorer.dataset.remote


def test_the_page_and_the_document_say_what_is_written() -> None:
    client = create_app(FRAME).server.test_client()
    page = client.get("/_dash-layout").get_data(True)
    assert "hour:minute" in page
    assert (
        client.get("/range/?t=09..16:30").get_json()
        == client.post(
            "/range/", json={"where": {"t": {"from": "09:00", "to": "16:30"}}}
        ).get_json()
    )
    described = {
        one["name"]: one["description"]
        for one in client.get("/openapi.json").get_json()["paths"]["/range/"]["get"]["parameters"]
    }
    assert "as wanted: 09, 09:30, 09:30:15;" in described["t"]
    assert described["t"].endswith("; 00:00 to 23:59 in the table")


def test_where_an_engine_has_no_such_type_they_are_text(tmp_path: Path) -> None:
    place = f"sqlite://{tmp_path}/t.sqlite/t"
    load_table(FRAME, target_of(place))
    explorer = Explorer.open(place)
    with closing(explorer.dataset):
        assert not explorer.schema.times
        # Few: their texts are a facet, in natural order.
        assert explorer.schema.facet("t").values[:2] == ("00:00:00", "08:59:59")
