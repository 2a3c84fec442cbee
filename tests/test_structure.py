"""The shape of the package: imports run one way, and only the data knows its own subject."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from list_modules import PAGE, ROOMS, with_listing
from sample_tables import ROOT

PACKAGE = ROOT / "iris_dash"
WEB = {"dashboard", "web", "factory", "server", "commands"}
WEB_PACKAGES = {"dash", "dash_bootstrap_components", "flask", "flask_caching", "werkzeug"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imported_names(source: str) -> list[str]:
    """All that a module's text imports, inside functions too, with the module it is from."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def imported_rooms(source: str) -> set[str]:
    """The rooms of the package that a module's text imports."""
    split = [name.split(".") for name in imported_names(source)]
    return {name[1] for name in split if name[0] == "iris_dash" and name[1:2] and name[1] in ROOMS}


def wrong_arrows(name: str, source: str) -> set[str]:
    """The rooms that a room imports although they do not stand before it."""
    return imported_rooms(source) - {name, *ROOMS[: ROOMS.index(name)]}


def web_packages(source: str) -> set[str]:
    """The packages of the web that a module's text imports."""
    return {name.partition(".")[0] for name in imported_names(source)} & WEB_PACKAGES


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_imports_run_one_way(module):
    assert wrong_arrows(room(module), module.read_text()) == set()


def test_an_arrow_back_is_seen():
    assert wrong_arrows("query", "from iris_dash.explorer import Explorer") == {"explorer"}
    assert wrong_arrows("dashboard", "import iris_dash.web.api.routes") == {"web"}


@pytest.mark.parametrize(
    "module", sorted((PACKAGE / "web" / "api").rglob("*.py")), ids=lambda m: m.stem
)
def test_the_routes_do_not_know_the_page(module):
    assert "dashboard" not in imported_rooms(module.read_text())


@pytest.mark.parametrize(
    "module", [m for m in MODULES if room(m) not in WEB], ids=lambda m: str(m.relative_to(PACKAGE))
)
def test_only_the_web_rooms_reach_the_web(module):
    assert web_packages(module.read_text()) == set()


def test_a_web_package_is_seen_however_it_is_imported():
    for line in (
        "import dash",
        "from dash import html",
        "import flask.json as j",
        "def f():\n  from dash.development import x",
    ):
        assert web_packages(line) != set()


def test_the_design_page_lists_every_module_by_its_own_first_line():
    page = PAGE.read_text("utf-8")
    assert with_listing(page) == page, "run scripts/list_modules.py"


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_no_module_knows_the_default_table(module):
    """Its name stands only in the product's own name, the replaced class and the default path."""
    text, known = module.read_text(), {"iris"} if room(module) == "config" else set()
    if not own_words(text) <= known:
        assert own_words(ast.unparse(without_docstrings(ast.parse(text)))) <= known


def own_words(code):
    """The default table's words in a text."""
    others = ("OverflowError",)  # of flowers it knows nothing
    for own in ("iris_dash", "iris-dash", "IRIS_DASH", "IrisDashError", "IrisQuery", *others):
        code = code.replace(own, "own")
    return {w for w in ("iris", "setosa", "petal", "sepal", "flower") if w in code.lower()}


def without_docstrings(tree: ast.Module) -> ast.Module:
    """The code alone: examples in docstrings may speak of the default table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [
                n
                for n in node.body
                if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
            ] or [ast.Pass()]
    return tree
