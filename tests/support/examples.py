"""How much of a large space is tried: examples of a property, cases of a product."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from hypothesis import HealthCheck, settings

LEAST = 5


def examples(share: float = 1, *suppressed: HealthCheck) -> settings:
    """Return a property's settings: a share of the profile's examples, but a few at least."""
    profile = settings()
    return settings(
        max_examples=max(LEAST, round(share * profile.max_examples)),
        suppress_health_check=[*profile.suppress_health_check, *suppressed],
    )


def is_large() -> bool:
    """Whether everything is tried: in `make test-all`, and where CI runs."""
    return bool(settings.get_current_profile_name() == "large")


def crossed(*axes: Sequence[Any], whole: bool | None = None) -> list[tuple[Any, ...]]:
    """Return cases that hold each value of each axis at least once; the whole product if large.

    As many as the longest axis has values, always the same ones.

    >>> crossed("ab", (1, 2, 3, 4), whole=False)
    [('a', 1), ('b', 2), ('b', 3), ('a', 4)]
    >>> len(crossed("ab", (1, 2, 3, 4), whole=True))
    8
    """
    if is_large() if whole is None else whole:
        return list(product(*axes))
    turns = range(max(map(len, axes)))
    return [tuple(axis[(turn + turn // len(axis)) % len(axis)] for axis in axes) for turn in turns]
