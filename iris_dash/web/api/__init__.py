"""The JSON routes: a blueprint on the Flask server, its errors, its OpenAPI document."""

from iris_dash.web.api.errors import register_error_handlers
from iris_dash.web.api.routes import create_blueprint

__all__ = ["create_blueprint", "register_error_handlers"]
