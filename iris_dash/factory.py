"""Where `create_app` is known to stand; it is made in `iris_dash.web.app`."""

from iris_dash.web.app import create_app

__all__ = ["create_app"]
