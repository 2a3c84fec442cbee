"""The dashboard: controls, figures and the two callbacks that tie them to an explorer."""

from iris_dash.dashboard.answer.live import live_answer
from iris_dash.dashboard.callbacks import register_callbacks
from iris_dash.dashboard.opened_layout import OpenedLayout
from iris_dash.dashboard.page.document import document, document_for
from iris_dash.dashboard.page.layout import create_layout

__all__ = [
    "OpenedLayout",
    "create_layout",
    "document",
    "document_for",
    "live_answer",
    "register_callbacks",
]
