"""What tests of the page take from the tuple of views, so that a new view is tested too."""

from __future__ import annotations

from iris_dash.dashboard.views.all_views import VIEWS
from iris_dash.dashboard.views.chart import Chart

KEYS = tuple(view.key for view in VIEWS)
OF_TIMES = {"trend"}
"""What only tables with a time have; the samples have none: see tests/dashboard/test_trend.py."""

CARDS = {
    view.key: tuple(card.id for card in view.cards if card.id not in OF_TIMES) for view in VIEWS
}
"""The cards that each view shows to a table that has all that they need but a time: their ids."""

CHARTS = {
    view.key: tuple(
        card.id for card in view.cards if isinstance(card, Chart) and card.id not in OF_TIMES
    )
    for view in VIEWS
    if any(isinstance(card, Chart) for card in view.cards)
}
"""The charts of each view that has any."""

ADDRESSES = tuple(
    f"/?_view={view.key}{choice}"
    for view in VIEWS
    for choice in (
        "",
        *(
            f"&{card.choice.key}={value}"
            for card in view.cards
            if card.choice
            for value in card.choice.values[1:]
        ),
    )
)
"""Every view, and each of them with each other value of its choices."""
