"""Times beyond Python's, infinite ones and nanoseconds in every route, file and view."""

from __future__ import annotations

import logging
from typing import Any

import polars as pl
import pytest
from flask.testing import FlaskClient

from iris_dash import Explorer
from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.question import look_of, read_question
from iris_dash.dashboard.page.layout import create_layout
from iris_dash.dashboard.views.all_views import VIEWS
from iris_dash.factory import create_app
from iris_dash.files import FORMATS

LAST = 2**63 - 1
FAR = {
    "date": ([0, -719_528, 2_932_896, 2_932_897, 2**31 - 1, -(2**31) + 1, None], pl.Date()),
    "ms": ([0, 1, -62_167_219_200_000, 253_402_300_800_000, LAST, -LAST, None], pl.Datetime("ms")),
    "us": ([0, 1, -62_167_219_200_000_000, 8 * 10**18, LAST, -LAST, None], pl.Datetime("us")),
    "ns": ([0, 1, 1_001, 2_000, LAST, -LAST, None], pl.Datetime("ns")),
    "zone": ([0, 1, -(2 * 10**9), 8 * 10**18, LAST, -LAST, None], pl.Datetime("us", "Asia/Tokyo")),
    "clock": ([0, 1, 1_001, 86_399_999_999_999, 2_000, 3_000, None], pl.Time()),
}
UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")


def table(name: str) -> pl.DataFrame:
    counts, dtype = FAR[name]
    physical = pl.Int32 if dtype == pl.Date else pl.Int64
    return pl.DataFrame(
        {
            "t": pl.Series(counts, dtype=physical).cast(dtype),
            "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
            "g": ["a", "b", "a", "b", "a", "b", "a"],
        }
    )


@pytest.fixture(params=[20_000, 0], ids=["short", "long"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", request.param)


def asked(name: str) -> FlaskClient:
    return create_app(table(name)).server.test_client()


def ask(client: FlaskClient, route: str, **body: Any) -> Any:
    return client.post(route, json=body).get_json()


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("name", FAR)
def test_no_route_fails(name: str) -> None:
    """Figures, medians, spreadsheets and units of such columns were a 500."""
    client = asked(name)
    paths = ["range", "schema", "columns", "diagnose", "stats/mean", "stats/summary", "aggregate"]
    paths = [f"/{path}/" for path in paths] + [f"/export.{one.suffix}" for one in FORMATS]
    paths += [f"/export/aggregate.{one.suffix}?of=t&stat=min,max,median&by=g" for one in FORMATS]
    paths += ["/values/?column=t", "/range/?sort=-t", "/aggregate/?of=t&stat=min,max,median"]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    units = [f"/histogram/?column=t&unit={unit}" for unit in UNITS]
    parts = ("weekday", "hour_of_day", *UNITS)
    units += [f"/aggregate/?by=t:{part}" for part in parts]
    assert {client.get(path).status_code for path in units} <= {200, 422}


@pytest.mark.parametrize("name", FAR)
def test_no_part_of_the_page_fails(name: str, caplog: pytest.LogCaptureFixture) -> None:
    explorer = Explorer.open(table(name))
    create_layout(explorer)
    with caplog.at_level(logging.WARNING):
        for view in VIEWS:
            state, _ = read_address(explorer.schema, f"_view={view.key}")
            answer_state(explorer, state, look_of(read_question(explorer.schema, {})))
    assert caplog.records == []


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("name", FAR)
def test_infinity_is_not_missing(name: str) -> None:
    """Infinite dates were among the rows without one."""
    client = asked(name)
    assert [row["x"] for row in ask(client, "/range/", where={"t": [None]})] == [7.0]
    assert len(ask(client, "/range/", where={"t": {"present": True}})) == 6


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize(
    ("name", "least", "most", "median"),
    [
        # Of six values in order the middle lies between the third and the fourth.
        ("date", "-infinity", "infinity", "5984-12-31T00:00:00"),
        ("ms", "-infinity", "infinity", "1970-01-01T00:00:00"),
        ("us", "-infinity", "infinity", "1970-01-01T00:00:00"),
        (
            "ns",
            "1677-09-21T00:12:43.145224193",
            "2262-04-11T23:47:16.854775807",
            "1970-01-01T00:00:00.000000501",
        ),
        ("clock", "00:00:00", "23:59:59.999999999", "00:00:00.000001500"),
    ],
)
def test_least_greatest_and_median(name: str, least: str, most: str, median: str) -> None:
    """The last nanosecond, which people write for ever, was called infinite."""
    (row,) = ask(asked(name), "/aggregate/", of=["t"], stat=["min", "max", "median"])
    assert row == {"min_t": least, "max_t": most, "median_t": median}


@pytest.mark.parametrize(
    ("values", "median"),
    [
        ([0, 2**31 - 1], "infinity"),
        ([-(2**31) + 1, 0], "-infinity"),
        ([-(2**31) + 1, 2**31 - 1], None),
        ([2_932_896, 2_932_897], "9999-12-31T12:00:00"),
    ],
)
def test_a_median_between_two_dates(values: list[int], median: str | None) -> None:
    days = pl.DataFrame({"t": pl.Series(values, dtype=pl.Int32).cast(pl.Date)})
    client = create_app(days).server.test_client()
    assert ask(client, "/aggregate/", of=["t"], stat=["median"]) == [{"median_t": median}]


@pytest.mark.usefixtures("kind")
def test_times_to_the_thousandth_are_found() -> None:
    """Of a long table a bound was cut to what the column holds, and no row was left."""
    wanted = {"from": "1970-01-01T00:00:00.001000", "to": "1970-01-01T00:00:00.001000"}
    assert [row["x"] for row in ask(asked("ms"), "/range/", where={"t": [wanted]})] == [2.0]
    wanted = {"from": "1970-01-01T00:00:00.0005"}
    assert 1.0 not in [row["x"] for row in ask(asked("ms"), "/range/", where={"t": [wanted]})]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("clock", {"column": "t", "unit": "hour"}, "t has times of day, which have no units"),
        ("clock", {"column": "t"}, "t has times of day, which have no units"),
        ("us", {"column": "t", "unit": "minute"}, "there are more than 100,000 units of a minute"),
    ],
)
def test_units_that_are_none_or_too_many(name: str, body: dict[str, Any], said: str) -> None:
    """Millions of units took a minute, and the last were left out silently."""
    answer = asked(name).post("/histogram/", json=body)
    assert answer.status_code == 422
    assert said in answer.get_json()["detail"][0]["msg"]


def test_times_of_day_are_gathered_by_no_unit() -> None:
    answer = asked("clock").get("/aggregate/?by=t:weekday")
    assert answer.status_code == 422
    assert "times of day, which are gathered by no unit" in answer.get_json()["detail"][0]["msg"]


@pytest.mark.parametrize("text", ["+12024-01-01", "0000-05-01", "1970-01-01T00:00:00.123456789"])
def test_a_bound_that_none_can_be_says_so(text: str) -> None:
    answer = asked("us").post("/range/", json={"where": {"t": {"from": text}}})
    assert answer.status_code == 422
    said = answer.get_json()["detail"][0]["msg"]
    assert "bounds are of the years 1 to 9999, to the millionth of a second" in said
