"""Dash's Flask backend as this page needs it: one path, and files that a browser may keep."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from dash import Dash
from dash.backends._flask import FlaskDashServer
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from dash.fingerprint import build_fingerprint, check_fingerprint
from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound

from iris_dash.core.errors import AnswerFailed, IrisDashError
from iris_dash.dashboard import document_for
from iris_dash.query.locale import ENGLISH, Locale, reader
from iris_dash.web.api.responses import JSON, WholeAnswer
from iris_dash.web.readers import asked_locale, for_reader

FOR_EVER = 365 * 24 * 3600

BUNDLE, MAIN = "page.min.mjs", "main.mjs"
"""The page's modules in one file, and the module that imports the others and starts Dash."""

MOST_OF_LINE = 200

MOST_LAYOUTS = 8
"""Layouts are kept for so many locales: that of a wide table has a megabyte."""

REQUIRES_LOGIN = "REQUIRES_LOGIN"
"""The key of the server's configuration that says whether who comes has to say who they are."""


class OneLayout(Dash):
    """Dash, which writes its layout anew for each visitor, where it is the same for all.

    For all who write numbers and days alike, that is.
    """

    open_layout: Callable[[bytes, Mapping[str, str]], bytes]
    """Returns the layout, as JSON, as an address opens it: see `OpenedLayout`."""

    reply: Callable[[Any], bytes | None]
    """Writes the reply to the page's question: see `AskedReply`."""

    make_layout: Callable[[], Component]
    """Makes the layout for the reader: see `create_layout`."""

    def _collect_and_register_resources(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the scripts that Dash puts into the page, without what imitates ES2017 for them.

        A browser that runs the page's own scripts, which are modules with private members, has all
        of it; the imitation takes the place of texts' methods that are many times faster. The one
        name that Dash's scripts find nowhere else, `regeneratorRuntime`, dash-bootstrap-components
        brings too.
        """
        scripts: list[Any] = super()._collect_and_register_resources(*args, **kwargs)  # type: ignore[no-untyped-call]
        return [script for script in scripts if "/deps/polyfill@" not in script]

    @for_reader
    def serve_layout(self) -> Response:
        """Return the layout as JSON: the page's script says in `search` which address it opens."""
        body, tag = self._layout_written(reader())
        if "search" in request.args:
            opened = self.open_layout(body, request.args)
            answer = Response(opened, mimetype="application/json")
            answer.add_etag(weak=True)
            answer.make_conditional(request)
            return _asked_each_time(answer)
        answer = Response(body, mimetype="application/json", headers={"ETag": tag})
        return _asked_each_time(answer)

    def _layout_value(self) -> Component:
        layout: Component = super()._layout_value()  # type: ignore[no-untyped-call]
        return layout if reader() == ENGLISH else self.make_layout()

    @cached_property
    def _layout_written(self) -> Callable[[Locale], tuple[bytes, str]]:
        def written(locale: Locale) -> tuple[bytes, str]:
            answer: Response = super(OneLayout, self).serve_layout()  # type: ignore[no-untyped-call]
            return answer.get_data(), answer.headers["ETag"]

        return lru_cache(maxsize=MOST_LAYOUTS)(written)


class Backend(FlaskDashServer):
    """An unknown path is a 404 instead of the page; a file whose address has its fingerprint is
    asked for once, any other and the page each time, with the ETag if there is one.
    """

    def setup_catchall(self, dash_app: Dash) -> None:
        """Register nothing: the dashboard stands at one path."""

    def setup_index(self, dash_app: Dash) -> None:
        """Serve the page, which is new each time: Dash puts a number of its own into it."""

        @for_reader
        def index() -> Response:
            html = document_for(dash_app.index(), reader(), asked_locale() is not None)
            return _asked_each_time(Response(html, mimetype="text/html"))

        dash_app._add_url("", index)

    def serve_callback(self, dash_app: OneLayout) -> Callable[[], Any]:  # type: ignore[override]
        """Return what answers the page's questions; what is none of them is a 400."""
        dispatch: Callable[[], Any] = super().serve_callback(dash_app)

        @for_reader
        def answered() -> Any:
            try:
                reply = dash_app.reply(request.get_json())
                return dispatch() if reply is None else WholeAnswer(reply, mimetype=JSON)
            except (HTTPException, IrisDashError, AnswerFailed, PreventUpdate):
                raise
            except Exception:
                # Dash takes its page's word for what a question holds.
                raise BadRequest("the body is no question of this page") from None

        return answered

    def register_assets_blueprint(
        self, blueprint_name: str, assets_url_path: str, assets_folder: str
    ) -> None:
        """Serve the assets."""
        self.server.register_blueprint(
            _Assets(
                blueprint_name,
                __name__,
                static_folder=assets_folder,
                static_url_path=assets_url_path,
            )
        )

    def serve_component_suites(
        self, dash_app: Dash, package_name: str, fingerprinted_path: str
    ) -> Response:
        """Serve a file of Dash or of one of its packages; one with a fingerprint has an age.

        Another fingerprint than theirs is a 404, as an unknown file is.
        """
        known = dash_app.registered_paths.get(package_name, frozenset())
        path, has_fingerprint = check_fingerprint(fingerprinted_path)
        if path not in known:
            raise NotFound
        if has_fingerprint and not _has_one_of(fingerprinted_path, package_name, frozenset(known)):
            raise NotFound
        answer: Response = super().serve_component_suites(
            dash_app, package_name, fingerprinted_path
        )
        answer.add_etag()
        return _kept(answer) if answer.cache_control.max_age else _asked_each_time(answer)

    def make_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return what Dash sends of the page: its layout, its callbacks, its icon."""
        answer: Response = super().make_response(*args, **kwargs)
        if answer.mimetype == "application/json":
            # Dash keeps some names in a set: their order is another in every process.
            answer.set_data(orjson.dumps(orjson.loads(answer.data), option=orjson.OPT_SORT_KEYS))
        answer.add_etag()
        return _asked_each_time(answer)


class _Assets(Blueprint):
    def send_static_file(self, filename: str) -> Response:
        """Return an asset, to be kept if its address has a fingerprint; another one is a 404."""
        module = MODULE.fullmatch(filename)
        file = f"{module['folder']}/{module['name']}" if module else filename
        answer = super().send_static_file(file)
        folder = Path(self.static_folder or "")
        named = module["version"] if module else request.args.get("v")
        if named is None:
            answer = _asked_each_time(answer)
        elif named == fingerprint(folder / (module["folder"] if module else filename)):
            answer = _kept(answer)
        else:
            answer.close()
            raise NotFound
        answer.set_etag(fingerprint(folder / file))
        return answer


MODULE = re.compile(r"(?P<folder>\w+)/v-(?P<version>\w+)/(?P<name>[\w-]+\.mjs)")
"""A JavaScript module's address below the assets: see `module_urls`."""


def asset_url(path: Path) -> str:
    """Return the address of an asset, with its fingerprint, as the page says it."""
    return f"assets/{path.name}?v={fingerprint(path)}"


def module_urls(folder: Path) -> list[str]:
    """Return the addresses of the page's JavaScript modules; the first one imports the others.

    It is one file with all of them, as long as they are those that it was made of (see
    `scripts/bundle.py`). Modules import each other by the names of their files. So the fingerprint,
    which is the whole folder's, stands in the path, and every address that follows from another has
    it too.
    """
    bundle = folder.parent / BUNDLE
    if bundle.is_file() and _first_line(bundle) == bundle_line(folder):
        return [asset_url(bundle)]
    where = f"assets/{folder.name}/v-{fingerprint(folder)}"
    names = sorted((path.name for path in folder.glob("*.mjs")), key=lambda name: name != MAIN)
    return [f"{where}/{name}" for name in names]


def bundle_line(folder: Path) -> bytes:
    """Return the first line of the file that has all modules of a folder as they are now."""
    return f"// {folder.name} {fingerprint(folder)}\n".encode()


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(MOST_OF_LINE)


@lru_cache(maxsize=16)
def _package_fingerprints(package: str, paths: frozenset[str]) -> frozenset[str]:
    """Return the fingerprints that Dash gives the files of a package.

    A file that another one loads is asked for with that one's, so they are those of all.
    """
    names = (package, *(f"{package}.{path.partition('/')[0]}" for path in paths))
    versions = {getattr(sys.modules.get(name), "__version__", None) for name in names} - {None}
    folder = Path(sys.modules[package].__file__ or "").parent
    changed = {int((folder / path).stat().st_mtime) for path in paths if (folder / path).is_file()}
    named = (build_fingerprint("a.b", version, when) for version in versions for when in changed)
    return frozenset(path.split(".")[1] for path in named)


def _has_one_of(fingerprinted_path: str, package: str, paths: frozenset[str]) -> bool:
    named = fingerprinted_path.rpartition("/")[2].split(".")[1]
    return named in _package_fingerprints(package, paths)


def fingerprint(path: Path) -> str:
    """Return what changes with a file's content, or with the files of a folder."""
    if path.is_dir():
        files = sorted(path.iterdir())
        return _hash_of(" ".join(f"{file.name} {fingerprint(file)}" for file in files).encode())
    state = path.stat()
    return _hash(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _hash(path: Path, modified: int, size: int) -> str:
    return _hash_of(path.read_bytes())


def _hash_of(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]


def _kept(answer: Response) -> Response:
    return _kept_by(answer, "public", f"max-age={FOR_EVER}, immutable")


def _asked_each_time(answer: Response) -> Response:
    return _kept_by(answer, "", "no-cache")


def _kept_by(answer: Response, anyone: str, how: str) -> Response:
    # Who has to say who they are gets nothing from a cache that others filled.
    whom = "private" if current_app.config.get(REQUIRES_LOGIN) else anyone
    answer.headers["Cache-Control"] = f"{whom}, {how}" if whom else how
    return answer
