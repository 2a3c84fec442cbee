"""The notebook: every cell runs, top to bottom, and says what was published."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from sample_tables import ROOT

NOTEBOOK = ROOT / "docs" / "explore_iris.ipynb"
PUBLISHED = json.loads((ROOT / "tests" / "golden" / "published_answers.json").read_text())


def code_cells() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def run_cell(text: str, names: dict[str, Any]) -> Any:
    """Run a cell and return what it shows: the value of its last line, if that is one."""
    tree = ast.parse(text)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)


@pytest.fixture(scope="module")
def ran() -> Any:
    """The names that all cells leave behind, and what each one shows."""
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        yield names, [run_cell(text, names) for text in code_cells()]
    finally:
        # A cell that fails comes before the one that ends the server.
        if "server" in names and names["server"].poll() is None:
            names["server"].kill()
            names["server"].wait()


def same(given: list[dict[str, Any]], published: list[dict[str, Any]]) -> bool:
    """Whether the objects are the same, in any order, numbers to 1e-9."""
    left = list(given)
    for wanted in published:
        found = next((row for row in left if row == pytest.approx(wanted, abs=1e-9)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def test_the_published_questions_have_the_published_answers(ran):
    names, _ = ran
    answers = [names["flowers"], names["all_means"], names["two_means"], names["narrow_means"]]
    for given, published in zip(answers, PUBLISHED, strict=True):
        assert same(given, published["response"])
    for given, published in zip(names["http_means"], PUBLISHED[1:], strict=True):
        assert same(given, published["response"])


def test_no_comparison_that_is_shown_fails(ran):
    _, shown = ran
    assert [value for value in shown if isinstance(value, bool)] == [True, True, True]


def test_the_rest_is_what_the_text_says(ran, flowers):
    names, shown = ran
    wide = [flower for flower in flowers if flower["petal_width"] >= 1.0]
    assert (len(wide), 150) in shown
    assert names["page"].equals(names["rows"][5:10].reset_index(drop=True))
    assert names["rows"]["petal_length"].is_monotonic_decreasing
    assert names["summary"]["n"].sum() == 4 * len(wide)
    assert [len(trace.x) for trace in names["figure"].data] == [50, 50, 50]
    assert names["server"].returncode is not None


def test_it_is_kept_without_what_a_run_leaves():
    notebook = json.loads(NOTEBOOK.read_text())
    assert notebook["nbformat"] == 4
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
