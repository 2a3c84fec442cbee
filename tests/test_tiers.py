"""The tiers of the tests: by folder, the core without servers, properties before all others."""

from __future__ import annotations

import ast
import os
from functools import partial
from pathlib import Path

import pytest
from tiers import PROPERTIES, TESTS, TIERS, group_of, tier_of
from xdist.scheduler import LoadGroupScheduling

STARTERS = {"processes", "engine_servers", "service_servers", "cluster_servers", "shared", "pages"}
"""The modules that start what is more than Python."""

CORE = sorted(path for path in TESTS.rglob("test_*.py") if tier_of(path) == "core")


def test_each_test_has_the_mark_of_its_folder(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        (mark,) = {mark.name for mark in item.iter_markers()} & {*TIERS, "core"}
        assert mark == "core" or item.path.is_relative_to(TESTS / mark)
        assert mark != "core" or not any(item.path.is_relative_to(TESTS / name) for name in TIERS)


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(TESTS)))
def test_the_core_starts_no_server(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported & STARTERS == set()


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one worker runs them all")
def test_xdist_keeps_groups_together(request: pytest.FixtureRequest) -> None:
    scope_of = partial(LoadGroupScheduling._split_scope, None)
    for item in request.session.items:
        group = group_of(item)
        assert scope_of(item.nodeid) == (group or item.nodeid)


def test_properties_come_first_of_all(request: pytest.FixtureRequest) -> None:
    groups = [group_of(item) for item in request.session.items]
    assert PROPERTIES not in groups[groups.count(PROPERTIES) :]


def test_tests_of_one_fixture_stay_together(request: pytest.FixtureRequest) -> None:
    groups = [group for item in request.session.items if (group := group_of(item)) is not None]
    turns = [group for place, group in enumerate(groups) if groups[place - 1 : place] != [group]]
    assert sorted(turns) == sorted(set(turns))
