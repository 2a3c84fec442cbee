"""`/histogram/`: bins of a measure and units of a time, per group, and what it refuses."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from flask.testing import FlaskClient

from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

POTS = {
    "glaze": ["amber", "blue", "amber", None, "amber"],
    "month": [1, 12, 11, 12, None],
    "fired": [
        datetime(2013, 1, 31),
        datetime(2013, 3, 1),
        datetime(2013, 1, 5),
        None,
        datetime(2013, 3, 1, 5),
    ],
}
LOWS = {"2013-01": "2013-02", "2013-02": "2013-03", "2013-03": "2013-04"}


@pytest.fixture(scope="module")
def pots():
    settings = Settings(facets=("glaze",), measures=("month",))
    return create_app(pl.DataFrame(POTS), settings).server.test_client()


def test_each_whole_number_has_a_bin_as_wide_as_the_others(pots):
    """December used to stand in November's bin, which then looked twice as tall."""
    bins = pots.get("/histogram/?column=month").get_json()
    assert bins[0] == {"low": 1, "high": 2, "count": 1}
    assert bins[-2:] == [
        {"low": 11, "high": 12, "count": 1},
        {"low": 12, "high": 13, "count": 2},
    ]
    assert [one["count"] for one in pots.get("/histogram/?column=month&bins=4").get_json()] == [
        *(1, 0, 0, 3)
    ]


def test_bins_of_floats_hold_the_greatest_in_the_last(client):
    bins = client.get("/histogram/?column=petal_width&bins=6").get_json()
    assert [(one["low"], one["high"]) for one in bins] == [
        *((0.1, 0.5), (0.5, 0.9), (0.9, 1.3), (1.3, 1.7), (1.7, 2.1), (2.1, 2.5))
    ]
    assert [one["count"] for one in bins] == [48, 2, 15, 37, 25, 23]


def test_units_of_a_time_by_a_facet(pots):
    query = {"column": "fired", "unit": "month", "by": "glaze"}
    got, posted = pots.get("/histogram", query_string=query), pots.post("/histogram/", json=query)
    counts = {"amber": [2, 0, 1], "blue": [0, 0, 1], None: [0, 0, 0]}
    wanted = [
        {"glaze": glaze, "low": low, "high": high, "count": count}
        for glaze, of in counts.items()
        for (low, high), count in zip(LOWS.items(), of, strict=True)
    ]
    assert got.get_json() == posted.get_json() == wanted


def test_filters_narrow_what_is_counted(pots):
    bins = pots.get("/histogram/?column=month&glaze=amber&bins=2").get_json()
    assert [one["count"] for one in bins] == [1, 1]


@pytest.mark.parametrize(
    ("query", "key", "said"),
    [
        ("", "column", "column is missing; it is one of"),
        ("column=glaze", "column", "unknown measure or time 'glaze'"),
        ("column=month&bins=0", "bins", "a whole number from 1 to 1,000, not 0"),
        ("column=month&bins=1e3", "bins", "not '1e3'"),
        ("column=month&unit=month", "unit", "unit is of a time"),
        ("column=fired", "unit", "unit is missing; units of fired are year, quarter"),
        ("column=fired&unit=hours", "unit", "did you mean 'hour'?"),
        ("column=fired&unit=day&bins=5", "bins", "bins are of a measure"),
        ("column=month&column=month", "column", "given twice"),
        ("column=month&by=mon", "by", "unknown facet 'mon'"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_valid(pots, query, key, said):
    answer = pots.get(f"/histogram/?{query}")
    assert answer.status_code == 422
    (problem,) = answer.get_json()["detail"]
    assert problem["loc"] == ["query", key]
    assert said in problem["msg"]


@pytest.mark.parametrize(
    ("numbers", "bins"),
    [
        (pl.Series([-(2**63), 5, 2**63 - 1]), [(-9.4e18, 2e17, 2), (2e17, 9.8e18, 1)]),
        (pl.Series([0, 2**63, 2**64 - 1], dtype=pl.UInt64), [(0, 94e17, 2), (94e17, 188e17, 1)]),
    ],
)
def test_bins_of_whole_numbers_may_end_beyond_those_of_64_bits(numbers, bins):
    """JSON has no such whole number here, which used to be a 500."""
    page = create_app(pl.DataFrame({"x": numbers, "g": ["a", "b", "a"]})).server.test_client()
    found = page.get("/histogram/?column=x&bins=2").get_json()
    assert [(one["low"], one["high"], one["count"]) for one in found] == bins


def test_no_groups_are_one(pots: FlaskClient) -> None:
    # KeyError, once: only a facet's name was known here.
    assert (
        pots.get("/histogram/?column=month&by=~none").get_json()
        == pots.get("/histogram/?column=month").get_json()
    )


def test_more_bins_than_one_answer_holds_are_refused_at_once() -> None:
    """14,000 years by days took 48 s."""
    fired = [datetime(1990, 1, 1), datetime(2020, 1, 1)]
    pots = create_app(pl.DataFrame({"fired": fired, "n": [1, 2]})).server.test_client()
    answer = pots.get("/histogram/?column=fired&unit=minute")
    assert answer.status_code == 422
    (problem,) = answer.get_json()["detail"]
    assert (problem["type"], problem["loc"]) == ("too_many_units", ["query", "unit"])
    assert "more than 100,000 units of a minute" in problem["msg"]
    # 30 years have 10,957 days, and the last one's is another.
    assert len(pots.get("/histogram/?column=fired&unit=day").get_json()) == 10_958
    asked = "by=fired:minute&stat=count&empty=1"
    refused = pots.get(f"/aggregate/?{asked}")
    assert refused.status_code == 422
    assert "more than 1,000,000 groups" in refused.get_json()["detail"][0]["msg"]
    assert len(pots.get("/aggregate/?by=fired:minute&stat=count").get_json()) == 2
