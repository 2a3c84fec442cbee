"""Which tests need what, by their folder; which one worker runs in a row, and in what order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
TIERS = ("browser", "system", "engines", "clusters", "stress")
"""The folders of tests that need more than Python, or more engines than the core's own.

All others are the core.
"""

PROPERTIES = "properties"
"""The group of the property tests, which come first of all, in a process that is still alone.

Hypothesis warns where another thread draws from `random` meanwhile, and a warning is an error.
Some tests leave threads behind: what they test lives as long as its process.
"""


PROPERTY_SECONDS = 900
"""A property that takes longer hangs: 300 examples on a busy machine are not what is looked for."""


def tier_of(path: Path) -> str:
    """Return the tier of a test's file, which is its mark: its folder, or `core`."""
    inside = path.relative_to(TESTS).parts if path.is_relative_to(TESTS) else ()
    return inside[0] if inside and inside[0] in TIERS else "core"


def group_of(item: pytest.Item) -> str | None:
    """Return the name of the tests that share what a fixture of their module starts, or None.

    Any worker may run a test that shares nothing. Where such a fixture has parameters, the tests
    of each of them are a group.
    """
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        return PROPERTIES
    asked = getattr(item, "_fixtureinfo", None)  # pytest has no public way to a fixture's scope
    if asked is None:
        return None
    shared = [name for name, found in asked.name2fixturedefs.items() if found[-1].scope == "module"]
    if not shared:
        return None
    chosen = getattr(getattr(item, "callspec", None), "indices", {})
    turns = [f"{name}{chosen[name]}" for name in sorted(shared) if name in chosen]
    return ".".join([item.path.stem, tier_of(item.path), *turns])


def mark(items: list[pytest.Item]) -> None:
    """Mark each test by its folder, and tell xdist its group: behind an @ at the end of its id."""
    for item in items:
        item.add_marker(tier_of(item.path))
        group = group_of(item)
        if group == PROPERTIES:
            item.add_marker(pytest.mark.timeout(PROPERTY_SECONDS))
        if group and "PYTEST_XDIST_WORKER" in os.environ:
            # What the mark `xdist_group` does with a pytest older than 9.2: xdist then writes into
            # an attribute that nothing reads any more, and each test is a group of its own.
            item._id = type(item.id).parse(f"{item.nodeid}@{group}")


def put_in_order(items: list[pytest.Item]) -> None:
    """Put properties first, then groups, then what stands alone, each with the core at the end.

    What takes long is begun early, so that all workers end together on short tests.
    """
    first: dict[str | None, int] = {}

    def rank(place: int, item: pytest.Item) -> tuple[bool, bool, int, int]:
        tier, group = (*TIERS, "core").index(tier_of(item.path)), group_of(item)
        begun = place if group is None else first.setdefault(group, place)
        return group != PROPERTIES, group is None, tier, begun

    ranks = {item: rank(place, item) for place, item in enumerate(items)}
    items.sort(key=ranks.__getitem__)
