"""The shape of the package: imports run one way, and only the data knows its own subject."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tables import ROOT

PACKAGE = ROOT / "iris_dash"
# From what knows least to what knows most; a module may import what stands before it, or beside it
# in the same folder.
ORDER = [
    "errors",
    "deadline",
    "timing",
    "release",
    "schema",
    "table_settings",
    "sort_text",
    "query_model",
    "query",
    "query_string",
    "receipt",
    "extent",
    "engines",
    "column_facts",
    "inference",
    "download",
    "text_tables",
    "sources",
    "columns",
    "dataset",
    "filtering",
    "grid",
    "summary",
    "rollup",
    "spread",
    "correlation",
    "comparison",
    "diagnosis",
    "export",
    "explorer",
    "copy_as",
    "verify",
    "prepared",
    "run_folder",
    "loading",
    "settings",
    "library",
    "__init__",
    "api",
    "dashboard",
    "cache",
    "backend",
    "compression",
    "observing",
    "security_headers",
    "limits",
    "access",
    "factory",
    "bare_answers",
    "whole_requests",
    "starting",
    "serving",
    "cli",
    "__main__",
]
WEB = {
    "api",
    "dashboard",
    "cache",
    "backend",
    "compression",
    "observing",
    "security_headers",
    "limits",
    "access",
    "factory",
    "serving",
    "cli",
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def layer(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_layers(source: str) -> set[str]:
    """The layers of the package that a module's text imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            head, *rest = name.split(".")
            if head == "iris_dash" and rest and rest[0] in ORDER:
                found.add(rest[0])
    return found


def wrong_arrows(name: str, source: str) -> set[str]:
    """The layers that a layer imports although they do not stand before it."""
    allowed = {name, *ORDER[: ORDER.index(name)]}
    if name == "dashboard":
        allowed.discard("api")
    return imported_layers(source) - allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_imports_run_one_way(module):
    assert wrong_arrows(layer(module), module.read_text()) == set()


def test_an_arrow_back_is_seen():
    assert wrong_arrows("query", "from iris_dash.explorer import Explorer") == {"explorer"}
    assert wrong_arrows("dashboard", "import iris_dash.web.api.routes") == {"api"}


def test_only_the_door_reaches_the_web():
    for module in MODULES:
        if layer(module) not in WEB:
            assert "import dash\n" not in module.read_text()
            assert "from flask" not in module.read_text()


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_no_module_knows_the_default_table(module):
    """Its name stands only in the product's own name, the replaced class and the default path."""
    code = ast.unparse(without_docstrings(ast.parse(module.read_text())))
    for own in ("iris_dash", "iris-dash", "IRIS_DASH", "IrisDashError", "IrisQuery"):
        code = code.replace(own, "own")
    words = {w for w in ("iris", "setosa", "petal", "sepal", "flower") if w in code.lower()}
    assert words <= ({"iris"} if layer(module) == "settings" else set())


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
