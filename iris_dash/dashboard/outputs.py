"""Which property of which component each part of an answer is."""

from __future__ import annotations

from dash import ALL, Output

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import FILTERS
from iris_dash.dashboard.views.all_views import offered_cards
from iris_dash.query.schema import Schema


def control_outputs(schema: Schema) -> dict[str, Output]:
    """Return what an address sets, by the names of `control_values`."""
    outputs = {
        "notices": Output(ids.NOTICES, "children"),
        "ticked": Output(ids.of_column(ids.FACET, ALL), "value"),
        "left_out": Output(ids.of_column(ids.LEFT_OUT, ALL), "data"),
        "lows": Output(ids.of_column(ids.LOW, ALL), "value"),
        "highs": Output(ids.of_column(ids.HIGH, ALL), "value"),
        "contains": Output(ids.of_column(ids.CONTAINS, ALL), "value"),
        "conditions": Output(ids.of_column(ids.CONDITIONS, ALL), "data"),
        "froms": Output(ids.of_column(ids.FROM, ALL), "value"),
        "untils": Output(ids.of_column(ids.UNTIL, ALL), "value"),
        "parts": Output(ids.of_column(ids.PART, ALL), "value"),
        "others": Output(ids.OTHERS, "data"),
        "sort": Output(ids.TABLE, "sort_by"),
        "page": Output(ids.TABLE, "page_current"),
        "per_page": Output(ids.PER_PAGE, "value"),
        "choices": Output(ids.of_column(ids.CHOICE, ALL), "value"),
        "logs": Output(ids.of_column(ids.LOG, ALL), "value"),
        "shown_columns": Output(ids.SHOWN_COLUMNS, "data"),
    }
    if schema.texts:
        outputs["search"] = Output(ids.SEARCH, "value")
    if FILTERS.is_offered(schema):
        outputs["standing"] = Output(ids.STANDING, "children")
    if schema.axes:
        outputs["x"] = Output(ids.SCATTER_X, "value")
        outputs["y"] = Output(ids.SCATTER_Y, "value")
    if schema.facets:
        outputs["by"] = Output(ids.COLOUR_BY, "value")
    return outputs


def answer_outputs(schema: Schema) -> dict[str, Output]:
    """Return what the page shows for its state, by the names of `answer_state`."""
    outputs = {
        "answered": Output(ids.ANSWERED, "data"),
        "main": Output(ids.MAIN, "className"),
        "count": Output(ids.COUNT, "children"),
        "facets": Output(ids.of_column(ids.FACET, ALL), "options"),
        "toggle": Output(ids.FILTERS_TOGGLE, "children"),
        "chips": Output(ids.CHIPS, "children"),
        "way_back": Output(ids.WAY_BACK, "children"),
        "histograms": Output(ids.HISTOGRAMS, "data"),
    }
    for card in offered_cards(schema):
        outputs |= card.outputs()
    return outputs


def opened_outputs(schema: Schema) -> dict[str, Output]:
    """Return both, of which an answer to the controls sets the second too."""
    answer = {
        name: Output(output.component_id, output.component_property, allow_duplicate=True)
        for name, output in answer_outputs(schema).items()
    }
    return answer | control_outputs(schema)
