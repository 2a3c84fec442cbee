"""A column of any type, asked by every route: each answers, and what it answers can be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from flask.testing import FlaskClient
from kept_loads import COLUMNS

from iris_dash.config.settings import Settings
from iris_dash.explorer import Explorer
from iris_dash.factory import create_app
from iris_dash.files import FORMATS

MORE: dict[str, pl.Series] = {
    "year_0": pl.Series([-719_528, None, -719_000], dtype=pl.Int32).cast(pl.Date),
    "first_day": pl.Series([-(2**31), None, 2**31 - 1], dtype=pl.Int32).cast(pl.Date),
    "far_seconds": pl.Series([8 * 10**15, None, -(8 * 10**15)]).cast(pl.Datetime("ms")),
    "ends_of_ns": pl.Series([2**63 - 1, None, -(2**63) + 1], dtype=pl.Int64).cast(
        pl.Datetime("ns")
    ),
    "zoned": pl.Series([0, None, 10**15]).cast(pl.Datetime("us", "America/New_York")),
    "clock_s": pl.Series([0, None, 86_399 * 10**9], dtype=pl.Int64).cast(pl.Time),
    "spans": pl.Series([timedelta(days=1), None, timedelta(microseconds=-1)]),
    "long_decimals": pl.Series([Decimal(10**37), None, Decimal(-1)], dtype=pl.Decimal(38, 0)),
    "small": pl.Series([1.5, None, 65_504], dtype=pl.Float32),
    "lists": pl.Series([[1, None], None, []]),
    "records": pl.Series([{"a": 2**63}, None, {"a": 1}], dtype=pl.Struct({"a": pl.UInt64})),
    "bytes": pl.Series([b"a\xff", None, b""]),
    "nothing": pl.Series([None, None, None], dtype=pl.Null),
    "one": pl.Series([7, None, 7], dtype=pl.Int8),
    "nul": pl.Series(["a\x00b", None, "\u2028"]),
}
KINDS = {name: series for name, (series, _) in COLUMNS.items()} | MORE
LENGTHS = {"short": 10, "long": 4_000}
"""Few rows are counted by NumPy, many by the frame's library."""

PLAIN_TIME = re.compile(
    r"(?!0000|[+-])(\d{4}-\d\d-\d\d)?T?([\d:]{8}(\.\d{1,6}0{0,3})?)?([+-].*|Z)?"
)
"""One that may be a bound: of the years 1 to 9999, to the millionth of a second."""

STATISTICS = ("missing,distinct", "min,max,median", "sum,mean,sd,p95,interval")
UNITS = ("year", "week", "minute", "weekday")
ADDRESSES = (
    "?",
    "?_filters=v",
    "?_x=v&_y=v",
    "?v=~missing",
    "?_view=summary",
    "?_view=distribution",
)


@pytest.fixture(scope="module", params=[(k, n) for k in KINDS for n in LENGTHS], ids="-".join)
def asked(request: pytest.FixtureRequest) -> tuple[pl.Series, FlaskClient]:
    kind, length = request.param
    times = LENGTHS[length]
    column = pl.concat([KINDS[kind]] * times).alias("v")
    frame = pl.DataFrame({"g": ["a", "b", "a"] * times, "v": column, "n": range(len(column))})
    explorer = Explorer.open(frame)
    return column, create_app(explorer, Settings(log="none")).server.test_client()


def questions() -> Iterator[str]:
    yield from (f"/{name}/" for name in ("schema", "range", "columns", "diagnose"))
    yield from ("/stats/mean/", "/stats/summary/", "/compare/?g=a&with=rest", "/values/?column=v")
    yield from (f"/range/?page=1&per_page=4&sort={sign}v" for sign in ("", "-"))
    yield from (f"/range/?v={said}&page=1" for said in ("~missing", "~present"))
    yield from (f"/aggregate/?by=g&of=v&stat={one}" for one in STATISTICS)
    yield from (f"/aggregate/?by=v:{one}&stat=count" for one in UNITS)
    yield from ("/aggregate/?by=v&stat=count", "/histogram/?column=v", "/histogram/?column=v&by=g")
    yield from (f"/histogram/?column=v&unit={one}" for one in UNITS)
    yield from (f"/export.{one.suffix}" for one in FORMATS)


def test_every_route_answers_or_says_why_not(asked: tuple[pl.Series, FlaskClient]) -> None:
    _, client = asked
    answers = {path: client.get(path) for path in questions()}
    wrong = {p: f"{a.status} {a.text[:200]}" for p, a in answers.items() if a.status_code >= 500}
    assert not wrong
    told = ("schema", "columns", "stats", "export", "range/?page", "diagnose")
    refused = {p for p, a in answers.items() if p[1:].startswith(told) and a.status_code != 200}
    assert not refused


def test_the_page_shows_all_of_it(asked: tuple[pl.Series, FlaskClient]) -> None:
    """A slider that stands at one of its ends too, which may be beyond 64 bits."""
    _, client = asked
    columns = {one["name"]: one for one in client.get("/schema/").get_json()["columns"]}
    own = columns.get("v", {})
    ends = [own[end] for end in ("low", "high") if own.get("kind") == "measure"]
    for address in (*ADDRESSES, *(f"?v={end}..{end}" for end in ends)):
        with client.get("/_dash-layout", query_string={"search": address}) as answer:
            assert answer.status_code == 200, address
            said = re.search(r'"failed":(\{.*?\}),"state"', answer.text)
            assert said, f"{address} is not answered"
            assert said[1] == "{}", address
    index = client.post("/_live-index", json={"column": "v", "state": {}})
    assert index.status_code in (200, 422)


def test_a_value_that_is_answered_can_be_asked(asked: tuple[pl.Series, FlaskClient]) -> None:
    """The rows of a column's first values and of its missing ones, whatever its kind."""
    column, client = asked
    kinds = {one["name"]: one for one in client.get("/schema/").get_json()["columns"]}
    if "v" not in kinds:
        return  # a column without any value is left out
    rows = [row["v"] for row in client.get("/range/?page=1&per_page=3").get_json()]
    times = len(column) // 3
    for value in rows:
        if value is None or (kinds["v"]["kind"] == "measure" and isinstance(value, str)):
            continue  # a decimal that no float can hold
        expected = times * sum(one == value for one in rows)
        where: Any = value
        if kinds["v"]["kind"] in ("measure", "time"):
            where = {"from": value, "to": value}
        answer = client.post("/range/?", json={"where": {"v": where}, "page": 1})
        if kinds["v"]["kind"] == "time" and not PLAIN_TIME.fullmatch(value):
            assert answer.status_code == 422
            assert "bounds are of the years 1 to 9999" in answer.text
            continue
        assert answer.status_code == 200, (value, answer.text)
        assert int(answer.headers["X-Total-Count"]) == expected, value
    answer = client.get("/range/?v=~missing&page=1")
    if answer.status_code == 200:
        assert int(answer.headers["X-Total-Count"]) == times * sum(one is None for one in rows)


def test_a_day_before_python_s_first_one_is_said() -> None:
    frame = pl.DataFrame({"v": MORE["year_0"], "g": ["a", "b", "c"]})
    client = create_app(Explorer.open(frame), Settings(log="none")).server.test_client()
    # The 1st of January of the year 0, and 528 days later (it is a leap year).
    said = [row["v"] for row in client.get("/range/").get_json()]
    assert said == ["0000-01-01", None, "0001-06-12"]
    assert date(1, 6, 12).toordinal() == 163
