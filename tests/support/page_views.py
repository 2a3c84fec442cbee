"""What tests of the page take from the tuple of views, so that a new view is tested too."""

from __future__ import annotations

from iris_dash.dashboard.views.all_views import VIEWS
from iris_dash.dashboard.views.chart import Chart

OF_OTHERS = {"trend", "counts", "over-time", "calendar"}
"""What the irises do not have: a time, and a facet beside the one that colours.

See tests/dashboard/test_trend.py, test_over_time.py and test_counts.py.
"""

OF_IRISES = tuple(view for view in VIEWS if {card.id for card in view.cards} - OF_OTHERS)
KEYS = tuple(view.key for view in OF_IRISES)

CARDS = {
    view.key: tuple(card.id for card in view.cards if card.id not in OF_OTHERS)
    for view in OF_IRISES
}
"""The cards that each view shows to the irises: their ids."""

CHARTS = {
    view.key: tuple(
        card.id for card in view.cards if isinstance(card, Chart) and card.id not in OF_OTHERS
    )
    for view in OF_IRISES
    if any(isinstance(card, Chart) for card in view.cards)
}
"""The charts of each view that has any."""

ADDRESSES = tuple(
    f"/?_view={view.key}{choice}"
    for view in OF_IRISES
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
