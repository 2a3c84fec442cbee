"""One query, five faces: library, POST, GET, dashboard callback and file give the same rows."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest
from examples import examples
from grammar import NUMBER, SAID, Question, Row, frame_of, questions, tables
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from page_answers import answer_controls, controls_of_address
from reference import select

from iris_dash import Explorer, IrisQuery, column_range
from iris_dash.config.settings import Settings
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.query.body import body_of
from iris_dash.query.url import join_arguments, parse_arguments
from iris_dash.web.app import create_app

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


# --- The whole grammar, of tables of every kind of column


def count_shown(answer: dict[str, Any]) -> str:
    """Return how many rows the page says that it has found."""
    count, _ = orjson.loads(orjson.dumps(answer["count"]))
    return str(count["props"]["children"])


def assert_five_faces(rows: list[Row], asked: Question, order: list[int]) -> None:
    expected = [row[NUMBER] for row in rows if asked.selects(row)]
    explorer = Explorer.open(frame_of(rows), SAID)
    schema = explorer.schema
    client = create_app(explorer, Settings()).server.test_client()
    search = {"search": asked.search} if asked.search else {}
    query = explorer.query(where=asked.where, **search)
    assert explorer.rows(query)[NUMBER].to_list() == expected
    text = explorer.text(query)
    address = join_arguments(asked.arguments)
    for wanted in (text, address):
        answer = client.get(f"/range/?{wanted}")
        assert [row[NUMBER] for row in answer.get_json()] == expected
        file = client.get(f"/export.csv?{wanted}").text
        assert [int(row[NUMBER]) for row in csv.DictReader(io.StringIO(file))] == expected
        page = open_address(explorer, {"search": f"?{wanted}"})
        assert count_shown(page) == f"{len(expected)}"
        assert page["answered"]["rows"] == text
    for body in ({"where": asked.where} | search, body_of(schema, query)):
        answer = client.post("/range/", json=json.loads(json.dumps(body)))
        assert [row[NUMBER] for row in answer.get_json()] == expected
    # Equal questions are equal, and have one text, which reads back as itself.
    shuffled = [asked.arguments[place % len(asked.arguments)] for place in order]
    shuffled = [*dict.fromkeys([*shuffled, *reversed(asked.arguments)])]
    for arguments in (asked.arguments, shuffled, parse_qsl(text, keep_blank_values=True)):
        assert parse_arguments(schema, arguments) == query
        assert explorer.text(parse_arguments(schema, arguments)) == text
    found = client.get(f"/diagnose/?{address}").get_json()
    assert (found["count"], found["total"]) == (len(expected), len(rows))
    for effect in found["filters"]:
        others = sum(asked.selects(row, but=effect["filter"] or "") for row in rows)
        assert effect["removes_alone"] == others - len(expected), effect
    step = found["relaxation"]
    assert (step is None) == bool(expected)
    if step:
        assert client.get(f"/range/?{step['query']}").headers["X-Total-Count"] == str(step["count"])
        assert step["count"] > 0


@given(data=st.data())
@examples(0.3)
def test_any_question_of_any_table_equals_a_plain_loop_through_all_five(data):
    rows = data.draw(tables())
    asked = data.draw(questions(rows))
    order = data.draw(st.lists(st.integers(0, 20), max_size=6)) if asked.arguments else []
    assert_five_faces(rows, asked, order)
