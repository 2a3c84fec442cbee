"""Where everything is wired: create_app(settings, dataset or frame) -> Dash."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask
from flask_caching import Cache

from iris_dash.config.environment import read_settings
from iris_dash.config.settings import Settings
from iris_dash.core.errors import panics_as_errors
from iris_dash.core.resources import ASSETS
from iris_dash.dashboard import OpenedLayout, create_layout, document, register_callbacks
from iris_dash.explorer import Explorer
from iris_dash.explorer.answers import Cache as AnswersCache
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.description import TableDescription, TableOptions, read_description
from iris_dash.tables.opening import open_dataset
from iris_dash.tables.reading.source_files import description_beside
from iris_dash.web.api import create_blueprint, register_error_handlers
from iris_dash.web.auth import require_credentials
from iris_dash.web.compression import compress
from iris_dash.web.dash_backend import REQUIRES_LOGIN, Backend, OneLayout, asset_url, module_urls
from iris_dash.web.headers import secure
from iris_dash.web.limits import limit, limit_admitted
from iris_dash.web.live_route import add_live_route
from iris_dash.web.observing import observe
from iris_dash.web.redis import redis_of
from iris_dash.web.routing import bind_once

ICON, THEME = ASSETS / "icon.svg", ASSETS / "theme.js"
"""The page has these in its head, before its styles."""

SCRIPTS = ASSETS / "scripts"
"""The page's own scripts: modules, of which `main.mjs` imports the others and starts Dash."""


def create_app(source: Any = None, settings: Settings | None = None) -> Dash:
    """Return the Dash application of one table; its Flask server is `.server`.

    `source` is an Explorer (which gets a cache), a Dataset, a path, a data frame, or Settings,
    which name the data; without it the environment's settings decide. Errors: DatasetError or
    SettingsError, one line each.
    """
    if isinstance(source, Settings):
        source, settings = None, source
    named = str(source) if isinstance(source, str | Path) else None
    settings = settings or read_settings(os.environ)
    if source is None:
        named = settings.data
        source = settings.open()
    elif not isinstance(source, Dataset | Explorer):
        source = open_dataset(source)
    explorer = source if isinstance(source, Explorer) else Explorer(source)
    main, *modules = module_urls(SCRIPTS)
    app = OneLayout(
        "iris_dash",
        backend=Backend,
        # Dash puts it into the page as it is, and then fills in what stands in {%…%}.
        title=escape(explorer.schema.title).replace("{", "&#123;"),
        update_title="",
        assets_folder=str(ASSETS),
        include_assets_files=False,
        external_stylesheets=_assets(".css"),
        external_scripts=[*_assets(".js"), {"src": main, "type": "module"}],
        index_string=document(asset_url(ICON), asset_url(THEME), modules),
        add_log_handler=False,
    )
    # From the page's own path on, so that it works below any path that a proxy puts it at.
    app.init_app(requests_pathname_prefix="./")
    app.renderer = ""  # a line of script in the page; `main.mjs` has it
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = settings.max_body
    server.config[REQUIRES_LOGIN] = settings.requires_login
    explorer.cache = create_cache(server, settings)
    explorer.prepare()
    # In this order a request passes them; its answer, the other way.
    secure(app, settings)
    limit(server, settings)
    require_credentials(server, settings)
    limit_admitted(server, settings)
    server.register_blueprint(create_blueprint(explorer, settings))
    add_live_route(server, explorer)
    register_error_handlers(server)
    compress(server)
    # No function here is asynchronous, and Flask looks at each of them at each request.
    server.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]
    # One stands for all sessions where nobody signs in: it cannot be written to.
    nothing = server.session_interface.make_null_session(server)
    server.session_interface.make_null_session = lambda _: nothing  # type: ignore[method-assign, assignment]
    bind_once(server)
    views = server.view_functions
    server.view_functions = {name: panics_as_errors()(view) for name, view in views.items()}
    # Last, so that it is around all that answers.
    observe(server, explorer, settings)
    app.layout = create_layout(explorer)
    app.make_layout = partial(create_layout, explorer)
    app.open_layout = OpenedLayout(explorer).written
    source = explorer.source or named
    app.reply = register_callbacks(app, explorer, source, _description(settings, source)).written
    return app


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _assets(suffix: str) -> list[str]:
    """Return the addresses of the assets of a kind, in the order of their names."""
    paths = sorted(path for path in ASSETS.iterdir() if path.suffix == suffix)
    return [asset_url(path) for path in paths if path != THEME]


def _description(settings: Settings, named: str | None) -> TableDescription | None:
    """Return the table's description where the settings say more than the file beside it."""
    more = settings.options != TableOptions() or settings.described_by
    if named != settings.data or not more:
        return None
    beside = description_beside(settings.data)
    description = settings.description
    if description is None and beside is not None and beside.is_file():
        description = read_description(beside)
    return settings.options.over(description or TableDescription())


def create_cache(server: Flask, settings: Settings) -> AnswersCache:
    """Return the cache of answers: in this process, and with an address of Redis shared there.

    Errors: SettingsError if the address is none.
    """
    config: dict[str, Any] = {"CACHE_TYPE": "iris_dash.web.cache.RecentCache"}
    shared = redis_of(server, settings)
    if shared is not None:
        config = {
            "CACHE_TYPE": "iris_dash.web.cache.SharedCache",
            "CACHE_REDIS": shared,
            "CACHE_SECRET": settings.secret_key,
        }
    made = Cache(server, config=config)
    # As it is: Flask-Caching looks at each question which application asks, and there is one.
    cache: AnswersCache = server.extensions["cache"][made]
    return cache
