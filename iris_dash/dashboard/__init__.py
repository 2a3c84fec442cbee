"""The dashboard: controls, figures and the two callbacks that tie them to an explorer."""

from iris_dash.dashboard.callbacks import register_callbacks
from iris_dash.dashboard.page.layout import INDEX, create_layout

__all__ = ["INDEX", "create_layout", "register_callbacks"]
