"""An answer has a greatest size, whatever the table: rows, values, bytes; and a time."""

from __future__ import annotations

import json
from typing import Any

import orjson
import polars as pl
import pytest
from asking import client_of
from clock import Clock
from envelope import assert_envelope

from iris_dash import Explorer
from iris_dash.analysis.rollup import Rollup
from iris_dash.config.settings import Settings
from iris_dash.core.deadline import within
from iris_dash.core.errors import QueryTooLong
from iris_dash.dashboard.answer.failures import Failures
from iris_dash.tables.long_dataset import LongDataset
from iris_dash.tables.short_dataset import ShortDataset
from iris_dash.web.api.responses import json_array

WIDE = pl.DataFrame({f"m{n:03d}": [n + row / 10 for row in range(20)] for n in range(60)})
LONG_TEXTS = pl.DataFrame({"n": range(20), "text": ["é" * 1_000] * 20})


def test_a_page_of_a_wide_table_has_fewer_rows(monkeypatch):
    """10,000 rows of 2,001 columns were 833 MB, and 3.3 GB of memory on their way."""
    monkeypatch.setattr("iris_dash.query.model.MAX_VALUES", 600)
    client = client_of(Settings(), WIDE)
    assert len(client.get("/range/?per_page=10").json) == 10
    for address in ("/range/?per_page=11", "/range/"):
        (problem,) = assert_envelope(client.get(address), 422)
        assert problem["type"] == "too_many_rows"
        assert "one answer holds at most 10" in problem["msg"]
    assert "at most 10" in assert_envelope(client.post("/range/", json={}), 422)[0]["msg"]
    assert client.get("/range/?m000=..0.9").status_code == 200  # ten rows
    parameters = client.get("/openapi.json").json["paths"]["/range/"]["get"]["parameters"]
    (size,) = [one["schema"] for one in parameters if one["name"] == "per_page"]
    assert size["maximum"] == 10


def test_a_page_of_long_texts_has_a_greatest_length(monkeypatch):
    monkeypatch.setattr("iris_dash.web.api.routes.MOST_BYTES", 10_000)
    client = client_of(Settings(), LONG_TEXTS)
    assert len(client.get("/range/?per_page=4").json) == 4
    for address in ("/range/", "/range/?per_page=5"):
        (problem,) = assert_envelope(client.get(address), 422)
        assert problem["loc"] == ["query", "per_page"]
        assert "10,000 bytes" in problem["msg"]


def test_no_more_of_a_long_answer_is_made_than_shows_that_it_is_long():
    made = []

    def pieces():
        for number in range(100):
            made.append(number)
            yield [number] * 10

    assert json_array(pieces(), 50) is None
    assert len(made) == 3


def test_rows_in_pieces_are_the_rows(monkeypatch):
    queries = ("", "?per_page=7&page=2", "?sort=-m001&m000=..0.9", "?page=9")
    client = client_of(Settings(), WIDE)
    whole = [client.get(f"/range/{query}").data for query in queries]
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_VALUES", 0)
    monkeypatch.setattr("iris_dash.explorer.shortened.MOST_CACHED_BYTES", 0)
    client = client_of(Settings(), WIDE)
    for step in (1, 200, 10**6):
        monkeypatch.setattr("iris_dash.tables.dataset.VALUES_AT_ONCE", step)
        assert [client.get(f"/range/{query}").data for query in queries] == whole
    assert [len(json.loads(body)) for body in whole] == [20, 7, 10, 0]
    assert all(body == orjson.dumps(json.loads(body)) for body in whole)


def test_a_wide_table_is_not_kept_as_objects(monkeypatch):
    assert type(Explorer.open(WIDE).dataset) is ShortDataset
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_VALUES", 1_199)
    assert type(Explorer.open(WIDE).dataset) is LongDataset


@pytest.mark.parametrize("path", ["/stats/summary/", "/stats/mean/"])
def test_an_answer_of_many_measures_in_many_groups_is_refused(monkeypatch, path):
    monkeypatch.setattr("iris_dash.web.api.refusals.MOST_OF_GROUPS", {"summary": 120, "mean": 120})
    halves = ["a", "b"] * 10
    table = WIDE.with_columns(pl.Series("k", ["a", "b", "c", "d"] * 5), pl.Series("h", halves))
    client = client_of(Settings(), table)
    assert client.get(f"{path}?by=h").status_code == 200
    (problem,) = assert_envelope(client.get(f"{path}?by=k"), 422)
    assert problem["loc"] == ["query", "by"]
    assert "60 measures in 4 groups" in problem["msg"]
    assert assert_envelope(client.post(path, json={"by": "k"}), 422)[0]["loc"] == ["body", "by"]


def test_a_summary_of_many_measures_ends_when_its_time_is_over(clock: Clock, monkeypatch):
    """That of 2,001 columns took 56 s whatever the limit was."""
    explorer = Explorer.open(WIDE)
    counted = []
    count = Rollup.value_counts

    def slow(*given: Any) -> Any:
        counted.append(given)
        clock.sleep(1)
        return count(*given)

    monkeypatch.setattr(Rollup, "value_counts", slow)
    with within(5), pytest.raises(QueryTooLong):
        explorer.comparison()
    assert len(counted) == 5


def test_a_part_of_the_page_is_not_begun_when_its_time_is_over(clock: Clock):
    failures = Failures()
    with within(5):
        assert failures.attempt("a", "A", lambda: clock.sleep(6) or "made") == "made"
        assert failures.attempt("b", "B", lambda: "made") is None
    assert failures.failed == {"b": "The answer takes longer than 5 s, so it was given up."}
