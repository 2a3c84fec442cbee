"""One query, five faces: library, POST, GET, dashboard callback and file give the same rows."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from page_answers import answer_controls, controls_of_address
from reference import select

from iris_dash import IrisQuery, column_range

SPECIES = ["setosa", "versicolor", "virginica"]
MEASURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
half_steps = st.integers(0, 160).map(lambda n: n / 20)


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.none() | st.lists(st.sampled_from(SPECIES), unique=True))
    lower = draw(st.dictionaries(st.sampled_from(MEASURES), half_steps, max_size=2))
    upper = draw(st.dictionaries(st.sampled_from(MEASURES), half_steps, max_size=2))
    for name in set(lower) & set(upper):
        lower[name], upper[name] = sorted((lower[name], upper[name]))
    return {"species": chosen, "lower": lower, "upper": upper}


def controls_asked(explorer, search: str) -> dict[str, Any]:
    """What the page's script sends after the page opened at an address."""
    controls = controls_of_address(explorer.schema, search)
    lows = [float(text) for text in controls["lows"]]
    highs = [float(text) for text in controls["highs"]]
    return {
        "facets": dict(zip(["species"], controls["ticked"], strict=True)),
        "ranges": dict(zip(MEASURES, zip(lows, highs, strict=True), strict=True)),
        "sort": controls["sort"],
        "page": 0,
        "per_page": 100,
        "axes": [controls["x"], controls["y"]],
        "theme": "dark",
        "n": 1,
    }


def shown_rows(explorer, search: str) -> tuple[str, list[dict[str, Any]]]:
    """The count line and every row that the dashboard's table shows, page by page."""
    asked = controls_asked(explorer, search)
    rows: list[dict[str, Any]] = []
    for page in range(2):
        answer = answer_controls(explorer, asked | {"page": page})
        if answer["page"] == page:
            rows += answer["rows"]
    count, rest = answer["count"]
    for row in rows:
        row["species"] = row["species"].split(" ", 1)[1]
    return count.children + rest, rows


def numbers(row: dict[str, Any]) -> tuple[Any, ...]:
    return (*(float(row[name]) for name in MEASURES), row.get("species") or row["label"])


@given(asked=filters())
@examples(0.6, HealthCheck.function_scoped_fixture)
def test_the_same_query_gives_the_same_rows_through_all_five(explorer, client, flowers, asked):
    chosen = {} if asked["species"] is None else {"species": asked["species"]}
    expected = [numbers(r) for r in select(flowers, chosen, asked["lower"], asked["upper"])]

    query = IrisQuery(**asked)
    text = explorer.text(query)
    assert [numbers(row) for row in column_range(query)] == expected
    assert [numbers(row) for row in explorer.rows(query).to_dict("records")] == expected
    assert [numbers(row) for row in client.post("/range/", json=asked).get_json()] == expected
    assert [numbers(row) for row in client.get(f"/range/?{text}").get_json()] == expected

    answer = client.get(f"/export.csv?{text}")
    assert [numbers(row) for row in csv.DictReader(io.StringIO(answer.text))] == expected

    line, rows = shown_rows(explorer, f"?{text}")
    assert line == f"{len(expected)} of 150 flowers"
    assert [numbers(row) for row in rows] == expected


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ("", 150),
        ("?species=setosa&sepal_length=5.0..5.1&sepal_width=3.0..", 16),
        ("?species=~none", 0),
        ("?sepal_length=5.05..", 118),
    ],
)
def test_the_address_and_the_download_name_what_is_shown(explorer, client, search, count):
    answer = answer_controls(explorer, controls_asked(explorer, search) | {"per_page": 10})
    assert "".join([answer["count"][0].children, answer["count"][1]]) == f"{count} of 150 flowers"
    assert answer["answered"]["search"] == search.removeprefix("?")
    file = client.get(f"/export.csv?{answer['answered']['rows']}")
    assert file.text.count("\n") == count + 1
