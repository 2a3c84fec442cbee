"""What a column's values stand for: amounts, few whole numbers, years, codes, identifiers."""

from __future__ import annotations

from uuid import UUID

import polars as pl
import pytest

from iris_dash import Explorer, open_dataset
from iris_dash.dashboard.charts.mean_panels import panels
from iris_dash.dashboard.views.distributions import distributions_text
from iris_dash.query.schema import Schema
from iris_dash.tables.description import TableDescription
from iris_dash.tables.extent import Extent
from iris_dash.tables.roles import may_identify, role_of
from iris_dash.web.app import create_app

ROLES = [
    # flights
    ("year", (2013, 2013), "year"),
    ("month", (1, 12), "discrete"),
    ("day", (1, 31), "discrete"),
    ("hour", (5, 23), "discrete"),
    ("minute", (0, 59), "discrete"),
    ("dep_time", (1, 2400), "code"),
    ("sched_dep_time", (106, 2359), "code"),
    ("flight", (1, 8500), "code"),
    ("distance", (17, 4983), "plain"),
    ("air_time", (20, 695), "plain"),
    ("dep_delay", (-43, 1301), "plain"),
    # years
    ("yearBuilt", (1872, 2010), "year"),
    ("Jahr", (1949, 1990), "year"),
    ("year", (1, 12), "discrete"),
    ("year", (1400, 2013), "plain"),
    ("season", (1998, 2013), "year"),
    ("calories", (1800, 2600), "plain"),
    ("year", (1998.5, 2013.5), "plain"),
    # labels
    ("zip", (501, 99950), "code"),
    ("PLZ", (1067, 99998), "code"),
    ("error code", (1, 900), "code"),
    ("flight_number", (1, 8500), "code"),
    ("ward_no", (100, 205), "code"),
    ("Haus-Nr.", (1, 240), "code"),
    ("http_status", (200, 504), "code"),
    ("orderStatus", (0, 9), "code"),
    ("status", (-1, 1), "discrete"),
    ("status_changes", (0, 9), "discrete"),
    ("no", (0, 900), "plain"),
    ("yes_no", (0, 1), "discrete"),
    ("flights", (1, 8500), "plain"),
    ("number_of_doors", (2, 5), "discrete"),
    ("codes", (1, 900), "plain"),
    ("id", (1, 500), "identifier"),
    ("Respondent ID", (3292879000, 3292892293), "identifier"),
    ("customerId", (1, 40), "identifier"),
    ("humidity", (10, 100), "plain"),
    ("paid", (100, 9000), "plain"),
    ("zip", (-5, 40), "discrete"),
    ("id", (0.5, 1.5), "plain"),
    ("cooking_time", (5, 2000), "plain"),
    ("arrival_time", (0, 59), "discrete"),
    # text
    ("zip", None, "code"),
    ("uuid", None, "identifier"),
    ("title", None, "plain"),
]


@pytest.mark.parametrize(("name", "ends", "role"), ROLES)
def test_a_name_and_extremes_tell_a_role(
    name: str, ends: tuple[float, float] | None, role: str
) -> None:
    extent = None
    if ends is not None:
        decimals = int(any(end % 1 for end in ends))
        extent = Extent(*map(float, ends), decimals, sum(ends) / 2)
    assert role_of(name, extent, lambda: True) == role
    if role == "identifier":
        assert may_identify(name)
        assert role_of(name, extent, lambda: False) == "code"


@pytest.mark.parametrize("name", ["rownames", "Unnamed: 0", "index", "Row", "row_number"])
def test_a_number_of_the_row_is_an_identifier_where_no_two_are_alike(name: str) -> None:
    extent = Extent(1.0, 448.0, 0, 224.5)
    assert may_identify(name)
    assert role_of(name, extent, lambda: True) == "identifier"
    assert role_of(name, extent, lambda: False) == "plain"
    assert role_of(f"body {name} mass", extent, lambda: True) == "plain"


def schema_of(table: dict[str, list[object]], **said: object) -> Schema:
    return open_dataset(pl.DataFrame(table), TableDescription.model_validate(said)).schema


ODD: dict[str, list[object]] = {
    "id": list(range(1, 101)),
    "token_uuid": [str(UUID(int=i)) for i in range(100)],
    "order_id": [i // 2 for i in range(100)],
    "zip": [f"{i:05}" for i in range(100)],
    "postcode": [10_000 + i for i in range(100)],
    "year": [2000 + i % 20 for i in range(100)],
    "always": [4.35] * 100,
    "mostly": [None, *[7] * 99],
    "height": [i / 8 for i in range(100)],
    "width": [i / 4 for i in range(100)],
    "doors": [i % 5 for i in range(100)],
}


def test_labels_and_constants_are_no_axes_and_have_no_mean() -> None:
    schema = schema_of(ODD)
    assert {c.name: c.role for c in schema.columns} == {
        "id": "identifier",
        "token_uuid": "identifier",
        "order_id": "code",
        "zip": "code",
        "postcode": "code",
        "year": "year",
        "always": "plain",
        "mostly": "discrete",
        "height": "plain",
        "width": "plain",
        "doors": "discrete",
    }
    assert [c.name for c in schema.columns if c.is_constant] == ["always", "mostly"]
    assert [schema.measure(name).only for name in ("always", "mostly")] == [4.35, 7]
    assert schema.axes == ("height", "width")
    assert [m.name for m in schema.quantities] == ["year", "height", "width", "doors"]
    shown = [schema.measures[place].name for panel in panels(schema) for place in panel.measures]
    assert shown == ["height", "width", "doors"]


def test_scripts_still_get_the_mean_of_every_measure() -> None:
    explorer = Explorer(open_dataset(pl.DataFrame(ODD)))
    (means,) = explorer.mean_records(explorer.query())
    assert means["mean_id"] == 50.5
    assert means["mean_year"] == 2009.5
    assert means["mean_always"] == pytest.approx(4.35)
    assert len(means) == len(explorer.schema.measures) == 9


def test_a_table_of_labels_alone_opens_and_offers_no_chart() -> None:
    frame = pl.DataFrame({"id": range(30), "zip": range(30)})
    schema = open_dataset(frame).schema
    assert (schema.axes, schema.quantities) == (None, ())
    page = create_app(frame).server.test_client().get("/_dash-layout")
    assert page.status_code == 200
    assert b"scatter" not in page.data


def test_what_is_always_the_same_is_said_instead_of_a_slider() -> None:
    page = create_app(pl.DataFrame(ODD)).server.test_client().get("/_dash-layout").get_data(True)
    assert "always 4.35" in page
    assert page.count("filter is-constant") == 2


def test_an_owner_who_asks_for_measures_has_them_compared() -> None:
    schema = schema_of(ODD, measures=["id", "postcode"])
    assert schema.axes == ("id", "postcode")
    assert [m.role for m in schema.measures] == ["plain", "plain"]


def test_a_year_is_never_parted_at_its_thousands() -> None:
    table = {"year": [2013, 2014, 2015], "price": [2013, 5000, 9000]}
    explorer = Explorer(open_dataset(pl.DataFrame(table)))
    spreads = explorer.spreads(explorer.query())
    text = str(distributions_text(explorer.schema, spreads, None))
    assert [word in text for word in ("2013", "2014", "2,013", "2,014")] == [True] * 3 + [False]
