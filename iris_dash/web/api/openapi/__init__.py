"""The OpenAPI document of the routes, made from the table's schema and the types that answer."""

from __future__ import annotations

from iris_dash.config.settings import Settings
from iris_dash.explorer import Explorer
from iris_dash.query.model import most_rows
from iris_dash.query.value_text import in_markdown
from iris_dash.web.api.openapi.answers import errors, header_components, headers
from iris_dash.web.api.openapi.paths import paths
from iris_dash.web.api.openapi.schemas import Document, schemas


def openapi_document(
    explorer: Explorer, settings: Settings | None = None, path: str = "/"
) -> Document:
    """Return the OpenAPI 3.1 document; its examples are answered by the table as they stand.

    The settings say who may ask, and how many rows a page has; `path` is where the routes are.
    """
    settings = settings or Settings()
    document = _open_document(explorer, most_rows(explorer.schema, settings.max_page))
    document["servers"] = [{"url": path}]
    ways = _security_schemes(settings)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if ways and path != "/healthz":
                operation["responses"] |= errors("401")
                operation["security"] = [{name: []} for name in ways]
            for answer in operation["responses"].values():
                answer["headers"] = answer.get("headers", {}) | headers("X-Request-Id")
    if ways:
        document["components"]["securitySchemes"] = ways
    return document


def _open_document(explorer: Explorer, most: int) -> Document:
    """Return the document of a server that asks nobody who they are."""
    schema = explorer.schema
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{schema.title}: rows, means, summaries and files of a query",
            "version": "1",
            "description": (
                f"{len(explorer.dataset)} {in_markdown(schema.rows)}. The same query by GET (the "
                "dashboard's own query string) and by POST (JSON) gives the same answer. Bounds "
                "are inclusive."
            ),
        },
        "paths": paths(explorer, most),
        "components": {"schemas": schemas(schema), "headers": header_components()},
    }


def _security_schemes(settings: Settings) -> Document:
    """Return the ways to come in, by name; none where everyone may."""
    schemes: Document = {}
    if settings.logins:
        schemes["login"] = {"type": "http", "scheme": "basic"}
    if settings.tokens:
        schemes["token"] = {"type": "http", "scheme": "bearer"}
    if settings.oidc_issuer:
        where = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
        schemes["sign-in"] = {"type": "openIdConnect", "openIdConnectUrl": where}
    return schemes
