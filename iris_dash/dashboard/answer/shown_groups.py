"""The aggregate that the page shows at an address: what "Copy as…" writes down of it."""

from __future__ import annotations

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.views.all_views import view_of
from iris_dash.dashboard.views.sentence import keys_of, read_sentence, why_not
from iris_dash.dashboard.views.summarise import SUMMARISE
from iris_dash.dashboard.views.summary_asking import summary_question
from iris_dash.dashboard.views.summary_groups import stands_by_figures
from iris_dash.dashboard.views.summary_order import sorted_as_shown
from iris_dash.explorer import Explorer


def shown_groups(explorer: Explorer, search: str) -> Aggregation | None:
    """Return what the view at an address asks of groups; None of a view that shows none."""
    state, _ = read_address(explorer.schema, search)
    if view_of(state) is not SUMMARISE or not keys_of(explorer.schema):
        return None
    asked = read_sentence(explorer.schema, state)
    if why_not(asked):
        return None
    question = summary_question(explorer.schema, state.query, asked)

    def ordered() -> bool:
        return stands_by_figures(asked, explorer.groups(question.on_page(1, 1)).total)

    return sorted_as_shown(question, asked, state, ordered)
