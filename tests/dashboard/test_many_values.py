"""A facet of very many values: the page's address is short, and opens again however long it is."""

import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.dashboard.answer.address import format_address, read_address
from iris_dash.dashboard.answer.controls import state_of_controls
from iris_dash.dashboard.answer.question import read_opening
from iris_dash.query.value_text import facet_text
from iris_dash.tables.description import TableDescription
from iris_dash.web.app import create_app

SAID = TableDescription(facets=("product",))


@pytest.fixture(scope="module", params=[400, 1_000])
def many(request):
    names = [f"Product {n:04} — größe XL" for n in range(request.param)]
    frame = pl.DataFrame({"product": names, "price": range(request.param)})
    return Explorer.open(frame, SAID)


def state_without(explorer, left_out):
    (facet,) = explorer.schema.facets
    ticked = [facet_text(value) for value in facet.values if value not in left_out]
    return state_of_controls(explorer.schema, {"facets": {"product": ticked}, "ranges": {}})


def test_one_value_unticked_is_said_alone(many):
    state = state_without(many, ["Product 0007 — größe XL"])
    text = format_address(many.schema, state)
    assert text == "product=~not:Product%200007%20%E2%80%94%20gr%C3%B6%C3%9Fe%20XL"
    assert read_address(many.schema, f"?{text}") == (state, ())
    assert many.count(state.query) == len(many.dataset) - 1
    answer = answer_controls(many, {"facets": {"product": ["Product 0007 — größe XL"]}})
    assert answer["answered"]["search"] == text.replace("~not:", "")


def test_half_of_the_values_open_again_on_the_page_and_in_every_route(many):
    (facet,) = many.schema.facets
    state = state_without(many, facet.values[::2])
    text = format_address(many.schema, state)
    search, _ = read_opening({"search": f"?{text}"})
    assert read_address(many.schema, search) == (state, ())
    client = create_app(many).server.test_client()
    for path in ("/", "/range/", "/export.csv"):
        answer = client.get(f"{path}?{text}")
        assert answer.status_code == 200
    assert answer.headers["X-Total-Count"] == str(len(facet.values) // 2)


def test_values_too_long_for_any_address_open_again_on_the_page():
    names = [f"{n:04}" + "ö" * 60 for n in range(1_000)]
    explorer = Explorer.open(pl.DataFrame({"product": names}), SAID)
    state = state_without(explorer, names[::2])
    text = format_address(explorer.schema, state)
    assert len(text) > 60_000
    search, _ = read_opening({"search": f"?{text}"})
    assert read_address(explorer.schema, search) == (state, ())


def test_a_facet_called_as_a_key_is_ticked_like_any_other():
    explorer = Explorer.open(pl.DataFrame({"page": ["a", "b"], "sort": ["c", "d"], "_x": [1, 2]}))
    asked = {"facets": {"page": ["a"], "sort": ["c"]}, "ranges": {"_x": (1, 1)}}
    answer = answer_controls(explorer, asked)
    assert answer["answered"]["search"] == ".page=a&.sort=c&._x=..1"
    assert answer["count"][0].children == "1"
