"""The tuple of views: which of them a table is offered, and that the page follows from it."""

from __future__ import annotations

import re

import polars as pl
import pytest
from dash.development.base_component import Component
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.dashboard.page.document import document
from iris_dash.dashboard.page.layout import create_layout
from iris_dash.dashboard.views.all_views import CARDS, CHOICES, VIEWS, offered_views
from iris_dash.dashboard.views.chart import Chart
from iris_dash.web.app import ASSETS, SCRIPTS

KNOWN = ["overview", "distributions", "pairs", "compare", "table"]
"""Views that must stay, in this order; others may stand after them."""


def parts_of(explorer):
    layout = create_layout(explorer)
    return [part for part in layout._traverse() if isinstance(part, Component)]


@pytest.mark.parametrize(
    ("columns", "offered"),
    [
        ({"x": [1.5, 2.5], "y": [2.5, 1.5]}, KNOWN),
        ({"x": [1.5, 2.5]}, ["overview", "distributions", "compare", "table"]),
        ({"k": ["a", "b"]}, ["overview", "compare", "table"]),
    ],
)
def test_a_table_is_offered_the_views_that_have_something_to_show(columns, offered):
    schema = Explorer.open(pl.DataFrame(columns)).schema
    assert [view.key for view in offered_views(schema) if view.key in KNOWN] == offered


def test_flowers_are_offered_every_view_but_that_of_times():
    flowers = Explorer.open(ROOT / "data" / "iris.csv")
    (choice,) = [part for part in parts_of(flowers) if getattr(part, "name", None) == "_view"]
    assert [option["value"] for option in choice.options][:5] == KNOWN
    labels = ["Overview", "Distributions", "Pairs", "Compare", "Table"]
    assert [option["label"] for option in choice.options][:5] == labels
    hidden = {view.key for view in VIEWS} - {option["value"] for option in choice.options}
    assert hidden == {"trend"}


def test_each_name_stands_once():
    for names in (
        [view.key for view in VIEWS],
        [card.id for card in CARDS],
        [choice.key for choice in CHOICES],
        [name for card in CARDS for name in card.outputs()],
    ):
        assert len(set(names)) == len(names)


def test_a_card_stands_in_a_box_that_is_shown_with_its_views_alone(explorer):
    boxes = [part for part in parts_of(explorer) if "cards" in looks_of(part)]
    for view in VIEWS:
        shown = [box for box in boxes if f"only-{view.key}" in looks_of(box)]
        ids = [getattr(part, "id", None) for box in shown for part in box._traverse()]
        own = [card for card in view.cards if card.offered(explorer.schema)]
        assert [card for card in CARDS if card.id in ids] == sorted(own, key=CARDS.index)
    (rule,) = [
        line for line in document("icon.svg", "theme.js", []).splitlines() if "<style>" in line
    ]
    selectors = {f".view-{view.key}>.only-{view.key}" for view in VIEWS}
    assert set(rule.split("<style>")[1].split("{")[0].split(",")) == selectors


def test_neither_scripts_nor_style_sheet_name_a_view():
    styles = (ASSETS / "dashboard.css").read_text()
    scripts = "".join(path.read_text() for path in SCRIPTS.glob("*.mjs"))
    for view in VIEWS:
        assert not re.search(rf"(view|only)-{view.key}\b", styles + scripts)
        assert f'"{view.key}"' not in styles + scripts


def test_what_a_table_cannot_choose_is_in_the_page_out_of_sight():
    names = Explorer.open(pl.DataFrame({"k": ["a", "b"]}))
    ids = [part.id for part in parts_of(names) if isinstance(getattr(part, "id", None), dict)]
    chosen = [one["column"] for one in ids if one.get("role") == "choice"]
    assert chosen == [choice.key for choice in CHOICES]


def looks_of(part):
    return (getattr(part, "className", None) or "").split()


def test_other_forms_of_a_chart_are_called_by_the_cards_title(explorer):
    """Grouped by another facet, a text was still called by the one of the opened page."""
    parts = {str(part.id): part for part in parts_of(explorer) if hasattr(part, "id")}
    charts = [card.id for card in CARDS if isinstance(card, Chart)]
    shown = [chart for chart in charts if f"{chart}-as-text" in parts]
    assert shown
    for chart in shown:
        for kind, words in (("text", "As text"), ("png", "PNG"), ("svg", "SVG")):
            part = parts[f"{chart}-as-{kind}"]
            assert part.children == words
            named = part.to_plotly_json()["props"]["aria-labelledby"].split()
            assert named == [f"{chart}-title", part.id]
            assert named[0] in parts
