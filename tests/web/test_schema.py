"""`/schema/`: the table's columns, without looking at a row."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from iris_dash.explorer import Explorer
from iris_dash.factory import create_app

FRAME = pl.DataFrame(
    {
        "glaze": ["red", "blue", None, "red"],
        "height": [1.5, 2.25, 2.5, None],
        "pieces": [3, 4, 1, 2],
        "fired": [datetime(2013, 1, 31, 23, tzinfo=UTC), datetime(2013, 2, 2, tzinfo=UTC)] * 2,
        "sold": [date(2013, 2, 1), date(2013, 3, 1), date(2013, 4, 1), None],
    }
).with_columns(pl.col("fired").dt.convert_time_zone("Europe/Berlin"))


@pytest.fixture(scope="module")
def pots() -> FlaskClient:
    return create_app(Explorer.open(FRAME)).server.test_client()


def test_the_columns_are_said_with_what_may_be_asked_of_them(pots: FlaskClient) -> None:
    answer = pots.get("/schema/").get_json()
    assert (answer["title"], answer["rows"], answer["count"]) == ("Data frame", "rows", 4)
    columns = {column["name"]: column for column in answer["columns"]}
    assert list(columns) == FRAME.columns
    assert columns["glaze"]["kind"] == "facet"
    assert sorted(columns["glaze"]["values"], key=str) == [None, "blue", "red"]
    height = columns["height"]
    assert (height["low"], height["high"], height["missing"]) == (1.5, 2.5, True)
    assert (height["decimals"], height["whole"]) == (2, False)
    assert columns["fired"]["kind"] == "time"
    assert columns["fired"]["low"] == "2013-02-01T00:00:00+01:00"
    assert columns["fired"]["zone"] == "Europe/Berlin"
    assert columns["sold"]["high"] == "2013-04-01"
    assert columns["sold"]["parts"] == ["quarter_of_year", "month_of_year", "weekday"]
    assert "hour" not in columns["sold"]["units"]


def test_a_facet_of_whole_numbers_has_numbers(pots: FlaskClient) -> None:
    pieces = pots.get("/schema").get_json()["columns"][2]
    assert pieces["kind"] in ("facet", "measure")
    ends = pieces.get("values") or [pieces["low"], pieces["high"]]
    assert all(type(value) is int for value in ends)


def test_the_document_describes_the_answer_as_it_is(pots: FlaskClient) -> None:
    document = pots.get("/openapi.json").get_json()
    schema = {**document, "$ref": "#/components/schemas/SchemaRecord"}
    Draft202012Validator(schema).validate(pots.get("/schema/").get_json())


def test_it_is_the_same_until_the_table_changes(pots: FlaskClient) -> None:
    first = pots.get("/schema/")
    again = pots.get("/schema/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = create_app(Explorer.open(FRAME.head(3))).server.test_client()
    assert other.get("/schema/").headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    ("dtype", "numbers", "ends"),
    [
        (pl.UInt64, [0, 2**64 - 1], [0, 18_600_000_000_000_000_000]),
        (pl.Int64, [-(2**63), 2**63 - 1], [-9_400_000_000_000_000_000, 9_400_000_000_000_000_000]),
    ],
)
def test_ends_of_a_slider_may_be_whole_numbers_of_more_than_64_bits(
    dtype: pl.DataType, numbers: list[int], ends: list[int]
) -> None:
    frame = pl.DataFrame({"n": pl.Series(numbers, dtype=dtype), "k": ["a", "b"]})
    (column,) = (
        one
        for one in create_app(Explorer.open(frame))
        .server.test_client()
        .get("/schema/")
        .get_json()["columns"]
        if one["name"] == "n"
    )
    assert [column["low"], column["high"]] == ends
