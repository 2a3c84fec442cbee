"""A table made to do harm through library, JSON, files and figures; in the browser see browser/."""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
from pathlib import Path
from typing import Any

import hostile
import polars as pl
import pytest
from flask.testing import FlaskClient
from page_answers import answer_controls
from page_views import CHARTS

from iris_dash import Explorer
from iris_dash.core.errors import DatasetError
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.web.app import create_app

NUMBERS = (hostile.MEASURE, hostile.OTHER_MEASURE, hostile.LAST)
FORMULAS = ("=", "+", "-", "@")
WITH_LABELS = ("overview", "distributions", "pairs")
"""The views whose charts write every measure's label."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.write_hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def harmful(path: Path) -> Explorer:
    return Explorer.open(str(path))


@pytest.fixture(scope="module")
def asking(path: Path) -> FlaskClient:
    return create_app(str(path)).server.test_client()


def expected() -> list[dict[str, Any]]:
    """The rows as they were written, numbers as numbers."""
    return [
        {name: float(text) if name in NUMBERS else text for name, text in row.items()}
        for row in hostile.hostile_rows()
    ]


def test_json_gives_every_text_back_unharmed(asking):
    answer = asking.get("/range/")
    assert answer.mimetype == "application/json"
    assert json.loads(answer.text) == expected()


@pytest.mark.parametrize("value", hostile.VALUES)
def test_each_harmful_value_can_be_asked_for(asking, value):
    wanted = [row for row in expected() if row[hostile.FACET] == value]
    assert asking.get("/range/", query_string={hostile.FACET: value}).json == wanted
    assert asking.post("/range/", json={hostile.FACET: [value]}).json == wanted


@pytest.mark.parametrize("value", ["constructor", *hostile.OTHERS])
def test_each_name_of_javascript_can_be_asked_for(asking, value):
    found = asking.get("/range/", query_string={"constructor": value}).json
    assert [row["constructor"] for row in found] == [value] * 15
    bounded = asking.get("/range/", query_string={hostile.MEASURE: "..1.5"}).json
    assert {row[hostile.MEASURE] for row in bounded} == {0.5, 1.5}


def test_sql_in_a_value_or_name_selects_nothing_more(asking):
    for word in ("x' OR '1'='1", "'; DROP TABLE rows; --"):
        assert asking.get("/range/", query_string={hostile.FACET: word}).status_code == 422
    sort = {"sort": json.dumps(hostile.OTHER_MEASURE)[1:-1], "page": 1, "per_page": 3}
    found = asking.get("/range/", query_string=sort).json
    assert [row[hostile.OTHER_MEASURE] for row in found] == [0, 1, 2]


def test_an_error_about_a_harmful_text_is_json(asking):
    answer = asking.get("/range/", query_string={hostile.FACET: "<script>alert(1)</script>"})
    assert (answer.status_code, answer.mimetype) == (422, "application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    lost = asking.get("/<script>alert(1)</script>")
    assert (lost.status_code, lost.mimetype) == (404, "application/json")


def test_no_cell_nor_name_of_a_csv_begins_a_formula(asking):
    content = asking.get("/export.csv").text
    lines = list(csv.reader(io.StringIO(content, newline="")))
    assert lines[0][2] == f"'{hostile.TEXT}"
    cells = list(itertools.chain.from_iterable(lines))
    assert not [cell for cell in cells if cell.lstrip().startswith(FORMULAS)]
    names = list(expected()[0])
    for line, row in zip(lines[1:], expected(), strict=True):
        texts = [text for name, text in zip(names, line, strict=True) if name not in NUMBERS]
        # Where a semicolon separates cells, this one would begin a formula.
        texts = [text.replace(";' --", "; --") for text in texts]
        wanted = [value for name, value in row.items() if name not in NUMBERS]
        assert [t.removeprefix("'") if t.startswith("'=") else t for t in texts] == wanted


def test_a_text_longer_than_a_spreadsheets_cell_is_refused_not_cut(asking):
    answer = asking.get("/export.xlsx")
    assert answer.status_code == 422
    assert answer.json["detail"][0]["type"] == "too_large"


def test_a_files_name_holds_nothing_but_words(asking):
    answer = asking.get("/export.csv")
    name = answer.headers["Content-Disposition"].removeprefix("attachment; ")
    answer.close()
    assert name == (
        'filename="title-script-window-pwned-1-script-7-7-config-60-of-60-i-pots-i-s.csv"'
    )


def test_the_page_has_the_title_as_text(asking):
    page = asking.get("/").text
    assert page.count("<script>window") == 0
    assert f"<title>{html.escape(hostile.TITLE)}</title>".replace("{", "&#123;") in page


# --- Charts: Plotly reads tags, entities and templates in every text


def texts_of(figure: Any) -> list[str]:
    """Every text of a figure that Plotly shows, wherever it stands."""
    if isinstance(figure, dict):
        found = []
        for key, part in figure.items():
            shown = key in ("name", "text", "ticktext", "x", "y", "hovertemplate")
            values = part if isinstance(part, list) else [part]
            if shown:
                found += [value for value in values if isinstance(value, str)]
            found += texts_of(part)
        return found
    if isinstance(figure, list):
        return [text for part in figure for text in texts_of(part)]
    return []


@pytest.mark.parametrize("view", CHARTS)
@pytest.mark.parametrize("kind", ["histogram", "box", "violin"])
def test_no_chart_reads_markup_in_a_text_of_the_table(harmful, view, kind):
    choices = {"_view": view, "_distribution": kind, "_correlation": "groups"}
    asked = {"facets": {}, "ranges": {}, "choices": choices, "axes": harmful.schema.axes}
    answer = answer_controls(harmful, asked)
    texts = [text for chart in CHARTS[view] for text in texts_of(answer[chart])]
    assert len(texts) > 10 or view not in WITH_LABELS
    # What the rows are called is, as it is to be shown, what another text must not be.
    joined = "\n".join(texts).replace(plain(hostile.WORD), "")
    for markup in ("<script", "<a ", "</a>", "<b>", "<sup>", "<i>", "%{x} %s", "&lt;i&gt;"):
        assert markup not in joined, markup
    assert "&lt;b&gt;width&lt;/b&gt;" in joined or view not in WITH_LABELS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sepal length (cm)", "Sepal length (cm)"),
        ("", ""),
        ("<br>", "&lt;br&gt;"),
        ("a & b", "a &amp; b"),
        ("&lt;", "&amp;lt;"),
        ("%{fullData.name}", "&#37;{fullData.name}"),
        ("$x$", "&#36;x&#36;"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("\u2067a\u2069", "\ufffda\ufffd"),
        ("سلام 👩‍👩‍👧", "سلام 👩‍👩‍👧"),
    ],
)
def test_plotly_gets_a_text_that_it_shows_as_it_is(text, shown):
    assert plain(text) == shown


def test_a_long_name_is_cut_before_it_is_made_plain():
    name = plain_name("<" * 1_000)
    assert name == "&lt;" * 39 + "…" + "&lt;" * 20
    assert (plain_name(None), plain_name(True)) == ("(missing)", "true")


# --- What is refused, or read with care


def test_a_column_may_be_called_proto(tmp_path):
    file = tmp_path / "proto.csv"
    file.write_text("__proto__,b\n1,2\n2,3\n")
    client = create_app(str(file)).server.test_client()
    answer = client.get("/range/?.__proto__=2..")
    assert answer.json == [{"__proto__": 2, "b": 3}]


def test_a_file_that_begins_with_nul_is_no_text(tmp_path):
    file = tmp_path / "nul.csv"
    file.write_bytes(b"a,b\n1,\0\n")
    with pytest.raises(DatasetError, match="not a text table"):
        Explorer.open(str(file))


def test_quotes_in_a_name_are_read_as_they_are_in_a_value(tmp_path):
    file = tmp_path / "quotes.csv"
    file.write_text('"a ""b""",c\n"d ""e""",1\nf,2\n')
    assert Explorer.open(str(file)).schema.names == ('a "b"', "c")


def test_a_frame_may_hold_what_a_file_may_not():
    explorer = Explorer.open(pl.DataFrame({"kind": ["\0", "b", "\0"], "valueOf": [1.0, 2.0, 3.0]}))
    assert explorer.rows(explorer.query(kind="\0"))["valueOf"].to_list() == [1.0, 3.0]
